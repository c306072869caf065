"""Who at the customer's took part in a lead, as far as it was known early: at its creation or by day 14.

Roles written down late follow success (the decider is asked for when the deal is nearly won), so only early ones are
set against the outcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

EARLY = 14


def job_titles() -> exp.Expression:
    """One row per job title with the number of contacts that bear it, and how many have none."""
    return select("""
        select job_title as title, count(*) as contacts, count(buying_role) as with_role
        from contacts group by 1 order by contacts desc, title""")


def deciders(titles: Mapping[str, tuple[str, str]], as_of: dt.date, *, lead_contacts: bool, by_title: bool) -> \
        exp.Expression:
    """One row per function with sums over companies of the won leads whose decider was known early (n) and had that
    function (y), and the totals of won leads (`won`), with a decider known early (`told`) or ever (`ever`).

    The decider of a lead is the first person in it with the role decision_maker, by the lead, else by the contact, else
    (`by_title`: where the firm records no roles) by the table of titles.
    """
    people, values = _people(titles, as_of, lead_contacts, by_title)
    return select(f"""
        with {people},
        lead as (
            select lead_id, company_id,
                min_by(function, row(added_on, function)) filter (where early and decides) as decider,
                bool_or(decides) as ever
            from told where outcome = 'won' and function is not null group by 1, 2
        ),
        won as (
            select count(*) as won, (select count(*) from lead where decider is not null) as told,
                (select count(*) from lead where ever) as ever
            from {LEAD_GRAIN} where outcome = 'won'
        ),
        company as (
            select coalesce(company_id, lead_id) as company_id, count(*) as n from lead where decider is not null
            group by 1
        ),
        every as (select count(*) as companies, sum(n) as n, sum(n * n) as nn from company),
        mine as (
            select decider, coalesce(company_id, lead_id) as company_id, count(*) as y from lead
            where decider is not null group by 1, 2
        )
        select mine.decider as function, any_value(every.companies) as companies, any_value(every.n) as n,
            any_value(every.nn) as nn, sum(mine.y) as y, sum(mine.y * mine.y) as yy, sum(mine.y * company.n) as ny,
            count(*) as paying, any_value(won.won) as won, any_value(won.told) as told, any_value(won.ever) as ever
        from mine join company using (company_id), every, won
        group by 1 order by y desc, function""", **values)


def totals(titles: Mapping[str, tuple[str, str]], as_of: dt.date, *, lead_contacts: bool, by_title: bool) -> \
        exp.Expression:
    """Won leads, those with a decider known early, those with one known ever."""
    people, values = _people(titles, as_of, lead_contacts, by_title)
    return select(f"""
        with {people}
        select (select count(*) from {LEAD_GRAIN} where outcome = 'won') as won,
            count(distinct lead_id) filter (where early and decides) as told,
            count(distinct lead_id) filter (where decides) as ever
        from told where outcome = 'won' and function is not null""", **values)


def deciders_by_cell(titles: Mapping[str, tuple[str, str]], as_of: dt.date, *, lead_contacts: bool, by_title: bool) -> \
        exp.Expression:
    """One row per cell of industry, size and country and function that decided in a won lead, by what was known early:
    won leads decided there (y) and of any function (n), with their sums of squares over companies. The row without a
    function has the cell's totals, in which the companies are counted once."""
    people, values = _people(titles, as_of, lead_contacts, by_title)
    return select(f"""
        with {people},
        lead as (
            select lead_id, min_by(function, row(added_on, function)) filter (where early and decides) as decider
            from told where outcome = 'won' and function is not null group by 1
        ),
        mine as (
            select g.industry, g.size, g.country, coalesce(g.company_id, g.lead_id) as company_id, p.decider,
                count(*) as y
            from {LEAD_GRAIN} g join lead p on p.lead_id = g.lead_id where p.decider is not null group by all
        ),
        company as (select industry, size, country, company_id, sum(y) as n from mine group by all)
        select mine.industry, mine.size, mine.country, decider as function, sum(y) as y, sum(y * y) as yy,
            sum(n * y) as ny, count(*) as paying, 0 as companies, 0 as n, 0 as nn
        from mine join company using (company_id) group by all
        union all
        select industry, size, country, null, 0, 0, 0, 0, count(*), sum(n), sum(n * n) from company group by all
        order by 1, 2, 3, 4""", **values)


