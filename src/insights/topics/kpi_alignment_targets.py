"""What was agreed: targets of the table and of the strategy, each with its KPI, period and amount in one currency."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from insights import kpis
from insights.firm import Firm
from insights.kpis import Kpi
from insights.language import Day, Text
from insights.metrics import kpis as kpi_metrics
from insights.period import add_months

MOST_STANDING = 60
_ = Text


@dataclass(frozen=True)
class Target:
    """A target that can be set against the scoreboard: money is in the reporting currency, `end` is not included.
    `clause` is the strategy's id of it, where it comes from there."""

    kpi: Kpi
    department: str
    start: dt.date
    end: dt.date
    value: float
    team: str = ""
    product: str = ""
    clause: str | None = None

    @property
    def months(self) -> int:
        """Its length in months."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    @property
    def whole(self) -> bool:
        """Whether it is a target of the whole department."""
        return not self.team and not self.product


def targets(firm: Firm, year_starts_in: int) -> tuple[list[Target], list[Text]]:
    """The targets that can be used, by period, and why others can't: each that is left out is named."""
    found, refused = _of_table(firm) if firm.has("targets") else ([], [])
    standing = _of_strategy(firm, year_starts_in, found)
    found = sorted([*found, *standing[0]], key=lambda t: (t.start, t.end, t.kpi.name, t.department, t.team, t.product))
    if not found and not refused:
        refused.append(_("No targets are recorded: add the table targets, or [[kpi]] to the strategy, to set results "
                         "against a plan."))
    return found, [*refused, *standing[1], *_overlaps(found)]


def _of_table(firm: Firm) -> tuple[list[Target], list[Text]]:
    found, refused, rates = [], {}, _rates(firm)
    for row in firm.query(kpi_metrics.targets()).to_pylist():
        kpi, start, end = kpis.find(row["kpi"]), row["period_start"], row["period_end"] + dt.timedelta(days=1)
        value = row["value"]
        if kpi is None:
            refused[row["kpi"]] = unknown(row["kpi"])
            continue
        if start.day != 1 or end.day != 1 or end <= start:
            refused[kpi.name, start] = _(
                "The target for {kpi} from {start} to {end} does not cover whole months: it is left out.",
                kpi=kpi.title, start=Day(start), end=Day(row["period_end"]))
            continue
        if kpi.money and row["currency"] not in (None, firm.currency):
            rate = _rate(rates, row["currency"], end)
            if rate is None:
                refused[kpi.name, row["currency"]] = _(
                    "The target for {kpi} is in {currency}, for which there is no exchange rate: it is left out.",
                    kpi=kpi.title, currency=row["currency"])
                continue
            value *= rate
        found.append(Target(kpi, row["department"], start, end, value, row["team"] or "", row["product_id"] or ""))
    return found, list(refused.values())


def unknown(name: str) -> Text:
    """A target for a measure that is none, with the name that it is most like."""
    near = kpis.nearest(name)
    if near is None:
        return _("The target “{name}” names no KPI of the glossary: it is left out.", name=name)
    return _("The target “{name}” names no KPI of the glossary: did you mean “{near}”? It is left out.", name=name,
             near=near)


def _rates(firm: Firm) -> list[dict]:
    return firm.query(kpi_metrics.rates()).to_pylist() if firm.has("exchange_rates") else []


def _rate(rates: list[dict], currency: str, end: dt.date) -> float | None:
    """The rate with the latest day before the target's end."""
    valid = [r for r in rates if r["currency"] == currency and r["valid_from"] < end]
    return max(valid, key=lambda r: r["valid_from"])["rate"] if valid else None


def _of_strategy(firm: Firm, year_starts_in: int, known: list[Target]) -> tuple[list[Target], list[Text]]:
    """Standing targets of the strategy for each of their periods since it holds, where the table has none."""
    strategy = firm.strategy
    found, refused = [], []
    for entry in strategy.kpis if strategy else ():
        kpi = kpis.find(entry.name)
        if kpi is None:
            refused.append(unknown(entry.name))
            continue
        months = {"month": 1, "quarter": 3}.get(entry.period, 12)
        value = entry.target
        if kpi.money and entry.currency not in ("", firm.currency):
            rate = _rate(_rates(firm), entry.currency, firm.as_of + dt.timedelta(days=1))
            if rate is None:
                refused.append(_(
                    "The target for {kpi} is in {currency}, for which there is no exchange rate: it is left out.",
                    kpi=kpi.title, currency=entry.currency))
                continue
            value *= rate
        clause = next((c.id for c in strategy.clauses if c.key == "kpi" and c.value == entry.name), None)
        start = period_start(strategy.valid_from or firm.period.start, months, year_starts_in)
        if strategy.valid_from and start < strategy.valid_from:
            start = add_months(start, months)
        for _number in range(MOST_STANDING):
            if start > firm.as_of:
                break
            end = add_months(start, months)
            twin = next((i for i, t in enumerate(known) if t.whole and (t.kpi, t.start, t.end, t.department) == (
                kpi, start, end, entry.department) and t.value == value), None)
            if twin is not None:
                known[twin] = Target(**{**vars(known[twin]), "clause": clause})
            elif not any((t.kpi, t.start, t.end, t.department, t.team, t.product) == (
                    kpi, start, end, entry.department, entry.team, entry.product) for t in known):
                found.append(Target(kpi, entry.department, start, end, value, entry.team, entry.product, clause))
            start = end
    return found, refused


def period_start(day: dt.date, months: int, year_starts_in: int) -> dt.date:
    """The first day of the month, quarter or fiscal year in which a day lies."""
    index = day.year * 12 + day.month - 1
    offset = (index - (year_starts_in - 1)) % months
    index -= offset
    return dt.date(index // 12, index % 12 + 1, 1)


def _overlaps(found: list[Target]) -> list[Text]:
    """Two targets of one owner for one measure that contradict each other, or overlap without one holding the
    other."""
    texts = []
    for i, one in enumerate(found):
        for other in found[i + 1:]:
            same = (one.kpi, one.department, one.team, one.product) == (
                other.kpi, other.department, other.team, other.product)
            if not same or other.start >= one.end or one.start >= other.end:
                continue
            values = {"kpi": one.kpi.title, "start": Day(one.start), "other": Day(other.start)}
            if (one.start, one.end) == (other.start, other.end):
                texts.append(_("Two targets for {kpi} from {start} contradict each other: both are shown.", **values))
            elif not (one.start <= other.start and other.end <= one.end) and not (
                    other.start <= one.start and one.end <= other.end):
                texts.append(_("The targets for {kpi} from {start} and from {other} overlap: both are shown.",
                               **values))
    return texts


def for_span(found: list[Target], kpi: str, department: str, start: dt.date, end: dt.date) -> float | None:
    """The target of a measure over a range of days: one for the very range, else the sum of those that cover it without
    a gap (counts and amounts only); None where the range is not covered. Of two that contradict, the first counts."""
    fitting = [t for t in found if t.kpi.name == kpi and t.department == department and t.whole]
    exact = [t for t in fitting if (t.start, t.end) == (start, end)]
    if exact:
        return exact[0].value
    total, at = 0.0, start
    while at < end:
        step = min((t for t in fitting if t.start == at and t.end <= end), key=lambda t: t.end, default=None)
        if step is None:
            return None
        total, at = total + step.value, step.end
    single = {t.value for t in fitting if start <= t.start and t.end <= end}
    if kpis.KPIS[kpi].unit not in ("count", "money"):
        return single.pop() if len(single) == 1 else None
    return total
