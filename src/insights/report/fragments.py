"""Pieces of a page from data: each function gives a dictionary of language to HTML, every text in it escaped.

They take the typed words of a report (findings, tables, figures, problems) as they stand in `insights.evidence`,
`insights.figures` and `insights.problems`, and never compute a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from insights.language import LANGUAGES, Money, Text, render
from insights.report.quantities import Rounded, difference, difference_range, is_currency, quantity, quantity_range
from insights.report.strip import Scale, strip
from insights.report.svg import inline
from insights.report.templates import environment

if TYPE_CHECKING:
    from insights.evidence import Finding
    from insights.figures.model import Changes, Clause, Figure, Listed, Table
    from insights.problems import Problem

Html = dict[str, str]
MOST_HEADLINES = 5
_ = Text

# Every verdict is a word; the mark before it only helps the eye and is hidden from screen readers.
VERDICTS = {
    "higher": ("▲", _("higher")), "lower": ("▼", _("lower")),
    "no_clear_difference": ("≈", _("no clear difference")), "too_few_to_say": ("?", _("too few to say")),
    "too_early": ("…", _("too early to say")), "kept": ("✓", _("kept")), "not_kept": ("✗", _("not kept")),
    "not_enough_data": ("?", _("not enough data")),
}
OWNERS = {
    "marketing": _("Marketing"), "sales": _("Sales"), "both": _("Marketing and sales together"), "board": _("Board"),
}
SEVERITIES = {
    "error": _("Errors"), "excluded": _("Left out and counted"), "warning": _("To be checked"), "note": _("Noted"),
}


def both(build: Callable[[str], str]) -> Html:
    """What `build` makes of each language of the report."""
    return {language: build(language) for language in LANGUAGES}


def finding(finding: Finding, *, scale: Scale | None = None) -> Html:
    """A finding: its sentence in bold, its range as a thin strip, what to do and who, and how we know, folded away.

    `scale` is the (low, high) that all strips of money on the page share; without it the strip has its own.
    """
    return _fragment("finding", finding=finding, strip=_strip(finding, scale), place="")


def headlines(
    top_line: Text, findings: Sequence[Finding], *, not_proved: Iterable[Finding] = (),
    works: Iterable[Finding | Text] = (),
) -> Html:
    """The first screen: the top line, at most five headlines in the order given, what is not proved, and what works.

    The strips of the headlines that have an impact share one scale, said once in words.
    """
    if len(findings) > MOST_HEADLINES:
        raise ValueError(f"a page has at most {MOST_HEADLINES} headlines, not {len(findings)}")
    impacts = [f.impact for f in findings if f.impact]
    scale = (min(0.0, *(i.low for i in impacts)), max(i.high for i in impacts)) if impacts else None
    return _fragment(
        "headlines", top_line=top_line, not_proved=list(not_proved), works=list(works),
        findings=[(f, _strip(f, scale) if f.impact else None) for f in findings],
        scale=quantity(scale[1], impacts[0].currency) if impacts else None,
    )


def table(table: Table) -> Html:
    """A table: caption, headers with their units, the first column as row headers that stay in sight, numbers to the
    right, notes below. Rows with a mark are grey and say why in words."""
    return _fragment("table", table=table)


def figure(figure: Figure) -> Html:
    """A figure: its finding as title, measure and population below it, the drawing for wide and for narrow screens
    with its text alternative, and its numbers as a table, folded away."""
    return both(lambda language: _render(
        "figure", language, figure=figure, drawings={
            width: inline(svg, alternative=render(figure.alt, language)) for width, svg in figure.svg[language].items()
        },
    ))


def heading(text: Text) -> Html:
    """The title of a part within a section."""
    return _fragment("heading", heading=text)


def note(text: Text) -> Html:
    """A remark beside the argument: a caveat, or what is missing and when it will be known."""
    return _fragment("note", note=text)


def clauses(clauses: Iterable[Clause]) -> Html:
    """The strategy clause by clause: what was agreed, what was observed, whether it was kept, and how sure that is."""
    return _fragment("clauses", clauses=list(clauses))


def decisions(findings: Sequence[Finding]) -> Html:
    """The decisions to take, the weightiest first: what was found, who owns it, what it is worth, what to do."""
    return _fragment("decisions", findings=[(f, _worth(f)) for f in findings])


def changes(letter: Changes) -> Html:
    """What changed since the last report, by kind: each statement with the one that it replaces."""
    return _fragment("changes", letter=letter)


def listed(things: Listed) -> Html:
    """Several sentences as a list, closed behind a summary where there is one."""
    return _fragment("listed", things=things)


def quality(problems: Iterable[Problem]) -> Html:
    """What the run found wrong with the data, by severity: counts in a sentence, each problem with its remedy and its
    first examples folded away."""
    problems = list(problems)
    groups = [(severity, [p for p in problems if p.severity == severity]) for severity in SEVERITIES]
    return _fragment("quality", groups=[group for group in groups if group[1]])


def colophon(entries: Mapping[Text | str, object]) -> Html:
    """What the page was made from: label and value, in their order."""
    return _fragment("colophon", entries=list(entries.items()))


def _strip(finding: Finding, scale: Scale | None) -> dict | None:
    """The strip of a finding with its label: of the money that hangs on it, else of its own estimate."""
    impact, estimate = finding.impact, finding.estimate
    if impact:
        drawing = strip(impact.value, impact.low, impact.high, scale=scale)
        label = _worth(finding)
    elif estimate.value is not None and estimate.low is not None:
        baseline = finding.baseline.value if finding.baseline else None
        drawing = strip(estimate.value, estimate.low, estimate.high, baseline=baseline)
        label = _estimate(estimate, finding.unit)
    else:
        return None
    return {"drawing": drawing, "label": label, "baseline": not impact and finding.baseline is not None}


def _worth(finding: Finding) -> Text | None:
    """The money that hangs on a finding, with its range."""
    worth = finding.impact
    if not worth:
        return None
    values = {"value": Rounded(worth.value, worth.low, worth.high, worth.currency),
              "range": quantity_range(worth.low, worth.high, worth.currency)}
    if finding.gain or finding.topic == "alignment_report":
        return _("{value} a year ({range})", **values)
    return _("{value} a year at stake ({range})", **values)


def _estimate(interval, unit: str) -> Text | object:
    """A value and its range; the value alone where it is exact."""
    if interval.low is None:
        return Money(interval.value, unit, exact=True) if is_currency(unit) else quantity(interval.value, unit)
    value = quantity(interval.value, unit)
    if is_currency(unit):
        value = Rounded(interval.value, interval.low, interval.high, unit)
    return _("{value} ({range})", value=value, range=quantity_range(interval.low, interval.high, unit))


def _difference(interval, unit: str) -> Text | object:
    if interval.low is None:
        return difference(interval.value, unit)
    return _("{value} ({range})", value=difference(interval.value, unit),
             range=difference_range(interval.low, interval.high, unit))


def _fragment(template: str, **values: object) -> Html:
    return both(lambda language: _render(template, language, **values))


def _render(template: str, language: str, **values: object) -> str:
    words = {"verdicts": VERDICTS, "owners": OWNERS, "severities": SEVERITIES,
             "estimate": _estimate, "difference": _difference,
             "quantity": quantity}
    return environment().get_template(f"fragments/{template}.html.j2").render(language=language, **words, **values)
