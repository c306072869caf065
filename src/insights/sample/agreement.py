"""The firm's joint strategy file: agreed by both departments, and partly wrong on purpose."""

from __future__ import annotations

from insights.sample.plan import FIRM

STRATEGY = '''# The joint strategy of marketing and sales, as agreed.

[agreement]
agreed_on = 2025-06-18
valid_from = 2025-07-01
by = { marketing = "Marketing director", sales = "Sales director", board = "Managing director" }

[definitions]
lead = "every row of leads"
mql = "stage mql reached"
accepted = "stage accepted reached within 3 days of mql"

[roles]
marketing = "until accepted"
sales = "from accepted on"

[key_customer]
industries = ["C10", "F43", "C28"]
sizes = ["large"]
countries = ["DE", "FR"]
audience = "purchasing"
decision_maker = "purchasing"

[products]
promote = ["P01"]
hold = ["P12"]

[[products.new]]
id = "P15"
on = 2027-01-15

[[products.new]]
id = "P16"
on = 2027-05-31

[[kpi]]
name = "leads"
department = "marketing"
target = 1000
period = "quarter"

[[kpi]]
name = "orders_won"
department = "sales"
target = 62
period = "quarter"

[[kpi]]
name = "margin"
department = "shared"
target = 3700000
period = "quarter"

[customers]
repeat_orders = "sales"
win_back = "marketing"

[sla]
first_touch_hours = 24
accepted_days = 3
'''

DEFAULTS = f"""[defaults]
firm = "{FIRM}"
reporting_currency = "PLN"
time_zone = "Europe/Warsaw"
"""

CLAUSES = (
    ("key_customer.industries=C28", "kept", "machine builders do bring more"),
    ("key_customer.countries=DE", "kept", "Germany does bring more"),
    ("key_customer.audience=purchasing", "kept", "campaigns do address purchasing"),
    ("products.promote=P01", "kept", "promoted and good"),
    ("key_customer.industries=C10", "not_kept", "wins often, earns little"),
    ("key_customer.industries=F43", "not_kept", "wins less often"),
    ("key_customer.sizes=large", "not_kept", "medium-sized firms bring more"),
    ("key_customer.decision_maker=purchasing", "not_kept", "the technical director decides in most wins"),
    ("products.hold=P12", "not_kept", "the heat recovery earns most and is hardly promoted"),
    ("products.new=P15", "too_early", "not launched yet"),
    ("products.new=P16", "too_early", "not launched yet"),
    ("key_customer.countries=FR", "not_enough_data", "too few leads"),
)
"""The clauses that were planted right, wrong or undecidable: clause, the verdict of a good report, why."""
