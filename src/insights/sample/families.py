"""How the truths of truth.json are named: each family's measure, subject and meaning. The page is made from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """All truths of one measure: `subject` shows the keys, `unit` the unit of `value`, `means` how it is counted from
    the tables."""

    measure: str
    subject: str
    unit: str
    means: str


SCHEME = """A truth's `id` is its measure and its subject, keys sorted, `measure[key=word,key=word]`, with `@last_year`
where it speaks of the leads created (or the orders placed) in the last twelve months only; entries of the table
"Everything that was planted" carry the plant's name too, `measure.name[key=word]`. `value` is null where a twin does
not hold the truth. A `value` is either **planted** (a constant of the law), **expected** (the mean over the draws of
fate, given the leads of this seed: what an interval has to cover) or **drawn** (what really became of this firm, hidden
from the tables: what a list or a forecast is judged by).

Beside `truths`, `truth.json` maps words to identifiers where a truth is one of single rows: `companies` (state to
company_ids), `feedback` (theme to feedback_ids), `leads` (roadmap item to lead_ids). Firms above 250,000 leads leave
these lists out; the counts stay."""

FAMILIES = (
    Family("n_leads", "any segment; month; origin; {} is the firm", "count", "expected from the tables exactly: leads"),
    Family("final_conversion", "any segment; month; origin", "share", "expected wins of all leads, however late"),
    Family("win_rate", "any segment", "share", "expected: won of won and lost by the last day"),
    Family("conversion_within_<days>", "any segment", "share", "expected: won within so many days, of leads so old"),
    Family("margin_per_lead", "any segment", "PLN", "expected margin of the deals' orders over all leads"),
    Family("margin_per_win", "any segment", "PLN", "the same over expected wins"),
    Family("days_to_win_median", "source", "days", "planted median of days from creation to win"),
    Family("odds_ratio", "see the table of plants", "ratio", "planted multiplier of the odds of a win"),
    Family("raw_odds_ratio", "speed=within 24 hours", "ratio",
           "expected of leads first touched within 24 hours against leads touched later, nothing adjusted; in the "
           "randomised twin the effect itself, a little under the 1.25 that holds for leads of like quality"),
    Family("conversion_change", "part=total, mix, rate and by=source, industry, size, country, origin", "share",
           "expected final conversion of the last year less that of the year before, split by shares and rates"),
    Family("quarter_end", "quarter", "kind", "planted: push, fair or none in the quarter's last seven days"),
    Family("marginal_to_average", "source", "ratio",
           "planted: leads that one more zloty of spend brings, over leads for the average zloty"),
    Family("discount_worth", "family", "ratio",
           "expected margin per lead if each offer were 5 points lower, over today's: below one the discount loses"),
    Family("mismatch", "product", "cause", "planted: not_ready, unwilling, poor_quality, gem (hardly promoted), none"),
    Family("unprepared_share", "product", "share",
           "leads whose seller's knowledge at the time was below 0.6, of all of the product's leads"),
    Family("worked_share", "product; {} is the firm", "share", "drawn: leads that a seller contacted or won"),
    Family("lost_wins", "cause and product (or team)", "count",
           "expected wins that would have been there without the cause: not_ready, unwilling, rate_fall, slow_contact"),
    Family("lost_margin", "cause and product (or team; seller)", "PLN",
           "expected margin that would have been there without the cause (also poor_quality: repeat orders)"),
    Family("lost_orders", "cause=poor_quality, product=P09", "count",
           "expected: repeat orders that stayed away from customers who bought the product first"),
    Family("margin_share", "product", "share", "expected margin of the deals over their expected revenue"),
    Family("spend_share", "product", "share",
           "spend, a campaign's in equal parts to the products it promotes, over all spend"),
    Family("complaint_rate", "product", "share", "planted: complaints for each order"),
    Family("customers", "state=contract, seasonal, one_time, irregular, gone, returned, account, lapsed, addressed, "
           "held_out, next_year (orders in the 365 days after the last), double (entered before under another "
           "name)", "count",
           "drawn: customers in that state on the last day, {} all; the ids stand in `companies`"),
    Family("share_of_customers", "state", "share", "planted chance of the state"),
    Family("orders_next_year", "{}", "count", "drawn: orders without lead_id of the 365 days after the last"),
    Family("margin_next_year", "{}", "PLN", "drawn: their margin"),
    Family("top_ten_margin_share", "{}", "share", "planted: margin of the ten largest customers over all margin"),
    Family("spontaneous_return_share", "{}", "share",
           "expected: customers lapsed at a win-back wave who order within 365 days unasked (planted .18 in the mean)"),
    Family("win_back_uplift", "{}", "share", "planted: what being addressed adds to that"),
    Family("customers_of_a_theme", "theme", "count", "drawn: companies that voice it"),
    Family("mentions_of_a_theme", "theme", "count", "drawn: its rows of feedback; ids in `feedback`"),
    Family("item_of_a_theme", "theme", "item", "planted: the roadmap item that answers it, null if none"),
    Family("roadmap_gap", "item", "gap", "planted: known_not_ready, ready_unannounced, not_told, "
           "announced_before_told, nobody_asked"),
    Family("days_told_before_announced", "item", "days",
           "first notice to a team before the announcement; negative: announced before sellers knew"),
    Family("slip_days", "item", "days", "planned_on less first_planned_on"),
    Family("lost_for_blocker", "item", "count",
           "drawn: lost leads whose stated reason the item removes; ids in `leads`"),
    Family("reason_class", "reason", "class",
           "planted: readiness, price, quality, fit, timing, competition or none"),
    Family("decider_share", "role", "share", "planted: deciders of that title among deciders of won leads"),
    Family("late_role_share", "{}", "share", "planted: deciders entered at the opportunity and not before"),
    Family("missing_role_share", "{}", "share", "planted: rows of lead_contacts without a role"),
    Family("bulk_closed_share", "{}", "share", "planted, of the leads that end without a win and are not returned"),
    Family("never_closed_share", "{}", "share", "planted, of the same leads"),
    Family("zero_duration_share", "{}", "share", "planted: wins entered with their lead on the day they were won"),
    Family("migration_day", "{}", "date", "planted: open leads' stages got this day's stamp"),
    Family("unworked_share", "{}", "share", "planted; worked_share says what was drawn"),
    Family("intraclass_correlation", "{}", "ratio", "planted correlation of the fates of a company's leads"),
    Family("margin_per_win_ratio", "industry, size", "ratio", "planted multiplier of a deal's quantity"),
    Family("share_of_year_margin", "industry=D35", "share", "planted: the one large deal in a year's margin of deals"),
    Family("sold_instead_share", "product, sold", "share",
           "planted: offers and deals of another product of the family than the lead asked for"),
    Family("last_day", "seller", "date", "planted: a leaver's last day (sellers.active_to)"),
    Family("share_change", "source", "share", "planted: last year's share of leads less the earlier, pushes aside"),
    Family("repeat_order_loss", "product", "share", "planted: repeat orders that poor quality keeps away"),
    Family("clause", "clause", "verdict", "the verdict that a good report gives on a clause of strategy.toml"),
)
