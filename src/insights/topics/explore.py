"""The analyst's bench: any choice of leads set against all others, cut by any attribute, and a key customer to try."""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass, replace

import numpy as np

from insights.evidence import Comparison, Sums, compare_with_rest
from insights.evidence.comparison import decide
from insights.firm import Firm
from insights.language import Text
from insights.metrics import bought_products, win_back
from insights.metrics import explore as metrics
from insights.metrics import segments as segment_metrics
from insights.problems import UsageError
from insights.strategy import KeyCustomer, Strategy
from insights.topics import alignment_price
from insights.topics.measures import Measure, measure

TOPIC = "explore"
COVERED, FROM_START = 0.95, 0.5
KEY = {"industry": "industries", "size": "sizes", "country": "countries"}
_ = Text


@dataclass(frozen=True)
class Group:
    """Leads that share a value: counts, money, and each measure against the rest (by key of the measure)."""

    value: str | None
    leads: int
    companies: int
    won: int
    lost: int
    open: int
    returned: int
    money: float
    compared: dict[str, Comparison]


@dataclass(frozen=True)
class Bench:
    """What was asked and what was found; `missing` says why there is nothing."""

    firm: Firm
    chosen: dict[str, tuple[str, ...]]
    by: str
    measures: tuple[Measure, ...] = ()
    inside: Group | None = None
    others: Group | None = None
    groups: tuple[Group, ...] = ()
    missing: Text | None = None

    @property
    def money(self) -> str:
        """Which money is counted: margin where costs are known, else revenue."""
        return "margin" if any(m.key == "margin_per_lead" for m in self.measures) else "revenue"

    @functools.cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """Names of products and campaigns, by dimension and identifier."""
        found: dict[str, dict[str, str]] = {}
        if self.firm.has("products"):
            found["product"] = {row["product_id"]: row["name"] for row in
                                self.firm.query(bought_products.product_names()).to_pylist()}
        if self.firm.has("campaigns"):
            found["campaign"] = {row["campaign_id"]: row["name"] for row in
                                 self.firm.query(win_back.campaign_names()).to_pylist()}
        return found

    @functools.cached_property
    def rows(self) -> object:
        """The chosen leads (Arrow table), the youngest first."""
        return self.firm.query(metrics.rows(self.chosen, teams=self.firm.has("sellers")))


def read(text: str, firm: Firm) -> dict[str, tuple[str, ...]]:
    """A choice such as "country=DE,CZ; industry=C28": dimension to values. UsageError for a dimension or value that is
    not there, with the nearest that is."""
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, mark, listed = part.partition("=")
        name = name.strip().lower()
        if not mark or name not in metrics.COLUMNS:
            raise UsageError(f"{part[:60]!r} chooses no leads: write dimension=value,value; the dimensions are "
                             + _near(name, list(metrics.COLUMNS)))
        known = {row["value"].casefold(): row["value"] for row in _values(firm, name)}
        asked = [value.strip() for value in listed.split(",") if value.strip()]
        for value in asked:
            if value.casefold() not in known:
                raise UsageError(f"no lead has {name} {value[:60]!r}: it is " + _near(value, list(known.values())))
        if not asked:
            raise UsageError(f"{part[:60]!r} names no value of {name}: it is " + _near("", list(known.values())))
        found[name] = tuple(dict.fromkeys(known[value.casefold()] for value in asked))
    return found


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"{listed}" + (f" (did you mean {near[0]}?)" if near else "")


def _values(firm: Firm, dimension: str) -> list[dict]:
    return firm.query(metrics.values(dimension, teams=firm.has("sellers"))).to_pylist()


