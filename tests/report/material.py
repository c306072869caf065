"""A small executed notebook with every kind of block, made of an invented firm's figures."""

from __future__ import annotations

from types import SimpleNamespace

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from insights.evidence import Evidence, Finding, Impact
from insights.evidence.words import Interval, Verdict
from insights.figures.bars import Shares, share_bars
from insights.figures.dots import Dot, dots
from insights.figures.model import Clause, Column, Figure, Table
from insights.language import Count, Country, Money, Share, ShareRange, Text
from insights.problems import Example
from insights.report import fragments
from insights.report.show import BLOCK

RUN = {
    "firm": "Pompy i Monitoring SA", "period": ["2025-10-01", "2026-09-30"], "as_of": "2026-09-30", "currency": "PLN",
    "level": 2, "data_hash": "9f2c64d1aa07", "strategy_hash": "51b0c7e29d3f", "versions": {"insights": "0.1.0"},
}
SIBLINGS = [("alignment_report", "The joint strategy"), ("key_customer_profile", "Who is our key customer?")]
SQL = "select industry, count(*) filter (where won) as won, count(*) as closed\nfrom lead_grain\ngroup by industry"


def finding(**changes: object) -> Finding:
    given: dict = {
        "function": "key_customer_profile.best_segment", "subject": {"country": "DE", "size": "medium"},
        "statement": Text("Medium-sized firms in {country} bring {value} of margin a lead, all others {rest}.",
                          country=Country("DE"), value=Money(11_400, "PLN"), rest=Money(3_700, "PLN")),
        "estimate": Interval(11_400, 8_300, 15_200), "baseline": Interval(3_700, 3_300, 4_100),
        "difference": Interval(7_700, 4_500, 11_600), "unit": "PLN", "n": 486, "verdict": Verdict.HIGHER,
        "owner": "marketing", "impact": Impact(620_000, 110_000, 1_200_000, "PLN", "campaigns"),
        "action": Text("move a fifth of the budget in the first quarter and judge it in September."),
        "method": Text("Margin of leads that had time to close, each segment against the rest, by company."),
        "rival": Text("One large order could carry the segment; without it the difference still stands."),
        "evidence": Evidence(figure="margin by country", sql=SQL, read_from="lead_grain@9f2c64d1aa07"),
    }
    return Finding(**(given | changes))


def headline_findings() -> list[Finding]:
    return [
        finding(),
        finding(function="product_priorities.not_ready", subject={"product": "monitoring"}, owner="sales",
                statement=Text("We promote online monitoring, but most sellers are not prepared to sell it."),
                impact=Impact(900_000, 300_000, 1_600_000, "PLN", "products")),
        finding(function="customer_base.late", subject={}, owner="both", impact=None, unit="count", n=412,
                statement=Text("Thirty-seven customers have not ordered for longer than is usual for them."),
                estimate=Interval(11, 7, 16), baseline=None, difference=None, verdict=None),
    ]


def not_proved() -> Finding:
    return finding(function="kpi_alignment.conversion_change", subject={}, unit="share", owner="both", impact=None,
                   statement=Text("The fall in conversion is no proof against either department."),
                   estimate=Interval(0.049, 0.041, 0.058), baseline=Interval(0.064, 0.055, 0.072),
                   difference=Interval(-0.002, -0.007, 0.003), verdict=Verdict.NO_CLEAR_DIFFERENCE, n=1_204,
                   action=Text("do nothing yet; the quarter can be judged in February."))


PROSE = """## Where do leads become sales?

Each country stands beside all *others*,
and is judged by the difference.

- closed leads only
- counted by company
"""
ROWS = (("DE", 486, 0.119, 0.094, 0.147, Verdict.HIGHER), ("CZ", 212, 0.094, 0.066, 0.131, Verdict.NO_CLEAR_DIFFERENCE),
        ("PL", 2_310, 0.052, 0.045, 0.060, Verdict.LOWER), ("SK", 64, 0.071, 0.029, 0.140, Verdict.TOO_FEW))


