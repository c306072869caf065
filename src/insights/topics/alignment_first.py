"""A first joint strategy to argue over, for a firm that has none: what the records show today, as lines to agree on.

The key customer is where most of the money comes from (unless a group is clearly better, which then leads), the targets
are what the last twelve months brought, and the customers we have are looked after as is customary. Every line says
what it rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from insights.language import Text
from insights.strategy.propose import Edit

_ = Text
DIMENSIONS = {"industry": "industries", "size": "sizes", "country": "countries"}
# Money of a group: a figure per lead times its leads; the first that was measured.
_MONEY = ("margin_per_lead", "revenue_per_lead", "revenue_per_closed")
_TARGETS = (("leads", "marketing"), ("won", "sales"), ("margin", "shared"), ("revenue", "shared"))
MOST, HALF = 3, 0.5


def first(findings: Sequence[Mapping], estimates: Sequence[Mapping], taken: Collection[tuple[str, str]]) -> list[Edit]:
    """The lines that the records can give, beside those that findings have `taken` already (section, key). Both lists
    are entries of a run's files."""
    spoken = {f["id"] for f in findings}
    lines = []
    for dimension, key in DIMENSIONS.items():
        groups = () if ("key_customer", key) in taken else _most_money(estimates, dimension)
        if groups:
            why = f"key_customer_profile.most_best_addressed_{dimension}"
            lines.append(Edit("key_customer", key, add=groups, because=(why,) if why in spoken else (), note=_(
                "most of the money comes from here; no group is clearly better")))
    lines += _targets(estimates, "kpi_alignment.totals" if "kpi_alignment.totals" in spoken else "")
    if any(f["id"] == "customer_base.expected" for f in findings):
        note = _("as is customary: agree on it")
        lines += [Edit("customers", "repeat_orders", value="sales", because=("customer_base.expected",), note=note),
                  Edit("customers", "win_back", value="marketing", because=("customer_base.expected",), note=note)]
    return lines


def _most_money(estimates: Sequence[Mapping], dimension: str) -> tuple[str, ...]:
    """The fewest groups that hold half of the money, at most three; none where no money is known."""
    for measure in _MONEY:
        groups = {e["subject"][dimension]: _value(e) * e["n"] for e in estimates
                  if e["topic"] == "key_customer_profile" and e["measure"] == measure
                  and set(e["subject"]) == {dimension} and _value(e) > 0}
        if groups:
            break
    else:
        return ()
    whole, held, chosen = sum(groups.values()), 0.0, []
    for group, money in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
        if held >= HALF * whole or len(chosen) == MOST:
            break
        chosen.append(group)
        held += money
    return tuple(chosen)


def _value(estimate: Mapping) -> float:
    observed = estimate.get("observed")
    value = estimate["value"] if estimate["value"] is not None else observed
    if isinstance(value, Mapping):
        value = value.get("value")
    return float(value) if isinstance(value, int | float) else 0.0


def _targets(estimates: Sequence[Mapping], because: str) -> list[Edit]:
    """A target a year for each department and one for both, where twelve months of leads are recorded."""
    by_month: dict[str, dict[str, float]] = {}
    for e in estimates:
        if e["topic"] == "kpi_alignment" and set(e["subject"]) == {"month"} and e["interval"] is None:
            by_month.setdefault(e["measure"], {})[e["subject"]["month"]] = _value(e)
    months = sorted(by_month.get("leads", {}))[-12:]
    if len(months) < 12:
        return []
    lines, shared = [], False
    for measure, department in _TARGETS:
        total = sum(by_month.get(measure, {}).get(month, 0.0) for month in months)
        if total <= 0 or (department == "shared" and shared):
            continue
        shared = shared or department == "shared"
        lines.append(Edit("kpi", "", because=(because,) if because else (), note=_(
            "as many as in the twelve months up to {month}: agree on more or fewer", month=months[-1]), values={
            "name": measure, "department": department, "target": _rounded(total), "period": "year"}))
    return lines


def _rounded(total: float) -> int:
    """Three figures, as a target would be said."""
    whole = round(total)
    digits = max(len(str(abs(whole))) - 3, 0)
    return int(round(whole, -digits))
