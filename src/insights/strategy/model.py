"""A version of the joint strategy as data, and its clauses: what can be set against observations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class KeyCustomer:
    """The declared key customer: NACE codes or own labels, size bands, ISO countries, whom communication addresses
    and who decides."""

    industries: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    decision_maker: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewProduct:
    """A product that is to be launched on a day."""

    id: str
    on: dt.date


@dataclass(frozen=True)
class Kpi:
    """A target of a department for each month, quarter or year."""

    name: str
    department: str
    target: float
    period: str = "year"
    team: str = ""
    product: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Signature:
    """Who signed for a department, and when."""

    department: str
    name: str
    on: dt.date | None = None


@dataclass(frozen=True)
class Clause:
    """One thing that was agreed and can be observed. `id` names it in the file: `key_customer.industries=C28`,
    `products.new=P15`, `kpi=margin`, `sla.first_touch_hours=24`; `key` is the part before the sign and `value` the one
    after it; `due` is the day before which nobody can tell whether it was kept; `kpi` the target, where it is one."""

    id: str
    value: str
    due: dt.date | None = None
    kpi: Kpi | None = None

    @property
    def key(self) -> str:
        return self.id.split("=", 1)[0]


@dataclass(frozen=True)
class Strategy:
    """One version of the joint strategy. `content` is the whole file as read, `text` the same as it was written."""

    valid_from: dt.date | None
    agreed_on: dt.date | None
    key_customer: KeyCustomer
    sha256: str
    content: Mapping[str, object] = field(default_factory=dict, compare=False)
    file: str = "strategy.toml"
    text: str = field(default="", compare=False, repr=False)
    signatures: tuple[Signature, ...] = ()
    promote: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    new_products: tuple[NewProduct, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    repeat_orders: str = ""
    win_back: str = ""
    sla: Mapping[str, float] = field(default_factory=dict, compare=False)
    definitions: Mapping[str, str] = field(default_factory=dict, compare=False)
    roles: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Everything in the file that observations can keep or break, in the file's order of sections."""
        return tuple(self._clauses())

    def _clauses(self) -> Iterator[Clause]:
        for key in ("industries", "sizes", "countries", "audience", "decision_maker"):
            for value in getattr(self.key_customer, key):
                yield Clause(f"key_customer.{key}={value}", value)
        for key in ("promote", "hold"):
            for value in getattr(self, key):
                yield Clause(f"products.{key}={value}", value)
        for product in self.new_products:
            yield Clause(f"products.new={product.id}", product.id, product.on)
        for kpi in self.kpis:
            yield Clause(f"kpi={self._kpi_name(kpi)}", kpi.name, self._first_end(kpi), kpi)
        for key in ("repeat_orders", "win_back"):
            if getattr(self, key):
                yield Clause(f"customers.{key}={getattr(self, key)}", getattr(self, key))
        for key, value in self.sla.items():
            yield Clause(f"sla.{key}={value:.12g}", f"{value:.12g}")

    def _kpi_name(self, kpi: Kpi) -> str:
        """The measure; with department, team and product where the measure alone would not tell two targets apart."""
        alike = [other for other in self.kpis if other.name == kpi.name]
        if len(alike) == 1:
            return kpi.name
        return "/".join(filter(None, (kpi.name, kpi.department, kpi.team, kpi.product, kpi.period)))

    def _first_end(self, kpi: Kpi) -> dt.date | None:
        """The first day after the first whole period of a target since the strategy holds."""
        months = {"month": 1, "quarter": 3}.get(kpi.period, 12)
        if self.valid_from is None:
            return None
        start = self.valid_from.year * 12 + self.valid_from.month - 1 + (self.valid_from.day > 1)
        end = -(-start // months) * months + months
        return dt.date(end // 12, end % 12 + 1, 1)
