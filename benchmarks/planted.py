"""What the synthetic firm's truth.json says against what its tables hold, counted by plain SQL that knows nothing of
the generator: the mean difference over many firms in units of its own Monte Carlo error.

A planted truth that the data do not carry shows as a large number here. Causes (a seller who does not know a product)
are checked by writing the same firm without the cause and counting the wins and the margin that are there then.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from math import log, sqrt
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import duckdb
import numpy as np

from benchmarks.measure import Result
from insights.sample import plan, write
from insights.sample.companies import Register
from insights.sample.leads import Model
from insights.sample.money import COSTS, PRICES, Money

SEEDS = int(os.environ.get("INSIGHTS_PLANTED_SEEDS", "60"))
LIMIT = 4.0
"""Standard errors that the worst truth of a family may lie off: some hundred truths are looked at."""
TABLES = ("leads", "lead_stages", "orders", "companies", "campaign_products", "spend", "touches", "readiness",
          "feedback", "lead_contacts", "contacts", "exchange_rates", "products")
BAR = 2.8
"""What z must exceed where many segments are searched."""
PAIRS = list[tuple[str, float, float]]


def run() -> Iterator[Result]:
    """One line for each family: the truth whose mean over the seeds lies furthest from the planted one, in its own
    standard errors, with a twentieth of the truth for what a plain count cannot see."""
    families: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    jobs = int(os.environ.get("INSIGHTS_BENCH_JOBS", "0")) or os.cpu_count() or 1
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for work in (counted, causes, won_back):
            for found in pool.map(work, range(SEEDS)):
                for name, pairs in found.items():
                    for truth, seen, said in pairs:
                        families[name][truth].append((seen, said))
    for name, truths in families.items():
        worst, error = max(((truth, off(pairs)) for truth, pairs in truths.items()), key=lambda one: one[1])
        yield Result(f"planted_{name}", error, "errors", LIMIT, f"{len(truths)} truths over {SEEDS} firms",
                     note=f"worst {worst}")
    found = np.array([oracle(seed) for seed in range(SEEDS)])
    for name, share in zip(("against_the_rest", "as_a_departure"), (found > BAR).mean(axis=0), strict=True):
        yield Result(f"oracle_power_key_segment_{name}", float(share), "share", None, "a test that knows the segment",
                     floor=0.85, note=f"{SEEDS} firms of 12,000 leads, z above {BAR}")


def off(pairs: list[tuple[float, float]]) -> float:
    """Mean difference of seen and said over its standard error, which is at least a fiftieth of what is said."""
    seen, said = np.array(pairs, dtype=float).T
    error = np.std(seen - said, ddof=1) / sqrt(len(seen)) if len(seen) > 1 else 0.0
    return float(abs(np.mean(seen - said)) / max(error, 0.0125 / 2 * abs(np.mean(said)), 1e-9))


def counted(seed: int) -> dict[str, PAIRS]:
    """Everything that can be counted in the tables of one firm."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "firm", seed=seed)
        truth = json.loads((Path(folder) / "firm" / "truth.json").read_text(encoding="utf-8"))
        engine = _open(Path(folder) / "firm")
        said = {entry["id"]: entry["value"] for entry in truth["truths"]}
        return {name: [(key, seen, said[key]) for key, seen in look(engine, truth) if said.get(key) is not None]
                for name, look in LOOKS.items()}


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    engine.execute("set threads = 1")
    for table in TABLES:
        engine.execute(f"create table {table} as select * from read_csv('{folder}/{table}.csv')")
    engine.execute("""
        create view rates as select *, lead(valid_from, 1, date '2099-01-01') over (partition by currency
            order by valid_from) as until from exchange_rates;
        create view money as select o.*, (o.revenue - o.cost) * coalesce(r.rate, 1) as margin,
            o.revenue * coalesce(r.rate, 1) as sales from orders o left join rates r
            on r.currency = o.currency and o.ordered_at >= r.valid_from and o.ordered_at < r.until;
        create table fate as select l.*, c.industry, c.country, c.region,
            case when c.employees < 10 then 'micro' when c.employees < 50 then 'small' when c.employees < 250
                then 'medium' when c.employees is not null then 'large' end as size,
            (select max(entered_at) from lead_stages s where s.lead_id = l.lead_id and stage = 'won') as won_at,
            (select max(entered_at) from lead_stages s where s.lead_id = l.lead_id and stage = 'lost') as lost_at,
            (select max(entered_at) from lead_stages s where s.lead_id = l.lead_id and stage = 'returned') as back_at,
            (select min(touched_at) from touches t where t.lead_id = l.lead_id) as touched_at
            from leads l left join contacts k on k.contact_id = l.contact_id
            left join companies c on c.company_id = coalesce(l.company_id, k.company_id)""")
    return engine


