"""Parameters: read from a notebook's cell, typed by their defaults, refused where they cannot be meant."""

from __future__ import annotations

import pytest

from insights.problems import UsageError
from insights.report.parameters import Parameter, all_parameters, given_values, read_parameters, typed

TEXT, WHOLE, NUMBER, SWITCH = (Parameter("x", default, "") for default in ("", 0, 0.5, False))


def test_a_cell_is_read_without_running_it() -> None:
    source = '# what to show\nregion = "DE"  # country, as in the data\nlimit = 10\nshare = 0.1\nfold = False  # hide\n'
    assert read_parameters(source, "a.ipynb") == (
        Parameter("region", "DE", "country, as in the data"), Parameter("limit", 10, ""),
        Parameter("share", 0.1, ""), Parameter("fold", False, "hide"))


@pytest.mark.parametrize("source", [
    "x = open('f')", "x: int = 1", "x, y = 1, 2", "import os", "x = None", "x = [1]", "x = y", "x += 1", "x =",
    "x = -y"])
def test_a_cell_that_is_more_than_names_and_literals_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match=r"a\.ipynb: line 2 of the parameters cell"):
        read_parameters(f"ok = 1\n{source}", "a.ipynb")


@pytest.mark.parametrize(("parameter", "text", "value"), [
    *((TEXT, text, text) for text in ("NO", "Inf", "05", "1_000", "0,5", "null", "", " a ", "x=y", "Łódź", "'; drop")),
    (WHOLE, "5", 5), (WHOLE, "-5", -5), (WHOLE, "0", 0), (NUMBER, "5", 5.0), (NUMBER, "1e3", 1000.0),
    (NUMBER, "-0.5", -0.5), (SWITCH, "true", True), (SWITCH, "False", False)])
def test_a_value_is_what_the_default_s_type_says(parameter: Parameter, text: str, value: object) -> None:
    given = typed(parameter, text)
    assert given == value
    assert type(given) is type(parameter.default)


@pytest.mark.parametrize(("parameter", "text", "expected"), [
    *((WHOLE, text, "a whole number") for text in ("05", "1_000", "5.0", "1e3", "", " 5", "Inf", "٥", "true")),
    *((NUMBER, text, "a number") for text in ("0,5", "Inf", "nan", "1_000", "05", "1e999", "", ".5")),
    *((SWITCH, text, "true or false") for text in ("NO", "no", "0", "1", "on", "")),
    (TEXT, "a\x00b", "text")])
def test_a_mistyped_value_is_refused_with_the_type_expected(parameter: Parameter, text: str, expected: str) -> None:
    with pytest.raises(UsageError, match=f"parameter x must be {expected}"):
        typed(parameter, text)


KNOWN = [Parameter(name, default, "") for name, default in
         (("data", ""), ("as_of", ""), ("findings_from", ""), ("region", "DE"), ("top", 5))]


def test_pairs_are_typed() -> None:
    assert given_values(["region=NO", "top=3"], KNOWN) == {"region": "NO", "top": 3}


@pytest.mark.parametrize(("pairs", "said"), [
    (["regoin=DE"], "did you mean region?"), (["colour=red"], "known are region, top"), (["region"], "NAME=VALUE"),
    (["=DE"], "no selected notebook has a parameter ''"), (["region=DE", "region=PL"], "given twice"),
    (["data=x"], "write --data"), (["as_of=2026-01-01"], "write --as-of"),
    (["as_off=2026-01-01"], "did you mean as_of"),
    (["findings_from=x"], "set by the run itself"), (["__class__=x"], "no selected notebook has")])
def test_pairs_that_cannot_be_meant_are_refused(pairs: list[str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        given_values(pairs, KNOWN)
    assert said in str(refused.value)


@pytest.mark.parametrize("pair", [
    "password=hunter2", "crm_token=hunter2", "region=postgresql://me:hunter2@host/db", "dsn=hunter2",
    "region=user=me;password=hunter2", "region=Server=x;Pwd=hunter2", "api_key=hunter2", "postgresql://me:hunter2@host"])
def test_what_looks_like_a_secret_is_refused_and_not_repeated(pair: str) -> None:
    with pytest.raises(UsageError, match="secret") as refused:
        given_values([pair], [*KNOWN, Parameter("password", "", "")])
    assert "hunter2" not in str(refused.value)


def test_one_name_has_one_type_in_all_notebooks() -> None:
    assert all_parameters([[TEXT], [TEXT]]) == [TEXT]
    with pytest.raises(UsageError, match="with different types"):
        all_parameters([[TEXT], [WHOLE]])
