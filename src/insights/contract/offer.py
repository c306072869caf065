"""What is sold, what is coming, and what customers say of it."""

from insights.contract.model import Column, Table, key, reference

PRODUCTS = Table(
    "products", "One row per product or service.", key=("product_id",),
    brings="what is sold, at which cost",
    columns=(
        key("product_id", "identifies the product"),
        Column("name", "text", "the product's name", required=True),
        Column("kind", "category", "product or service", values=("product", "service")),
        Column("family", "text", "product family"),
        Column("status", "category", "where it stands in its life", required=True,
               values=("planned", "in_development", "beta", "launched", "retired")),
        Column("launched_on", "date", "day of launch"),
        Column("list_price", "money", "list price of one unit", currency="currency"),
        Column("unit_cost", "money", "cost of one unit", currency="currency"),
        Column("currency", "currency", "currency of price and cost"),
    ))

READINESS = Table(
    "readiness", "One row per assessment of a seller's readiness to sell a product.",
    key=("product_id", "seller_id", "assessed_on"),
    brings="products that sellers can't or won't sell",
    columns=(
        reference("products.product_id", "the product", required=True),
        reference("sellers.seller_id", "the seller", required=True),
        Column("assessed_on", "date", "day of the assessment", required=True),
        Column("knowledge", "share", "knowledge of the product", required=True),
        Column("willing", "boolean", "wants to sell it", required=True),
        Column("assessed_by", "category", "who assessed", values=("test", "manager", "self")),
        Column("reason", "text", "why not willing"),
    ))

FEEDBACK = Table(
    "feedback", "One row per need, complaint or improvement that a customer voiced.", key=("feedback_id",),
    brings="the customers' voice",
    columns=(
        key("feedback_id", "identifies the entry"),
        Column("kind", "category", "what it is", required=True, values=("need", "complaint", "improvement")),
        Column("recorded_at", "timestamp", "when it was written down", required=True),
        reference("companies.company_id", "the customer"),
        reference("products.product_id", "the product"),
        reference("leads.lead_id", "the lead"),
        reference("sellers.seller_id", "the seller"),
        Column("topic", "text", "topic"),
        Column("text", "text", "what was said"),
        Column("recorded_by", "category", "who wrote it down", values=("sales", "marketing", "service")),
        Column("marketing_told_at", "timestamp", "when marketing was told"),
        Column("management_told_at", "timestamp", "when management was told"),
        Column("answered_at", "timestamp", "when the customer was answered"),
        Column("outcome", "text", "what became of it"),
        reference("roadmap.item_id", "the item that answers it", name="roadmap_item_id"),
    ))

ROADMAP = Table(
    "roadmap", "One row per product or improvement in development.", key=("item_id",),
    brings="what is coming, and when",
    columns=(
        key("item_id", "identifies the item"),
        reference("products.product_id", "the product", required=True),
        Column("title", "text", "what it is", required=True),
        Column("stage", "text", "stage of development", required=True),
        Column("planned_on", "date", "planned launch, as of today", required=True),
        Column("first_planned_on", "date", "planned launch, as first said"),
        Column("announced_at", "timestamp", "when customers were told"),
        Column("launched_on", "date", "actual launch"),
    ))

ROADMAP_NOTICES = Table(
    "roadmap_notices", "One row per seller or team told of a coming product.",
    one_of=(("seller_id", "team"),),
    brings="whether sellers know in time",
    columns=(
        reference("roadmap.item_id", "the item", required=True),
        reference("sellers.seller_id", "the seller told"),
        Column("team", "text", "the team told"),
        Column("told_at", "timestamp", "when they were told"),
        Column("trained_at", "timestamp", "when they were trained"),
    ))
