"""What goes with conversion: how soon a seller calls, how many leads a seller has, source, campaign and product; which
leads nobody works; and what leads pass on their way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.firm import Firm
from insights.metrics import segments as segment_metrics
from insights.metrics import touch as metrics
from insights.models.adjusted import Contrast, Instrument, contrast, instrument

YOUNG = 30
LEAST, LEAST_SIDE, MOST_SILENT = 200, 30, 0.2
MOST_VALUES = 8
FACTORS = ("source", "product", "campaign")
_TEXTS = ("stratum", "month", "value")


@dataclass(frozen=True)
class Speed:
    """Leads touched within 24 hours against those touched later, as they stand and like beside like; what leads that
    came in late say (the instrument, of all leads); how many were never touched at all and are in neither group."""

    contrast: Contrast
    late: Instrument | None
    fast: int
    slow: int
    never: int


@dataclass(frozen=True)
class Unworked:
    """Leads a month old or older that no seller ever touched: their number, those of the last year, all such leads, the
    share won of all and of the worked, and the share that the unworked would have if they were won as often as worked
    leads of the same source and size."""

    never: int
    lately: int
    n: int
    overall: float
    worked: float
    alike: float
    random: int

    @property
    def share(self) -> float:
        return self.never / self.n


@dataclass(frozen=True)
class Value:
    """One value of a factor against all others."""

    factor: str
    value: str
    n: int
    contrast: Contrast


@dataclass(frozen=True)
class Role:
    """Leads in which a person who decides was known by day 14 against those in which only others were (`n` of both);
    `unknown` is the share of all such leads in which no role was."""

    contrast: Contrast
    n: int
    unknown: float


@dataclass(frozen=True)
class Work:
    """All of it; `untold` the share of opportunities without a touch, where that is so large that leads without one
    tell nothing; `days` is the horizon within which a lead counts as won, `dates_only` says that times of day are not
    recorded; parts are None where the tables do not have them."""

    days: int
    speed: Speed | None = None
    dates_only: bool = False
    no_touches: bool = False
    unworked: Unworked | None = None
    untold: float = 0.0
    load: Contrast | None = None
    role: Role | None = None
    values: tuple[Value, ...] = ()
    funnel: dict | None = None


def read(firm: Firm, effect: float) -> Work | None:
    """Ask the engine and contrast; `effect` is the design effect of all leads."""
    days = firm.query(segment_metrics.horizon())["days"][0].as_py()
    if not days:
        return None
    touches = firm.has("touches")
    speed, dates_only, nothing = _speed(firm, days, touches, effect)
    values = tuple(v for name in FACTORS for v in _factor(firm, name, days, effect))
    left, untold = (None, 0.0) if nothing else _unworked(firm, touches)
    return Work(
        days, speed, dates_only, nothing, left, untold, _load(firm, days, effect), _role(firm, days, effect),
        values, firm.row(metrics.funnel(firm.period.start, firm.period.end, firm.as_of)))


def _columns(firm: Firm, query, *names: str) -> list[np.ndarray]:
    rows = firm.query(query).to_pydict()
    return [np.array(rows[name], dtype=object if name in _TEXTS else float) for name in names]


def _speed(firm: Firm, days: int, touches: bool, effect: float) -> tuple[Speed | None, bool, bool]:
    stratum, month, fast, late, n, won, midnight, touched, touched_won = _columns(
        firm, metrics.speed(days, firm.as_of, touches=touches), "stratum", "month", "fast", "late", "n", "won",
        "midnight", "touched", "touched_won")
    if not n.sum() or not touched.sum():
        return None, False, True
    if midnight.sum() > 0.5 * n.sum():
        return None, True, False
    made = _contrast(np.array([f"{a}|{b}" for a, b in zip(stratum, month, strict=True)], dtype=object), fast > 0,
                     touched, touched_won, effect)
    quick, slow = touched[fast > 0].sum(), touched[fast == 0].sum()
    if made is None or min(quick, slow) < LEAST_SIDE or touched.sum() < LEAST:
        return None, False, False
    names, place = np.unique(stratum, return_inverse=True)
    sides = [late == 0, late > 0]
    strata = np.stack([np.bincount(place[s], n[s], len(names)) for s in sides])
    found = instrument(
        np.array([n[s].sum() for s in sides]), np.array([(n * fast)[s].sum() for s in sides]),
        np.array([won[s].sum() for s in sides]), strata, effect)
    never = (n - touched)[fast == 0].sum()
    return Speed(made, found, int(quick), int(slow), int(never)), False, False


def _contrast(stratum, chosen, n, won, effect) -> Contrast | None:
    names, place = np.unique(stratum, return_inverse=True)
    parts = [np.bincount(place[side], values[side], len(names)) for side in (chosen, ~chosen) for values in (n, won)]
    return contrast(*parts, effect=effect)


def _unworked(firm: Firm, touches: bool) -> tuple[Unworked | None, float]:
    stratum, worked, n, won, lately, silent = _columns(
        firm, metrics.unworked(YOUNG, firm.as_of, touches=touches), "stratum", "worked", "n", "won", "lately", "silent")
    done, left = worked > 0, worked == 0
    if n.sum() < LEAST or not n[left].sum() or not n[done].sum():
        return None, 0.0
    if silent.sum() > MOST_SILENT * n[done].sum():
        return None, float(silent.sum() / n[done].sum())
    names, place = np.unique(stratum, return_inverse=True)
    n1, w1, n0 = (np.bincount(place[s], v[s], len(names)) for s, v in ((done, n), (done, won), (left, n)))
    share = w1.sum() / n1.sum()
    rates = np.where(n1 >= LEAST_SIDE, w1 / np.maximum(n1, 1), share)
    return Unworked(
        int(n0.sum()), int(lately[left].sum()), int(n.sum()), float(won.sum() / n.sum()), float(share),
        float((rates * n0).sum() / n0.sum()), _needed(share)), 0.0


def _needed(share: float) -> int:
    """Leads to be worked at random so that a share won half of the worked leads' is seen (one-sided 5%, power 80%)."""
    low = share / 2
    return int(np.ceil((1.645 + 0.842) ** 2 * low * (1 - low) / max(share - low, 1e-6) ** 2 / 10) * 10)