def _segments(engine, _truth) -> Iterator[tuple[str, float]]:
    for key in ("industry", "size", "country", "region", "source", "product_id", "strftime(created_at, '%Y-%m')"):
        name = "product" if key == "product_id" else "month" if "created_at" in key else key
        for word, leads, rate, within in engine.execute(f"""
            select {key}, count(*), count(won_at) / nullif(count(won_at) + count(lost_at), 0),
                avg((won_at is not null and won_at::date - created_at::date <= 180)::int)
                    filter (where created_at::date <= date '2026-09-30' - 180)
            from fate where {key} is not null group by 1""").fetchall():
            yield f"n_leads[{name}={word}]", leads
            if leads > 100 and name != "month":
                yield f"win_rate[{name}={word}]", rate
                yield f"conversion_within_180[{name}={word}]", within


def _early_months(engine, _truth) -> Iterator[tuple[str, float]]:
    """Months old enough that all wins are in."""
    for month, share in engine.execute("""
        select strftime(created_at, '%Y-%m'), avg((won_at is not null)::int) from fate
        where created_at < date '2024-10-01' group by 1""").fetchall():
        yield f"final_conversion[month={month}]", share


def _lags(engine, _truth) -> Iterator[tuple[str, float]]:
    for source, days in engine.execute("""
        select source, median(won_at::date - created_at::date) from fate where created_at < date '2025-03-01'
        and won_at > created_at and source is not null group by 1""").fetchall():
        yield f"days_to_win_median[source={source}]", days


def _deals(engine, _truth) -> Iterator[tuple[str, float]]:
    yield "margin_per_win[]", engine.execute("select sum(margin) / count(*) from money where lead_id is not null"
                                             ).fetchone()[0]
    yield "margin_per_win[country=DE,industry=C28,size=medium]", engine.execute("""
        select sum(margin) / count(*) from money join fate using (lead_id)
        where country = 'DE' and industry = 'C28' and size = 'medium'""").fetchone()[0]
    for product, share in engine.execute("""
        select orders.product_id, 1 - sum(cost) / sum(revenue) from orders join fate using (lead_id)
        where industry is null or industry <> 'D35' group by 1""").fetchall():
        yield f"margin_share[product={product}]", share


def _speed(engine, _truth) -> Iterator[tuple[str, float]]:
    fast, later = engine.execute("""
        select avg((won_at is not null)::int) filter (where touched_at - created_at < interval 1 day),
            avg((won_at is not null)::int) filter (where touched_at - created_at >= interval 1 day) from fate
        where touched_at is not null""").fetchone()
    yield "raw_odds_ratio[speed=within 24 hours]", fast / (1 - fast) / (later / (1 - later))
    for product, share in engine.execute("""
        select product_id, avg((touched_at is not null or won_at is not null)::int) from fate
        where created_at < date '2026-09-15' and back_at is null group by 1""").fetchall():
        yield f"worked_share[product={product}]", share


def _offers(engine, _truth) -> Iterator[tuple[str, float]]:
    """The odds of a win among offers at each discount: sampling by outcome leaves odds ratios as they are."""
    wins = engine.execute("""
        with offers as (select lead_id, max(amount) filter (where stage = 'opportunity') as listed,
            max(amount) filter (where stage = 'proposal') as offered, max((stage = 'won')::int) as won
            from lead_stages group by 1)
        select round((1 - offered / listed) * 20)::int as cut, sum(won), count(*) - sum(won)
        from offers join fate using (lead_id) where listed > 0 and offered > 0
        and not (coalesce(industry, '') = 'C10') group by 1 having cut between 0 and 3""").fetchall()
    cut, won, not_won = np.array(wins, dtype=float).T
    weight = 1 / (1 / won + 1 / not_won)
    slope = np.polyfit(cut, np.log(won / not_won), 1, w=np.sqrt(weight))[0]
    yield "odds_ratio.price[discount=5 points more]", float(np.exp(slope))


