"""The sentences about the value of leads."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.language import (
    Count,
    Day,
    ListOf,
    Money,
    MoneyRange,
    Number,
    Per100,
    Share,
    ShareRange,
    Text,
)
from insights.metrics.lead_features import PACE_WEEKS
from insights.models.lead_value import MIN_WINS
from insights.period import add_months
from insights.topics.lead_value_reasons import name_of

if TYPE_CHECKING:
    from insights.models.lead_value.curves import Cut
    from insights.models.lead_value.reading import Reading
    from insights.topics.lead_value import LeadValue, Learned

TOPIC = "lead_conversion"
FIFTH = 0.2
MOST_MONTHS = 36
_ = Text

METHOD = _(
    "Each lead as it was known at several ages; a regularised logistic model on binned columns against gradient "
    "boosting, "
    "fitted again before each later block of time and judged on it; the simpler one kept unless another is better by "
    "more "
    "than its uncertainty; leads too young to tell stand in by those followed long enough; calibrated on later leads.")
COUNTED = _("Counted, not estimated.")
RIVAL = _(
    "Only leads that someone works can be won: a lead with a high score may owe it to the attention that leads like it "
    "got, and many would be won without being put first. The difference is no gain that the order of work brings.")


def looks(n: int) -> Text:
    """So many looks at leads: each lead is looked at at several ages."""
    return _("{n} look at open leads", plural="{n} looks at open leads", n=n)


def leads(n: int) -> Text:
    """So many leads."""
    return _("{n} lead", plural="{n} leads", n=n)


def no_leads() -> Text:
    """Why there is no score without leads."""
    return _("Leads cannot be scored without the tables leads and lead_stages.")


def too_few_wins(found: Learned) -> Text:
    """Why there is no score per lead, and when there will be one."""
    won, rate = found.totals["won"], found.totals["won_last_year"]
    values = {"won": _("{n} win", plural="{n} wins", n=won), "least": Count(MIN_WINS)}
    if won >= MIN_WINS:
        return _("There is no score per lead: no win has a date of creation before it, so nothing can be learned of "
                 "time.")
    months = -(-(MIN_WINS - won) * 12 // rate) if rate else MOST_MONTHS + 1
    if months <= MOST_MONTHS:
        when = add_months(found.firm.as_of.replace(day=1), months)
        return _("There is no score per lead yet: {won} in the records, at least {least} are needed, which at last "
                 "year's "
                 "pace will be there by {day}. Until then the rates of groups stand.", day=Day(when), **values)
    return _("There is no score per lead: {won} in the records, at least {least} are needed. Until then the rates of "
             "groups "
             "stand.", **values)


def too_few_known(found: Learned, reading: Reading) -> Text:
    """Enough wins, but too few of them (or of other results) can be learned from."""
    return _("There is no score per lead: of {won} too few can be followed from a day on which the lead was still "
             "open, or "
             "too few other leads have ended or been watched for {n} days.",
             won=_("{n} win", plural="{n} wins", n=found.totals["won"]), n=Count(found.horizon))


def no_amounts(found: Learned) -> Text:
    """Probabilities without money."""
    return _("Scores carry no money: {without} of {won} have no amount. Add amounts at the win, or orders with their "
             "lead.",
             without=Count(found.totals["won_without_amount"]),
             won=_("{n} win", plural="{n} wins", n=found.totals["won"]))


def do_not_use() -> Text:
    """What is said instead of a list when later leads have refuted the scores."""
    return _("No list of scored leads is shown: on later leads such scores did worse than a plain table of rates.")


def left_out(result: LeadValue) -> list[Text]:
    """Leads that are not scored or not learned from, counted."""
    totals, said = result.learned.totals, []
    if totals.get("open_undated"):
        said.append(_("Not scored, since they have no date of creation: {leads}.", leads=leads(totals["open_undated"])))
    if totals.get("closed_before_created"):
        said.append(_("Not learned from, since they closed before they were created: {leads}.",
                      leads=leads(totals["closed_before_created"])))
    return said


def findings(result: LeadValue) -> list[Finding]:
    """The findings of the scoring part, the weightiest first."""
    if result.model is None:
        return [_none(result)] if result.learned.totals else []
    made = [_queue(result), _best_fifth(result), _against_table(result), _leaks(result), _drifted(result)]
    places = {"sql": result.sql, "read_from": result.firm.read_from}
    return sorted((f.at(**places) for f in made if f), key=lambda f: (-f.rank, f.id))


def deadline(result: LeadValue, days: int) -> Day:
    """A day so many days after the as-of date."""
    return Day(result.firm.as_of + dt.timedelta(days=days))


def _none(result: LeadValue) -> Finding:
    return Finding(
        function=f"{TOPIC}.score", statement=result.missing[0], unit="count", n=int(result.learned.totals["won"]),
        verdict=Verdict.TOO_FEW, owner="both", method=METHOD,
        action=_("Record creation, stages and results of every lead; work leads by the rates of their groups until "
                 "then."))


def _queue(result: LeadValue) -> Finding | None:
    queue = result.queue
    if queue is None or queue.capacity >= len(result.order) or result.refuted:
        return None
    currency = result.firm.currency
    say, span = (
        (lambda x: Money(x, currency), lambda i: MoneyRange(i.low, i.high, currency)) if queue.money
        else (lambda x: _("{n} wins", n=Number(x, 1)),
              lambda i: _("{low} to {high} wins", low=Number(i.low, 1), high=Number(i.high, 1))))
    sure = queue.difference.low > 0
    values = {
        "n": Count(queue.capacity), "leads": leads(queue.capacity), "ranked": say(queue.ranked.value),
        "order": say(queue.in_order.value),
        "range": span(queue.ranked), "open": Count(len(result.order)), "day": deadline(result, 7)}
    by_margin = queue.money and result.learned.margin
    if sure:
        statement = (_(
            "Work these first: the {leads} with the highest scores, of {open} open, are expected to bring {ranked} of "
            "margin ({range}); the newest {n} bring {order}.", **values) if by_margin else _(
            "Work these first: the {leads} with the highest scores, of {open} open, are expected to bring {ranked} "
            "({range}); the newest {n} bring {order}.", **values))
        action = _(
            "Hand out the list of scored leads by {day} and work it from the top; it costs an hour a week. It worked "
            "if wins from the top of the list come as often as the score says.", **values)
    else:
        statement = _(
            "Too few to say whether the {leads} with the highest scores bring more than the newest {n}: {ranked} "
            "({range}) against {order}.", **values)
        action = _("Work leads as they come in until more have closed.", **values)
    return Finding(
        function=f"{TOPIC}.work_first", statement=statement, action=action, rival=RIVAL, owner="sales", method=METHOD,
        unit=currency if queue.money else "count", n=queue.capacity, estimate=queue.ranked, baseline=queue.in_order,
        difference=queue.difference, verdict=Verdict.HIGHER if sure else Verdict.TOO_FEW,
        rank=max(queue.difference.value, 0.0) if queue.money else 0.0)


def cut_at(result: LeadValue, share: float) -> Cut | None:
    """The cut-off nearest to a share of the leads."""
    cuts = result.judged.cuts if result.judged else ()
    return min(cuts, key=lambda c: abs(c.share - share), default=None)


def _best_fifth(result: LeadValue) -> Finding | None:
    cut = cut_at(result, FIFTH)
    if cut is None:
        return None
    values = {"share": Share(cut.share, 0), "gain": Share(cut.gain.value, 0),
              "range": ShareRange(cut.gain.low, cut.gain.high, 0), "n": Count(result.judged.n),
              "won": Count(result.judged.won)}
    if cut.money is not None:
        values |= {"money": Share(cut.money.value, 0), "money_range": ShareRange(cut.money.low, cut.money.high, 0)}
        statement = _("On later leads the {share} with the highest scores held {gain} of the wins ({range}) and "
                      "{money} of "
                      "the money ({money_range}).", **values)
    else:
        statement = _("On later leads the {share} with the highest scores held {gain} of the wins ({range}).", **values)
    return Finding(
        function=f"{TOPIC}.best_by_score", statement=statement, owner="both", method=METHOD, unit="share",
        n=result.judged.n, estimate=cut.gain, rival=RIVAL)


def _against_table(result: LeadValue) -> Finding | None:
    judged = result.judged
    if judged is None:
        return None
    better = judged.better.low > 0
    values = {"area": Share(judged.area, 0), "table": Share(judged.table_area, 0), "n": looks(judged.n),
              "won": Count(judged.won)}
    if better:
        statement = _("Of a later winner and another lead the score puts the winner first in {area} of cases, a plain "
                      "table of rates in {table} ({n}, {won} of them won later).", **values)
        action = _("Use the score to choose among leads; keep the table of rates for plans.", **values)
    else:
        statement = _("The score tells later winners no better than a plain table of rates: it puts the winner first "
                      "in {area} of cases, the table in {table} ({n}, {won} of them won later).", **values)
        action = _("Choose among leads by the table of rates; do not buy or build a finer score on these records.",
                   **values)
    return Finding(
        function=f"{TOPIC}.score_against_table", statement=statement, action=action, owner="both", method=METHOD,
        unit="share", n=judged.n, estimate=Interval(judged.area), baseline=Interval(judged.table_area),
        verdict=Verdict.HIGHER if better else Verdict.TOO_FEW if judged.better.high > 0 else
        Verdict.NO_CLEAR_DIFFERENCE)


def _leaks(result: LeadValue) -> Finding | None:
    found = result.learned.reading.leaks
    if not found:
        return None
    of_company = {"company_won", "company_orders", "company_leads"}
    plain = [name_of(leak.column) for leak in found if leak.column not in of_company]
    columns = ListOf([*plain, *([_("company")] if len(plain) < len(found) else [])])
    afterwards = all(leak.kind == "filled_afterwards" for leak in found)
    values = {"columns": columns, "ended": Share(max(leak.of_ended for leak in found), 0),
              "open": Share(min(leak.of_open for leak in found), 0), "day": deadline(result, 90)}
    if afterwards:
        statement = _("Left out of the score, since they know the result: {columns}. They are filled in for {ended} "
                      "of ended "
                      "leads but for {open} of open ones.", **values)
    else:
        statement = _("Left out of the score, since they know the result: {columns}. Alone they tell winners from "
                      "others "
                      "better than all other columns together, or they are filled in only afterwards.", **values)
    return Finding(
        function=f"{TOPIC}.columns_that_know_the_result", statement=statement, owner="sales", method=COUNTED,
        unit="count", n=len(found), estimate=Interval(float(len(found))), action=_(
            "Fill in {columns} when a lead comes in, not when it closes, from {day} on; it costs a field in the "
            "form. It "
            "worked if open and ended leads have them equally often.", **values))


def _drifted(result: LeadValue) -> Finding | None:
    changed = [d for d in result.drift if d.changed]
    if not changed:
        return None
    values = {"columns": ListOf([name_of(d.column) for d in changed]), "index": Number(changed[0].index, 2)}
    return Finding(
        function=f"{TOPIC}.leads_have_changed", owner="both", method=METHOD, unit="count", n=len(result.order),
        estimate=Interval(float(len(changed))), statement=_(
            "Open leads no longer look like those the score was learned from in: {columns} (stability index {index}; "
            "from a "
            "quarter on it is another population). Trust their scores less.", **values))


def calibration(result: LeadValue) -> Text:
    """How far said and seen lie apart, in one sentence."""
    judged = result.judged
    return _(
        "Scores said {said} in 100 on average, {came} in 100 were won ({low} to {high}); the mean gap over ten classes "
        "of score is {error}.", said=Per100(judged.said), came=Per100(judged.came.value),
        low=Number(100 * judged.came.low, 1), high=Number(100 * judged.came.high, 1),
        error=Text("{points} percentage points", points=Number(100 * judged.error, 1)))


def capacity_note(result: LeadValue) -> Text:
    """Where the number of leads a week comes from."""
    n = leads(result.queue.capacity)
    if result.queue.seen:
        return _("{leads} a week: as many as sales has worked in the last {weeks} weeks; set capacity for another "
                 "number.",
                 leads=n, weeks=Count(PACE_WEEKS))
    return _("{leads} a week: the capacity given.", leads=n)
