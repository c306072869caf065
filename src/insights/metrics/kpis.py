"""The scoreboard's queries: events counted by month, from as few passes over the leads as there are kinds of event.

Every figure of the scoreboard is a sum of these rows, so that months add up to quarters and segments to the firm.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

STAGE_COLUMNS = ("mql_on", "accepted_on", "opportunity_on")
SEGMENTS = ("industry", "size", "country", "region", "source", "origin", "lead_type", "campaign_id", "product_id",
            "seller_id")


def _columns(by: tuple[str, ...], table: str = "") -> str:
    unknown = set(by) - set(SEGMENTS)
    if unknown:
        raise ValueError(f"leads are not counted by {', '.join(sorted(unknown))}")
    return "".join(f"{table}{column}, " for column in by)


def outcomes(days: int, by: tuple[str, ...] = ()) -> exp.Expression:
    """One row per segment, month of creation, month of closing and outcome: `leads`, those that a campaign brought
    (`bought`), money, and the days to a win. One pass.

    `revenue`, `margin`, `costed`, `listed`, `at_list` in the reporting currency; `revenue_2`: sum of squares;
    `days`, `timed`: days to a win and how many wins have them; `offered`: value offered of closed leads and its number
    (`offers`); `in_time`, `in_time_margin`: won within `days` days, and their margin.
    """
    return select(f"""
        select {_columns(by)}
            date_trunc('month', created_on) as created, date_trunc('month', closed_on) as ended, outcome,
            count(*) as leads, count(campaign_id) as bought,
            count(campaign_id) filter (where mql_on is not null) as bought_mql,
            cast(sum(revenue) as double) as revenue, cast(sum(margin) as double) as margin,
            cast(sum(costed_revenue) as double) as costed,
            cast(sum(margin) filter (where campaign_id is not null) as double) as bought_margin,
            cast(sum(listed_revenue) as double) as listed, cast(sum(list_revenue) as double) as at_list,
            sum(cast(revenue as double) * cast(revenue as double)) as revenue_2,
            sum(days_to_win) as days, count(days_to_win) as timed,
            cast(sum(offered) as double) as offered, count(offered) as offers,
            count(*) filter (where days_to_win <= :days) as in_time,
            cast(sum(margin) filter (where days_to_win <= :days) as double) as in_time_margin
        from {LEAD_GRAIN}
        group by all order by all""", days=days)


def stages(by: tuple[str, ...] = ()) -> exp.Expression:
    """One row per segment, stage and month in which leads entered it: `leads`. One pass."""
    dates = ", ".join(STAGE_COLUMNS)
    names = ", ".join(f"'{column.removesuffix('_on')}'" for column in STAGE_COLUMNS)
    return select(f"""
        select {_columns(by)} stage, date_trunc('month', entered) as month, count(*) as leads
        from (select {_columns(by)} unnest([{dates}]) as entered, unnest([{names}]) as stage from {LEAD_GRAIN})
        where entered is not null
        group by all order by all""")


def hand_over(as_of: dt.date, zone: str, *, hours: float, days: int, sellers: bool, touches: bool) -> exp.Expression:
    """One row per month of creation, team and campaign of the leads handed over, with what became of them. One pass
    over leads and, where there are any, touches.

    Handed over: qualified by marketing where such a stage is recorded for a lead, else every lead with a date.
    `old`: at least `hours` old, of which `in_time` were first touched within them and `untouched` never; `due`: at
    least `days` old, of which `accepted` within them and `returned`; with `nn`, `yy`, `ny` sums over companies left
    to `hand_over_by_company`. Hours are real ones: a night with a change of the clocks has 23 or 25 (in the last four
    years).
    """
    first = """
        first_touch as (
            select coalesce(l.duplicate_of, t.lead_id) as lead_id, min(t.touched_at) as touched
            from touches t join leads l on l.lead_id = t.lead_id
            where t.touched_at < :until and (t.direction is null or t.direction <> 'inbound')
            group by 1
        ),""" if touches else ""
    touched = "coalesce(f.touched, g.touched_at)" if touches else "g.touched_at"
    join_touches = "left join first_touch f on f.lead_id = g.lead_id" if touches else ""
    team = "s.team" if sellers else "cast(null as varchar)"
    join_sellers = "left join sellers s on s.seller_id = g.seller_id" if sellers else ""
    return select(f"""
        with {first}
        handed as (
            select g.campaign_id, {team} as team, g.seller_id, g.company_id, g.lead_id, g.outcome, g.created_on,
                (epoch(cast(:until as timestamp)) - epoch(g.created_at)) / 3600 as age,
                (epoch({touched}) - epoch(g.created_at){_clock(zone, as_of, touched)}) / 3600 as waited,
                g.accepted_on - coalesce(g.mql_on, g.created_on) as days_to_accept,
                cast(:as_of as date) - coalesce(g.mql_on, g.created_on) as days_old,
                g.days_to_win, g.margin
            from {LEAD_GRAIN} g {join_touches} {join_sellers}
            where g.created_at is not null
        )
        select date_trunc('month', created_on) as month, team, campaign_id,
            count(*) as leads, count(distinct seller_id) as sellers,
            count(*) filter (where age >= :hours) as old,
            count(*) filter (where age >= :hours and waited <= :hours) as in_time,
            count(*) filter (where age >= :hours and waited is null) as untouched,
            count(*) filter (where days_old >= :days) as due,
            count(*) filter (where days_old >= :days and days_to_accept <= :days) as accepted,
            count(*) filter (where days_old >= :days and outcome = 'returned') as returned,
            median(waited) as median_hours
        from handed
        group by all order by all""", until=as_of + dt.timedelta(days=1), as_of=as_of, hours=hours, days=days)


def _clock(zone: str, as_of: dt.date, touched: str) -> str:
    """Seconds by which the clocks were put on or back between a lead's creation and its first touch: a term for each
    change of the last four years, since a conversion of every time would cost more than all the rest."""
    from zoneinfo import ZoneInfo

    place, terms = ZoneInfo(zone), []
    at = dt.datetime(as_of.year - 4, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(as_of.year + 1, 1, 1, tzinfo=dt.UTC)
    while at < end:
        later = at + dt.timedelta(hours=1)
        shift = (later.astimezone(place).utcoffset() - at.astimezone(place).utcoffset()).total_seconds()
        if shift:
            local = later.astimezone(place).replace(tzinfo=None).isoformat(sep=" ")
            terms.append(f" - case when g.created_at < timestamp '{local}' and {touched} >= timestamp '{local}' "
                         f"then {int(shift)} else 0 end")
        at = later
    return "".join(terms)


def spent() -> exp.Expression:
    """One row per month and campaign with spend: the amount in the reporting currency."""
    return select("""
        select date_trunc('month', spent_on) as month, campaign_id, cast(sum(amount_rc) as double) as spend
        from spend group by all order by all""")


def repeats(as_of: dt.date) -> exp.Expression:
    """One row per month with orders that belong to no lead: their number and revenue. One pass over orders."""
    return select("""
        select date_trunc('month', ordered_at) as month,
            count(*) filter (where kind is null or kind in ('order', 'call_off')) as orders,
            cast(sum(revenue_rc) as double) as revenue
        from orders where lead_id is null and ordered_at < :until
        group by all order by all""", until=as_of + dt.timedelta(days=1))


def exact_totals(column: str, start: dt.date, end: dt.date, *, team: bool = False) -> exp.Expression:
    """One row per value of a column (`region`, `seller_id`, ... or the sellers' team) with the leads won in the range
    of days, and their revenue and margin: exact totals."""
    key = "s.team" if team else f"g.{_columns((column,)).removesuffix(', ')}"
    join = "left join sellers s on s.seller_id = g.seller_id" if team else ""
    return select(f"""
        select {key} as key, count(*) as won, count(distinct g.company_id) as customers,
            count(distinct g.seller_id) as sellers,
            cast(sum(g.revenue) as double) as revenue, cast(sum(g.margin) as double) as margin
        from {LEAD_GRAIN} g {join}
        where g.outcome = 'won' and g.won_on >= :start and g.won_on < :end
        group by all order by all""", start=start, end=end)


def targets(products: bool = True) -> exp.Expression:
    """The rows of the table of targets, as they were agreed."""
    return select("""
        select department, kpi, period_start, period_end, cast(value as double) as value, currency, team, product_id
        from targets order by all""")


def rates() -> exp.Expression:
    """Exchange rates by the day from which they hold."""
    return select("""
        select currency, valid_from, cast(rate as double) as rate from exchange_rates order by all""")


def brand(as_of: dt.date) -> exp.Expression:
    """The brand's measurements known on that day."""
    return select("""
        select measured_on, metric, cast(value as double) as value, n, source from brand
        where measured_on <= :as_of order by metric, measured_on, source""", as_of=as_of)


FAIRS = "fair|targi|messe|expo|trade show|event|conference|konferenc|webinar|congress|kongres"


def daily(event: str, days: int, as_of: dt.date, *, campaigns: bool) -> exp.Expression:
    """One row per day with leads created (`event` leads), qualified (mql) or won: `n`; `at_fairs` those of a fair or
    other event, which belong to the calendar and not to a push; and, without the latter, `old` (at least `days` old),
    `in_time` (of these won within `days`), `margin` of these, `returned`, and `listed` and `at_list` of wins."""
    column = {"leads": "created_on", "mql": "mql_on", "won": "won_on"}[event]
    channel = "coalesce(c.channel, g.source, '')" if campaigns else "coalesce(g.source, '')"
    join = "left join campaigns c on c.campaign_id = g.campaign_id" if campaigns else ""
    return select(f"""
        with marked as (
            select g.*, g.{column} as day, regexp_matches(lower({channel}), :fairs) as fair,
                g.created_on + :days <= :as_of as old
            from {LEAD_GRAIN} g {join} where g.{column} is not null
        )
        select day, count(*) as n, count(*) filter (where fair) as at_fairs,
            count(*) filter (where old and not fair) as old,
            count(*) filter (where old and not fair and days_to_win <= :days) as in_time,
            cast(sum(margin) filter (where old and not fair and days_to_win <= :days) as double) as margin,
            count(*) filter (where not fair and outcome = 'returned') as returned,
            cast(sum(listed_revenue) filter (where not fair) as double) as listed,
            cast(sum(list_revenue) filter (where not fair) as double) as at_list
        from marked group by all order by all""", days=days, as_of=as_of, fairs=FAIRS)


def seller_hours(start: dt.date, end: dt.date) -> exp.Expression:
    """Sellers with hours who were active in the range of days: their number, hours a week together, and their cost a
    week."""
    return select("""
        select count(*) as sellers, cast(sum(hours_per_week) as double) as hours,
            cast(sum(hours_per_week * hourly_cost) as double) as cost
        from sellers
        where hours_per_week > 0 and (active_from is null or active_from < :end)
            and (active_to is null or active_to >= :start)""", start=start, end=end)


def names(table: str) -> exp.Expression:
    """What campaigns or products are called."""
    column = {"campaigns": "campaign_id", "products": "product_id"}[table]
    return select(f"select {column}, name from {table} order by all")


def spend_and_leads(as_of: dt.date) -> exp.Expression:
    """One row per campaign and whole month with spend: the amount, the leads that it brought before the last seven days
    of the month (where targets push) and those days (`watched`), and the usual source of the campaign's leads."""
    return select(f"""
        with spent as (
            select campaign_id, date_trunc('month', spent_on) as month, cast(sum(amount_rc) as double) as spend
            from spend where spent_on <= :as_of group by all
        ),
        brought as (
            select campaign_id, date_trunc('month', created_on) as month, count(*) as leads
            from {LEAD_GRAIN}
            where campaign_id is not null and created_on is not null and created_on + 7 <= last_day(created_on)
            group by all
        ),
        usual as (
            select campaign_id, mode(source order by source) as source
            from {LEAD_GRAIN} where campaign_id is not null and source is not null group by all
        )
        select s.campaign_id, s.month, s.spend, coalesce(b.leads, 0) as leads, u.source,
            day(last_day(s.month)) - 7 as watched
        from spent s join usual u on u.campaign_id = s.campaign_id
        left join brought b on b.campaign_id = s.campaign_id and b.month = s.month
        where s.month + interval 1 month <= cast(:as_of as timestamp) + interval 1 day
        order by all""", as_of=as_of)


def team_sizes() -> exp.Expression:
    """One row per team with the number of its sellers."""
    return select("select team, count(*) as sellers from sellers where team is not null group by all order by all")


def return_reasons(start: dt.date, end: dt.date) -> exp.Expression:
    """One row per reason for which leads of that range of days were sent back, the most frequent first."""
    return select(f"""
        select s.reason, count(distinct g.lead_id) as leads
        from {LEAD_GRAIN} g join lead_stages s on s.lead_id = g.lead_id and s.stage = 'returned'
        where g.outcome = 'returned' and g.created_on >= :start and g.created_on < :end
        group by all order by leads desc, s.reason""", start=start, end=end)


def teams(start: dt.date, end: dt.date) -> exp.Expression:
    """One row per team of what it closed in the range of days: won, lost, money, and prices against the list."""
    return select(f"""
        select s.team, count(*) filter (where g.outcome = 'won') as won, count(*) filter (where g.outcome = 'lost')
            as lost, cast(sum(g.revenue) as double) as revenue, cast(sum(g.margin) as double) as margin,
            cast(sum(g.listed_revenue) as double) as listed, cast(sum(g.list_revenue) as double) as at_list
        from {LEAD_GRAIN} g join sellers s on s.seller_id = g.seller_id
        where s.team is not null and g.closed_on >= :start and g.closed_on < :end
        group by all order by all""", start=start, end=end)


def alike(by: tuple[str, ...], start: dt.date, end: dt.date, days: int, as_of: dt.date) -> exp.Expression:
    """One row per combination of segments of the leads created in the range of days: `leads`, `returned`, and of those
    at least `days` old that were worked and not sent back (`worked`) the `won` ones."""
    old = "created_on + :days <= :as_of and outcome <> 'returned' and (touched_at is not null or outcome = 'won')"
    return select(f"""
        select {_columns(by)} count(*) as leads, count(*) filter (where outcome = 'returned') as returned,
            count(*) filter (where {old}) as worked,
            count(*) filter (where {old} and days_to_win <= :days) as won
        from {LEAD_GRAIN} where created_on >= :start and created_on < :end
        group by all order by all""", start=start, end=end, days=days, as_of=as_of)
