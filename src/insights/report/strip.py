"""The thin strip of a headline: where the true value probably lies, on a scale that its neighbours share."""

from __future__ import annotations

from markupsafe import Markup

Scale = tuple[float, float]


def strip(value: float, low: float, high: float, *, scale: Scale | None = None, baseline: float | None = None) -> str:
    """Inline SVG, as wide as its place: a bar from low to high, a dot at the value, a thin upright line at the
    baseline. The scale reaches from zero, or from the lowest where that is negative."""
    start, end = scale or (min(0.0, low, baseline or 0.0), max(high, baseline or 0.0))
    span = (end - start) or 1.0

    def at(x: float) -> str:
        return f"{2 + 96 * (min(max(x, start), end) - start) / span:.4g}%"

    marks = [
        Markup('<line class="scale" x1="{}" x2="{}" y1="8" y2="8"/>').format(at(start), at(end)),
        Markup('<line class="zero" x1="{0}" x2="{0}" y1="3" y2="13"/>').format(at(0.0)),
        Markup('<line class="range" x1="{}" x2="{}" y1="8" y2="8"/>').format(at(low), at(high)),
        Markup('<circle class="value" cx="{}" cy="8" r="4"/>').format(at(value)),
    ]
    if baseline is not None:
        marks.insert(2, Markup('<line class="baseline" x1="{0}" x2="{0}" y1="0" y2="16"/>').format(at(baseline)))
    # The label beside it says the same in words, so the drawing itself is for the eye only.
    drawing = Markup().join(marks)
    return Markup('<svg class="strip" width="100%" height="16" aria-hidden="true">{}</svg>').format(drawing)
