"""The firm's tables: complete, consistent, in the contract's terms, the same bytes every time."""

import csv
import filecmp
import json
import re
import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from insights.contract import STAGES, TABLES
from insights.sample.families import FAMILIES
from insights.sample.page import page
from insights.sample.write import TWINS, write
from insights.sources import open_source
from insights.tables import check

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
LIMIT = 6_000_000


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, str]]]:
    return {path.stem: rows(SAMPLE, path.stem) for path in sorted(SAMPLE.glob("*.csv"))}


def same(one: Path, other: Path) -> bool:
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in other.iterdir())
    return not filecmp.cmpfiles(one, other, names, shallow=False)[1]


def test_the_committed_sample_is_written_anew_byte_for_byte(tmp_path):
    write(tmp_path / "a")
    assert same(tmp_path / "a", SAMPLE), "write it anew: insights sample --out data/sample"
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < LIMIT


def test_the_page_is_made_from_the_generator():
    written = (ROOT / "docs" / "synthetic-firm.md").read_text(encoding="utf-8")
    assert written == page(), "write it anew: insights.sample.page.page()"


def test_bytes_depend_on_seed_and_twin_and_not_on_chunks(tmp_path):
    write(tmp_path / "a", leads=1_500)
    write(tmp_path / "b", leads=1_500, chunk=97)
    write(tmp_path / "seed", leads=1_500, seed=2)
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "seed")
    for twin in TWINS:
        write(tmp_path / twin, leads=1_500, twin=twin)
        assert not filecmp.cmp(tmp_path / "a" / "lead_stages.csv", tmp_path / twin / "lead_stages.csv", shallow=False)


@pytest.mark.parametrize("leads", [1, 2, 23, 24, 25, 300])
def test_a_firm_of_any_size_can_be_written(tmp_path, leads):
    write(tmp_path / "firm", leads=leads)
    assert len(rows(tmp_path / "firm", "leads")) == leads
    owners = {row["company_id"] for row in rows(tmp_path / "firm", "leads")} - {""}
    assert owners <= {row["company_id"] for row in rows(tmp_path / "firm", "companies")}


