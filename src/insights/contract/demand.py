"""Campaigns, leads and what becomes of them."""

from insights.contract.model import BUYING_ROLES, STAGES, Column, Table, key, reference

CAMPAIGNS = Table(
    "campaigns", "One row per marketing campaign.", key=("campaign_id",),
    brings="whom marketing addresses",
    columns=(
        key("campaign_id", "identifies the campaign"),
        Column("name", "text", "the campaign's name", required=True),
        Column("channel", "text", "channel: fair, mail, search, ...", required=True),
        Column("started_on", "date", "first day", required=True),
        Column("ended_on", "date", "last day"),
        Column("target_industry", "industry", "industry addressed"),
        Column("target_size", "category", "size band addressed",
               values=("micro", "small", "medium", "large", "enterprise")),
        Column("target_country", "country", "country addressed"),
        Column("target_role", "text", "job or buying role addressed"),
    ))

CAMPAIGN_PRODUCTS = Table(
    "campaign_products", "One row per product that a campaign promotes.", key=("campaign_id", "product_id"),
    brings="what is promoted",
    columns=(
        reference("campaigns.campaign_id", "the campaign", required=True),
        reference("products.product_id", "the product", required=True),
    ))

SPEND = Table(
    "spend", "One row per amount spent on a campaign on a day.",
    brings="the cost of a lead and marketing's return",
    columns=(
        reference("campaigns.campaign_id", "the campaign", required=True),
        Column("spent_on", "date", "day of the expense", required=True),
        Column("amount", "money", "amount spent", required=True, currency="currency", dated="spent_on"),
        Column("currency", "currency", "its currency", required=True),
    ))

LEADS = Table(
    "leads", "One row per lead.", key=("lead_id",),
    brings="how many leads become sales",
    columns=(
        key("lead_id", "identifies the lead"),
        Column("created_at", "timestamp", "when the lead came into being"),
        reference("companies.company_id", "the company that may buy"),
        reference("contacts.contact_id", "the person who asked"),
        reference("campaigns.campaign_id", "the campaign that brought it"),
        Column("source", "text", "source of the lead"),
        Column("origin", "category", "who brought it", values=("marketing", "sales", "partner", "referral", "inbound")),
        Column("lead_type", "category", "new business or existing customer", values=("new", "existing", "renewal")),
        reference("products.product_id", "the product asked for"),
        reference("sellers.seller_id", "the seller who works it"),
        reference("leads.lead_id", "the original of which this is a duplicate", name="duplicate_of"),
    ))

LEAD_CONTACTS = Table(
    "lead_contacts", "One row per person who takes part in a lead.", key=("lead_id", "contact_id"),
    brings="the buying centre of a lead",
    columns=(
        reference("leads.lead_id", "the lead", required=True),
        reference("contacts.contact_id", "the person", required=True),
        Column("role", "category", "role in this purchase", values=BUYING_ROLES),
        Column("added_at", "timestamp", "when the person was entered"),
    ))

LEAD_STAGES = Table(
    "lead_stages", "One row per stage that a lead entered.",
    brings="how leads move on, win or are lost",
    columns=(
        reference("leads.lead_id", "the lead", required=True),
        Column("stage", "category", "the stage entered", required=True, values=STAGES),
        Column("entered_at", "timestamp", "when the lead entered the stage"),
        Column("recorded_at", "timestamp", "when that was written down"),
        Column("reason", "text", "reason of a loss or return"),
        Column("amount", "money", "value of the deal at that stage", currency="currency", dated="entered_at"),
        Column("currency", "currency", "its currency"),
    ))

TOUCHES = Table(
    "touches", "One row per contact between the firm and a customer.",
    one_of=(("lead_id", "contact_id", "company_id"),),
    brings="speed to the first contact",
    columns=(
        Column("touched_at", "timestamp", "when", required=True),
        reference("leads.lead_id", "the lead"),
        reference("contacts.contact_id", "the person"),
        reference("companies.company_id", "the company"),
        reference("campaigns.campaign_id", "the campaign"),
        reference("sellers.seller_id", "the seller"),
        Column("channel", "text", "channel"),
        Column("kind", "category", "kind of contact", values=("visit", "form", "mail", "event", "ad", "call")),
        Column("direction", "category", "who began", values=("inbound", "outbound")),
    ))
