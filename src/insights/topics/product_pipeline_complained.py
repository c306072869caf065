"""Complaints by segment, and how long customers wait for an answer to one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Estimate, Interval, Sums, Verdict, compare_with_rest, decide
from insights.figures.model import Column, Table
from insights.language import Count, Country, Industry, Number, Per100, SizeBand, Text
from insights.metrics import voice as metrics
from insights.topics import product_pipeline_words as words

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_pipeline_voice import Entry

Z90 = 1.6448536269514722
MOST_ROWS = 20
_SUMS = ("companies", "n", "y", "nn", "yy", "ny", "paying", "top_n", "top_y")
_NAMED = {"industry": Industry, "size": SizeBand, "country": Country}
_ = Text

METHOD = _(
    "Complaints per order line of a segment's customers against all other customers; interval clustered by customer; "
    "smallest difference that matters one tenth; false discoveries held to one in ten over all segments (Benjamini and "
    "Hochberg).")


@dataclass(frozen=True)
class Segment:
    """A segment's orders, complaints about what it ordered, and their rate against that of all other customers."""

    dimension: str
    value: str
    orders: int
    complaints: int
    compared: Comparison

    @property
    def name(self) -> object:
        """The segment in words."""
        return _NAMED[self.dimension](self.value)


@dataclass(frozen=True)
class Waited:
    """Days from a complaint to its answer: of `n` complaints `answered` have one; `median` of all, those still waiting
    counted as waiting at least so long (None where fewer than half are answered)."""

    n: int
    answered: int
    median: Interval | None


def segments(firm: Firm) -> tuple[Segment, ...]:
    """Every industry, size and country with its complaints per order: one search over all of them."""
    table = firm.query(metrics.complaints_by_segment(firm.as_of, firm.company_grain, leads=firm.has("leads")))
    dimensions, values = table["dimension"].to_pylist(), table["name"].to_pylist()
    columns = {name: np.nan_to_num(np.array(table[name].to_pylist(), dtype=float)) for name in _SUMS}
    rows, judged = [], []
    for dimension in dict.fromkeys(dimensions):
        of = np.array([i for i, d in enumerate(dimensions) if d == dimension])
        if len(of) > 1:
            rows += of.tolist()
            judged += compare_with_rest(Sums.of(**{name: column[of] for name, column in columns.items()}), share=True)
    return tuple(
        Segment(dimensions[i], values[i], int(columns["n"][i]), int(columns["y"][i]), compared)
        for i, compared in zip(rows, decide(judged), strict=True))


def waited(entries: Sequence[Entry]) -> Waited:
    """The median time to an answer (Kaplan and Meier 1958), its 90% interval from the curve's log-log bounds
    (Brookmeyer and Crowley 1982)."""
    told = [(e.age if e.answer_days is None else min(e.answer_days, e.age), e.answer_days is not None)
            for e in entries if e.kind == "complaint"]
    answered = sum(done for _days, done in told)
    days = np.array([d for d, _done in told], dtype=float)
    done = np.array([x for _d, x in told], dtype=bool)
    left, spread, crossed = 1.0, 0.0, {}
    for day in np.unique(days[done]):
        waiting, now = int((days >= day).sum()), int((done & (days == day)).sum())
        left *= 1 - now / waiting
        spread += now / (waiting * (waiting - now)) if waiting > now else 0.0
        error = Z90 * math.sqrt(spread) / abs(math.log(left)) if 0 < left < 1 else 0.0
        low, high = (left ** math.exp(sign * error) if left > 0 else 0.0 for sign in (1, -1))
        for name, share in (("low", low), ("value", left), ("high", high)):
            if share <= 0.5:
                crossed.setdefault(name, float(day))
    if "value" not in crossed:
        return Waited(len(told), answered, None)
    middle = crossed["value"]
    return Waited(len(told), answered, Interval(middle, crossed.get("low", middle),
                                                crossed.get("high", float(days.max()))))


def by_segment(found: Sequence[Segment]) -> Table | None:
    """Complaints per order of every segment with enough orders; the clear ones first, then the most orders."""
    shown = [s for s in found if not s.compared.withheld]
    if not shown:
        return None
    shown.sort(key=lambda s: (s.compared.verdict is not Verdict.HIGHER, -s.orders, s.dimension, s.value))

    def row(s: Segment) -> tuple[object, ...]:
        own = s.compared.own
        return (s.name, Count(s.orders), Count(s.complaints), Per100(own.value),
                _("{low} to {high}", low=Number(100 * own.low, 1), high=Number(100 * own.high, 1)),
                _VERDICTS[s.compared.verdict])

    return Table(
        caption=_("Complaints by segment"), columns=(
            Column(_("segment"), "left"), Column(_("orders")), Column(_("complaints")), Column(_("for 100 orders")),
            Column(_("range")), Column(_("against the others"), "left")),
        rows=tuple(row(s) for s in shown[:MOST_ROWS]), collapsed=True, estimates=tuple(estimates(shown)),
        notes=(_("Complaints about products that the customer has ordered; every customer stands in one industry, one "
                 "size band and one country."),))


_VERDICTS = {
    Verdict.HIGHER: _("higher"), Verdict.LOWER: _("lower"), Verdict.NO_CLEAR_DIFFERENCE: _("no clear difference"),
    Verdict.TOO_FEW: _("too few to say")}


def estimates(found: Sequence[Segment]) -> list[Estimate]:
    """Complaints per order of every segment shown."""
    return [Estimate(
        measure="complaints_per_order", subject={s.dimension: s.value}, estimate=s.compared.own, unit="share",
        n=s.compared.n, method=METHOD.render("en"), verdict=s.compared.verdict, baseline=s.compared.rest,
        difference=s.compared.difference, companies=s.compared.companies, topic=words.TOPIC,
        withheld=s.compared.withheld) for s in found if s.compared.n > 0]


def in_words(found: Waited) -> Text:
    """How long an answer takes, in a sentence."""
    values = {"n": Count(found.n), "answered": Count(found.answered)}
    if found.median is None:
        return _("Of {n} complaints {answered} are answered: half of them wait without an end in sight, so that no "
                 "usual time can be told.", **values)
    return _("Half of the {n} complaints are answered within {days} days ({low} to {high}); {answered} have an answer, "
             "the others count as waiting still.", **values, days=Count(round(found.median.value)),
             low=Count(round(found.median.low)), high=Count(round(found.median.high)))
