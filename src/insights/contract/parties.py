"""Who: companies, their people, and the sellers."""

from insights.contract.model import BUYING_ROLES, Column, Table, identifier, key, reference

COMPANIES = Table(
    "companies", "One row per company that is or could become a customer.", key=("company_id",),
    brings="who the leads and customers are",
    columns=(
        key("company_id", "identifies the company"),
        Column("name", "text", "the company's name", required=True),
        Column("industry", "industry", "what the company does"),
        Column("employees", "integer", "head-count", unit="people"),
        Column("annual_turnover", "money", "turnover of the last full year", currency="currency"),
        Column("balance_total", "money", "balance sheet total of the last full year", currency="currency"),
        Column("currency", "currency", "currency of turnover and balance"),
        Column("country", "country", "country of the seat"),
        Column("region", "text", "region of the seat within the country"),
        reference("companies.company_id", "the parent company", name="parent_id"),
        identifier("tax_id", "joins CRM and ERP; hashed when it is read"),
        reference("sellers.seller_id", "who looks after the company", name="owner_seller_id"),
        Column("first_order_on", "date", "first order ever, if before the orders delivered: old customers are not new"),
        Column("closed_on", "date", "when the company ceased to exist or to be a customer"),
        Column("left_reason", "text", "why it left"),
        Column("strategic", "boolean", "a key account by the firm's own list"),
    ))

COMPANY_KEYS = Table(
    "company_keys", "One row per identifier that another system uses for a company.", key=("system", "key"),
    brings="one firm under several identifiers",
    columns=(
        Column("system", "text", "the other system", required=True),
        key("key", "the identifier there"),
        reference("companies.company_id", "the company meant", required=True),
    ))

CONTACTS = Table(
    "contacts", "One row per person at a company, without name, address or number.", key=("contact_id",),
    brings="who is addressed and who decides",
    columns=(
        key("contact_id", "identifies the person"),
        reference("companies.company_id", "the employer", required=True),
        Column("job_title", "text", "job title"),
        Column("department", "text", "department at the customer's"),
        Column("seniority", "text", "level in the hierarchy"),
        Column("buying_role", "category", "role in the purchase", values=BUYING_ROLES),
        Column("consent", "boolean", "may be addressed by marketing"),
    ))

SELLERS = Table(
    "sellers", "One row per seller, by identifier only.", key=("seller_id",),
    brings="teams and capacity",
    columns=(
        key("seller_id", "identifies the seller"),
        Column("team", "text", "sales team"),
        Column("country", "country", "country worked"),
        Column("active_from", "date", "first working day"),
        Column("active_to", "date", "last working day"),
        Column("hours_per_week", "decimal", "working hours", unit="hours per week"),
        Column("hourly_cost", "money", "cost of an hour in the reporting currency"),
    ))
