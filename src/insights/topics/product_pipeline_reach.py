"""What should follow from the customers' voice: themes without an answer, items nobody asked for, what did not reach
marketing or management, and which themes grow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding, Interval, Sums, Verdict, summarise
from insights.evidence.comparison import benjamini_hochberg
from insights.language import Count, Money, Share, Text
from insights.topics import product_pipeline_words as words

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_pipeline_launches import Item
    from insights.topics.product_pipeline_voice import Entry, Voice, VoiceTheme

HEARD_DAYS = 30
ANSWER_DAYS = 60
LOUD = 0.2
"""Share of the entries of needs and improvements from which one customer's many entries are mentioned."""
_ = Text

METHOD = _("Share of the entries old enough to tell; interval clustered by customer.")


@dataclass(frozen=True)
class Trend:
    """Customers who said a theme now and in the period before, of all who said anything, and what can be said of it."""

    now: int
    before: int
    ratio: Interval
    verdict: Verdict


def findings(firm: Firm, voice: Voice | None, items: Sequence[Item]) -> list[Finding]:
    """The themes that nothing answers, what did not get through, and items that nobody asked for."""
    if voice is None:
        return []
    return [*_unanswered(firm, voice), *_not_heard(firm, voice), *_unasked(firm, voice, items),
            *_loud(voice)]


def _unanswered(firm: Firm, voice: Voice) -> list[Finding]:
    """Themes with several customers and no item on the roadmap, those with the most sales behind them first."""
    found = []
    open_themes = [t for t in voice.themes if t.item is None and len(t.customers) > 2]
    for theme in sorted(open_themes, key=lambda t: (-t.stake.revenue, -len(t.customers), t.name))[:3]:
        stake = theme.stake
        values = {
            "theme": theme.name, "customers": words.customers(len(theme.customers)),
            "revenue": Money(stake.revenue, firm.currency), "open": Count(stake.open_leads),
            "lost": Count(stake.lost_leads), "day": words.deadline(firm), "n": Count(len(theme.customers))}
        found.append(Finding(
            function=f"{words.TOPIC}.no_answer_{words.slug(theme.name)}", unit="count", n=len(theme.customers),
            owner="board", method=words.COUNTED, estimate=Interval(len(theme.customers)), rival=words.CAUTION,
            rank=stake.revenue * 0.02 + stake.lost_amount * 0.1 + len(theme.customers), statement=_(
                "{customers} asked for “{theme}”, and nothing on the roadmap answers it. Behind them stand sales of "
                "{revenue} in twelve months, {open} open and {lost} lost leads for these products.", **values),
            action=_(
                "Decide by {day}: put it on the roadmap with a date, or tell these {n} customers that it will not "
                "come. It worked if each of them has an answer.", **values)))
    return found


def _not_heard(firm: Firm, voice: Voice) -> list[Finding]:
    """Entries of the period that reached neither marketing nor management."""
    recent = [e for e in voice.entries if e.recent and e.kind != "lost_reason" and e.age >= HEARD_DAYS]
    if not recent:
        return []
    lost = [e for e in recent if e.marketing_days is None and e.management_days is None]
    values = {"n": Count(len(recent)), "lost": Count(len(lost)), "days": Count(HEARD_DAYS),
              "day": words.deadline(firm, 1), "answered": Count(sum(e.answer_days is not None for e in recent))}
    unheard = {e.company for e in lost if e.company}
    return [Finding(
        function=f"{words.TOPIC}.not_heard", unit="count", n=len(recent), owner="sales", method=words.COUNTED,
        estimate=Interval(len(lost)), rank=len(lost) * words.deal_size(firm) / 100, statement=_(
            "Of {n} needs, complaints and improvements written down in the period, {lost} have reached neither "
            "marketing nor management; {answered} have been answered. {behind}", **values,
            behind=words.behind(firm, len(unheard), voice.sales_to(unheard))),
        action=_(
            "Agree by {day} who passes entries on, and within how many days; it costs one meeting. It worked if next "
            "quarter nine in ten entries reach both within {days} days.", **values))]


def _unasked(firm: Firm, voice: Voice, items: Sequence[Item]) -> list[Finding]:
    """Items that are still to come and that no customer has asked for."""
    found = []
    for item in items:
        if item.launched_on or voice.asking.get(item.item) or item.companies:
            continue
        values = {"item": item.title, "day": words.deadline(firm)}
        found.append(Finding(
            function=f"{words.TOPIC}.nobody_asked_{words.slug(item.item)}", subject={"product": item.product},
            unit="count", n=len(voice.entries), owner="board", method=words.COUNTED, estimate=Interval(0),
            rival=_("What customers ask for is what somebody wrote down: a good idea may be asked for by nobody yet."),
            statement=_("{item} is in development, but no entry and no lead asks for it.", **values),
            action=_("Ask ten customers about {item} by {day} before more is spent on it. It worked if their answers "
                     "are written down.", **values)))
    return found