def _spend(engine, _truth) -> Iterator[tuple[str, float]]:
    for product, share in engine.execute("""
        with parts as (select campaign_id, count(*) as n from campaign_products group by 1),
        paid as (select s.campaign_id, sum(s.amount * coalesce(r.rate, 1)) as amount from spend s left join rates r
            on r.currency = s.currency and s.spent_on >= r.valid_from and s.spent_on < r.until group by 1)
        select product_id, sum(amount / n) / (select sum(amount) from paid join parts using (campaign_id))
        from campaign_products join parts using (campaign_id) join paid using (campaign_id) group by 1""").fetchall():
        yield f"spend_share[product={product}]", share


def _response(engine, _truth) -> Iterator[tuple[str, float]]:
    """Leads on spend, month by month within a year, without the weeks that are pushed."""
    for source in ("portal", "web"):
        rows = engine.execute(f"""
            with days as (select strftime(d, '%Y-%m') as month,
                sum(case when dayofweek(d) in (0, 6) then 0.1 else 1 end) as working
                from range(date '2023-10-01', date '2026-10-01', interval 1 day) t(d)
                where d::date < last_day(d::date) - 6 or month(d) % 3 <> 0 group by 1),
            leads as (select strftime(created_at, '%Y-%m') as month, count(*) as n from fate where source = '{source}'
                and (created_at::date < last_day(created_at::date) - 6 or month(created_at) % 3 <> 0) group by 1),
            paid as (select strftime(spent_on, '%Y-%m') as month, sum(amount) as amount from spend
                join (select distinct campaign_id from fate where source = '{source}') using (campaign_id)
                where currency = 'PLN' group by 1)
            select month, n / working, amount from days join leads using (month) join paid using (month)
            order by 1""").fetchall()
        year = np.arange(len(rows)) // 12
        leads, paid = (np.log([float(row[k]) for row in rows]) for k in (1, 2))
        leads, paid = (part - np.array([part[year == y].mean() for y in range(3)])[year] for part in (leads, paid))
        yield f"marginal_to_average[source={source}]", float((leads * paid).sum() / (paid * paid).sum())


def _products(engine, _truth) -> Iterator[tuple[str, float]]:
    for product, share in engine.execute("""
        select l.product_id, avg((r.knowledge < .6)::int) from leads l asof join readiness r
        on r.product_id = l.product_id and r.seller_id = l.seller_id and l.created_at >= r.assessed_on
        where l.product_id in ('P07', 'P11', 'P01') group by 1""").fetchall():
        yield f"unprepared_share[product={product}]", share
    for product, rate in engine.execute("""
        with said as (select product_id, count(*) as n from feedback where kind = 'complaint'
            and recorded_at < date '2026-09-30' group by 1),
        bought as (select product_id, count(*) as n from orders where kind <> 'return'
            and ordered_at < date '2026-08-30' group by 1)
        select product_id, coalesce(said.n, 0) / bought.n from bought left join said using (product_id)""").fetchall():
        yield f"complaint_rate[product={product}]", rate


def _sold(engine, _truth) -> Iterator[tuple[str, float]]:
    for asked, sold, share in engine.execute("""
        select f.product_id, o.product_id, count(*) / sum(count(*)) over (partition by f.product_id)
        from orders o join fate f using (lead_id) where f.product_id in ('P01', 'P04', 'P13')
        group by 1, 2""").fetchall():
        if asked != sold:
            yield f"sold_instead_share.sold_instead[product={asked},sold={sold}]", share


