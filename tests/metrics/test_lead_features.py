"""What was known of a lead on a day: specifications, a few rows in, a value out."""

import pytest

import insights
from insights.metrics import lead_features
from tests.tables.firms import write

STAGES = ("new", "mql", "accepted", "opportunity")


@pytest.mark.parametrize("order", [1, -1])
def test_of_stages_entered_in_one_moment_the_later_one_counts_whatever_the_order_of_rows(tmp_path, order):
    rows = [{"lead_id": lead, "stage": stage, "entered_at": "2026-01-05T09:00"}
            for lead in ("L1", "L2") for stage in STAGES if lead == "L1" or stage != "opportunity"]
    write(tmp_path, {
        "companies": [{"company_id": "c", "name": "C"}], "lead_stages": rows[::order],
        "leads": [{"lead_id": lead, "created_at": "2026-01-05T09:00", "company_id": "c"} for lead in ("L1", "L2")]})
    (tmp_path / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2026-02-01"\n')
    firm = insights.open(str(tmp_path))
    found = firm.query(lead_features.current(firm.as_of, lead_features.Delivered())).to_pylist()
    assert [(row["lead_id"], row["stage"]) for row in found] == [("L1", "opportunity"), ("L2", "accepted")]