def _loud(voice: Voice) -> list[Finding]:
    """One customer who said a large part of everything: counted once."""
    asked = [e for e in voice.entries if e.kind in ("need", "improvement") and e.company]
    by_company = Counter(entry.company for entry in asked)
    n = max(by_company.values(), default=0)
    if n < 10 or n < LOUD * len(asked) * 0.5:
        return []
    return [Finding(
        function=f"{words.TOPIC}.loud_customer", unit="count", n=len(asked), owner="both", method=words.COUNTED,
        estimate=Interval(n), statement=_(
            "{n} of {all} needs and improvements come from a single customer: themes are counted by customers, so they "
            "count once.", n=Count(n), all=Count(len(asked))))]


def trends(voice: Voice) -> list[Trend]:
    """For each theme whether more customers than before say it, measured by all customers who say anything.

    The share of a theme among the speaking customers of two periods: a binomial in the total of the two, with exact
    intervals (Clopper and Pearson 1934), false discoveries held to one in ten over the themes (Benjamini and Hochberg
    1995); under ten customers in both periods nothing is said.
    """
    import numpy as np
    from scipy.stats import beta, binom

    everyone = [len({e.company for e in voice.entries if getattr(e, flag) and e.company})
                for flag in ("recent", "earlier")]
    counted = [(t.customers_of("recent"), t.customers_of("earlier")) for t in voice.themes]
    if not all(everyone) or not counted:
        return [Trend(now, before, Interval(None), Verdict.TOO_FEW) for now, before in counted]
    share = everyone[0] / sum(everyone)
    p = np.array([min(1.0, 2 * min(binom.cdf(x, x + y, share), binom.sf(x - 1, x + y, share))) for x, y in counted])
    rejected = benjamini_hochberg(p)
    found = []
    for (x, y), different in zip(counted, rejected, strict=True):
        n = x + y
        low = float(beta.ppf(0.05, x, n - x + 1)) if x else 0.0
        high = float(beta.ppf(0.95, x + 1, n - x)) if x < n else 1.0
        odds = everyone[1] / everyone[0]
        bounds = [odds * q / (1 - q) if q < 1 else None for q in (low, high)]
        ratio = Interval(odds * x / y, *bounds) if y and None not in bounds else Interval(None)
        verdict = (Verdict.HIGHER if x > n * share else Verdict.LOWER) if different and n >= 10 else Verdict.TOO_FEW
        if verdict is Verdict.TOO_FEW and ratio.low is not None and ratio.low >= 0.9 and ratio.high <= 1 / 0.9:
            verdict = Verdict.NO_CLEAR_DIFFERENCE
        found.append(Trend(x, y, ratio, verdict))
    return found


def estimates(voice: Voice | None) -> list[Estimate]:
    """Shares of entries that reached marketing, management and got an answer in time, of all and by theme."""
    if voice is None:
        return []
    said = [e for e in voice.entries if e.kind != "lost_reason"]
    found = [_in_time(said, name, days, "") for name, days in _TIMES.items()]
    for theme in voice.themes:
        own = [e for e in theme.entries if e.kind != "lost_reason"]
        found += [_in_time(own, name, days, f"_{words.slug(theme.name)}") for name, days in _TIMES.items()]
    return [e for e in found if e]


_TIMES = {"marketing_days": HEARD_DAYS, "management_days": HEARD_DAYS, "answer_days": ANSWER_DAYS}


def in_time(entries: Sequence[Entry], name: str, days: int) -> tuple[Interval, int] | None:
    """The share of entries at least so many days old for which it had happened within those days, and their number."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for entry in entries:
        if entry.age >= days:
            done = getattr(entry, name)
            cell = sums[entry.company or entry.id]
            cell[0] += 1
            cell[1] += done is not None and done <= days
    if not sums:
        return None
    n, y = (sum(cell[i] for cell in sums.values()) for i in (0, 1))
    squares = {"nn": sum(c[0] ** 2 for c in sums.values()), "yy": sum(c[1] ** 2 for c in sums.values()),
               "ny": sum(c[0] * c[1] for c in sums.values())}
    total = Sums.of(companies=[len(sums)], n=[n], y=[y], paying=[0], top_n=[0], top_y=[0],
                    **{name: [value] for name, value in squares.items()})
    return summarise(total, share=True)[0], int(n)


def _in_time(entries: Sequence[Entry], name: str, days: int, theme: str) -> Estimate | None:
    found = in_time(entries, name, days)
    if found is None:
        return None
    measure = f"{name.removesuffix('_days')}_within_{days}{theme}"
    return Estimate(measure=measure, subject={}, estimate=found[0], unit="share", n=found[1],
                    method=METHOD.render("en"), topic=words.TOPIC)


def share_said(entries: Sequence[Entry], name: str) -> Share | None:
    """The same as a figure for a table."""
    found = in_time(entries, name, _TIMES[name])
    return Share(found[0].value, 0) if found else None


def outcomes(theme: VoiceTheme) -> dict[str, int]:
    """What became of a theme's entries, as written down."""
    counted: dict[str, int] = defaultdict(int)
    for entry in theme.entries:
        if entry.outcome:
            counted[entry.outcome] += 1
    return dict(sorted(counted.items(), key=lambda kv: (-kv[1], kv[0])))
