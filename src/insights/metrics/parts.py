"""A part of a firm: one country, team or product family with its own rows, for the head who answers for it.

A row belongs to a part through its company (country, region, industry, size), its seller (team) or its product
(family). What no row says whose it is, is shared out: a campaign's spend and a seller's hours by the share of their
leads that belong to the part, so that the parts together hold no more than the firm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.metrics.leads import company_grain
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

# By what a firm can be divided, and through which table a row is known to belong to a part.
DIMENSIONS = {"country": "companies", "region": "companies", "industry": "companies", "size": "companies",
              "team": "sellers", "family": "products"}
ALSO = {"product_family": "family", "countries": "country", "regions": "region", "industries": "industry",
        "sizes": "size", "teams": "team", "families": "family"}
_KEYS = {"companies": "company_id", "sellers": "seller_id", "products": "product_id"}


@dataclass(frozen=True)
class Part:
    """The rows of one value of a dimension; of several, where small teams stand together (`value` names them all)."""

    dimension: str
    value: str
    values: tuple[str, ...] = ()

    @property
    def through(self) -> str:
        """The table that says who belongs: companies, sellers or products."""
        return DIMENSIONS[self.dimension]

    def holds(self, column: str) -> str:
        """The condition that a column names the part."""
        from sqlglot import exp

        values = ", ".join(exp.convert(value).sql(dialect="duckdb") for value in self.values or (self.value,))
        return f"{column} in ({values})"


def sizes(
    dimension: str, has: Collection[str], eur_rate: float | None, merged: Mapping[str, tuple[str, ...]] | None = None,
) -> exp.Expression:
    """One row per value of a dimension: `companies` with a lead or an order, `leads`, `orders` (lines). Unit: rows.
    With `merged`, one row for each of its names instead, which stands for several values."""
    through = DIMENSIONS[dimension]
    company = company_grain(eur_rate).sql(dialect="duckdb")
    key = _KEYS[through]
    member = f"select company_id as id, {dimension} as value from ({company})" if through == "companies" else \
        f"select {key} as id, {_named(dimension, merged)} as value from {through}"
    events = []
    if "leads" in has:
        events.append(f"select {key} as id, company_id, 1 as leads, 0 as orders from lead_grain")
    if "orders" in has:
        events.append(f"select {key} as id, company_id, 0 as leads, 1 as orders from orders")
    return select(f"""
        select m.value, count(distinct e.company_id) as companies, sum(e.leads) as leads, sum(e.orders) as orders
        from ({' union all '.join(events)}) e join ({member}) m on m.id = e.id
        where m.value is not null
        group by 1 order by leads desc, orders desc, 1""")


def _named(column: str, merged: Mapping[str, tuple[str, ...]] | None) -> str:
    from sqlglot import exp

    if merged is None:
        return column
    whens = " ".join(f"when {Part(column, name, values).holds(column)} then {exp.convert(name).sql(dialect='duckdb')}"
                     for name, values in merged.items())
    return f"case {whens} end" if whens else "null"


def members(part: Part, has: Collection[str], eur_rate: float | None) -> Iterator[tuple[str, exp.Expression]]:
    """The relations that say what belongs to a part, to be made in this order: `part_leads`, `part_companies` (ids),
    `part_products`, and `part_campaigns`, `part_sellers` with their `share` (0 to 1) of what is not known by row."""
    through = part.through
    leads, orders = "leads" in has, "orders" in has
    if through == "companies":
        yield "part_companies", select(
            f"""select company_id from ({company_grain(eur_rate).sql(dialect='duckdb')})
                where {part.holds(part.dimension)}""")
        belongs = "company_id in (select company_id from part_companies)"
    else:
        key = _KEYS[through]
        belongs = f"{key} in (select {key} from {through} where {part.holds(part.dimension)})"
    yield "part_leads", select(
        f"""select l.lead_id from leads l join lead_grain g on g.lead_id = coalesce(l.duplicate_of, l.lead_id)
            where g.{belongs}""") if leads else select(
        "select cast(null as varchar) as lead_id where false")
    own = f"o.{belongs}" if through == "companies" else \
        f"(o.{belongs} or (o.{_KEYS[through]} is null and o.lead_id in (select lead_id from part_leads)))"
    yield "part_orders", select(f"select o.order_id from orders o where {own}") if orders else select(
        "select cast(null as varchar) as order_id where false")
    if through != "companies":
        yield "part_companies", _companies_of(part, leads, orders)
    if "products" in has:
        yield "part_products", select(
            "select product_id from products where " + (part.holds("family") if through == "products" else "true"))
    if "campaigns" in has:
        yield "part_campaigns", _campaigns(part, leads)
    if "sellers" in has:
        yield "part_sellers", _sellers(part, leads, orders)


def _companies_of(part: Part, leads: bool, orders: bool) -> exp.Expression:
    """The companies with a lead or an order of the part, or looked after by its sellers."""
    found = ["select company_id from lead_grain where lead_id in (select lead_id from part_leads)"] if leads else []
    found += ["select company_id from orders where order_id in (select order_id from part_orders)"] if orders else []
    if part.through == "sellers":
        found.append(f"""select company_id from companies where owner_seller_id in
                         (select seller_id from sellers where {part.holds("team")})""")
    return select(f"select distinct company_id from ({' union all '.join(found)}) where company_id is not null")


def _campaigns(part: Part, leads: bool) -> exp.Expression:
    """Campaigns with their share: leads of the part ÷ all their leads; 1 where one without leads addresses the part."""
    column = {"country": "target_country", "industry": "target_industry", "size": "target_size"}.get(part.dimension)
    aimed = f"case when {part.holds(f'c.{column}')} then 1.0 else 0.0 end" if column else "0.0"
    brought = """select campaign_id, avg(case when lead_id in (select lead_id from part_leads) then 1.0 else 0.0 end)
                 as share from lead_grain group by 1""" if leads else \
        "select cast(null as varchar) as campaign_id, cast(null as double) as share where false"
    return select(f"""
        select campaign_id, share from (
            select c.campaign_id, coalesce(b.share, {aimed}) as share
            from campaigns c left join ({brought}) b on b.campaign_id = c.campaign_id)
        where share > 0""")


def _sellers(part: Part, leads: bool, orders: bool) -> exp.Expression:
    """Sellers with their share: leads of the part ÷ all their leads (orders where they have no leads)."""
    if part.through == "sellers":
        return select(f"select seller_id, 1.0 as share from sellers where {part.holds('team')}")
    events = ["select seller_id, 0 as kind, lead_id in (select lead_id from part_leads) as own from lead_grain"] \
        if leads else []
    events += ["select seller_id, 1 as kind, order_id in (select order_id from part_orders) as own from orders"] \
        if orders else []
    return select(f"""
        select seller_id, first(share order by kind) as share from (
            select seller_id, kind, avg(case when own then 1.0 else 0.0 end) as share, count(*) filter (where own) as n
            from ({' union all '.join(events)}) where seller_id is not null group by 1, 2)
        group by 1 having sum(n) > 0""")


_LEAD = "lead_id in (select lead_id from part_leads)"
_COMPANY = "company_id in (select company_id from part_companies)"
_PRODUCT = "product_id in (select product_id from part_products)"
_CAMPAIGN = "campaign_id in (select campaign_id from part_campaigns)"
_SELLER = "seller_id in (select seller_id from part_sellers)"


def tables(part: Part, has: Collection[str]) -> dict[str, exp.Expression]:
    """The rows of each delivered table that belong to a part, after `members` has been made. Targets and measures of
    the brand are the whole firm's, but for targets of this team or of products of this family."""
    own = _conditions(part, has)
    found = {name: select(f"select * from {name} where {own.get(name, 'true')}") for name in has}
    if "spend" in has:
        found["spend"] = select(
            """select s.* replace (s.amount * c.share as amount, cast(s.amount_rc * c.share as decimal(18, 2))
               as amount_rc) from spend s join part_campaigns c on c.campaign_id = s.campaign_id""")
    if "sellers" in has:
        found["sellers"] = select(
            """select s.* replace (s.hours_per_week * p.share as hours_per_week)
               from sellers s join part_sellers p on p.seller_id = s.seller_id""")
    return found