def test_a_folder_with_other_things_is_refused_and_an_earlier_sample_replaced(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        write(tmp_path, leads=10)
    (tmp_path / "mine.txt").unlink()
    write(tmp_path, leads=10)
    write(tmp_path, leads=20)
    assert len(rows(tmp_path, "leads")) == 20


def test_unknown_twins_and_empty_firms_are_refused(tmp_path):
    with pytest.raises(ValueError, match="choose one of null, small, misspecified, randomised"):
        write(tmp_path / "a", twin="evil")
    with pytest.raises(ValueError, match="at least one lead"):
        write(tmp_path / "a", leads=0)


def test_progress_counts_up_to_the_total(tmp_path):
    seen = []
    write(tmp_path / "a", leads=500, chunk=100, progress=lambda done, total, label: seen.append((done, total, label)))
    done = [step[0] for step in seen]
    assert done == sorted(done) and done[-1] == seen[-1][1]


def test_tables_and_columns_are_the_contracts(tables):
    assert set(tables) == set(TABLES) - {"company_keys"}
    for name, content in tables.items():
        columns = {column.name: column for column in TABLES[name].columns}
        assert set(content[0]) <= set(columns), name
        for column in columns.values():
            if column.required:
                assert all(row[column.name] for row in content), f"{name}.{column.name}"
            if column.values:
                assert {row.get(column.name) or column.values[0] for row in content} <= set(column.values)
        if TABLES[name].key:
            keys = [tuple(row[part] for part in TABLES[name].key) for row in content]
            assert len(set(keys)) == len(keys), f"{name}: duplicate keys"


def test_every_reference_resolves(tables):
    for name, content in tables.items():
        for column in TABLES[name].columns:
            if column.references and column.name in content[0]:
                target, key = column.references.split(".")
                known = {row[key] for row in tables[target]}
                assert {row[column.name] for row in content} - {""} <= known, f"{name}.{column.name}"


def test_the_contracts_own_check_finds_no_error():
    checked = check(open_source(SAMPLE, None))
    assert not checked.errors, checked.errors


def test_stages_come_in_order_and_end_once(tables):
    stages = defaultdict(list)
    for row in tables["lead_stages"]:
        stages[row["lead_id"]].append((row["entered_at"], row["stage"]))
    assert len(stages) == len(tables["leads"])
    created = {row["lead_id"]: row["created_at"] for row in tables["leads"]}
    for lead, entered in stages.items():
        assert entered[0] == (created[lead], "new"), lead
        assert [stage for _, stage in entered] == sorted((stage for _, stage in entered), key=STAGES.index), lead
        assert [when for when, _ in entered] == sorted(when for when, _ in entered), (lead, entered)
        assert sum(stage in ("won", "lost", "returned") for _, stage in entered) <= 1, lead
        assert entered[-1][0] < "2026-10-01"


def test_each_win_is_an_order_and_nothing_else_has_a_lead(tables):
    wins = {row["lead_id"]: row for row in tables["lead_stages"] if row["stage"] == "won"}
    deals = {row["lead_id"]: row for row in tables["orders"] if row["lead_id"]}
    assert set(wins) == set(deals) and len(deals) == sum(bool(row["lead_id"]) for row in tables["orders"])
    for lead, deal in deals.items():
        assert (deal["revenue"], deal["currency"], deal["ordered_at"]) == (
            wins[lead]["amount"], wins[lead]["currency"], wins[lead]["entered_at"])


def test_amounts_follow_from_prices_costs_and_rates(tables):
    products = {row["product_id"]: row for row in tables["products"]}
    rates = defaultdict(list)
    for row in tables["exchange_rates"]:
        rates[row["currency"]].append((row["valid_from"], float(row["rate"])))
    for order in tables["orders"]:
        known = [rate for since, rate in rates[order["currency"]] if since <= order["ordered_at"][:10]]
        rate = known[-1] if known else 1.0
        product, quantity = products[order["product_id"]], int(order["quantity"])
        assert float(order["list_revenue"]) * rate == pytest.approx(quantity * int(product["list_price"]), abs=0.05)
        assert float(order["cost"]) * rate == pytest.approx(quantity * int(product["unit_cost"]), abs=0.05)
        assert 0.7 <= float(order["revenue"]) / float(order["list_revenue"]) <= 1


def test_size_bands_agree_with_the_recommendation(tables):
    for row in tables["companies"]:
        if row["annual_turnover"]:
            turnover = float(row["annual_turnover"]) / (4.3 if row["currency"] == "PLN" else 1)
            heads = int(row["employees"])
            limit = 2e6 if heads < 10 else 10e6 if heads < 50 else 50e6 if heads < 250 else float("inf")
            assert turnover <= limit * 0.97 or heads >= 250, row


def test_the_sample_is_the_firm_that_the_page_describes(tables):
    assert (len(tables["leads"]), len(tables["companies"]), len(tables["sellers"])) == (12_000, 6_500, 24)
    wins = sum(row["stage"] == "won" for row in tables["lead_stages"])
    assert 640 <= wins <= 780
    dates = [row["created_at"] for row in tables["leads"]]
    assert min(dates)[:7] == "2023-10" and max(dates)[:7] == "2026-09"
    assert {row["currency"] for row in tables["orders"]} == {"PLN", "EUR", "CZK"}
    assert max(sum(1 for row in tables["touches"] if row["lead_id"] == lead) for lead in ("L000001", "L000500")) <= 3


def test_recording_faults_are_there_and_below_what_is_refused(tables):
    created = {row["lead_id"]: row["created_at"] for row in tables["leads"]}
    wins = [row for row in tables["lead_stages"] if row["stage"] == "won"]
    same_day = sum(row["entered_at"][:10] == created[row["lead_id"]][:10] for row in wins) / len(wins)
    assert 0.02 < same_day < 0.10
    days = defaultdict(int)
    for row in tables["lead_stages"]:
        days[row["entered_at"][:10]] += 1
    busiest = max(days, key=days.get)
    assert busiest == "2024-02-01" and 0.02 < days[busiest] / len(tables["lead_stages"]) < 0.05
    lost = [row["entered_at"][5:10] for row in tables["lead_stages"] if row["stage"] == "lost"]
    ends = sum(day in ("03-31", "06-30", "09-30", "12-31") for day in lost) / len(lost)
    assert 0.30 < ends < 0.45


def test_truth_is_well_formed_and_names_what_is_equal():
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    assert truth["schema"] == 1 and truth["seed"] == 1
    ids = [entry["id"] for entry in truth["truths"]]
    assert len(set(ids)) == len(ids)
    for entry in truth["truths"]:
        assert {"id", "measure", "subject", "value", "unit", "equal_to"} <= set(entry)
        assert entry["equal_to"] is None or entry["equal_to"] in ids
    clauses = [entry["value"] for entry in truth["truths"] if entry["measure"] == "clause"]
    assert [clauses.count(word) for word in ("kept", "not_kept", "too_early", "not_enough_data")] == [4, 5, 2, 1]


def test_every_truth_is_described_and_every_description_has_a_truth():
    """The page's table of measures is what topics' authors look truths up in."""
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    said = {re.sub(r"_\d+$", "_<days>", entry["measure"]) for entry in truth["truths"]}
    assert said == {family.measure for family in FAMILIES}


def test_lists_of_truth_name_rows_of_the_tables(tables):
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    counts = {entry["id"]: entry["value"] for entry in truth["truths"]}
    for name, table, key in (("companies", "orders", "company_id"), ("feedback", "feedback", "feedback_id"),
                             ("leads", "leads", "lead_id")):
        known = {row[key] for row in tables[table]}
        assert all(set(ids) <= known for ids in truth[name].values()), name
    for state, ids in truth["companies"].items():
        assert counts[f"customers[state={state}]"] == len(set(ids))
    assert not set(truth["companies"]["gone"]) & set(truth["companies"]["next_year"])
    # In the firm itself no coin held anyone out: the letters name who was addressed and nobody else.
    letters = {row["company_id"] for row in tables["touches"] if row["channel"] == "letter"}
    assert letters == set(truth["companies"]["addressed"])
    assert not any(row["channel"] == "hold-out" for row in tables["touches"])


def test_changes_are_split_without_rest_and_causes_cost_nothing_in_the_null_twin(tmp_path):
    values = {e["id"]: e["value"] for e in json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["truths"]}
    for by in ("source", "industry", "size", "country", "origin"):
        parts = [values[f"conversion_change[by={by},part={part}]@last_year"] for part in ("mix", "rate", "total")]
        assert parts[0] + parts[1] == pytest.approx(parts[2], abs=1e-9)
    write(tmp_path / "null", leads=2_000, twin="null")
    none = json.loads((tmp_path / "null" / "truth.json").read_text(encoding="utf-8"))["truths"]
    lost = [e for e in none if e["measure"] in ("lost_wins", "lost_margin", "lost_orders")]
    assert lost and all(e["value"] == 0 for e in lost)


def test_the_strategy_file_is_one(tables):
    strategy = tomllib.loads((SAMPLE / "strategy.toml").read_text(encoding="utf-8"))
    products = {row["product_id"] for row in tables["products"]}
    named = strategy["products"]
    assert {*named["promote"], *named["hold"], *(new["id"] for new in named["new"])} <= products
    assert strategy["key_customer"]["decision_maker"] == "purchasing"


def test_two_sellers_leave_and_their_leads_go_to_those_who_stay(tables):
    last = {row["seller_id"]: row["active_to"] for row in tables["sellers"] if row["active_to"]}
    assert len(last) == 2 and len(set(last.values())) == 1
    for table, column in (("leads", "created_at"), ("orders", "ordered_at"), ("touches", "touched_at"),
                          ("feedback", "recorded_at")):
        theirs = [row[column][:10] for row in tables[table] if row["seller_id"] in last]
        assert theirs and max(theirs) <= max(last.values()), table
    assert not {row["owner_seller_id"] for row in tables["companies"]} & set(last)


def test_a_fifth_of_three_products_deals_are_for_another_of_the_family(tables):
    asked = {row["lead_id"]: row["product_id"] for row in tables["leads"]}
    family = {row["product_id"]: row["family"] for row in tables["products"]}
    deals = [(asked[row["lead_id"]], row["product_id"]) for row in tables["orders"] if row["lead_id"]]
    assert all(family[one] == family[other] for one, other in deals)
    assert {pair for pair in deals if pair[0] != pair[1]} == {("P01", "P02"), ("P04", "P06"), ("P13", "P14")}


def test_known_deciders_are_recorded_whatever_becomes_of_the_lead(tables):
    opened = {row["lead_id"] for row in tables["lead_stages"] if row["stage"] == "opportunity"}
    created = {row["lead_id"]: row["created_at"] for row in tables["leads"] if row["created_at"] < "2026-09-01"}
    early = {row["lead_id"] for row in tables["lead_contacts"] if row["contact_id"].endswith("b")
             and row["lead_id"] in created and days(created[row["lead_id"]], row["added_at"]) <= 10}
    shares = [len(early & side) / len(side) for side in (opened & set(created), set(created) - opened)]
    # Deciders who are written down at an opportunity of the first ten days make the one share a little higher.
    assert abs(shares[0] - shares[1]) < 0.12 and min(shares) > 0.25


def test_a_few_firms_stand_in_the_register_twice(tables):
    names = [row["name"] for row in tables["companies"]]
    twice = [k for k, name in enumerate(names) if name == name.upper() and k]
    assert len(twice) == 13
    for k in twice:
        one, other = tables["companies"][k - 1], tables["companies"][k]
        assert one["name"].upper().startswith(other["name"]) and one["country"] == other["country"]


def days(since: str, until: str) -> int:
    return (date.fromisoformat(until[:10]) - date.fromisoformat(since[:10])).days
