"""What a customer costs and is worth by source; to which channels wins are allotted; the brand beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding, Interval
from insights.figures.model import Column, Note, Table
from insights.language import Capital, Count, Day, Money, Number, Share, ShareRange, Text
from insights.metrics import journeys as journey_metrics
from insights.metrics import kpis as kpi_metrics
from insights.models.attribution import RULES, with_intervals
from insights.models.kpi_board import share
from insights.topics.kpi_alignment_capacity import capacity
from insights.topics.kpi_alignment_value import called

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

DISCOUNT = 0.10
MIN_CUSTOMERS, MIN_WINS = 10, 30
_ = Text
METHOD = _(
    "Shares of wins by a rule of allocation; the range is what sampling of companies makes of it, not an effect.")
NAMES = {"first": _("first contact"), "last": _("last contact"), "linear": _("shared equally"),
         "markov": _("what would be missing (Markov)")}


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """Attribution, kept under `attribution`; no rule is a finding, since none is an effect."""
    firm, listed = result.firm, []
    if firm.has("touches") and result.parts["timed"]:
        rows = firm.query(journey_metrics.journeys(
            firm.as_of, result.days, campaigns=firm.has("campaigns"))).to_pylist()
        paths = [(row["grp"], tuple(row["path"].split(chr(31))), float(row["leads"]), float(row["won"]))
                 for row in rows]
        won = sum(p[3] for p in paths)
        if won >= MIN_WINS and len({c for p in paths for c in p[1]}) > 1:
            found = with_intervals(paths, firm.seed)
            result.parts["attribution"] = found
            listed = [Estimate(measure=f"attributed_{rule}", subject={"source": channel}, estimate=interval,
                               unit="share", n=int(won), method=METHOD.render("en"), topic="kpi_alignment")
                      for rule in RULES for channel, interval in found[rule].items()]
    return [], listed


def customers(result: Alignment) -> list[object]:
    """Cost, worth and payback of a customer by source, attribution, and the brand."""
    if result.board is None:
        return []
    return [*_worth(result), *_attribution(result), *_brand(result)]


def _worth(result: Alignment) -> list[object]:
    firm, currency = result.firm, result.firm.currency
    if not firm.has("orders") or not result.margin:
        return [Note(_("What a customer is worth over time is not told: it takes orders with their cost."))]
    rows = [row for row in firm.query(journey_metrics.customers(
        firm.as_of, orders=True, products=firm.has("products"))).to_pylist() if row["source"]]
    older, stayed = sum(r["older"] for r in rows), sum(r["stayed"] for r in rows)
    if older < MIN_CUSTOMERS:
        return [Note(_("What a customer is worth over time is not told yet: it takes customers won two years ago."))]
    overall = stayed / older
    spent, leads = _by_source(result)
    cost = capacity(result)
    shown = []
    for row in sorted(rows, key=lambda r: str(r["source"])):
        if row["old"] < MIN_CUSTOMERS or not row["customers"]:
            continue
        # A source with few customers two years old borrows the firm's retention: ten customers' worth of it.
        kept = (row["stayed"] + 10 * overall) / (row["older"] + 10)
        yearly = (row["year_margin"] or 0.0) / row["old"]
        worth = yearly + yearly * kept / (1 + DISCOUNT - kept)
        time = cost.cost_per_lead * leads.get(row["source"], 0.0) if cost else 0.0
        price = (spent.get(row["source"], 0.0) + time) / row["customers"]
        shown.append((called(result, "source", row["source"]), Count(row["customers"]), Money(price, currency),
                      Money(yearly, currency), Share(kept, 0), Money(worth, currency),
                      Number(12 * price / yearly, 1) if yearly > 0 else None))
    if not shown:
        return [Note(_("What a customer is worth over time is not told yet: it takes customers won two years ago."))]
    return [Table(_("What a customer costs and is worth, by the source of the first win"), (
        Column(_("source"), "left"), Column(_("new customers")), Column(_("cost of winning one"), unit=Text(currency)),
        Column(_("margin of a year"), unit=Text(currency)), Column(_("stay a second year")),
        Column(_("worth over time"), unit=Text(currency)), Column(_("months to pay back"))), tuple(shown),
        collapsed=True, notes=(
            _("Cost: campaign spend and sellers' time of all leads of the source. Worth: margin of the first year and "
              "of later ones at the share that stays, discounted at {rate} a year (Gupta and Lehmann); a simple "
              "formula until each customer's own rhythm is used.", rate=Share(DISCOUNT, 0)),))]


def _by_source(result: Alignment) -> tuple[dict[str, float], dict[str, float]]:
    spent: dict[str, float] = {}
    if result.firm.has("spend"):
        for row in result.firm.query(kpi_metrics.spend_and_leads(result.firm.as_of)).to_pylist():
            spent[row["source"]] = spent.get(row["source"], 0.0) + row["spend"]
    worths = result.parts.get("worths", {}).get("source")
    return spent, {w.name: float(w.leads) for w in worths.segments} if worths else {}


def _attribution(result: Alignment) -> list[object]:
    found: dict[str, dict[str, Interval]] | None = result.parts.get("attribution")
    if found is None:
        return [Note(_("Wins are not allotted to channels: that takes contacts with campaigns in the table touches."))]
    channels = sorted(found["linear"], key=lambda c: (-found["linear"][c].value, c))
    columns, rows = [Column(_("channel"), "left")], []
    for rule in RULES:
        columns += [Column(Capital(NAMES[rule])), Column(_("probably between"), "left")]
    for channel in channels:
        cells: list[object] = [channel]
        for rule in RULES:
            i = found[rule][channel]
            cells += [Share(i.value, 0), ShareRange(i.low, i.high, 0)]
        rows.append(tuple(cells))
    order = {rule: sorted(channels, key=lambda c: (-found[rule][c].value, c)) for rule in RULES}
    same = len({tuple(o) for o in order.values()}) == 1
    note = (_("All four rules put the channels in the same order: the choice of the rule changes no decision here.")
            if same else
            _("The rules put the channels in different orders: a decision between those is a choice of the rule, not a "
              "result."))
    return [Table(_("Wins allotted to channels by four rules"), tuple(columns), tuple(rows), collapsed=True, notes=(
        note, _("Rules of allocation, not effects. Of leads with such contacts in the year before; ranges mean "
                "sampling only.")), estimates=tuple(
        e for e in result.estimates if e.measure.startswith("attributed_")))]


def _brand(result: Alignment) -> list[object]:
    if not result.firm.has("brand"):
        return []
    rows = []
    for row in result.firm.query(kpi_metrics.brand(result.firm.as_of)).to_pylist():
        part = 0 <= row["value"] <= 1
        interval = share(row["value"] * row["n"], row["n"]) if part and row["n"] else None
        shown = Share(row["value"], 1) if part else Number(row["value"], 1)
        rows.append((row["metric"].replace("_", " "), Day(row["measured_on"]), shown,
                     ShareRange(interval.low, interval.high) if interval else None,
            Count(row["n"]) if row["n"] else None))
    return [Table(_("The brand, as measured"), (
        Column(_("measure"), "left"), Column(_("day"), "left"), Column(_("result")), Column(
            _("probably between"), "left"), Column(_("people asked"))), tuple(rows), collapsed=True, notes=(
        _("Beside the measures of leads, not behind them: that the brand moves leads is not shown by these "
          "figures."),))]
