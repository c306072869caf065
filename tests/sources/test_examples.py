"""The examples' mappings on the real exports they were written for."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.sources import open_source
from tests.beside import SHARED, needs

ROOT = Path(__file__).parents[2]


def opened(data: str, example: str):
    return open_source(SHARED / data, ROOT / "examples" / example / "mapping.toml")


def one(source, sql: str) -> tuple:
    return tuple(source.engine.query(sql).to_pylist()[0].values())


@needs("maven_crm")
def test_maven_crm_keeps_every_deal_and_every_dollar():
    with opened("maven_crm", "maven_crm") as source:
        assert not source.problems
        assert {name: table.rows for name, table in source.tables.items()} == {
            "companies": 85, "products": 7, "sellers": 35, "leads": 8800, "lead_stages": 500 + 8300 + 4238 + 2473}
        assert one(source, "SELECT count(*), sum(CAST(amount AS BIGINT)) FROM raw.lead_stages WHERE stage = 'Won'") == (
            4238, 10_005_534)
        assert one(source, "SELECT count(*) FROM raw.lead_stages WHERE stage = 'Lost'") == (2473,)
        assert one(source, "SELECT count(*) FROM raw.leads WHERE company_id IS NULL") == (1425,)


@needs("maven_crm")
def test_maven_crm_spellings_are_mapped_to_what_exists():
    with opened("maven_crm", "maven_crm") as source:
        values = source.settings.values
        assert values["companies.industry"]["technolgy"] == "technology"
        assert values["companies.country"]["Philipines"] == "PH"
        products = {row["product_id"] for row in source.engine.query("SELECT product_id FROM raw.products").to_pylist()}
        sold = source.engine.query("SELECT DISTINCT product_id FROM raw.leads").to_pylist()
        mapped = values["leads.product_id"]
        assert {mapped.get(row["product_id"], row["product_id"]) for row in sold} == products
        assert one(source, "SELECT count(*) FROM raw.leads SEMI JOIN raw.sellers USING (seller_id)") == (8800,)
        assert one(source, "SELECT annual_turnover FROM raw.companies WHERE name = 'Betasoloin'") == ("251410000.00",)


@needs("crm_exports")
@pytest.mark.parametrize(("data", "example", "leads"), [
    ("crm_exports/hubspot_fivetran", "hubspot_fivetran", 44),
    ("crm_exports/salesforce_org_export", "salesforce_org", 50),
])
def test_other_exports_are_read_without_a_problem(data, example, leads):
    with opened(data, example) as source:
        assert not source.problems
        assert source.tables["leads"].rows == leads


@needs("crm_exports")
def test_salesforce_stages_are_those_of_the_export():
    with opened("crm_exports/salesforce_org_export", "salesforce_org") as source:
        assert one(source, "SELECT count(*) FROM raw.lead_stages WHERE stage = 'Closed Won'") == (12,)
        assert one(source, "SELECT count(*) FROM raw.lead_stages WHERE stage = 'Closed Lost'") == (3,)
