"""The documentation page of the synthetic firm, made from what was planted."""

from __future__ import annotations

from datetime import timedelta

from insights.sample import plan
from insights.sample.agreement import CLAUSES
from insights.sample.calendar import FIRST, LAST, MINUTES, ZERO
from insights.sample.companies import DOUBLE_EVERY, SLOT_LEADS
from insights.sample.customers import SILENCE, WAVES
from insights.sample.families import FAMILIES, SCHEME
from insights.sample.lags import median
from insights.sample.planted import EQUALS, PLANTS

_WAVE_DAYS = [(ZERO + timedelta(days=wave // MINUTES)).isoformat() for wave in WAVES]
_TRAINED = [day.isoformat() for day, _ in plan.TRAINED]
_INTRODUCTION = f"""# The synthetic firm

`insights sample --out DIR --leads N --seed S` writes the tables of *{plan.FIRM}*, an invented Polish maker of
industrial equipment with {len(plan.SKILL)} sellers, from {FIRST.isoformat()} to {LAST.isoformat()}, and beside them
`truth.json`, the truths that were planted: what estimates are judged by. `data/sample/` is the firm with 12,000 leads
and seed 1. This page is made from the generator.

The bytes depend on the number of leads, the seed and the twin only: every draw is a hash of seed, stream and row,
every probability a whole number of 2^-32, every skewed quantity an entry of one written table. Rows are made in
chunks; ten million leads need hardly more memory than ten thousand.

**What is expected of a subject** (industry, size, country, source or any combination of them; region; team; product)
is the mean of the exact probabilities of the leads that were really generated, given the quarters' shocks, over the
draws of fate. It stands in `truth.json` for the three years and, with `period`, for the leads of the last year:
`n_leads`, `final_conversion`, `win_rate` (won of won and lost by the last day), `conversion_within_<days>` (of leads at
least so old), `margin_per_lead` and `margin_per_win` (PLN, the deals' orders only). In Python
`insights.sample.expectations(leads, seed, twin).values({{"industry": "C28", "country": "DE"}})` gives the same without
writing the firm. `equal_to` names the truth that was planted equal: the two differ by their leads' mix only. Missing
attributes are missing there too: leads without an industry count to the firm and to no industry.

**Clustering.** Two leads of a company share a draw now and then, which correlates their fates by .2 and leaves each
one's probability as it is. Quarters are shocked by .2 (standard deviation of the log-odds).

**Twins.** `--twin null`: no effect is planted, every segment has the same truth. `--twin small`: 800 leads.
`--twin misspecified`: rates that move with time, shocks of .4, correlation .35. `--twin randomised`: the speed of the
first contact and who of the lapsed customers is addressed are assigned by a coin. `--twin unhurried`: speed has no
effect, and good leads are called first all the same.

**What moves in time.** Budgets of portal and web change from month to month for reasons of their own, and leads follow
them by the planted elasticity (`marginal_to_average`); the third year's budget goes to the portal, and tenders grow
rare: the shares of the sources alone take about half a point off the conversion (`conversion_change`, part mix). Seven
quarter ends bring 2.4 times a usual week's leads, what is more all from marketing's sources and at a quarter of the
odds. Nineteen of the 24 sellers begin without knowledge of the monitoring; two are trained on each of {_TRAINED[0]}
and {_TRAINED[1]}. Two of the four sellers of {plan.RATE_FALL[0]} leave on {plan.LEFT.isoformat()}
(`sellers.active_to`); the two who stay take their companies over, and the team wins a quarter less for two quarters.
The last two quarters share one shock and one budget: the last four months are flat. The amount at the opportunity is at
list prices, the one at the offer is what was offered: the discount of lost offers shows.

**What was asked for and what was sold.** `leads.product_id` is what the customer asked for; in a fifth of the leads for
three products another of the same family is offered and, if won, ordered. Campaigns do not change what is asked for: no
response to promoting the heat recovery more is planted, for at 2% of the spend none could be told.

**Discounts.** Five points more raise the odds of a win by {plan.DISCOUNT_ODDS / 1000 - 1:.0%} and cost margin. What is
left (`discount_worth`) is a loss in five of the seven families, nothing to speak of for the heat recovery, and a small
gain for the monitoring, whose margin is the largest.

**Who is known when.** Where the firm knows a decider at the customer's, half of the leads have the name within ten
days, whatever becomes of them, so that what a known decider does for a win can be judged without looking ahead; in the
other half it is written down at the opportunity only. It changes nothing in any twin.

**One firm, two entries.** One company in {DOUBLE_EVERY} stands in the register twice, the second time in capitals and
without its legal form; both entries order. `companies` lists the second entries that ordered (`double`); each is the
company before it.

**Power.** A test that knows the key segment beforehand finds it against all other leads (z above 2.8, clustered by
company) in all of 200 firms of 12,000 leads, and finds its departure from the additive effects of industry, size and
country in 96% (`benchmarks/planted.py` counts both again).

**Win-back.** On {_WAVE_DAYS[0]} and {_WAVE_DAYS[1]} customers with two orders or more and no order for {SILENCE} days
and for twice their usual gap are lapsed; those of high past value are written to (`touches` with a company, the
campaign of channel `win-back`, channel `letter`). In the randomised twin a coin decides, and the touches of channel
`hold-out` name those drawn and not written to. A lapsed customer comes back within a year or not at all.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_INTRODUCTION, _families(), _segments(), _sources(), _equals(), _plants(), _clauses()])


def _families() -> str:
    rows = [(f.measure, f.subject, f.unit, f.means) for f in FAMILIES]
    return f"## How truths are named\n\n{SCHEME}\n\n" + _table(("measure", "subject", "unit", "meaning"), rows)


def _segments() -> str:
    rows = [
        (segment.name, f"{segment.industry} × {segment.size} × {'/'.join(code for code, _ in segment.countries)}",
         _leads(segment), f"×{segment.odds / 1000:g}", f"×{segment.volume / 1000:g}",
         f"{segment.discount / 10:g} points", segment.says)
        for segment in plan.SEGMENTS
    ]
    return "\n## Planted segments\n\n" + _table(
        ("segment", "who", "leads in 12,000", "odds of a win", "deal size", "extra discount", "a good report"), rows)


def _leads(segment: plan.Segment) -> int:
    return sum(SLOT_LEADS[:segment.slots]) * 500 // segment.every


def _sources() -> str:
    rows = [
        (source.name, source.origin, f"×{source.odds / 1000:g}", source.lag, median(source.lag), source.early,
         source.late)
        for source in plan.SOURCES
    ]
    head = ("source", "origin", "odds of a win", "lag", "median days to a win", "frequency, years 1 and 2", "year 3")
    return "\n## Sources\n\n" + _table(head, rows)


def _equals() -> str:
    rows = [tuple(", ".join(f"{key} {word}" for key, word in side.items()) for side in pair) for pair in EQUALS]
    return "\n## Equal pairs\n\nThe same law, different numbers of leads: never called different.\n\n" + _table(
        ("one", "other"), rows)


def _plants() -> str:
    rows = [
        (plant.name, ", ".join(f"{key} {word}" for key, word in plant.subject) or "the firm", plant.measure,
         plant.value, plant.says)
        for plant in PLANTS
    ]
    head = ("truth", "subject", "measure", "value", "a good report")
    return "\n## Everything that was planted\n\n" + _table(head, rows)


def _clauses() -> str:
    return "\n## The strategy file\n\n" + _table(("clause", "a good report says", "because"), CLAUSES)


def _table(head: tuple[str, ...], rows) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
