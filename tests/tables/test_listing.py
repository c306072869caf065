"""Specification: the list of problems for people and programs, the contract's page, and the other languages."""

import json
import re
import string
from pathlib import Path

import pytest

from insights.contract import TABLES
from insights.language import LANGUAGES, Share
from insights.problems import RULES, SEVERITIES, Example, Problem
from insights.rules_data import DATA_RULES
from insights.tables import as_json, as_text, describe
from tests.tables.firms import LEADS, STAGES, checked, firm

DOCS = Path(__file__).parents[2] / "docs"


def test_people_see_table_row_column_value_and_remedy(tmp_path):
    stages = [*STAGES, {"lead_id": "l3", "stage": "Qualifed", "entered_at": "2026-01-20"}]
    text = as_text(checked(tmp_path, firm(lead_stages=stages)).problems)
    assert "error: lead_stages.stage holds unknown words: “Qualifed” (1); rows: 1" in text
    assert "row 13: “Qualifed”" in text and "→ Allowed: new, mql" in text
    assert text.endswith("Errors: 1; left out and counted: 0; warnings: 0; notes: 0.")


def test_errors_come_first_and_tables_in_the_contracts_order():
    problems = [
        Problem("reopened", "lead_stages"),
        Problem("duplicate_rows", "leads"),
        Problem("several_wins", "lead_stages"),
    ]
    text = as_text(problems)
    assert text.index("leads\n") < text.index("lead_stages\n")
    assert text.index("won more than once") < text.index("worked again")


def test_values_cannot_steer_the_terminal_and_are_cut():
    example = Example(row=1, value="\x1b[2J\u202eabc" + "x" * 10_000)
    text = as_text([Problem("not_a_number", "orders", "revenue", 1, (example,))])
    assert "\x1b" not in text and "\u202e" not in text and max(map(len, text.splitlines())) < 200


def test_programs_get_json(tmp_path):
    result = checked(tmp_path, firm(leads=[{**row, "company_id": "ghost"} for row in LEADS]))
    data = json.loads(json.dumps(as_json(result.problems)))
    assert data["schema"] == 1 and data["ok"] is False and data["errors"] == 1
    problem = next(p for p in data["problems"] if p["rule"] == "too_many_orphans")
    assert (problem["table"], problem["column"], problem["count"]) == ("leads", "company_id", 10)
    assert problem["examples"][0] == {"row": 1, "key": "l1", "value": "ghost"} and problem["remedy"]


@pytest.mark.parametrize("rule", sorted(DATA_RULES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_its_sentences_in_every_language(rule, language):
    places = {
        name
        for sentence in (RULES[rule].message, RULES[rule].remedy)
        for _, name, _, _ in string.Formatter().parse(sentence)
        if name
    }
    problem = Problem(
        rule,
        "orders",
        "revenue",
        3,
        values={name: Share(0.5) if name == "share" else "x" for name in places - {"table", "column", "count"}},
    )
    for text in (problem.message, problem.remedy):
        said = text.render(language)
        assert said and "{" not in re.sub(r"\{\w+\}::INTEGER", "", said)
        if language != "en" and text.msgid != "{hint}":
            assert said != text.render("en")


def test_every_rule_has_a_severity_and_a_meaning():
    assert all(rule.severity in SEVERITIES and rule.meaning.endswith(".") for rule in RULES.values())


def test_every_rule_is_used():
    code = "".join(
        path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "src/insights/tables").glob("*.py")
    )
    composed = {f"{kind}_{date}" for kind in ("implausible_date", "future_date") for date in ("value", "row")}
    composed |= {f"{kind}_{what}" for kind in ("country", "industry") for what in ("mapped", "unmapped")}
    assert [rule for rule in DATA_RULES if f'"{rule}"' not in code and rule not in composed] == []


def test_the_contracts_page_is_written_from_the_code():
    assert (DOCS / "contract.md").read_text(encoding="utf-8") == describe(), (
        "docs/contract.md is no longer what insights.tables.describe() gives: write it again"
    )
    assert all(f"### {name}" in describe() for name in TABLES) and all(f"`{rule}`" in describe() for rule in RULES)


def test_every_tables_grain_is_said():
    assert all(table.grain.startswith("One row per ") for table in TABLES.values())
