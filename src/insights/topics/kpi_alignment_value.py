"""The common unit: expected margin per lead by campaign, source and segment; marketing's return in the same money; and
what the next lead is worth against the average one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Impact, Interval, Verdict
from insights.language import Count, Money, MoneyRange, Share, Text
from insights.metrics import kpis as kpi_metrics
from insights.metrics import replicates as replicate_metrics
from insights.metrics.sql import text as sql_text
from insights.models.elasticity import exponent
from insights.models.kpi_board import month_start
from insights.models.kpi_value import Worth, Worths, worths
from insights.models.replicates import replicates
from insights.topics.kpi_alignment_words import SUBJECT, segment

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

KEYS = ("source", "campaign_id", "industry", "country", "product_id")
MOST_CAMPAIGNS = 40
MOVED, AS_GOOD = 0.2, 0.6
LONG = 360
_ = Text
METHOD = _(
    "Margin won within about a year over leads, young ones counted by the share of wins that leads of their age have "
    "seen; the worth of a win and then of a lead pulled towards the mean of all as far as the data are thin, with a "
    "robust range; compared with all others by the share won times the worth of a win, companies as clusters, false "
    "discoveries held to one in ten.")
SLOPE = _(
    "How the leads of a campaign's months grow with its spend, each campaign with a level of its own (Poisson "
    "regression with overdispersion). Spend follows demand, so this is a description, not the effect of a budget.")


@dataclass(frozen=True)
class Return:
    """A campaign's or source's money: spend, leads, and expected margin of them."""

    name: str
    spend: float
    leads: int
    margin: float

    @property
    def per_unit(self) -> float:
        """Expected margin for each unit of money spent."""
        return self.margin / self.spend if self.spend else 0.0


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """Worth by segment (kept under `worths`), return by campaign (`returns`), slopes (`slopes`)."""
    if not result.parts["timed"]:
        return [], []
    start, end = month_start(result.board.first), result.firm.as_of + dt.timedelta(days=1)
    found: dict[str, Worths] = {}
    queries = {}
    for key in KEYS:
        query = replicate_metrics.replicates(
            key, (start,), end, days=min(max(2 * result.days, LONG), 2 * LONG), as_of=result.firm.as_of)
        table = result.firm.query(query)
        if not table.num_rows or table["segment"].null_count == table.num_rows:
            continue
        sums = replicates(table, 1, replicate_metrics.GROUPS, most=MOST_CAMPAIGNS if key == "campaign_id" else 12)
        if len(sums.segments) > 1 and sums.wins.sum() >= 20:
            found[key] = worths(sums, result.firm.seed, money="margin" if result.margin else "revenue")
            queries[key] = sql_text(query)
    result.parts["worths"] = found
    result.parts["names"] = names(result)
    result.parts["returns"] = _returns(result, found.get("campaign_id"))
    result.parts["slopes"] = _slopes(result)
    said = []
    for key in ("source", "campaign_id"):
        if key in found:
            said += [f.at(sql=queries[key], read_from=result.firm.read_from)
                     for f in _said(result, key, found[key])]
    said += _target(result, found)
    said += _slope_findings(result)
    return said, _estimates(result, found)


def names(result: Alignment) -> dict[str, str]:
    """What campaigns and products are called."""
    called: dict[str, str] = {}
    for table, column in (("campaigns", "campaign_id"), ("products", "product_id")):
        if result.firm.has(table):
            rows = result.firm.query(kpi_metrics.names(table)).to_pylist()
            called |= {str(row[column]): row["name"] for row in rows}
    return called


def called(result: Alignment, key: str, label: str) -> object:
    """A segment's name: campaigns and products by their own."""
    return result.parts.get("names", {}).get(label) or segment(key, label)


def _returns(result: Alignment, found: Worths | None) -> dict[str, Return]:
    if found is None or not result.firm.has("spend"):
        return {}
    spent: dict[str, float] = {}
    for row in result.firm.query(kpi_metrics.spent()).to_pylist():
        spent[row["campaign_id"]] = spent.get(row["campaign_id"], 0.0) + row["spend"]
    return {w.name: Return(w.name, spent[w.name], w.leads, w.leads * w.value.value)
            for w in found.segments if spent.get(w.name, 0) > 0}


def thing(result: Alignment) -> Text:
    """What a lead is valued in."""
    return _("margin") if result.margin else _("revenue")


