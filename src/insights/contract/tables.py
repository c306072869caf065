"""Every canonical table, in the order of the contract's page."""

from insights.contract import demand, offer, parties, results
from insights.contract.model import Table

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        parties.COMPANIES,
        parties.COMPANY_KEYS,
        parties.CONTACTS,
        demand.LEAD_CONTACTS,
        parties.SELLERS,
        offer.PRODUCTS,
        demand.CAMPAIGNS,
        demand.CAMPAIGN_PRODUCTS,
        demand.SPEND,
        demand.LEADS,
        demand.LEAD_STAGES,
        demand.TOUCHES,
        offer.READINESS,
        results.ORDERS,
        offer.FEEDBACK,
        offer.ROADMAP,
        offer.ROADMAP_NOTICES,
        results.TARGETS,
        results.BRAND,
        results.EXCHANGE_RATES,
    )
}
