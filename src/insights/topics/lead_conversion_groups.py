"""Final conversion by group: how many leads of each are won in the end, and which groups truly differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from insights.evidence import Comparison, Interval, compare_estimates, decide
from insights.evidence.comparison import MIN_COMPANIES, MIN_LEADS
from insights.firm import Firm
from insights.language import Share, Text
from insights.metrics import segments as segment_metrics
from insights.metrics.sql import select
from insights.models import conversion_lag as lags

DIMENSIONS = ("source", "campaign", "product", "team", "industry", "size", "country")
COLUMNS = {"campaign": "campaign_id", "product": "product_id"}
MOST_GROUPS = 60
_MISSING_GAP = 0.05
_ = Text

NAMES = {
    "source": _("source"), "campaign": _("campaign"), "product": _("product"), "team": _("team of sellers"),
    "industry": _("industry"), "size": _("size of company"), "country": _("country"),
}
PLURALS = {
    "source": _("sources"), "campaign": _("campaigns"), "product": _("products"), "team": _("teams of sellers"),
    "industry": _("industries"), "size": _("sizes of company"), "country": _("countries"),
}


@dataclass(frozen=True)
class Dimension:
    """One grouping of the leads: the fitted lags of its groups, their final conversion, each against the rest, the
    leads of no group and of groups too small to fit, the names of campaigns and products, the campaigns that
    are over (nothing can be decided about them), and why the grouping is refused."""

    key: str
    lag: lags.Lag | None
    finals: dict[str, lags.Final]
    compared: dict[str, Comparison]
    unknown: int = 0
    small: tuple[str, ...] = ()
    names: dict[str, str] | None = None
    over: tuple[str, ...] = ()
    refused: Text | None = None

    def label(self, group: str) -> object:
        """The group's name as a person says it."""
        from insights.topics.key_customer_words import label

        if self.key in ("industry", "size", "country"):
            return label(self.key, group)
        return (self.names or {}).get(group, group)

    def known(self) -> list[str]:
        """Groups whose final conversion is shown, the largest first."""
        shown = [g for g, c in self.compared.items() if not c.withheld]
        return sorted(shown, key=lambda g: (-self.finals[g].n, str(g)))


def read(firm: Firm, found: lags.Practice) -> dict[str, Dimension]:
    """Every grouping that the tables have, judged in one search."""
    made = {key: one for key in DIMENSIONS if (one := _dimension(firm, key, found)) is not None}
    places = [(key, group) for key, d in made.items() for group in d.compared]
    decided = dict(zip(places, decide([made[k].compared[g] for k, g in places]), strict=True))
    return {key: replace(d, compared={g: decided[key, g] for g in d.compared}) for key, d in made.items()}


def _dimension(firm: Firm, key: str, found: lags.Practice) -> Dimension | None:
    if key == "team" and not firm.has("sellers"):
        return None
    counted = lags.counts(firm, key, found=found)
    known = [g for g, label in enumerate(counted.groups) if label is not None]
    unknown = int(counted.n.sum() - counted.n[known].sum())
    if len(known) < 2:
        return None
    if (refused := _refused(firm, key)) is not None:
        return Dimension(key, None, {}, {}, unknown, refused=refused)
    large = sorted((g for g in known if counted.n[g] >= MIN_LEADS and counted.companies[g] >= MIN_COMPANIES),
                   key=lambda g: (-counted.n[g], str(counted.groups[g])))[:MOST_GROUPS]
    small = tuple(str(counted.groups[g]) for g in known if g not in large)
    names = _names(firm, key)
    kept = counted.pick(sorted(large))
    if len(large) < 2 or not kept.won.sum():
        return Dimension(key, None, {}, {}, unknown, small, names)
    lag = lags.fit(kept)
    finals = lag.finals()
    return Dimension(key, lag, finals, _compared(lag, finals), unknown, small, names, _over(firm, key))


def _refused(firm: Firm, key: str) -> Text | None:
    """Why no conversion by this grouping is shown: it is known much more often of closed leads than of open ones."""
    if key == "team":
        return None
    row = firm.row(segment_metrics.missing_by_outcome(COLUMNS.get(key, key)))
    if not row["closed"] or not row["open"]:
        return None
    closed, still = row["closed_missing"] / row["closed"], row["open_missing"] / row["open"]
    if abs(still - closed) <= _MISSING_GAP:
        return None
    return _("Conversion by {dimension} is not shown: {dimension} is unknown for {open} of the open leads but for "
             "{closed} of the closed ones, so a rate over those where it is known would mislead. The win rate stands.",
             dimension=NAMES[key], open=Share(still, 0), closed=Share(closed, 0))


def _names(firm: Firm, key: str) -> dict[str, str] | None:
    tables = {"campaign": ("campaigns", "campaign_id"), "product": ("products", "product_id")}
    if key not in tables or not firm.has(tables[key][0]):
        return None
    table, column = tables[key]
    rows = firm.query(select(f"select {column} as id, name from {table}")).to_pylist()
    return {row["id"]: row["name"] or row["id"] for row in rows}


def _over(firm: Firm, key: str) -> tuple[str, ...]:
    """Campaigns that have ended."""
    if key != "campaign" or not firm.has("campaigns"):
        return ()
    ended = select("select campaign_id as id from campaigns where ended_on <= :as_of", as_of=firm.as_of)
    return tuple(firm.query(ended)["id"].to_pylist())


def _compared(lag: lags.Lag, finals: dict[str, lags.Final]) -> dict[str, Comparison]:
    """Each group against all others whose final conversion is known."""
    known = [group for group in finals if finals[group].status == lags.KNOWN]
    if len(known) < 2:
        return {}
    n = np.array([finals[g].n for g in known], dtype=float)
    value, low, high = (np.array([getattr(finals[g].interval, end) for g in known]) for end in ("value", "low", "high"))
    rest = [mean_of_groups(np.delete(n, i), *(np.delete(x, i) for x in (value, low, high)))
            for i in range(len(known))]
    compared = compare_estimates(
        [finals[g].interval for g in known], rest, base=float(n @ value / n.sum()), n=[int(x) for x in n],
        companies=[int(lag.counts.companies[lag.place(g)]) for g in known], withheld=[""] * len(known))
    return dict(zip(known, compared, strict=True))


def mean_of_groups(n, value, low, high) -> Interval:
    """The mean of independent groups, weighted by their leads."""
    weight = n / n.sum()
    middle = float(weight @ value)
    return Interval(middle, max(middle - float(np.linalg.norm(weight * (value - low))), 0.0),
                    min(middle + float(np.linalg.norm(weight * (high - value))), 1.0))
