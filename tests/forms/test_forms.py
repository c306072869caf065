"""Excel forms: written in either language, filled in by people, read back as tables and strategy."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import Workbook, load_workbook

from insights import strategy
from insights.forms import FormError, strategy_form
from insights.forms.read import Registers, day, number, read_all
from insights.forms.sheets import FORMS
from insights.forms.write import HEADINGS_ROW, write_all
from insights.language import LANGUAGES
from tests.laws.messages import ROOT

AGREED = strategy.load(ROOT / "data" / "sample" / "strategy.toml")


def filled(folder, name, rows, language="pl"):
    """The form of that name, its rows filled by field in the words of the language."""
    form = FORMS[name]
    path = folder / f"{form.file[language]}.xlsx"
    book = load_workbook(path)
    for row, given in enumerate(rows, HEADINGS_ROW + 1):
        for column, field in enumerate(form.fields, 1):
            if field.name in given:
                value = given[field.name]
                book.active.cell(row, column).value = (
                    field.choices[value].render(language) if value in field.choices else value)
    book.save(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_come_back_as_tables_in_either_language(tmp_path, language):
    write_all(tmp_path, language, {})
    assert read_all(tmp_path, Registers()) == {}, "an empty form says nothing"
    filled(tmp_path, "readiness", [
        {"product_id": "Pompa W10", "seller_id": "S01", "knowledge": "0.5", "willing": "false",
         "reason": "Za mała marża", "assessed_on": dt.datetime(2026, 9, 1), "assessed_by": "manager"},
        {"product_id": "P02", "seller_id": "S01", "assessed_on": "01.09.2026"}], language)
    filled(tmp_path, "roadmap", [{"product_id": "P15", "title": "Nowa", "stage": "beta", "planned_on": "15.01.2027",
                                  "told_at": "2026-10-01"}], language)
    filled(tmp_path, "feedback", [{"recorded_at": "2026-03-02", "company_id": "alfa sp. z o.o.", "kind": "complaint",
                                   "text": "=1+1", "recorded_by": "sales"}], language)
    filled(tmp_path, "targets", [{"department": "shared", "kpi": "margin", "period": "2026Q1", "value": "1 234,5"}],
           language)
    registers = Registers({"pompa w10": "P01"}, {}, {"alfa sp. z o.o.": "C1"}, ("North", "South"))
    tables = read_all(tmp_path, registers)
    assert tables["readiness"] == [
        {"product_id": "P01", "seller_id": "S01", "knowledge": "0.5", "willing": "false", "reason": "Za mała marża",
         "assessed_on": "2026-09-01", "assessed_by": "manager"}]
    assert tables["roadmap"][0]["planned_on"] == "2027-01-15"
    assert [(n["team"], n["told_at"]) for n in tables["roadmap_notices"]] == [
        ("North", "2026-10-01"), ("South", "2026-10-01")]
    assert tables["feedback"][0]["company_id"] == "C1" and tables["feedback"][0]["kind"] == "complaint"
    assert tables["targets"] == [{"department": "shared", "kpi": "margin", "value": "1234.5",
                                  "period_start": "2026-01-01", "period_end": "2026-03-31"}]


def test_every_unreadable_cell_is_named(tmp_path):
    write_all(tmp_path, "en", {})
    filled(tmp_path, "readiness", [{"product_id": "P01", "seller_id": "S01", "knowledge": "a bit", "willing": "true",
                                    "assessed_on": "soon"}], "en")
    filled(tmp_path, "targets", [{"department": "sales", "kpi": "leads", "period": "2026", "value": "many"}], "en")
    with pytest.raises(FormError) as error:
        read_all(tmp_path, Registers())
    assert str(error.value).splitlines() == [
        "readiness.xlsx, C4: 'a bit' is none of 0 does not know it, 1 knows it, 2 sells it alone",
        "readiness.xlsx, F4: 'soon' is no date: write it as 2026-01-31",
        "targets.xlsx, D4: 'many' is no number"]


def test_a_name_that_looks_like_a_formula_stays_a_text(tmp_path):
    write_all(tmp_path, "en", {"readiness": [{"product_id": "=cmd|' /C calc'!A0", "seller_id": "+x"}]})
    cell = load_workbook(tmp_path / "readiness.xlsx").active.cell(HEADINGS_ROW + 1, 1)
    assert cell.data_type == "s" and cell.value.startswith("=cmd")


def test_what_is_no_form_is_passed_over_and_what_is_no_workbook_is_named(tmp_path):
    book = Workbook()
    book.active.append(["something", "else"])
    book.save(tmp_path / "other.xlsx")
    assert read_all(tmp_path, Registers()) == {}
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(FormError, match=r"broken\.xlsx is not an Excel workbook"):
        read_all(tmp_path, Registers())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agreed_strategy_goes_out_as_a_questionnaire_and_comes_back_the_same(tmp_path, language):
    strategy_form.write(tmp_path / "q.xlsx", AGREED, language)
    back = strategy.read(strategy_form.read(tmp_path / "q.xlsx").encode(), "back.toml")
    assert [c.id for c in back.clauses] == [c.id for c in AGREED.clauses]
    assert (back.agreed_on, back.valid_from, back.kpis) == (AGREED.agreed_on, AGREED.valid_from, AGREED.kpis)
    assert [s.name for s in back.signatures] == [s.name for s in AGREED.signatures]


def answered(path, answers, language="pl"):
    strategy_form.write(path, None, language)
    book = load_workbook(path)
    for question, answer in answers.items():
        book.active.cell(strategy_form.FIRST_ROW + question - 1, 4).value = answer
    book.save(path)
    return path


def test_directors_answer_in_their_own_words(tmp_path):
    path = answered(tmp_path / "q.xlsx", {
        1: "C28, C10", 2: "średnia\nduża", 8: "P15; 15.01.2027\nP16; 2027-05-31", 9: 'Kto pyta "o cenę"', 16: 24,
        19: "leads; 1 000; kwartał", 22: "Sprzedaż", 23: "oba działy", 24: "18.06.2026; 2026-07-01", 25: "Anna\nJan"})
    read = strategy.read(strategy_form.read(path).encode(), "s.toml")
    assert read.key_customer.industries == ("C28", "C10") and read.key_customer.sizes == ("medium", "large")
    assert [p.on for p in read.new_products] == [dt.date(2027, 1, 15), dt.date(2027, 5, 31)]
    assert read.definitions["lead"] == 'Kto pyta "o cenę"' and read.sla == {"first_touch_hours": 24}
    assert (read.kpis[0].target, read.kpis[0].period) == (1000, "quarter")
    assert (read.repeat_orders, read.win_back, read.valid_from) == ("sales", "both", dt.date(2026, 7, 1))


def test_what_cannot_be_read_is_named_by_its_question(tmp_path):
    path = answered(tmp_path / "q.xlsx", {8: "P15 in spring", 16: "soon", 19: "leads"})
    with pytest.raises(FormError) as error:
        strategy_form.read(path)
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        f"q.xlsx, question {n}" for n in (8, 16, 19)]
    path = answered(tmp_path / "r.xlsx", {2: "gigantyczna", 22: "nikt"})
    with pytest.raises(FormError) as error:
        strategy_form.read(path)
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "r.xlsx, question 2", "r.xlsx, question 22"]


def test_days_and_numbers_as_people_write_them():
    assert [day(v) for v in (dt.date(2026, 1, 31), "31.1.2026", "31/01/2026", "2026-02-30", "x")] == [
        "2026-01-31", "2026-01-31", "2026-01-31", None, None]
    assert [number(v) for v in (3, 3.5, "1 234,50", "-2", "1.000,5", True, "x")] == [
        "3", "3.5", "1234.50", "-2", None, None, None]


class TestCommands:
    """The same through the command line."""

    def run(self, *arguments):
        from click.testing import CliRunner

        from insights.cli import cli

        result = CliRunner().invoke(cli, [*arguments], standalone_mode=False)
        if result.exception:
            raise result.exception
        return result.output

    def test_forms_of_the_sample_are_written_filled_and_read(self, tmp_path):
        said = self.run("templates", "--data", "sample", "--out", str(tmp_path / "forms"), "--language", "pl")
        assert {p.name for p in (tmp_path / "forms").iterdir()} == {
            "przygotowanie.xlsx", "plan_rozwoju.xlsx", "glos_klienta.xlsx", "cele.xlsx", "wspolna_strategia.xlsx",
            "job_titles.toml"}
        assert "insights templates --read" in said
        filled(tmp_path / "forms", "targets", [{"period": "2026"}] * 3)
        said = self.run("templates", "--data", "sample", "--read", str(tmp_path / "forms"), "--out",
                        str(tmp_path / "t"))
        assert "targets: 3 rows" in said
        said = self.run("strategy", "--form", str(tmp_path / "forms" / "wspolna_strategia.xlsx"), "--out",
                        str(tmp_path / "s.toml"))
        assert strategy.load(tmp_path / "s.toml").clauses == AGREED.clauses

    def test_a_new_questionnaire_and_the_list_of_clauses(self, tmp_path):
        assert "call the same command again" in self.run("strategy", "--form", str(tmp_path / "q.xlsx"))
        assert "key_customer.industries=C28" in self.run("strategy")