def _said(result: Alignment, key: str, found: Worths) -> list[Finding]:
    """The segment with many leads of little worth, and the one with leads of most, where they differ clearly."""
    low = [w for w in found.segments if w.compared.verdict is Verdict.LOWER]
    high = [w for w in found.segments if w.compared.verdict is Verdict.HIGHER]
    said = []
    if low:
        worst = max(low, key=lambda w: (w.leads * (w.compared.rest.value - w.value.value), w.name))
        said.append(_clear(result, key, found, worst))
    if high:
        best = max(high, key=lambda w: (w.leads * (w.value.value - w.compared.rest.value), w.name))
        said.append(_clear(result, key, found, best))
    if not said:
        n = sum(w.leads for w in found.segments)
        said.append(Finding(
            function=f"kpi_alignment.worth_by_{key.removesuffix('_id')}", unit=result.firm.currency, n=max(n, 1),
            owner="both", method=METHOD, verdict=Verdict.TOO_FEW, statement=_(
                "Too few wins to say which leads are worth more ({kinds}).", kinds=_kinds(key)),
            action=_("Do not choose between {kinds} by the worth of their leads yet.", kinds=_kinds(key))))
    return said


def _kinds(key: str) -> Text:
    return {"source": _("sources"), "campaign_id": _("campaigns")}[key]


def _clear(result: Alignment, key: str, found: Worths, worth: Worth) -> Finding:
    from insights.topics.kpi_alignment import deadline

    low = worth.compared.verdict is Verdict.LOWER
    largest = max((w.leads for w in found.segments if w.name not in ("unknown", "other")), default=0)
    money = result.firm.currency
    values = {
        "name": called(result, key, worth.name), "own": Money(worth.value.value, money), "thing": thing(result),
        "rest": Money(worth.compared.rest.value, money), "range": MoneyRange(worth.value.low, worth.value.high, money),
        "n": Count(worth.leads), "wins": Count(worth.wins), "day": deadline(result),
        "fifth": Share(MOVED, 0), "good": Share(AS_GOOD, 0)}
    if low and worth.leads == largest:
        statement = _("“{name}” brings the most leads ({n}), and each is worth little: about {own} of {thing} against "
                      "{rest} of the others ({range}).", **values)
    elif low:
        statement = _("Leads from “{name}” are worth clearly less: about {own} of {thing} each against {rest} of the "
                      "others ({range}; {n} leads, {wins} won).", **values)
    else:
        statement = _("Leads from “{name}” are worth clearly more: about {own} of {thing} each against {rest} of the "
                      "others ({range}; {n} leads, {wins} won).", **values)
    impact = _impact(result, key, worth)
    if low and impact:
        action = _("Move {fifth} of the money of “{name}” to better campaigns by {day}; the amount assumes that "
                   "further leads there are {good} as good as today's. It worked if the margin per lead of all rises.",
                   **values)
    elif low:
        action = _("Agree by {day} which leads from “{name}” are worth a seller's time. It worked if their worth rises "
                   "towards the others'.", **values)
    else:
        action = _("Look for more leads like those from “{name}” by {day}, within the present budget. It worked if new "
                   "ones stay above {rest}.", **values)
    subject = {SUBJECT.get(key, key): worth.name}
    return Finding(
        function=f"kpi_alignment.worth_of_{key.removesuffix('_id')}", subject=subject, statement=statement,
        action=action, verdict=worth.compared.verdict, owner="marketing", unit=money, n=worth.leads, method=METHOD,
        estimate=worth.value, baseline=worth.compared.rest, difference=worth.compared.difference, impact=impact,
        rank=abs(worth.compared.rest.value - worth.value.value) * worth.leads / max(result.board.months / 12, 1),
        rival=_("Sellers may work leads from “{name}” less because they are known to be so.", **values)
        if low else _("Another trait of these leads, such as industry or size of company, may stand behind it."))


def _impact(result: Alignment, key: str, worth: Worth) -> Impact | None:
    """What moving a fifth of the money of a weak campaign (or of a source's campaigns) would bring a year."""
    if key != "campaign_id" or worth.compared.verdict is not Verdict.LOWER or not result.margin:
        return None
    returns: dict[str, Return] = result.parts["returns"]
    own = returns.get(worth.name)
    others = [r for name, r in returns.items() if name != worth.name]
    if own is None or not others:
        return None
    years = max(result.board.months / 12, 1.0) if own.spend and len(returns) == 1 else 1.0
    better = AS_GOOD * sum(r.margin for r in others) / sum(r.spend for r in others)
    moved = MOVED * own.spend / years
    gain = moved * (better - own.per_unit)
    if gain <= 0:
        return None
    spread = moved * own.per_unit * (worth.value.high - worth.value.low) / max(2 * abs(worth.value.value), 1e-9)
    wide = float(np.hypot(spread, 0.5 * moved * better))
    pool = sum(r.margin for r in returns.values())
    return Impact(min(gain, pool), max(gain - wide, 0.0) if gain > wide else gain - wide, min(gain + wide, pool),
                  result.firm.currency, "leads of campaigns")