def _people(engine, _truth) -> Iterator[tuple[str, float]]:
    technical, late = engine.execute("""
        with deciders as (select lc.*, k.job_title, f.won_at,
            (select min(entered_at) from lead_stages s where s.lead_id = f.lead_id and stage = 'opportunity') as open_at
            from lead_contacts lc join contacts k using (contact_id) join fate f on f.lead_id = lc.lead_id
            where contact_id like '%b' and f.won_at is not null and f.created_at > date '2024-03-01')
        select avg((job_title in ('Dyrektor techniczny', 'Technischer Leiter', 'Technical director'))::int)
            filter (where job_title is not null), avg((added_at >= open_at)::int) from deciders""").fetchone()
    yield "decider_share.technical_director_decides[role=technical director]", technical
    yield "late_role_share.recorded_late[]", late
    yield "missing_role_share.not_recorded[]", engine.execute(
        "select avg((role is null)::int) from lead_contacts").fetchone()[0]


def _recording(engine, _truth) -> Iterator[tuple[str, float]]:
    never, bulk = engine.execute("""
        select avg((lost_at is null)::int) filter (where created_at < date '2025-01-01'),
            avg((lost_at::date = last_day(lost_at::date) and month(lost_at) % 3 = 0)::int)
                filter (where created_at < date '2025-06-01' and lost_at is not null)
        from fate where won_at is null and back_at is null""").fetchone()
    yield "never_closed_share.never_closed[]", never
    yield "bulk_closed_share.bulk_closing[]", bulk * (1 - never)
    yield "zero_duration_share.entered_afterwards[]", engine.execute(
        "select avg((won_at = created_at)::int) from fate where won_at is not null").fetchone()[0]


def _customers(engine, truth) -> Iterator[tuple[str, float]]:
    lists = truth["companies"]
    total = engine.execute("select count(distinct company_id) from orders").fetchone()[0]
    yield "customers[]", total
    for name, state in (("rhythm", "contract"), ("rhythm", "seasonal"), ("rhythm", "one_time"), ("rhythm", "irregular"),
                        ("gone_for_good", "gone"), ("come_back_unasked", "returned")):
        yield f"share_of_customers.{name}[state={state}]", len(lists[state]) / total
    yield "top_ten_margin_share.heavy_tail[]", engine.execute("""
        with each as (select company_id, sum(margin) as m from money group by 1)
        select (select sum(m) from (select m from each order by m desc limit 10)) / sum(m) from each""").fetchone()[0]


def _voice(engine, truth) -> Iterator[tuple[str, float]]:
    for theme, entries in truth["feedback"].items():
        yield f"customers_of_a_theme[theme={theme}]", engine.execute(
            "select count(distinct company_id) from feedback where feedback_id in (select unnest(?))", [entries]
        ).fetchone()[0]
    for item, said in (("R1", ("za mała wydajność pompy", "flow too low")), ("R5", ("brak wersji naściennej",
                                                                                 "no wall mounted version"))):
        yield f"lost_for_blocker[item={item}]", engine.execute(
            "select count(*) from lead_stages where stage = 'lost' and reason in (select unnest(?))", [list(said)]
        ).fetchone()[0]


LOOKS = {"segments": _segments, "months": _early_months, "lags": _lags, "deals": _deals, "speed": _speed,
         "offers": _offers, "spend_shares": _spend, "response_to_spend": _response, "products": _products,
         "sold": _sold, "people": _people, "recording": _recording, "customers": _customers, "voice": _voice}


def causes(seed: int) -> dict[str, PAIRS]:
    """The wins and the margin of the same firm written without each cause, less those with it."""
    said = _truths(seed)
    with_all = _wins(seed)
    found: PAIRS = []
    never = lambda model, number, product, quality: _everyone(model, number, quality)  # noqa: E731
    for cause, subject, change in (
        ("not_ready", "product=P07", patch.object(plan, "UNREADY_ODDS", 1000)),
        ("rate_fall", "team=Export", patch.object(plan, "RATE_FALL", (*plan.RATE_FALL[:2], 1000))),
        ("unwilling", "product=P05", patch.object(Model, "_worked", never)),
    ):
        with change:
            without = _wins(seed)
        for measure, more in zip(("lost_wins", "lost_margin"), np.subtract(without, with_all), strict=True):
            key = f"{measure}[cause={cause},{subject}]"
            found.append((key, float(more), said[key]))
    return {"causes": found}