def table(**changes: object) -> Table:
    rows = tuple((Country(code), Count(n), Share(value), ShareRange(low, high), Money(value * 61_000, "PLN"),
                  Money(value * n * 61_000, "PLN", exact=True)) for code, n, value, low, high, _ in ROWS)
    given: dict = {
        "caption": Text("Leads that became sales, by country"),
        "columns": (Column(Text("Country"), "left"), Column(Text("Leads")), Column(Text("Won"), unit=Text("of closed")),
                    Column(Text("Range")), Column(Text("Margin a lead")), Column(Text("Margin in all"))),
        "rows": (*rows, ("Ruritania", Count(12), None, None, None, None)),
        "notes": (Text("Groups of fewer than thirty leads are counted and not shown."),),
        "marks": {4: Text("not shown, group too small")},
    }
    return Table(**(given | changes))


def figure(title: str = "German firms buy twice as often as Polish ones") -> Figure:
    rows = [
        Dot(Country(code), Interval(value, low, high), verdict, Text("{value} of {n}", value=Share(value), n=Count(n)),
            Share(value))
        for code, n, value, low, high, verdict in ROWS
    ]
    return Figure(
        title=Text(title), subtitle=Text("Win rate by country, closed leads of the period; bars are 90% ranges"),
        svg=dots(rows, 0.064, Text("all {value}", value=Share(0.064))),
        alt=Text("Win rate: Germany 11.9%, Czechia 9.4%, Slovakia 7.1%, Poland 5.2%; all firms 6.4%."), table=table(),
    )


def bars() -> Figure:
    rows = [Shares(Country("PL"), (0.63, 0.41, 0.80)), Shares(Country("DE"), (0.21, 0.44, 0.14)),
            Shares(Country("CZ"), (0.16, 0.15, None))]
    return Figure(
        title=Text("Most customers are in Poland, most margin is made in Germany"),
        subtitle=Text("Share of each whole"),
        svg=share_bars(rows, (Text("customers"), Text("margin"), Text("budget"))),
        alt=Text("Customers: Poland 63%. Margin: Germany 44%."),
    )


def clauses() -> list[Clause]:
    return [
        Clause(Text("Countries"), "Polska, Czechy", "Niemcy, Czechy", "not_kept", 3_072, ShareRange(0.38, 0.49)),
        Clause(Text("Size"), "50–249", "50–249", "kept", 2_980, ShareRange(0.51, 0.60)),
        Clause(Text("Decision maker"), Text("technical director"), None, "not_enough_data"),
    ]


def chapters() -> list[dict]:
    answer = finding().to_json()["statement"]
    return [{"name": name, "title": title, "question": "In which countries are our best customers?",
             "top_line": answer, "status": None} for name, title in SIBLINGS]


def problems() -> list[SimpleNamespace]:
    """Problems as `insights.problems.Problem` has them, free of the severity table's wording."""
    example = Example(row=7, key="C-1", value="<script>alert(1)</script>" * 20, file="companies.csv", line=8)
    return [
        SimpleNamespace(severity="excluded", message=Text("{count} leads name no company.", count=Count(1_425)),
                        remedy=Text("Fill the column in."), examples=(example, Example(row=9))),
        SimpleNamespace(severity="note", message=Text("A column is not used."), remedy=Text("Nothing to do."),
                        examples=()),
    ]


def block(kind: str, html: dict[str, str]) -> nbformat.NotebookNode:
    data = {BLOCK: {"kind": kind, "html": html}, "text/plain": kind, "text/html": "<p>for the laboratory only</p>"}
    return new_output("display_data", data=data)


def code(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return new_code_cell("show(secret_call(firm))", outputs=list(outputs), execution_count=7)


def notebook() -> nbformat.NotebookNode:
    """An executed notebook; cell ids are fixed, so that two of them are equal."""
    cells = [
        new_markdown_cell("# Who is our key customer?"),
        new_code_cell('data = "sample"  # folder'),
        code(block("headline", fragments.headlines(
            Text("Two decisions for the board. The amounts overlap and must not be added up."), headline_findings(),
            not_proved=[not_proved()], works=[Text("Four of five leads are called within a day.")]))),
        new_markdown_cell(PROSE),
        code(block("finding", fragments.finding(not_proved())), block("figure", fragments.figure(figure())),
             block("table", fragments.table(table()))),
        new_markdown_cell("## Where is the margin made?"),
        code(block("figure", fragments.figure(bars())),
             block("note", fragments.note(Text("Costs are missing for a third of the orders.")))),
        new_markdown_cell("## Does the agreed profile hold?"),
        code(block("clauses", fragments.clauses(clauses()))),
        new_markdown_cell("## How good are the data?"),
        code(block("quality", fragments.quality(problems()))),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return new_notebook(cells=cells)
