"""What a customer costs and is worth by segment and channel; to which channels wins are allotted; the brand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding, Interval
from insights.figures.model import Column, Note, Table
from insights.language import Capital, Count, Day, ListOf, Money, Number, Share, ShareRange, Text
from insights.metrics import journeys as journey_metrics
from insights.metrics import kpi_customers as customer_metrics
from insights.metrics import kpis as kpi_metrics
from insights.models.attribution import RULES, with_intervals
from insights.models.kpi_board import share
from insights.topics.kpi_alignment_capacity import capacity
from insights.topics.kpi_alignment_value import called
from insights.topics.kpi_alignment_words import SEGMENTATION

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

KEYS = ("source", "channel", "industry", "size", "country")
BY = {**SEGMENTATION, "channel": Text("by channel of the campaign")}
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
    """Cost, worth and payback of a customer by segment and channel, attribution, and the brand."""
    if result.board is None:
        return []
    return [*_worth(result), *_attribution(result), *_brand(result)]


def _worth(result: Alignment) -> list[object]:
    """What a customer costs and is worth: a table for each segmentation in which anything can be told."""
    firm = result.firm
    if not firm.has("orders") or not result.margin:
        return [Note(_("What a customer is worth over time is not told: it takes orders with their cost."))]
    shown = [table for key in KEYS if key != "channel" or firm.has("campaigns") if (table := _worth_by(result, key))]
    return shown or [Note(_("What a customer is worth over time is not told yet: it takes customers won two years "
                            "ago."))]


def _worth_by(result: Alignment, key: str) -> Table | None:
    firm, currency = result.firm, result.firm.currency
    rows = [row for row in firm.query(journey_metrics.customers(
        firm.as_of, key, orders=True, products=firm.has("products"))).to_pylist() if row["segment"]]
    older, stayed = sum(r["older"] for r in rows), sum(r["stayed"] for r in rows)
    if older < MIN_CUSTOMERS:
        return None
    overall = stayed / older
    bought = {str(row["segment"]): row for row in firm.query(customer_metrics.leads_and_spend(
        key, firm.as_of)).to_pylist()} if firm.has("spend") else {}
    cost = capacity(result)
    shown, hidden = [], []
    for row in sorted(rows, key=lambda r: (-r["customers"], str(r["segment"]))):
        name = str(row["segment"])
        if row["old"] < MIN_CUSTOMERS or not row["customers"]:
            hidden.append(called(result, key, name))
            continue
        # A segment with few customers two years old borrows the firm's retention: ten customers' worth of it.
        kept = (row["stayed"] + 10 * overall) / (row["older"] + 10)
        yearly = (row["year_margin"] or 0.0) / row["old"]
        worth = yearly + yearly * kept / (1 + DISCOUNT - kept)
        own = bought.get(name, {})
        time = cost.cost_per_lead * float(own.get("leads") or 0) if cost else 0.0
        price = (float(own.get("spend") or 0) + time) / row["customers"]
        shown.append((called(result, key, name), Count(row["customers"]), Money(price, currency),
                      Money(yearly, currency), Share(kept, 0), Money(worth, currency),
                      Number(12 * price / yearly, 1) if yearly > 0 else None))
    if not shown:
        return None
    notes = [_("Cost: campaign spend and sellers' time of all leads of the group. Worth: margin of the first year and "
               "of later ones at the share that stays, discounted at {rate} a year (Gupta and Lehmann); a simple "
               "formula beside which the page on customers follows each one's own rhythm.", rate=Share(DISCOUNT, 0))]
    if hidden:
        notes.append(_("Not shown, fewer than {n} customers won a year ago: {groups}.", n=MIN_CUSTOMERS,
                       groups=ListOf(hidden[:20])))
    return Table(_("What a customer costs and is worth {by}, by the first win", by=BY[key]), (
        Column(_("segment"), "left"), Column(_("new customers")), Column(_("cost of winning one"),
                                                                         unit=Text(currency)),
        Column(_("margin of a year"), unit=Text(currency)), Column(_("stay a second year")),
        Column(_("worth over time"), unit=Text(currency)), Column(_("months to pay back"))), tuple(shown),
        collapsed=True, notes=tuple(notes))


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
