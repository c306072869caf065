"""New products on their time line: when, how late, who knows, and who asks already."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Sums, Verdict, compare_with_rest
from insights.language import Count, Day, Days, Share, Text
from insights.metrics import launches as metrics
from insights.metrics import segments
from insights.topics import product_pipeline_words as words

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_pipeline_voice import Voice

NOTICE = 30
"""Days before a launch by which sellers should have been told."""
SOON = 180
"""Days ahead within which a launch asks for action."""
TRAINING = 60
"""Days before a launch by which sellers should have been trained."""
_ = Text


@dataclass(frozen=True)
class Item:
    """An item of the roadmap as known on the as-of date. `told` and `trained` count active sellers; `told_before` those
    told before customers were; `notice_days` is the median of days between the telling of a seller and the launch
    (planned or actual), None where nobody was told."""

    item: str
    product: str
    title: str
    stage: str
    planned_on: dt.date
    first_planned_on: dt.date | None
    announced_on: dt.date | None
    launched_on: dt.date | None
    on_sale: bool
    open_leads: int
    companies: int
    told: int
    trained: int
    told_before: int
    notice_days: float | None

    @property
    def due_on(self) -> dt.date:
        """The day of the launch, planned while there was none."""
        return self.launched_on or self.planned_on

    @property
    def late_days(self) -> int | None:
        """Days by which the launch is later than first planned, negative where it was brought forward."""
        return (self.due_on - self.first_planned_on).days if self.first_planned_on else None


def read(firm: Firm) -> tuple[tuple[Item, ...], int]:
    """The items in the order of their launch, and how many active sellers there are (0 where notices are unknown)."""
    if not firm.has("roadmap"):
        return (), 0
    has_notices = firm.has("roadmap_notices", "sellers")
    sellers = firm.query(metrics.sellers(firm.as_of)).num_rows if has_notices else 0
    notices = firm.query(metrics.notices(firm.as_of)).to_pylist() if has_notices else []
    rows = firm.query(metrics.items(
        firm.as_of, leads=firm.has("leads", "lead_stages"), products=firm.has("products"))).to_pylist()
    return tuple(_item(row, [n for n in notices if n["item"] == row["item"]]) for row in rows), sellers


def _item(row: dict, notices: list[dict]) -> Item:
    due = row["launched_on"] or row["planned_on"]
    told = [n["told_on"] or n["trained_on"] for n in notices]
    announced = row["announced_on"]
    return Item(
        item=row["item"], product=row["product"], title=row["title"], stage=row["stage"],
        planned_on=row["planned_on"], first_planned_on=row["first_planned_on"], announced_on=announced,
        launched_on=row["launched_on"], on_sale=bool(row["on_sale"]), open_leads=row["open_leads"],
        companies=row["companies"], told=len(told), trained=sum(n["trained_on"] is not None for n in notices),
        told_before=sum(announced is None or day <= announced for day in told),
        notice_days=statistics.median((due - day).days for day in told) if told else None)


def findings(firm: Firm, items: tuple[Item, ...], sellers: int, voice: Voice | None) -> list[Finding]:
    """For each item the one thing that most needs doing; the notice that sellers had; each launch that was agreed."""
    askers = voice.askers if voice else {}
    found = [_with_askers(firm, _most_urgent(firm, item, sellers, len(askers.get(item.item, ()))), voice,
                          askers.get(item.item, ())) for item in items]
    return [f for f in [*found, _notice(items, sellers), _sold(firm, sellers), *_agreed(firm, items)] if f]


def _with_askers(firm: Firm, finding: Finding | None, voice: Voice | None, askers: Collection[str]) -> Finding | None:
    """The finding with what stands behind it: the customers who asked for the item, and their sales."""
    if finding is None or voice is None or not askers:
        return finding
    return replace(finding, statement=_("{first} {second}", first=finding.statement, second=words.behind(
        firm, len(askers), voice.sales_to(askers))))


def _most_urgent(firm: Firm, item: Item, sellers: int, asking: int) -> Finding | None:
    """Announced before sellers knew, else sellers not told in time, else told but not trained, else ready and not
    announced, else much later than first planned; None where nothing is amiss."""
    ahead = (item.due_on - firm.as_of).days
    coming = item.launched_on is None
    rank = (1 + asking + item.companies) * words.deal_size(firm) / 50
    values = {
        "item": item.title, "due": Day(item.due_on), "sellers": Count(sellers), "untold": Count(sellers - item.told),
        "told": Count(item.told), "trained": Count(item.trained), "untrained": Count(item.told - item.trained),
        "late": Days(item.late_days or 0), "announced": Day(item.announced_on) if item.announced_on else "",
        "by": words.before(firm, item.due_on, NOTICE), "asking": words.customers(max(asking, item.companies)),
        "unaware": Count(sellers - item.told_before)}
    common = {"subject": {"product": item.product}, "unit": "count", "owner": "both", "method": words.COUNTED,
              "n": max(sellers, 1), "rank": rank}
    if sellers and item.announced_on and item.told_before < sellers and ahead >= -SOON:
        return Finding(
            function=f"{words.TOPIC}.announced_first_{words.slug(item.item)}", **common,
            estimate=Interval(sellers - item.told_before), statement=_(
                "Customers were told of {item} on {announced}, but {unaware} of {sellers} sellers had not been told by "
                "then.", **values),
            action=_(
                "Marketing tells sales first, customers after: name the {untold} sellers who still do not know and "
                "tell them by {by}. It worked if each seller has a date of notice before the next announcement.",
                **values))
    if sellers and coming and item.told < sellers and ahead <= SOON:
        return Finding(
            function=f"{words.TOPIC}.not_told_{words.slug(item.item)}", **common,
            estimate=Interval(sellers - item.told), statement=_(
                "{item} is due on {due}, and {untold} of {sellers} sellers have not been told.", **values),
            action=_("Tell them by {by}, at least a month before the launch. It worked if each seller has a date of "
                     "notice by then.", **values))
    if sellers and coming and item.trained < item.told and ahead <= TRAINING + NOTICE:
        return Finding(
            function=f"{words.TOPIC}.not_trained_{words.slug(item.item)}", **common,
            estimate=Interval(item.told - item.trained), statement=_(
                "{item} is due on {due}: {told} of {sellers} sellers know of it, but {untrained} of them are not "
                "trained.", **values),
            action=_("Train them by {by}, or let trained sellers take these leads. It worked if no lead for it goes to "
                     "a seller without training.", **values))
    if sellers and 2 * item.trained >= sellers and item.announced_on is None and ahead <= TRAINING:
        return Finding(
            function=f"{words.TOPIC}.not_announced_{words.slug(item.item)}", **common,
            estimate=Interval(item.trained), statement=_(
                "{item} is ready to be sold ({trained} of {sellers} sellers are trained), but customers have not been "
                "told.", **values),
            action=_("Announce it by {by}, first to those who asked ({asking}). It worked if they have been written to "
                     "by then.", **values))
    if coming and (item.late_days or 0) >= NOTICE:
        return Finding(
            function=f"{words.TOPIC}.late_{words.slug(item.item)}",
            **{**common, "unit": "days", "owner": "board", "n": 1}, estimate=Interval(item.late_days),
            statement=_("{item} is now due on {due}, {late} later than first planned.", **values),
            action=_("Confirm the date by {by} or take it out of the plan; sellers promise nothing before. It worked "
                     "if the date does not move again.", **values))
    return None


def _notice(items: tuple[Item, ...], sellers: int) -> Finding | None:
    """How long before a launch sellers knew: the median over items that have been launched or announced a date."""
    known = [item.notice_days for item in items if item.notice_days is not None]
    if not known or not sellers:
        return None
    informed = sum(item.told for item in items)
    return Finding(
        function=f"{words.TOPIC}.notice_days", unit="days", n=len(known), owner="both", method=words.COUNTED,
        estimate=Interval(float(statistics.median(known))), statement=_(
            "Sellers who were told knew of a launch {days} ahead (median over {items}); of {all} notices that should "
            "have been given, {given} were.", days=Days(statistics.median(known)), items=words.items(len(known)),
            all=Count(len(items) * sellers), given=Count(informed)))


def _sold(firm: Firm, sellers: int) -> Finding | None:
    """Whether leads for launched items became customers more often where their seller had known in time."""
    if not sellers or not firm.has("leads", "lead_stages"):
        return None
    days = firm.row(segments.horizon())["days"]
    rows = firm.query(metrics.sold_by_notice(firm.as_of, days, NOTICE)).to_pylist() if days else []
    if len(rows) < 2:
        return None
    sums, mine = _over_sellers(rows), [row["early"] for row in rows].index(True)
    compared = compare_with_rest(sums, share=True)[mine]
    told = not compared.withheld
    values = {"own": Share(compared.own.value, 1), "rest": Share(compared.rest.value, 1), "days": Days(days),
              "low": Share(compared.own.low, 1), "high": Share(compared.own.high, 1), "leads": Count(compared.n),
              "others": Count(int(sums.n.sum()) - compared.n), "notice": Days(NOTICE),
              "sellers": Count(rows[mine]["sellers"]), "late": Count(rows[1 - mine]["sellers"])}
    statement = _(
        "Of leads for launched products whose seller had known {notice} or more before, {own} became customers within "
        "{days} ({low} to {high}; leads: {leads}, sellers: {sellers}), of the others {rest} (leads: {others}, sellers: "
        "{late}).", **values) if told else _(
        "Whether launches that sellers knew of {notice} ahead sell better cannot be told yet. Leads old enough whose "
        "seller knew in time: {leads} (sellers: {sellers}), others: {others} (sellers: {late}).", **values)
    if young := sum(row["young"] for row in rows):
        statement = _("{first} {second}", first=statement, second=_(
            "Leads still too young: {young}; the last of them can be counted on {known}.", young=Count(young),
            known=Day(max(row["known_on"] for row in rows))))
    return Finding(
        function=f"{words.TOPIC}.sold_by_notice", unit="share", n=compared.n, owner="both", method=_(
            "Conversion within so many days of leads in the year after a launch, for the launched product, by when "
            "their seller had been told; interval clustered by seller, not adjusted for who sells what to whom."),
        verdict=compared.verdict, estimate=compared.own if told else Interval(None),
        baseline=compared.rest if told else None, difference=compared.difference if told else None,
        statement=statement, action=_(
            "Tell every seller {notice} before the next launch at the latest, and customers after them. It worked if "
            "no seller hears of it later.", **values) if compared.verdict is Verdict.HIGHER else _(
            "Write down the day on which each seller is told, and read this again after the next launch."),
        rival=_("Sellers who were told early may sell to other customers, and may be the better sellers.")
        if told else None)


def _over_sellers(rows: list[dict]) -> Sums:
    """Sums with sellers as the clusters: they, not companies, were told or not."""
    zero, names = [0.0] * len(rows), ("n", "y", "nn", "yy", "ny", "paying")
    return Sums.of(companies=[row["sellers"] for row in rows], top_n=zero, top_y=zero,
                   **{name: [row[name] for row in rows] for name in names})


def _agreed(firm: Firm, items: tuple[Item, ...]) -> list[Finding]:
    """Each new product of the strategy with the date that was agreed."""
    new = (firm.strategy.content.get("products", {}) if firm.strategy else {}).get("new", ())
    by_product = {item.product: item for item in items}
    return [_clause(firm, entry, by_product.get(entry.get("id"))) for entry in new
            if isinstance(entry, dict) and isinstance(entry.get("on"), dt.date)]


def _clause(firm: Firm, entry: dict, item: Item | None) -> Finding:
    on, product = entry["on"], str(entry.get("id"))
    values = {"product": item.title if item else product, "on": Day(on), "due": Day(item.due_on if item else on),
              "later": Days((item.due_on - on).days if item else 0), "by": words.before(firm, on, NOTICE)}
    if item is None:
        verdict = Verdict.NOT_ENOUGH_DATA
        statement = _("The launch of {product}, agreed for {on}, cannot be judged: the roadmap has no such product.",
                      **values)
        action = _("Enter {product} in the roadmap with its planned date.", **values)
    elif item.launched_on and item.launched_on <= on:
        verdict = Verdict.KEPT
        statement = _("{product} was launched on {due}, as agreed for {on}.", **values)
        action = _("Nothing to do.")
    elif item.due_on > on or firm.as_of > on:
        verdict = Verdict.NOT_KEPT
        statement = _("{product} was agreed for {on} and comes {later} later, on {due}.", **values)
        action = _("Agree a new date by {by} and tell sellers and the customers who wait for it.", **values)
    else:
        verdict = Verdict.TOO_EARLY
        statement = _("{product} is agreed and planned for {on}; whether it is kept can be told then.", **values)
        action = _("Look again on {on}.", **values)
    known = item is not None and verdict in (Verdict.KEPT, Verdict.NOT_KEPT)
    return Finding(
        function=f"{words.TOPIC}.agreed_launch", subject={"product": product}, unit="days", n=1, owner="board",
        method=words.COUNTED, verdict=verdict, statement=statement, action=action,
        clause=_("New product: {product}", **values), agreed=_("on {on}", **values),
        clause_id=f"products.new={product}",
        estimate=Interval(float((item.due_on - on).days)) if known else Interval(None))