def reached(titles: Mapping[str, tuple[str, str]], as_of: dt.date, function: str, *, lead_contacts: bool) -> \
        exp.Expression:
    """One row per cell of industry, size and country, and per whether a person of that function was known by day 14
    (`reached`; null where nobody with a readable title was), with the leads at least so old, and sums over companies
    of those still open on that day and closed since (n) and won of them (y)."""
    people, values = _people(titles, as_of, lead_contacts, False)
    return select(f"""
        with {people},
        lead as (
            select lead_id, bool_or(early and function = :function) as reached,
                bool_or(early and function is not null) as someone
            from told group by 1
        ),
        company as (
            select g.industry, g.size, g.country, coalesce(g.company_id, g.lead_id) as company_id,
                case when p.someone then p.reached end as reached, count(*) as leads,
                count(*) filter (where outcome in ('won', 'lost') and closed_on > created_on + {EARLY}) as n,
                count(*) filter (where outcome = 'won' and closed_on > created_on + {EARLY}) as y
            from {LEAD_GRAIN} g left join lead p on p.lead_id = g.lead_id
            where g.created_on is not null and g.created_on + {EARLY} <= :as_of
            group by 1, 2, 3, 4, 5
        )
        select industry, size, country, reached, sum(leads) as leads, sum(leads * leads) as leads_squared,
            count(*) as all_companies, count(*) filter (where n > 0) as companies, sum(n) as n, sum(y) as y,
            sum(n * n) as nn, sum(y * y) as yy, sum(n * y) as ny, count(*) filter (where y > 0) as paying
        from company group by 1, 2, 3, 4 order by 1, 2, 3, 4""", function=function, **values)


def audiences(start: dt.date, end: dt.date) -> exp.Expression:
    """One row per audience of the campaigns and cell of their targets, with the money spent in the period."""
    return select("""
        select c.target_role as role, c.target_industry as industry, c.target_size as size,
            c.target_country as country, cast(sum(s.amount_rc) as double) as spend
        from spend s join campaigns c on c.campaign_id = s.campaign_id
        where s.spent_on >= :start and s.spent_on < :end
        group by 1, 2, 3, 4 order by 1, 2, 3, 4""", start=start, end=end)


def _people(titles: Mapping[str, tuple[str, str]], as_of: dt.date, lead_contacts: bool, by_title: bool) -> tuple[
        str, dict[str, object]]:
    """The people of each lead with their function, whether each was known early, and whether they decide."""
    values: dict[str, object] = {"as_of": as_of, "until": as_of + dt.timedelta(days=1)}
    rows = []
    for i, (title, (function, role)) in enumerate(sorted(titles.items())):
        values |= {f"t{i}": title, f"f{i}": function, f"r{i}": role}
        rows.append(f"(:t{i}, :f{i}, :r{i})")
    table = ", ".join(rows) or "(cast(null as varchar), cast(null as varchar), cast(null as varchar))"
    later = """
            union all
            select lead_id, contact_id, cast(added_at as date) as added_on, role, false as asked from lead_contacts
            where added_at < :until or added_at is null""" if lead_contacts else ""
    role = "coalesce(p.role, k.buying_role, m.role)" if by_title else "coalesce(p.role, k.buying_role)"
    return f"""titles as (select * from (values {table}) as t(title, function, role)),
        people as (
            select lead_id, contact_id, cast(null as date) as added_on, cast(null as varchar) as role, true as asked
            from leads where contact_id is not null and duplicate_of is null {later}
        ),
        told as (
            select g.lead_id, g.company_id, g.outcome, m.function, coalesce(p.added_on, g.created_on) as added_on,
                p.asked or coalesce(p.added_on <= g.created_on + {EARLY}, false) as early,
                coalesce({role} = 'decision_maker', false) as decides
            from {LEAD_GRAIN} g join people p on p.lead_id = g.lead_id
            join contacts k on k.contact_id = p.contact_id left join titles m on m.title = k.job_title
        )""", values
