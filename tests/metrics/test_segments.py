"""Specification of the sums from which a segment's rates are made."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.metrics import segments
from insights.models.segments import Cells, groups
from tests.tables.firms import firm as tables_of
from tests.tables.firms import write

AS_OF = dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    """Sixty companies in two industries and two countries, two leads each, some won after 10 or 50 days, some young."""
    rng = np.random.default_rng(4)
    companies, leads, stages = [], [], []
    for i in range(60):
        companies.append({"company_id": f"c{i}", "name": f"Firm {i}", "industry": ("C28", "J62")[i % 2],
                          "country": ("PL", "DE", "CZ")[i % 3], "employees": str((5, 20, 100)[i % 3])})
        for j in range(2):
            name = f"l{i}-{j}"
            created = dt.date(2026, 1, 1) + dt.timedelta(days=int(rng.integers(0, 170)))
            leads.append({"lead_id": name, "created_at": created.isoformat(), "company_id": f"c{i}"})
            stages.append({"lead_id": name, "stage": "new", "entered_at": created.isoformat()})
            end = created + dt.timedelta(days=int(rng.choice([10, 50])))
            if end <= AS_OF and rng.random() < 0.7:
                won = rng.random() < 0.5
                stages.append({"lead_id": name, "stage": "won" if won else "lost", "entered_at": end.isoformat(),
                               "amount": str(int(rng.integers(100, 900))) if won else ""})
    folder = write(tmp_path_factory.mktemp("segments"), tables_of(companies=companies, leads=leads, lead_stages=stages))
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\n')
    return insights.open(str(folder), as_of=AS_OF.isoformat())


def test_rolled_up_sums_equal_a_direct_computation_in_pandas(firm):
    """Every measure of every group, recomputed row by row by another library."""
    days = 40
    measures = ("win_rate", "conversion", "revenue_per_lead", "revenue_per_closed")
    cells = Cells(firm.query(segments.cells(measures, days=days, as_of=AS_OF)), measures)
    rows = firm.checked.engine.query("select * from lead_grain").to_pandas()
    rows["closed"] = rows.outcome.isin(["won", "lost"])
    rows["mature"] = rows.created_on.map(lambda d: (AS_OF - d).days >= days)
    rows["in_time"] = rows.mature & (rows.days_to_win <= days)
    revenue = rows.revenue.astype(float)
    direct = {
        "win_rate": ((rows.outcome == "won") * 1.0, rows.closed), "conversion": (rows.in_time * 1.0, rows.mature),
        "revenue_per_lead": (revenue * rows.in_time, rows.mature),
        "revenue_per_closed": (revenue * rows.closed, rows.closed)}
    for dimension in segments.DIMENSIONS:
        for group in groups(cells, dimension):
            mine = rows[dimension] == group.label
            for measure, (y, n) in direct.items():
                compared = group.compared[measure]
                assert compared.n == n[mine].sum()
                assert compared.own.value == pytest.approx(y[mine].sum() / n[mine].sum())
                others = rows[dimension].notna() & ~mine
                assert compared.rest.value == pytest.approx(y[others].sum() / n[others].sum())
                assert compared.companies == rows[mine & n].company_id.nunique()


def test_leads_too_young_to_have_converted_are_in_no_rate(firm):
    cells = Cells(firm.query(segments.cells(("conversion",), days=60, as_of=AS_OF)), ("conversion",))
    young = firm.checked.engine.query(f"select count(*) as n from lead_grain where created_on > date '{AS_OF}' - 60")
    assert cells.count("conversion_n") == 120 - young["n"][0].as_py()


def test_the_horizon_holds_nine_in_ten_wins(firm):
    days = firm.row(segments.horizon())["days"]
    took = firm.checked.engine.query("select days_to_win from lead_grain where days_to_win is not null")["days_to_win"]
    assert days % 30 == 0
    assert np.mean(np.array(took.to_pylist()) <= days) >= 0.9
