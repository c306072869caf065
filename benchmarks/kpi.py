"""The page of both departments: its scoreboard against the same SQL by hand on ten million leads, and whether planted
changes and pushes come back over many firms."""

from __future__ import annotations

import datetime as dt
import os
import statistics
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.measure import Result
from benchmarks.seeds import Case, each

LEADS = int(os.environ.get("INSIGHTS_BENCH_LEADS", "10000000"))
SEEDS = int(os.environ.get("INSIGHTS_BENCH_SEEDS", "200"))
LASTS = tuple(dt.date((9 + 3 * k) // 12 + 2023, (9 + 3 * k) % 12 + 1, 1) - dt.timedelta(days=1) for k in range(1, 13))


def run() -> Iterator[Result]:
    """The scoreboard's passes and time, then coverage over the seeds and accusations of clean quarters."""
    yield from _scoreboard()
    yield from _coverage()
    yield from _pushes()
    yield from _worth()


def _scoreboard() -> Iterator[Result]:
    """Every query of the scoreboard by month and thirty segments, beside one statement written by hand."""
    import duckdb

    from insights.metrics import kpi_customers, kpis
    from insights.metrics.sql import text

    connection = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    connection.execute(f"""
        create table lead_grain as select
            'L' || i as lead_id, 'C' || (hash(i) % {LEADS // 2}) as company_id, 's' || (hash(i + 1) % 30) as source,
            'M' || (hash(i + 2) % 40) as campaign_id, 'S' || (hash(i + 3) % 24) as seller_id,
            date '2023-10-01' + cast(hash(i + 4) % 1096 as integer) as created_on,
            cast(date '2023-10-01' + cast(hash(i + 4) % 1096 as integer) as timestamp) as created_at,
            case when hash(i + 5) % 100 < 6 then 'won' when hash(i + 5) % 100 < 70 then 'lost' else 'open' end
                as outcome,
            date '2023-10-01' + cast(hash(i + 4) % 1096 + hash(i + 6) % 200 as integer) as closed_on,
            case when hash(i + 5) % 100 < 6 then cast(hash(i + 6) % 200 as integer) end as days_to_win,
            case when hash(i + 5) % 100 < 6 then cast(hash(i + 7) % 90000 as decimal(18, 2)) else 0 end as revenue,
            case when hash(i + 5) % 100 < 6 then cast(hash(i + 7) % 30000 as decimal(18, 2)) else 0 end as margin,
            cast(0 as decimal(18, 2)) as costed_revenue, cast(null as decimal(18, 2)) as list_revenue,
            cast(null as decimal(18, 2)) as listed_revenue, cast(null as decimal(18, 2)) as offered,
            date '2023-10-01' + cast(hash(i + 4) % 1096 as integer) as mql_on,
            date '2023-10-02' + cast(hash(i + 4) % 1096 as integer) as accepted_on,
            case when hash(i + 8) % 3 = 0 then date '2023-10-20' + cast(hash(i + 4) % 1096 as integer) end
                as opportunity_on, cast(null as timestamp) as touched_at
        from range({LEADS}) t(i)""")
    ours = [text(kpis.outcomes(210, ("source",))), text(kpis.stages(("source",))), text(kpis.hand_over(
        dt.date(2026, 9, 30), "Europe/Warsaw", hours=24, days=3, sellers=False, touches=False)),
        text(kpi_customers.pipeline())]
    by_hand = ["""
        select source, date_trunc('month', created_on) c, date_trunc('month', closed_on) e, outcome, count(*),
            count(campaign_id), count(campaign_id) filter (where mql_on is not null), sum(revenue), sum(margin),
            sum(costed_revenue), sum(margin) filter (where campaign_id is not null), sum(listed_revenue),
            sum(list_revenue), sum(cast(revenue as double) * cast(revenue as double)), sum(days_to_win),
            count(days_to_win), sum(offered), count(offered), count(*) filter (where days_to_win <= 210),
            sum(margin) filter (where days_to_win <= 210)
        from lead_grain group by all""", *(f"""
        select source, date_trunc('month', {column}) m, count(*) from lead_grain where {column} is not null group by all
        """ for column in kpis.STAGE_COLUMNS), """
        select date_trunc('month', created_on) m, campaign_id, count(*), count(distinct seller_id),
            count(*) filter (where timestamp '2026-10-01' - created_at >= interval 24 hour),
            count(*) filter (where touched_at - created_at <= interval 24 hour),
            count(*) filter (where touched_at is null), count(*) filter (where mql_on <= date '2026-09-27'),
            count(*) filter (where accepted_on - mql_on <= 3), count(*) filter (where outcome = 'returned'),
            median(touched_at - created_at)
        from lead_grain where created_at is not null group by all""", """
        select date_trunc('month', opportunity_on) o, date_trunc('month', closed_on) e, sum(offered) from lead_grain
        where opportunity_on is not null and offered is not null group by all"""]

    def seconds(queries: list[str]) -> float:
        start = time.perf_counter()
        for query in queries:
            connection.execute(query).fetch_arrow_table()
        return time.perf_counter() - start

    seconds(ours), seconds(by_hand)
    ratio = statistics.median(seconds(ours) / seconds(by_hand) for _round in range(3))
    yield Result("scoreboard of 30 segments, time", ratio, "x", 1.5, "the same SQL by hand", note=f"{LEADS:,} leads")
    yield Result("scoreboard, passes over the leads", len(ours), "passes", 5, "the rows of the leads")


def _coverage() -> Iterator[Result]:
    found = list(each(_change, range(1, SEEDS + 1)))
    # With 200 seeds a right interval of 90% lies within 84% to 95% in 99 of 100 trials; the floor allows for that.
    error = np.sqrt(0.9 * 0.1 / len(found))
    for part in ("mix", "rate"):
        held = float(np.mean([f[part] for f in found]))
        yield Result(f"{part} part within its interval", held, "share", 0.94 + error, "the generator's own chances",
                     floor=0.86 - error, note=f"{len(found)} firms, standard error {error:.3f}")
    yield Result("parts add up, largest gap", max(f["gap"] for f in found), "units", 0.005, "the change itself")


def _change(case: Case) -> dict:
    """Whether the intervals of mix and rate by source, third year against second, hold what was planted."""
    from insights.metrics import replicates as query
    from insights.metrics import segments
    from insights.models.change import changes
    from insights.models.replicates import replicates

    firm = case.firm
    days = firm.query(segments.horizon())["days"][0].as_py()
    period, before = firm.period, firm.period.before()
    found = replicates(firm.query(query.replicates(
        "source", (before.start, period.start), period.end, days=days, as_of=firm.as_of)), 2, query.GROUPS)
    conversion, money = changes(found, case.seed, margin=True)
    truth = _truth(case.seed, found, days, (before.start, period.start, period.end))
    gap = max(abs(c.total - sum(c.parts.values())) for c in (conversion, money))
    return {"gap": gap} | {part: conversion.interval(part).low <= truth[part] <= conversion.interval(part).high
                           for part in ("mix", "rate")}


def _truth(seed: int, found, days: int, bounds: tuple[dt.date, ...]) -> dict[str, float]:
    """The parts from each lead's exact chance to be won within the horizon, given the leads that came."""
    from insights.models.decomposition import split
    from insights.sample import lags
    from insights.sample.calendar import END, MINUTES, ZERO
    from insights.sample.companies import Register
    from insights.sample.leads import SOURCE_NAMES, Model
    from insights.sample.rng import ONE, share

    model = Model(Register(seed, 12_000), None)
    leads = model.leads(np.arange(12_000, dtype=np.int64))
    chance, day = leads.chance / ONE, leads.created // MINUTES
    source = np.where(model.draw("source said", leads.number) < share(10), len(SOURCE_NAMES), leads.source)
    names = [*SOURCE_NAMES, "unknown"]
    table = np.stack([lags.share_within(model.lag_name(k), np.arange(-1, END + 1)) / 1024
                      for k in range(len(SOURCE_NAMES))])

    def within(n: np.ndarray) -> np.ndarray:
        return table[leads.source, np.clip(n, -1, END) + 1]

    edges = [(bound - ZERO).days for bound in bounds]
    top = found.leads.shape[-1] - 1
    n = found.leads.sum((0, 3)).T
    ages = found.leads.sum(0).transpose(1, 0, 2) / np.maximum(n[..., None], 1)
    rate, shape = np.zeros((2, len(found.segments))), np.zeros((2, len(found.segments), top + 1))
    for p in (0, 1):
        inside = (day >= edges[p]) & (day < edges[p + 1])
        # Wins entered afterwards count as created on their own day.
        after = chance * .05 * (within(edges[p + 1] - 1 - day) - within(edges[p] - 1 - day))
        for i, name in enumerate(found.segments):
            own = source == names.index(name)

            def won(age: int, own=own, inside=inside, after=after) -> float:
                return float(np.where(inside, chance * .95 * within(np.full(len(day), age)), 0)[own].sum()
                             + after[own].sum())

            rate[p, i] = won(days) / n[p, i]
            shape[p, i] = [won(days if a == top else 15 * a + 7) / max(won(days), 1e-12) for a in range(top + 1)]
    cells = shape.shape[1:]
    mix = n / n.sum(1, keepdims=True)
    halves = [{"mix": np.broadcast_to(mix[p][:, None], cells), "rate": np.broadcast_to(rate[p][:, None], cells),
               "maturity": ages[p], "speed": shape[p]} for p in (0, 1)]
    return {name: float(part.sum()) for name, part in split(*halves).items()}


def _pushes() -> Iterator[Result]:
    found = list(each(_push, range(1, SEEDS + 1)))
    hits = sum(f["hits"] for f in found) / max(sum(f["planted"] for f in found), 1)
    yield Result("planted quarter-end pushes found", hits, "share", None, "the planted quarters", floor=0.5)
    yield Result("firms with an innocent quarter accused", float(np.mean([f["wrong"] > 0 for f in found])), "share",
                 0.05, "the planted quarters", note="fair and clean quarters of firms that push")
    yield Result("firms whose quarters' deals are accused", float(np.mean([f["bought"] for f in found])), "share", 0.05,
                 "firms that neither discount nor pull forward")
    clean = list(each(_push, range(1, SEEDS + 1), twin="null"))
    yield Result("clean firms with a quarter accused", float(np.mean([f["accused"] > 0 for f in clean])), "share", 0.05,
                 "firms that push nothing", note=f"{len(clean)} firms")


def _push(case: Case) -> dict[str, int]:
    from insights.metrics import kpis, segments
    from insights.models.period_ends import pushes

    firm = case.firm
    days = firm.query(segments.horizon())["days"][0].as_py()
    rows = firm.query(kpis.daily("leads", days, firm.as_of, campaigns=True)).to_pylist()
    first = rows[0]["day"]
    series = np.zeros((3, (firm.as_of - first).days + 1))
    for row in rows:
        series[:, (row["day"] - first).days] += (row["n"] - row["at_fairs"], row["old"], row["in_time"])
    found = pushes(first, *series, list(LASTS), 1.25)
    planted = [case.truths.get(f"quarter_end[quarter={d.year}Q{(d.month - 1) // 3 + 1}]", {}).get("value") == "push"
               for d in LASTS]
    accused = [bool(end.pushed) for end in found.ends]
    hits = sum(a and p for a, p in zip(accused, planted, strict=True))
    return {"bought": _bought(firm), "hits": hits, "planted": sum(planted),
            "wrong": sum(a and not p for a, p in zip(accused, planted, strict=True)), "accused": sum(accused)}


def _bought(firm) -> bool:
    """Whether quarter ends are accused of discounts or of deals pulled forward; no firm plants either."""
    from insights.metrics import kpis
    from insights.models.pulled_deals import dearer, pulled

    rows = firm.query(kpis.daily("won", 1, firm.as_of, campaigns=True)).to_pylist()
    first = rows[0]["day"]
    deals, listed, at_list = np.zeros((3, (firm.as_of - first).days + 1))
    for row in rows:
        at = (row["day"] - first).days
        deals[at], listed[at], at_list[at] = row["n"], row["listed"] or 0, row["at_list"] or 0
    found = dearer(first, deals, listed, at_list, list(LASTS)), pulled(first, deals, list(LASTS))
    return any(one is not None and one.clear for one in found)


def _worth() -> Iterator[Result]:
    found = list(each(_poorest, range(1, SEEDS + 1)))
    yield Result("planted poor source has the lowest worth", float(np.mean([f["lowest"] for f in found])), "share",
                 None, "the source with most leads", floor=0.5, note="its truth is a fifth below the next one's")
    yield Result("planted poor source called worth less", float(np.mean([f["said"] for f in found])), "share", None,
                 "its expected margin per lead", floor=0.5)
    yield Result("firms with a source called the wrong way", float(np.mean([f["wrong"] for f in found])), "share", 0.05,
                 "the generator's expected margins")
    error = np.sqrt(0.9 * 0.1 / len(found))
    held = float(np.mean([h for f in found for h in f["held"]]))
    yield Result("worth of a source within its interval", held, "share", None, "the generator's expected margins",
                 floor=0.86 - error, note=f"{len(found)} firms, all sources")


def _poorest(case: Case) -> dict:
    """Whether the source planted as poor comes out lowest, and which intervals hold the expected margin per lead."""
    from insights.metrics import replicates as query
    from insights.models.kpi_value import worths
    from insights.models.replicates import replicates

    firm = case.firm
    table = firm.query(query.replicates("source", (dt.date(2023, 10, 1),), firm.as_of + dt.timedelta(days=1), days=420,
                                        as_of=firm.as_of))
    found = [w for w in worths(replicates(table, 1, query.GROUPS), case.seed).segments
             if w.name not in ("unknown", "other")]
    truth = {w.name: case.truths[f"margin_per_lead[source={w.name}]"]["value"] for w in found}
    poorest, largest = min(found, key=lambda w: w.value.value), max(found, key=lambda w: w.leads)
    wrong = [w.name for w in found if w.compared.verdict.name in ("HIGHER", "LOWER") and w.compared.difference.value * (
        truth[w.name] - sum(truth[o.name] * o.leads for o in found if o is not w)
        / sum(o.leads for o in found if o is not w)) < 0]
    return {"lowest": poorest.name == "portal" == largest.name, "wrong": bool(wrong),
            "said": next(w for w in found if w.name == "portal").compared.verdict.name == "LOWER",
            "held": [w.value.low <= truth[w.name] <= w.value.high for w in found]}
