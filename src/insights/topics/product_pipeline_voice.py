"""The customers' voice: what they ask for, grouped into themes and counted by customers, with the money behind it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insights.metrics import voice as metrics
from insights.models.concepts import brought_together
from insights.models.texts import cleaned, words
from insights.models.themes import themes

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_pipeline_launches import Item

MANY_REASONS = 25
"""Different reasons of lost leads from which they are read as free text, not as codes of a list."""
OWN_ITEM = 0.5
"""Share of a theme's entries with an item that must name the same one for it to be the theme's item."""
LINKED = 0.1
"""Share of all its entries that must name it: a single link among many is none."""
FEW = 0.25
"""A word that fewer of a theme's entries hold speaks against a wording as the theme's name."""


@dataclass(frozen=True)
class Entry:
    """Something a customer said: feedback, or the reason of a lost lead (kind "lost_reason"). Times are days after the
    record, None for what had not happened by the as-of date; `age` is the record's age on that date."""

    id: str
    kind: str
    text: str
    company: str | None
    product: str | None
    lead: str | None
    item: str | None
    topic: str | None
    age: int
    recent: bool
    earlier: bool
    marketing_days: int | None = None
    management_days: int | None = None
    answer_days: int | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Stake:
    """What stands behind a theme: sales of the last twelve months to its customers, and their open and lost leads for
    the products it is about, with the values written down for so many (`priced`) of them."""

    revenue: float = 0.0
    open_leads: int = 0
    open_amount: float = 0.0
    open_priced: int = 0
    lost_leads: int = 0
    lost_amount: float = 0.0
    lost_priced: int = 0


@dataclass(frozen=True)
class VoiceTheme:
    """A theme as the page shows it: its name (the firm's code, else its commonest wording), its entries, customers
    (each counted once), examples, the item that answers it, and what stands behind it."""

    name: str
    coded: bool
    entries: tuple[Entry, ...]
    customers: frozenset[str]
    examples: tuple[str, ...]
    item: str | None
    stake: Stake

    @property
    def mentions(self) -> int:
        return len(self.entries)

    def customers_of(self, flag: str) -> int:
        """Customers who said it in the period (`recent`) or in the one before (`earlier`)."""
        return len({e.company for e in self.entries if getattr(e, flag) and e.company})


@dataclass(frozen=True)
class Voice:
    """Everything that was said: all entries, the themes of needs and improvements (most customers first), how many
    entries have no words, no theme shared by two customers, or no customer."""

    entries: tuple[Entry, ...]
    themes: tuple[VoiceTheme, ...]
    wordless: int
    single: int
    nobody: int
    from_reasons: int
    sales: dict[str, float] = field(default_factory=dict)

    @property
    def asking(self) -> dict[str, int]:
        """How many customers asked for each item of the roadmap."""
        return {item: len(companies) for item, companies in self.askers.items()}

    @property
    def askers(self) -> dict[str, set[str]]:
        """The customers who asked for each item of the roadmap."""
        found: dict[str, set[str]] = defaultdict(set)
        for entry in self.entries:
            if entry.item and entry.company:
                found[entry.item].add(entry.company)
        for theme in self.themes:
            if theme.item:
                found[theme.item] |= theme.customers
        return dict(found)

    def sales_to(self, companies: Iterable[str]) -> float:
        """Sales of the last twelve months to these customers."""
        return sum(self.sales.get(company, 0.0) for company in sorted(set(companies)))


def read(firm: Firm, items: Sequence[Item]) -> Voice | None:
    """Read, mask, group and price what customers said; None where nothing is written down."""
    entries = [*_feedback(firm), *(reasons := _reasons(firm))]
    if not entries:
        return None
    asked = [e for e in entries if e.kind != "complaint"]
    found = themes([e.text for e in asked], [e.topic for e in asked], [e.item for e in asked])
    money = _money(firm)
    shown = [_theme(t.code, [asked[k] for k in t.entries], money, items) for t in found]
    kept = [t for t in shown if len(t.customers) > 1 or t.coded]
    return Voice(
        entries=tuple(entries), themes=tuple(sorted(kept, key=lambda t: (-len(t.customers), -t.mentions, t.name))),
        wordless=sum(not e.text and not e.topic and not e.item for e in asked),
        single=sum(t.mentions for t in shown) - sum(t.mentions for t in kept),
        nobody=sum(e.company is None for e in entries), from_reasons=len(reasons), sales=money[0])


