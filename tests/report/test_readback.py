"""The published pages read back: every sentence is the finding's, and its numbers are those of findings.json, in every
language's own way of writing them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from insights.language import LANGUAGES
from insights.report.templates import anchor

DECIMAL = {"en": (".", ","), "pl": (",", "\u00a0")}
SCALES = {"en": {"m": 1e6, "bn": 1e9}, "pl": {"mln": 1e6, "mld": 1e9}}
PER_100 = {"en": "(?:in|of) 100", "pl": "na 100"}


class Articles(HTMLParser):
    """The claims and the values of the findings on a page, by the id of their article."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.claims: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self._article, self._into, self._term = None, None, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "article":
            self._article = attributes.get("id", "")
        if tag == "p" and attributes.get("class") == "claim" and self._article:
            self._into = self.claims
            self.claims[self._article] = ""
        if tag in ("dt", "dd"):
            self._into = tag

    def handle_endtag(self, tag):
        if tag == "article":
            self._article = None
        if tag in ("p", "dd"):
            self._into = None
        if tag == "dd":
            self._term = ""

    def handle_data(self, data):
        if self._into == "dt":
            self._term = data
        elif self._into == "dd" and self._article and self._term in ("Value", "Wartość"):
            self.values[self._article] = self.values.get(self._article, "") + data
        elif isinstance(self._into, dict):
            self._into[self._article] += data


def numbers(text: str, language: str) -> list[tuple[float, float]]:
    """The numbers in a text as a reader of that language takes them, each with half a unit of its last digit."""
    point, group = DECIMAL[language]
    found = []
    whole = rf"(?:\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?!\d)|\d+)"
    # Codes such as C28 or Q1 are no numbers.
    pattern = rf"(?<![\w.,])[-−]?{whole}(?:{re.escape(point)}\d+)?"
    scale_words = "|".join(SCALES[language])
    for match in re.finditer(pattern, text):
        plain = match[0].replace(group, "").replace("−", "-").replace(point, ".")
        scale = re.match(rf"[\s\u00a0]({scale_words})\b", text[match.end():])
        # Of a range only its end says the scale: "0.5 to 2.3 m PLN".
        ranged = re.match(rf"\s(?:to|do)\s{pattern}[\s\u00a0]({scale_words})\b", text[match.end():])
        factor = SCALES[language][(scale or ranged)[1]] if scale or ranged else 1.0
        share = 0.01 if text[match.end():match.end() + 1] == "%" or re.match(
            rf"[\s\u00a0]{PER_100[language]}", text[match.end():]) else 1.0
        digits = len(plain.split(".")[1]) if "." in plain else 0
        step = 10.0 ** -digits
        # Money is shown in three figures: the zeros that fill it up are no digits of its own.
        if not digits and factor == share == 1 and abs(float(plain)) >= 1000:
            step = 10.0 ** (len(plain.lstrip("-")) - 3)
        if not digits and factor > 1 and abs(float(plain)) >= 100:
            step = 10.0 ** (len(plain.lstrip("-")) - 2)
        found.append((float(plain) * factor * share, 0.5000001 * step * factor * share))
    return found


def says(text: str, value: float, language: str) -> bool:
    """Whether one of the numbers in the text is that value, as it is rounded."""
    return any(abs(number - value) <= half for number, half in numbers(text, language))


@pytest.fixture(scope="module")
def findings(published):
    return [f for f in json.loads((published / "findings.json").read_text(encoding="utf-8"))["findings"]
            if f["status"] != "gone"]


@pytest.fixture(scope="module")
def pages(published):
    return {language: {path.name: Articles(path.read_text(encoding="utf-8"))
                       for path in published.glob(f"*.{language}.html") if not path.name.startswith("index")}
            for language in LANGUAGES}


def test_numbers_are_read_as_each_language_writes_them():
    assert [round(n, 6) for n, _half in numbers("1.3 m PLN (0.5 to 2.3 m PLN), 12.5%, 1,234", "en")] == [
        1.3e6, 0.5e6, 2.3e6, 0.125, 1234]
    polish = "1,3\u00a0mln zł (od 0,5 do 2,3\u00a0mln zł), 12,5%, 8,1 na 100, 1\u00a0234"
    assert [round(n, 6) for n, _half in numbers(polish, "pl")] == [1.3e6, 0.5e6, 2.3e6, 0.125, 0.081, 100, 1234]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_on_a_page_is_the_sentence_of_its_finding(findings, pages, language):
    said = {anchor(f["id"]): f["statement"][language] for f in findings}
    seen = 0
    for name, page in pages[language].items():
        for identity, claim in page.claims.items():
            own = identity.removeprefix("headline-")
            assert own in said, f"{name}: {identity} stands behind no finding"
            assert claim == said[own], name
            seen += 1
    assert seen > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_beside_a_claim_is_that_of_findings_json(findings, pages, language):
    by_anchor = {anchor(f["id"]): f for f in findings}
    seen = 0
    for name, page in pages[language].items():
        for identity, text in page.values.items():
            finding = by_anchor[identity.removeprefix("headline-")]
            for value in (finding["value"], *(finding["interval"] or ())):
                assert says(text, value, language), f"{name}, {finding['id']}: {value} is not in {text!r}"
            seen += 1
    assert seen > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_says_higher_or_lower_says_the_value_itself(findings, language):
    told = [f for f in findings if f["verdict"] in ("higher", "lower") and f["baseline"] and f["unit"] != "count"]
    assert told
    for finding in told:
        # "Of 100 such leads 3.2": so many of a hundred, the hundred said elsewhere; "47 of 100 left alone": the rest.
        value = finding["value"]
        ways = (value, 100 * value, 1 - value, 100 - 100 * value) if finding["unit"] == "share" else (value,)
        assert any(says(finding["statement"][language], way, language) for way in ways), (
            f"{finding['id']}: {finding['value']} is not in {finding['statement'][language]!r}")


def test_both_languages_give_the_same_numbers(findings):
    """The same sentence holds the same figures in every language, written differently."""
    unlike = []
    for finding in findings:
        # "Under 10 people" is "do 9 osób": the one figure that the languages say in their own way.
        one, other = (sorted(round(n, 6) for n, _half in numbers(finding["statement"][lang], lang) if n not in (9, 10))
                      for lang in LANGUAGES)
        if one != other:
            unlike.append(f"{finding['id']}: {one} and {other}")
    assert not unlike, "\n".join(unlike)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_written_in_another_languages_way(published, language):
    """No bare float, no foreign decimal sign, no Python in sight."""
    wrong = r"\d\.\d{3,}\b(?!-)|\bnan\b|\bNone\b|\binf\b" + (r"|\b\d+\.\d+%" if language == "pl" else r"|\b\d+,\d%")
    for path in published.glob(f"*.{language}.html"):
        text = re.sub(r"<(style|pre|svg|code|q)\b.*?</\1>|<[^>]+>", " ", path.read_text(encoding="utf-8"), flags=re.S)
        found = [text[max(m.start() - 40, 0):m.end() + 20] for m in re.finditer(wrong, text)]
        found = [f for f in found if not re.search(r"\d+\.\d+\.\d+", f)]
        assert not found, f"{path.name}: {found[:5]}"
