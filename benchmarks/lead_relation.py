"""The lead-grain relation and its segments from the contract's tables, against the same joins written by hand."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, python

LEADS = int(os.environ.get("INSIGHTS_BENCH_LEADS", "10000000"))
RUNS = 3

# Tables as the checks leave them: two leads a company, one lead in a hundred a duplicate, six in a hundred won.
_TABLES = """
    create table companies as select 'C' || i as company_id, 'Firm ' || i as name, 'I' || (hash(i) % 20) as industry,
        cast(null as varchar) as industry_given, cast(power(4, hash(i, 1) % 5 + 1) as integer) as employees,
        cast(null as decimal(18, 2)) as annual_turnover_rc, cast(null as decimal(18, 2)) as balance_total_rc,
        'C' || (hash(i, 2) % 30) as country, 'R' || (hash(i, 3) % 16) as region
    from range({leads} // 2) t(i);
    create table leads as select 'L' || i as lead_id, 'C' || (i // 2) as company_id,
        cast(null as varchar) as contact_id,
        timestamp '2023-01-01' + to_minutes(cast(hash(i, 4) % 1440000 as integer)) as created_at,
        'fair' as source, 'marketing' as origin, 'new' as lead_type, 'K' || (hash(i, 8) % 50) as campaign_id,
        'P' || (hash(i, 9) % 12) as product_id, 'S' || (hash(i, 10) % 24) as seller_id,
        case when i % 100 = 99 then 'L' || (i - 1) end as duplicate_of
    from range({leads}) t(i);
    create table lead_stages as select lead_id, stage, entered_at, entered_at as recorded_at,
        cast(case when stage = 'won' then hash(lead_id) % 100000 end as decimal(18, 2)) as amount_rc
    from (select lead_id, unnest(case when hash(lead_id, 3) % 100 < 6 then ['new', 'opportunity', 'won']
            when hash(lead_id, 3) % 100 < 70 then ['new', 'lost'] else ['new'] end) as stage,
            created_at + to_days(cast(hash(lead_id, 5) % 200 as integer)) as entered_at from leads);
    create table orders as select 'O' || row_number() over () as order_id, lead_id, product_id, 2.0 as quantity,
        entered_at as ordered_at, amount_rc as revenue_rc, cast(null as decimal(18, 2)) as rebate_rc,
        cast(amount_rc * 0.7 as decimal(18, 2)) as cost_rc, cast(amount_rc * 1.1 as decimal(18, 2)) as list_revenue_rc
    from lead_stages join leads using (lead_id) where stage = 'won';
    create table products as
        select 'P' || i as product_id, cast(50 as decimal(18, 2)) as unit_cost_rc from range(12) t(i)"""

_JOINS = """
    with same as (select lead_id as own_id, coalesce(duplicate_of, lead_id) as lead_id from leads),
    fate as (
        select same.lead_id, min(entered_at) filter (where stage = 'won') as won_at,
            max(entered_at) filter (where stage in ('lost', 'returned')) as ended_at,
            max(entered_at) filter (where stage not in ('won', 'lost', 'returned')) as open_at,
            max(amount_rc) filter (where stage = 'won') as amount
        from lead_stages s join same on same.own_id = s.lead_id
        where coalesce(recorded_at, entered_at) < timestamp '2026-01-02' group by 1),
    deals as (
        select same.lead_id, sum(revenue_rc) as revenue,
            sum(revenue_rc - coalesce(rebate_rc, 0) - coalesce(cost_rc, quantity * unit_cost_rc, 0)) as margin
        from orders o join same on same.own_id = o.lead_id left join products p on p.product_id = o.product_id
        where ordered_at < timestamp '2026-01-02' group by 1),
    joined as (
        select l.*, industry, country, region, case when employees < 10 then 'micro' when employees < 50 then 'small'
                when employees < 250 then 'medium' when employees is not null then 'large' end as size,
            won_at, ended_at, open_at, case when won_at is not null then coalesce(revenue, amount, 0) else 0 end as
            revenue, case when won_at is not null then coalesce(margin, 0) else 0 end as margin
        from leads l left join fate f on f.lead_id = l.lead_id left join deals d on d.lead_id = l.lead_id
        left join companies c on c.company_id = l.company_id
        where duplicate_of is null and created_at < timestamp '2026-01-02')"""
_SEGMENTS = """
    select industry, size, country, case when won_at is not null then 'won' when ended_at >= open_at then 'lost'
        else 'open' end as outcome, count(*) as leads, sum(revenue) as revenue, sum(margin) as margin
    from """
_OPENED = """
import datetime as dt, resource, sys, time
from insights.sources.engine import DuckDB
engine = DuckDB()
engine.execute(f"attach '{sys.argv[1]}' as given (read_only)"); engine.execute("set search_path = 'main,given.main'")
start, busy = time.perf_counter(), time.process_time()
WORK
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
print(time.perf_counter() - start, time.process_time() - busy, peak,
      rows.num_rows, sum(rows["leads"].to_pylist()), sum(rows["margin"].to_pylist()))
"""
_OURS = _OPENED.replace("WORK", """
from insights.metrics import leads, segments
from insights.metrics.sql import text
grain = leads.lead_grain(dt.date(2026, 1, 1), orders=True, products=True, contacts=False, eur_rate=None)
engine.execute(f"create table lead_grain as {text(grain)}")
engine.execute(f"create table segment_cells as {text(leads.segment_cells())}")
rows = engine.query(segments.leaf_totals())""")
# The peers keep the 2 GB that the limit names, of which the suite takes less: our lower share must not slow them.
_PEER = _OPENED.replace("DuckDB()", 'DuckDB("2GB")')
_BY_HAND = _PEER.replace("WORK", f"""
engine.execute('''create table joined as {_JOINS} select * from joined''')
rows = engine.query('''{_SEGMENTS} joined group by all''')""")
_THROWN_AWAY = _PEER.replace("WORK", f"rows = engine.query('''{_JOINS} {_SEGMENTS} joined group by all''')")


def run() -> Iterator[Result]:
    """Ratios of medians, each side in turn in the same run: ours in the suite's memory, theirs in 2 GB."""
    with tempfile.TemporaryDirectory() as folder:
        import duckdb

        tables = str(Path(folder) / "tables.duckdb")
        with duckdb.connect(tables) as engine:
            engine.execute(_TABLES.format(leads=LEADS))
        found = [[_numbers(script, tables) for script in (_OURS, _BY_HAND, _THROWN_AWAY)] for _ in range(RUNS)]
    if any(side[3:] != found[0][1][3:] for row in found for side in row):
        raise AssertionError(f"not the same segments: {found[0]}")
    ours, hand, once = ([statistics.median(row[k][j] for row in found) for j in range(3)] for k in range(3))
    note = f"{LEADS} leads, {int(found[0][0][3])} rows; in processor time {ours[1] / hand[1]:.2f}"
    yield Result("lead_relation_against_hand", ours[0] / hand[0], "ratio", 1.5,
                 "the same joins by hand, kept as a table with the columns that the segments need", note=note)
    yield Result("lead_relation_memory", ours[2] / 1024, "GiB", 2.0, "the limit", note=f"by hand {hand[2] / 1024:.2f}")
    yield Result("lead_relation_against_one_query", ours[0] / once[0], "ratio", None,
                 "the joins by hand in one query that keeps nothing",
                 note="the suite joins once a run and asks a hundred times")


def _numbers(script: str, tables: str) -> list[float]:
    done = subprocess.run(python("-c", script, tables), check=True, capture_output=True, text=True)
    return [float(x) for x in done.stdout.splitlines()[-1].split()]