def _everyone(model: Model, number: np.ndarray, quality: np.ndarray):
    left = np.array([per_mille for *_, per_mille in plan.QUALITY])[quality]
    worked = model.draw("worked", number) >= left * (1 << 32) // 1000
    return worked, np.zeros(len(number), dtype=bool)


def _wins(seed: int) -> tuple[float, float]:
    """Wins, however late, and their margin in PLN."""
    model = Model(Register(seed, 12_000), None)
    leads = model.leads(np.arange(12_000))
    unit = PRICES[leads.sold] * (1000 - leads.discount) / 1000 - COSTS[leads.sold]
    return float(leads.wins.sum()), float((Money(model).quantity(leads) * unit)[leads.wins].sum())


def _truths(seed: int, **options) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "firm", seed=seed, **options)
        truth = json.loads((Path(folder) / "firm" / "truth.json").read_text(encoding="utf-8"))
        return {entry["id"]: entry["value"] for entry in truth["truths"]}


def won_back(seed: int) -> dict[str, PAIRS]:
    """In the randomised twin: who of those held out orders within a year, and how many more of those written to; and
    the odds of a win by the speed that a coin gave."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "firm", seed=seed, leads=48_000, twin="randomised")
        truth = json.loads((Path(folder) / "firm" / "truth.json").read_text(encoding="utf-8"))
        said = {entry["id"]: entry["value"] for entry in truth["truths"]}
        engine = _open(Path(folder) / "firm")
    back = dict(engine.execute("""
        select channel, avg((exists (select 1 from orders o where o.company_id = t.company_id and o.kind <> 'return'
            and o.ordered_at > t.touched_at and o.ordered_at < t.touched_at + interval 365 day))::int)
        from touches t where channel is not null group by 1""").fetchall())
    fast, later = engine.execute("""
        select avg((won_at is not null)::int) filter (where touched_at - created_at < interval 1 day),
            avg((won_at is not null)::int) filter (where touched_at - created_at >= interval 1 day) from fate
        where touched_at is not null""").fetchone()
    ratio = log(fast / (1 - fast) / (later / (1 - later)))
    return {"win_back": [
        ("spontaneous_return_share[]", back["hold-out"], said["spontaneous_return_share[]"]),
        ("win_back_uplift[]", back["letter"] - back["hold-out"], said["win_back_uplift[]"]),
    ], "speed_by_coin": [("raw_odds_ratio[speed=within 24 hours]", ratio,
                          log(said["raw_odds_ratio[speed=within 24 hours]"]))]}


def oracle(seed: int) -> tuple[float, float]:
    """z of the key segment's wins so far, clustered by company: against all other leads, and against what the additive
    effects of industry, size and country (raked on the other leads) let expect."""
    leads = Model(Register(seed, 12_000), None).leads(np.arange(12_000))
    won, inside, company, firms = leads.won.astype(float), leads.firms.segment == 0, leads.firms.number, leads.firms
    rest = ~inside
    pull = np.where(inside, (won - won[inside].mean()) / inside.sum(), -(won - won[rest].mean()) / rest.sum())
    error = sqrt((np.bincount(company, pull) ** 2).sum())
    codes = (firms.industry, firms.size, firms.country)
    effects = [np.zeros(code.max() + 1) for code in codes]
    base = log(won[rest].mean() / (1 - won[rest].mean()))
    for _ in range(30):
        for code, effect in zip(codes, effects, strict=True):
            expected = _logistic(base + sum(e[c] for e, c in zip(effects, codes, strict=True)))
            seen, due = (np.bincount(code[rest], part[rest], len(effect)) for part in (won, expected))
            effect += np.clip(np.log((seen + 0.5) / (due + 0.5)), -1, 1)
    expected = _logistic(base + sum(e[c] for e, c in zip(effects, codes, strict=True)))
    more = (won - expected)[inside]
    spread = sqrt((np.bincount(company[inside], more) ** 2).sum())
    return (won[inside].mean() - won[rest].mean()) / error, more.sum() / spread


def _logistic(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))
