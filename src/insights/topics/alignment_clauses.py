"""Every clause of the strategy with a verdict: those that topics have judged, and those that nobody could judge, with
what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.figures.model import Clause
from insights.language import Country, Day, Industry, SizeBand, Text
from insights.metrics.sql import select
from insights.topics.measures import of_unit, range_of_unit

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.strategy import Clause as Agreed

TOPIC = "alignment_report"
_ = Text
METHOD = _("Each clause of the strategy file is looked up among the findings of all chapters; no other judgement is "
           "made here.")
# What a clause is called, and which tables it takes to judge it.
NAMES: dict[str, Text] = {
    "key_customer.industries": _("Key customer: industries"), "key_customer.sizes": _("Key customer: sizes"),
    "key_customer.countries": _("Key customer: countries"), "key_customer.audience": _("Whom campaigns address"),
    "key_customer.decision_maker": _("Who decides on the purchase"),
    "products.promote": _("Product to promote"), "products.hold": _("Product not to promote"),
    "products.new": _("New product"), "kpi": _("Target"),
    "customers.repeat_orders": _("Who looks after repeat orders"), "customers.win_back": _("Who wins customers back"),
    "sla": _("How leads are handed over"),
}
NEEDS: dict[str, tuple[str, ...]] = {
    "key_customer.industries": ("leads", "lead_stages"), "key_customer.sizes": ("leads", "lead_stages"),
    "key_customer.countries": ("leads", "lead_stages"), "key_customer.audience": ("campaigns", "spend"),
    "key_customer.decision_maker": ("contacts", "lead_contacts"),
    "products.promote": ("campaign_products", "readiness", "orders"), "products.hold": ("campaign_products", "orders"),
    "products.new": ("roadmap",), "kpi": ("leads", "lead_stages"), "customers.repeat_orders": ("orders", "touches"),
    "customers.win_back": ("orders", "touches"), "sla": ("lead_stages", "touches"),
}
# Words in a finding's function that tell what clause it speaks of, where the finding does not name its clause.
_HINTS: dict[str, tuple[str, ...]] = {
    "key_customer.industries": ("declared_industry",), "key_customer.sizes": ("declared_size",),
    "key_customer.countries": ("declared_country",), "key_customer.audience": ("audience", "addressed"),
    "key_customer.decision_maker": ("decision", "decide"), "products.promote": ("promot",), "products.hold": ("hold",),
    "products.new": ("launch", "new_product"), "customers.repeat_orders": ("repeat",),
    "customers.win_back": ("win_back", "winback"),
}
_SUBJECT = {"key_customer.industries": "industry", "key_customer.sizes": "size", "key_customer.countries": "country",
            "key_customer.audience": "role", "key_customer.decision_maker": "role", "products.promote": "product",
            "products.hold": "product", "products.new": "product"}

_GROUPED = ("key_customer.industries", "key_customer.sizes", "key_customer.countries")


@dataclass(frozen=True)
class Judged:
    """A row of the clauses: the agreed clauses it is about and the finding that says what became of them."""

    clauses: tuple[Agreed, ...]
    finding: Finding


def judged(firm: Firm, findings: Iterable[Finding], *, unjudged: bool = True) -> list[Judged]:
    """A row for every clause of the strategy, in the file's order; a finding about several clauses is one row. Findings
    about clauses that the file does not hold under that name come last, so that none is lost. Without `unjudged` the
    clauses that no chapter speaks of are left out, and nothing is asked of the data."""
    findings = sorted(findings, key=lambda f: f.id)
    spoken = [f for f in findings if f.clause is not None]
    agreed = firm.strategy.clauses if firm.strategy else ()
    rows: dict[str, list] = {}
    for clause in agreed:
        about = _about(clause, spoken, findings, agreed)
        if clause.key in _GROUPED and all(f.verdict is Verdict.NOT_ENOUGH_DATA for f in about):
            about = _of_group(clause, findings) or _of_others(clause, findings, agreed) or about
        about = about or ([_unjudged(firm, clause)] if unjudged else [])
        for finding in about:
            rows.setdefault(finding.id, [finding, []])[1].append(clause)
    rows |= {f.id: [f, []] for f in spoken if f.id not in rows and not _of_a_set(f, agreed)}
    return [Judged(tuple(clauses), finding) for finding, clauses in rows.values()]


def row(judged: Judged) -> Clause:
    """A judged clause as a row of the table of clauses."""
    finding = judged.finding
    unsaid = finding.topic == TOPIC and finding.baseline is None
    return Clause(
        dimension=finding.clause, agreed=finding.agreed, verdict=str(finding.verdict), n=finding.n or None,
        observed=_SHORT[str(finding.verdict)] if unsaid else finding.statement,
        range=_range(finding.estimate, finding.unit), place=finding.id)


_SHORT = {"too_early": _("It cannot be told yet."), "not_enough_data": _("The records do not show it.")}


def _said(value: float, unit: str) -> object:
    from insights.language import Count, Days, Number

    if unit == "days":
        return Days(value)
    if unit == "count":
        return Count(int(value)) if float(value).is_integer() else Number(value)
    return of_unit(value, unit)


def _range(own: Interval, unit: str) -> object:
    if own.low is None:
        return None
    if unit in ("count", "days"):
        return _("{low} to {high}", low=_said(own.low, unit), high=_said(own.high, unit))
    return range_of_unit(own, unit)


def _about(clause: Agreed, spoken: Sequence[Finding], findings: Sequence[Finding],
           agreed: Sequence[Agreed]) -> list[Finding]:
    """The findings about a clause: those that name it, else those about just this value, else those about the key
    unless its values can be told apart."""
    named = [f for f in spoken if f.clause_id == clause.id]
    if named:
        return named
    alike = [f for f in spoken if _same_key(f, clause)]
    own = [f for f in alike if _value(f, clause.key) == clause.value]
    values = [c for c in agreed if c.key == clause.key]
    if own or (len(values) > 1 and any(_of_group(c, findings) for c in values)):
        return own
    return [f for f in alike if _value(f, clause.key) is None and f.clause_id in (None, clause.key)]


def _of_a_set(finding: Finding, agreed: Sequence[Agreed]) -> bool:
    """Whether a finding is about several values at once, each of which has a row of its own."""
    return any(_same_key(finding, c) and c.key in _GROUPED and _value(finding, c.key) is None for c in agreed)


def _of_group(clause: Agreed, findings: Sequence[Finding]) -> list[Finding]:
    """The verdict on one value of a declared key customer, from what its chapter says of that group: money decides, a
    rate only where it is clearly lower (winning often is no reason to prefer customers who bring little)."""
    if clause.key not in _GROUPED:
        return []
    about = [f for f in findings if f.topic == "key_customer_profile" and f.clause is None
             and dict(f.subject) == {_SUBJECT[clause.key]: clause.value}]
    money = [f for f in about if len(f.unit) == 3 and f.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    decided = money or [f for f in about if f.unit == "share" and f.verdict is Verdict.LOWER]
    if not decided:
        return []
    said, kept = decided[0], decided[0].verdict is Verdict.HIGHER
    action = _("Keep it in the strategy; look again in a year.") if kept else _(
        "Decide at the next review whether the strategy should go on naming it.")
    return [_as_clause(said, clause, Verdict.KEPT if kept else Verdict.NOT_KEPT, action)]


def _of_others(clause: Agreed, findings: Sequence[Finding], agreed: Sequence[Agreed]) -> list[Finding]:
    """Not kept where the strategy misses the better groups altogether: none of its values is clearly better in money, a
    group that it does not name clearly is."""
    declared = {c.value for c in agreed if c.key == clause.key}
    dimension = _SUBJECT[clause.key]
    better = [f for f in findings if f.topic == "key_customer_profile" and f.clause is None and len(f.unit) == 3
              and set(f.subject) == {dimension} and f.verdict is Verdict.HIGHER]
    if not better or any(f.subject[dimension] in declared for f in better):
        return []
    action = _("Decide at the next review whether the strategy should name the better group instead.")
    return [_as_clause(better[0], clause, Verdict.NOT_KEPT, action)]


def _as_clause(said: Finding, clause: Agreed, verdict: Verdict, action: Text) -> Finding:
    """What a chapter says of a group, as the verdict on a clause."""
    return replace(
        said, function=f"{TOPIC}.clause_{_slug(clause.id)}", subject={}, owner="board", action=action, impact=None,
        verdict=verdict, clause=NAMES[clause.key], agreed=agreed_text(clause), clause_id=clause.id, rank=0.0)


def _same_key(finding: Finding, clause: Agreed) -> bool:
    if finding.clause_id is not None:
        return finding.clause_id.split("=")[0] == clause.key
    name = finding.function.split(".", 1)[-1]
    if clause.key == "kpi":
        return clause.value in name or name.endswith(f"target_{clause.value}")
    if clause.key.startswith("sla."):
        return clause.key.split(".")[1].rsplit("_", 1)[0] in name
    return any(hint in name for hint in _HINTS.get(clause.key, ()))


def _value(finding: Finding, key: str) -> str | None:
    if finding.clause_id and "=" in finding.clause_id:
        return finding.clause_id.split("=", 1)[1]
    return finding.subject.get(_SUBJECT.get(key, ""))


def _unjudged(firm: Firm, clause: Agreed) -> Finding:
    """The verdict of a clause that no chapter speaks of: too early before its day, else not enough data."""
    kind = "sla" if clause.key.startswith("sla.") else clause.key
    missing = [table for table in NEEDS[kind] if not firm.has(table)]
    agreed = agreed_text(clause, _product_name(firm, clause))
    values = {"what": NAMES[kind], "agreed": agreed, "day": Day(clause.due or firm.as_of)}
    early = clause.due is not None and clause.due > firm.as_of
    if early:
        statement = _("{what}, {agreed}: too early to tell; it can be told from {day}.", **values)
        action = _("Nothing to do before {day}.", **values)
    elif kind in _GROUPED and not missing:
        statement = _("{what}, {agreed}: too few leads to say whether they are better or worse than others.", **values)
        action = _("Leave it as it is until more leads have closed.")
    elif missing:
        values["tables"] = ", ".join(missing)
        statement = _("{what}, {agreed}: cannot be judged, because these tables are missing: {tables}.", **values)
        action = _("Decide who records them, or take the clause out of the strategy: what nobody can see kept, nobody "
                   "can keep.")
    else:
        statement = _("{what}, {agreed}: the records do not show whether it is kept.", **values)
        action = _("Agree on how one would see that it is kept, or take the clause out of the strategy.")
    return Finding(
        function=f"{TOPIC}.clause_{_slug(clause.id)}", unit="count", n=0, owner="board", method=METHOD,
        verdict=Verdict.TOO_EARLY if early else Verdict.NOT_ENOUGH_DATA, statement=statement, action=action,
        clause=NAMES[kind], agreed=agreed, clause_id=clause.id)


def _product_name(firm: Firm, clause: Agreed) -> str:
    if not clause.key.startswith("products.") or not firm.has("products"):
        return clause.value
    found = firm.query(select("select name from products where product_id = :product", product=clause.value))
    return f"{found['name'][0].as_py()} ({clause.value})" if found.num_rows else clause.value


def agreed_text(clause: Agreed, product: str = "") -> object:
    """What a clause holds, in words; `product` names the product that it is about."""
    if clause.key == "key_customer.industries":
        return Industry(clause.value)
    if clause.key == "key_customer.sizes":
        return SizeBand(clause.value)
    if clause.key == "key_customer.countries":
        return Country(clause.value)
    if clause.key == "products.new":
        return _("{product} on {day}", product=product or clause.value, day=Day(clause.due))
    if clause.key.startswith("customers."):
        return {"marketing": _("Marketing"), "sales": _("Sales")}.get(clause.value, _("Marketing and sales together"))
    if clause.key.startswith("sla."):
        return Text(_SLA[clause.key.split(".")[1]].msgid, n=_number(clause.value))
    if clause.kpi:
        values = {"measure": clause.value, "target": _number(str(clause.kpi.target))}
        return {"month": _("{measure}: {target} a month", **values),
                "quarter": _("{measure}: {target} a quarter", **values)}.get(
                    clause.kpi.period, _("{measure}: {target} a year", **values))
    return product or clause.value


_SLA = {
    "first_touch_hours": _("first contact within {n} hours"), "accepted_days": _("accepted within {n} days"),
    "attempts": _("at least {n} attempts"), "attempt_days": _("attempts within {n} days"),
    "returned_days": _("returned within {n} days"), "follow_up_hours": _("followed up within {n} hours"),
}


def _number(value: str) -> object:
    from insights.language import Count, Number

    return Count(int(float(value))) if float(value).is_integer() else Number(float(value))


def _slug(identity: str) -> str:
    """A clause's id as a part of a finding's function; two that would look alike are told apart by a digest."""
    import hashlib
    import re

    plain = re.sub(r"[^a-z0-9]+", "_", identity.casefold()).strip("_")[:60]
    return f"{plain}_{hashlib.sha256(identity.encode()).hexdigest()[:4]}"