def _target(result: Alignment, found: dict[str, Worths]) -> list[Finding]:
    """The target for leads restated in expected margin."""
    from insights.topics.kpi_alignment_targets import for_span

    target = for_span(list(result.targets), "leads", "marketing", *result.period)
    main = found.get("source") or next(iter(found.values()), None)
    if not target or main is None:
        return []
    total = main.overall
    best = max((w for w in main.segments if w.compared.verdict is Verdict.HIGHER), key=lambda w: w.value.value,
               default=None)
    values = {
        "target": Count(round(target)), "thing": thing(result),
        "money": Money(target * total.value, result.firm.currency),
        "range": MoneyRange(target * total.low, target * total.high, result.firm.currency)}
    if best is not None and total.value > 0:
        statement = _("The target of {target} leads stands for {money} of expected {thing} at the present mix "
                      "({range}); the same takes {fewer} leads from “{name}”.", **values,
                      name=called(result, "source", best.name),
                      fewer=Count(round(target * total.value / best.value.value)))
    else:
        statement = _("The target of {target} leads stands for {money} of expected {thing} at the present mix "
                      "({range}).", **values)
    return [Finding(
        function="kpi_alignment.lead_target_in_money", statement=statement, unit=result.firm.currency,
        n=sum(w.leads for w in main.segments), owner="both", method=METHOD,
        estimate=Interval(target * total.value, target * total.low, target * total.high))]


def _slopes(result: Alignment) -> dict[str, tuple[Interval, int]]:
    """By source of leads that campaigns brought: the next over the average unit of spend, from months of campaigns."""
    if not result.firm.has("spend"):
        return {}
    rows = result.firm.query(kpi_metrics.spend_and_leads(result.firm.as_of)).to_pylist()
    found = {}
    for name in sorted({row["source"] for row in rows if row["source"]}):
        own = [row for row in rows if row["source"] == name]
        slope = exponent(np.array([r["campaign_id"] for r in own]), np.array([r["spend"] for r in own], dtype=float),
                         np.array([r["leads"] for r in own], dtype=float),
                         np.array([r["watched"] for r in own], dtype=float))
        if slope is not None:
            found[name] = slope
    return found


def _slope_findings(result: Alignment) -> list[Finding]:
    """Sources whose next unit of spend brings clearly less than the average one."""
    from insights.topics.kpi_alignment import deadline

    said = []
    for name, (slope, n) in result.parts["slopes"].items():
        if slope.high >= 1 - 1e-9 or slope.value > 0.9:
            continue
        values = {"name": called(result, "source", name), "slope": Share(max(slope.value, 0.0), 0), "n": n,
                  "day": deadline(result),
                  "range": _("{low} to {high}", low=Share(max(slope.low, 0.0), 0), high=Share(slope.high, 0))}
        said.append(Finding(
            function="kpi_alignment.next_unit_of_spend", subject={"source": name}, unit="share", n=n, owner="marketing",
            method=SLOPE, verdict=Verdict.LOWER, estimate=slope, baseline=Interval(1.0), statement=_(
                "More spend on “{name}” goes with ever fewer leads: the next unit brings {slope} of what the average "
                "one does ({range}; {n} months of campaigns).", **values),
            action=_("Plan “{name}” by the next lead, not by the average one: change its budget on purpose in some "
                     "months by {day} to see what the money does. It worked if the next plan states both figures.",
                     **values),
            rival=_("Spend may have been raised where demand was weak, which looks the same.")))
    return said


def _estimates(result: Alignment, found: dict[str, Worths]) -> list[Estimate]:
    listed = []
    for key, worth in found.items():
        for w in worth.segments:
            if w.name in ("unknown", "other"):
                continue
            listed.append(Estimate(
                measure="expected_margin_per_lead" if result.margin else "expected_revenue_per_lead",
                subject={SUBJECT.get(key, key): w.name}, estimate=w.value, unit=result.firm.currency,
                n=max(w.leads, 1), method=METHOD.render("en"), verdict=w.compared.verdict, baseline=w.compared.rest,
                difference=w.compared.difference, companies=w.compared.companies, topic="kpi_alignment",
                withheld=w.compared.withheld))
    for name, (slope, n) in result.parts["slopes"].items():
        listed.append(Estimate(measure="marginal_to_average", subject={"source": name}, estimate=slope, unit="share",
                               n=n, method=SLOPE.render("en"), topic="kpi_alignment"))
    return listed
