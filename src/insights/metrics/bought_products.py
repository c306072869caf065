"""Which products customers buy, stop buying, and begin to buy."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.orders import CUSTOMERS, DAYS, LINES, YEAR
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

FEWEST = 3


def stopped(as_of: dt.date, money: str) -> exp.Expression:
    """One row per customer and product that it bought on at least three days and not on its last order day.

    `times`: order days with the product; `chances`: order days from the first with the product (not counted) to the
    last one with it; `without`: order days since; `last_day`; `longest`: longest interval between days with it, in
    days; `silence`: days since; `a_year`: money of the 365 days up to the last day with it (`money`: margin or
    revenue).
    """
    return select(f"""
        with day as (
            select company_id, day, row_number() over (partition by company_id order by day) as nth
            from {DAYS} where ordered and day <= :as_of
        ),
        bought as (
            select l.company_id, l.product_id, l.day, sum(l.{money}) as money
            from {LINES} l where l.fate = 'bought' and l.product_id is not null and l.day <= :as_of group by 1, 2, 3
        ),
        spaced as (
            select b.*, d.nth, b.day - lag(b.day) over (partition by b.company_id, b.product_id order by b.day) as gap,
                   max(b.day) over (partition by b.company_id, b.product_id) as last_bought
            from bought b join day d on d.company_id = b.company_id and d.day = b.day
        ),
        whole as (select company_id, max(nth) as days from day group by 1)
        select c.customer, s.product_id, count(*) as times, max(s.nth) - min(s.nth) as chances,
               any_value(w.days) - max(s.nth) as without, max(s.day) as last_day, max(s.gap) as longest,
               cast(:as_of as date) - max(s.day) as silence,
               coalesce(sum(s.money) filter (where s.day > s.last_bought - {YEAR}), 0) as a_year
        from spaced s join {CUSTOMERS} c on c.company_id = s.company_id join whole w on w.company_id = s.company_id
        group by 1, 2
        having count(*) >= {FEWEST} and any_value(w.days) > max(s.nth)
        order by 1, 2""", as_of=as_of)


def first_purchases(as_of: dt.date) -> exp.Expression:
    """One row per customer and product with the day it was first bought."""
    return select(f"""
        select c.customer, l.product_id, min(l.day) as day
        from {LINES} l join {CUSTOMERS} c on c.company_id = l.company_id
        where l.fate = 'bought' and l.product_id is not null and l.day <= :as_of
        group by 1, 2 order by 1, 2""", as_of=as_of)


def product_names() -> exp.Expression:
    """One row per product: name, status."""
    return select("select product_id, name, status from products order by 1")