def _load(firm: Firm, days: int, effect: float) -> Contrast | None:
    value, stratum, n, won = _columns(firm, metrics.factor("load", days, firm.as_of), "value", "stratum", "n", "won")
    if n.sum() < LEAST:
        return None
    return _contrast(stratum, value == "high", n, won, effect)


def _role(firm: Firm, days: int, effect: float) -> Role | None:
    """Only roles known by day 14 are read: those recorded later follow success."""
    has = {name: firm.has(name) for name in ("lead_contacts", "contacts")}
    if not any(has.values()):
        return None
    value, stratum, n, won = _columns(firm, metrics.role(days, firm.as_of, **has), "value", "stratum", "n", "won")
    known = value != "unknown"
    decides = value == "decider"
    if min(n[decides].sum(), n[known & ~decides].sum()) < LEAST_SIDE or n[known].sum() < LEAST:
        return None
    made = _contrast(stratum[known], decides[known], n[known], won[known], effect)
    return None if made is None else Role(made, int(n[known].sum()), float(1 - n[known].sum() / n.sum()))


def _factor(firm: Firm, name: str, days: int, effect: float) -> list[Value]:
    value, stratum, n, won = _columns(firm, metrics.factor(name, days, firm.as_of), "value", "stratum", "n", "won")
    totals = {v: n[value == v].sum() for v in dict.fromkeys(value.tolist())}
    largest = sorted((v for v in totals if totals[v] >= LEAST_SIDE), key=lambda v: (-totals[v], v))[:MOST_VALUES]
    made = [(v, _contrast(stratum, value == v, n, won, effect)) for v in largest]
    return [Value(name, v, int(totals[v]), c) for v, c in made if c is not None]