def _feedback(firm: Firm) -> list[Entry]:
    if not firm.has("feedback"):
        return []
    before = firm.period.before()
    return [
        Entry(
            id=row["id"], kind=row["kind"], text=cleaned(row["text"] or ""), company=row["company"],
            product=row["product"], lead=row["lead"], item=row["item"], topic=_code(row["topic"]),
            age=(firm.as_of - row["recorded_on"]).days,
            recent=firm.period.start <= row["recorded_on"] < firm.period.end,
            earlier=before.start <= row["recorded_on"] < before.end, marketing_days=row["marketing_days"],
            management_days=row["management_days"], answer_days=row["answer_days"],
            outcome=cleaned(row["outcome"]) if row["outcome"] else None)
        for row in firm.query(metrics.entries(firm.as_of, leads=firm.has("leads"))).to_pylist()]


def _code(topic: str | None) -> str | None:
    """A topic as a code: the same whatever its case and spaces."""
    return " ".join(cleaned(topic).casefold().split()) or None if topic else None


def _reasons(firm: Firm) -> list[Entry]:
    """Reasons of leads lost in the period, where they are written in free words and not chosen from a short list."""
    if not firm.has("leads", "lead_stages"):
        return []
    rows = firm.query(metrics.lost_reasons(firm.period.start, firm.period.end)).to_pylist()
    if len({row["reason"] for row in rows}) <= MANY_REASONS:
        return []
    return [Entry(id=row["lead"], kind="lost_reason", text=cleaned(row["reason"]), company=row["company"],
                  product=row["product"], lead=row["lead"], item=None, topic=None,
                  age=(firm.as_of - row["closed_on"]).days, recent=True, earlier=False) for row in rows]


def _money(firm: Firm) -> tuple[dict[str, float], dict[str, list[dict]]]:
    """Sales by company, and open and lost leads by company."""
    revenue: dict[str, float] = {}
    if firm.has("orders", "feedback"):
        table = firm.query(metrics.revenue_of_speakers(firm.as_of, leads=firm.has("leads")))
        revenue = dict(zip(table["company"].to_pylist(), table["revenue"].to_pylist(), strict=True))
    leads: dict[str, list[dict]] = defaultdict(list)
    if firm.has("leads", "lead_stages", "feedback"):
        for row in firm.query(metrics.leads_of_speakers(firm.as_of)).to_pylist():
            leads[row["company"]].append(row)
    return revenue, leads


def _theme(code: str, entries: list[Entry], money: tuple, items: Sequence[Item]) -> VoiceTheme:
    said = Counter(e.text for e in entries if e.text)
    common = _tellingly(said)
    answered = Counter(e.item for e in entries if e.item)
    item, n = max(answered.items(), key=lambda kv: (kv[1], kv[0]), default=(None, 0))
    companies = frozenset(e.company for e in entries if e.company)
    return VoiceTheme(
        name=code or (common[0] if common else ""), coded=bool(code), entries=tuple(entries), customers=companies,
        examples=tuple(common[:4]),
        item=item if n >= max(OWN_ITEM * answered.total(), LINKED * len(entries)) and n else None,
        stake=_stake(companies, _products(entries, item, items), money))


def _tellingly(said: Counter[str]) -> list[str]:
    """A theme's wordings, first those that say what the others say, without what only a few of them add (who asks, how
    urgent it is); the shortest and commonest first among equals."""
    spoken = {text: set(brought_together(words(text), {})) for text in said}
    total = said.total()
    held = Counter()
    for text, n in said.items():
        held.update(dict.fromkeys(spoken[text], n))
    told = {text: sum(held[word] / total - FEW for word in spoken[text]) for text in said}
    return sorted(said, key=lambda text: (-round(told[text], 6), len(text), -said[text], text))


def _products(entries: Iterable[Entry], item: str | None, items: Sequence[Item]) -> set[str]:
    """The products that a theme is about: those its entries name, and its item's."""
    named = {e.product for e in entries if e.product}
    return named | {i.product for i in items if i.item == item}


def _stake(companies: frozenset[str], products: set[str], money: tuple) -> Stake:
    """What stands behind a theme. Leads count where they ask for one of its products, all where it names none."""
    revenue, leads = money
    rows = [row for company in companies for row in leads.get(company, ())
            if not products or row["product"] in products]
    total = {name: sum(row[name] or 0 for row in rows) for name in (
        "open_leads", "open_amount", "open_priced", "lost_leads", "lost_amount", "lost_priced")}
    return Stake(revenue=sum(revenue.get(company, 0.0) for company in sorted(companies)), **total)