def _conditions(part: Part, has: Collection[str]) -> Mapping[str, str]:
    """Which rows of each table belong to a part."""
    team, family = part.through == "sellers", part.through == "products"
    loose = _SELLER if team else _PRODUCT if family else _COMPANY
    by_row = f"({_LEAD} or (lead_id is null and {_COMPANY}))"
    sold = "product_id is null or " + _PRODUCT
    rest = {
        "companies": _COMPANY, "company_keys": _COMPANY, "contacts": _COMPANY, "leads": _LEAD, "lead_stages": _LEAD,
        "lead_contacts": _LEAD, "orders": "order_id in (select order_id from part_orders)",
        "touches": f"({_LEAD} or (lead_id is null and ({_any(_touched(part, has))})))",
        "feedback": f"({loose} or ({_key(part)} is null and {_LEAD}))" if team or family else by_row,
        "campaigns": _CAMPAIGN,
        "campaign_products": f"{_CAMPAIGN} and {_PRODUCT}" if "products" in has else _CAMPAIGN,
        "readiness": " and ".join([*([_SELLER] if "sellers" in has else []),
                                   *([_PRODUCT] if "products" in has else [])]) or "true",
        "roadmap": f"({sold})" if family else "true", "products": _PRODUCT,
        "targets": _targets(part), "brand": "false"}
    if "sellers" in has:
        rest["roadmap_notices"] = f"""({_SELLER} or team in (select team from sellers where {_SELLER})
                                       or (seller_id is null and team is null))"""
    return rest


def _touched(part: Part, has: Collection[str]) -> Iterable[str]:
    """How a contact without a lead belongs to a part: by its seller for a team, else by its company or person."""
    if part.through == "sellers":
        return [_SELLER]
    of_people = "contact_id in (select contact_id from contacts where " + _COMPANY + ")"
    return [_COMPANY, *([of_people] if "contacts" in has else [])]


def _targets(part: Part) -> str:
    """The targets that are a part's own."""
    return {"sellers": part.holds("team"), "products": f"coalesce({_PRODUCT}, false)"}.get(part.through, "false")


def _key(part: Part) -> str:
    return _KEYS[part.through]


def _any(conditions: Iterable[str]) -> str:
    return " or ".join(conditions)
