"""Orders, targets, the brand, and exchange rates."""

from insights.contract.model import DEPARTMENTS, Column, Table, key, reference

ORDERS = Table(
    "orders", "One row per order line, return or cancellation.", key=("order_id",),
    brings="revenue, margin and repeat orders",
    columns=(
        key("order_id", "identifies the order line"),
        reference("companies.company_id", "the buyer", required=True),
        Column("ordered_at", "timestamp", "when it was ordered", required=True),
        Column("kind", "category", "order, call-off of a frame contract, return or cancellation",
               values=("order", "call_off", "return", "cancellation")),
        reference("products.product_id", "the product"),
        reference("leads.lead_id", "the lead that became this order"),
        reference("sellers.seller_id", "the seller"),
        Column("quantity", "decimal", "units", unit="units"),
        Column("revenue", "money", "net of VAT", required=True, currency="currency", dated="ordered_at"),
        Column("cost", "money", "cost of what was sold", currency="currency", dated="ordered_at"),
        Column("list_revenue", "money", "the same at list prices", currency="currency", dated="ordered_at"),
        Column("rebate", "money", "retrospective bonus granted", currency="currency", dated="ordered_at"),
        Column("currency", "currency", "currency of the amounts", required=True),
    ))

TARGETS = Table(
    "targets", "One row per target of a department, measure and period.",
    brings="targets against results",
    columns=(
        Column("department", "category", "whose target", required=True, values=DEPARTMENTS),
        Column("kpi", "text", "the measure", required=True),
        Column("period_start", "date", "first day", required=True),
        Column("period_end", "date", "last day", required=True),
        Column("value", "decimal", "the target", required=True),
        Column("currency", "currency", "currency of a money target"),
        Column("team", "text", "the team, if not the whole department"),
        reference("products.product_id", "the product, if for one"),
    ))

BRAND = Table(
    "brand", "One row per measurement of the brand.",
    brings="brand measures beside lead measures",
    columns=(
        Column("measured_on", "date", "day of the measurement", required=True),
        Column("metric", "text", "what was measured", required=True),
        Column("value", "decimal", "the result", required=True),
        Column("n", "integer", "people asked", unit="people"),
        Column("source", "text", "who measured"),
    ))

EXCHANGE_RATES = Table(
    "exchange_rates", "One row per currency and day from which its rate holds.", key=("currency", "valid_from"),
    brings="amounts in several currencies",
    columns=(
        Column("currency", "currency", "the currency", required=True),
        Column("valid_from", "date", "first day of the rate", required=True),
        Column("rate", "decimal", "units of the reporting currency for one unit", required=True),
    ))