def judge(firm: Firm, chosen: str = "", by: str = "industry") -> Bench:
    """Count and compare the chosen leads with all others, and their groups with each other: all leads that are
    old enough, whatever the period, since a choice leaves few."""
    if firm.profile != "internal":
        return Bench(firm, {}, by, missing=_(
            "Any choice can be made here, also one that shows a single customer: the bench is for the internal "
            "profile."))
    if not firm.has("leads", "lead_stages"):
        return Bench(firm, {}, by, missing=_(
            "Without leads and their stages there is nothing to explore: add the tables leads and lead_stages."))
    by, can = by.strip().lower(), [name for name in metrics.COLUMNS if name != "outcome"]
    if by not in can:
        raise UsageError(f"leads cannot be cut by {by[:60]!r}: the dimensions are " + _near(by, can))
    choice = read(chosen, firm)
    measures = () if "outcome" in choice else _measures(firm)
    bench = Bench(firm, choice, by, measures)
    pair = {group.value: group for group in _groups(bench, "chosen")}
    return replace(bench, inside=pair.get("yes"), others=pair.get("no"), groups=tuple(_groups(bench, by)))


def _measures(firm: Firm) -> tuple[Measure, ...]:
    totals = firm.row(segment_metrics.totals(firm.period.start, firm.period.end))
    days = firm.query(segment_metrics.horizon())["days"][0].as_py() or 0
    if any(problem.rule == "entered_afterwards" for problem in firm.problems):
        days = 0
    closed = totals["won"] + totals["lost"]
    opportunities = bool(closed) and totals["closed_from_start"] < FROM_START * closed
    covered = totals["revenue"] and float(totals["costed_revenue"]) >= COVERED * float(totals["revenue"])
    keys = ["win_rate"]
    if days:
        keys += ["conversion", "margin_per_lead" if covered else "revenue_per_lead"]
    else:
        keys.append("revenue_per_closed")
    return tuple(measure(key, days=days, currency=firm.currency, opportunities=opportunities) for key in keys)


def _groups(bench: Bench, by: str) -> list[Group]:
    firm, keys = bench.firm, [m.key for m in bench.measures]
    days = firm.query(segment_metrics.horizon())["days"][0].as_py() or 1
    table = firm.query(metrics.sums(bench.chosen, by, keys, days=days, as_of=firm.as_of, teams=firm.has("sellers")))
    rows = table.to_pylist()
    known = [i for i, row in enumerate(rows) if row["value"] is not None]
    judged: dict[str, list[Comparison]] = {}
    if known:
        for one in bench.measures:
            sums = Sums.of(**{name: np.array([float(rows[i][f"{one.key}_{name}"]) for i in known])
                              for name in Sums.__dataclass_fields__})
            judged[one.key] = compare_with_rest(sums, share=one.share)
        # One search over all groups and measures: false discoveries are held over all of them.
        flat = decide([c for key in keys for c in judged[key]])
        judged = {key: flat[k * len(known):(k + 1) * len(known)] for k, key in enumerate(keys)}
    place = {i: at for at, i in enumerate(known)}
    return [Group(row["value"], int(row["leads"]), int(row["companies"]), int(row["won"]), int(row["lost"]),
                  int(row["open"]), int(row["returned"]), float(row[bench.money] or 0.0),
                  {key: judged[key][place[i]] for key in judged} if i in place else {})
            for i, row in enumerate(rows)]


def tried(firm: Firm, key_customer: str) -> list[Text]:
    """What leads that fit a changed key customer brought against those that fit the declared one, in sentences; nothing
    where none is asked for."""
    if not key_customer.strip() or firm.profile != "internal" or not firm.has("leads", "lead_stages"):
        return []
    wanted = read(key_customer, firm)
    wrong = [name for name in wanted if name not in KEY]
    if wrong:
        raise UsageError(f"a key customer has no {wrong[0]}: it names industry, size and country")
    declared = firm.strategy or Strategy(None, None, KeyCustomer(), "")
    fields = {KEY[name]: values for name, values in wanted.items()}
    changed = replace(declared, key_customer=replace(
        declared.key_customer, **{name: fields.get(name, ()) for name in KEY.values()}))
    price = alignment_price.price(firm, firm.strategy, changed)
    return alignment_price.sentences(price, firm) if price else [_(
        "No lead has been won yet, so no key customer can be tried.")]
