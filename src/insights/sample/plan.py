"""What the synthetic firm is made of: the words of each dimension, how often they occur, and the effects planted.

Odds effects are whole thousandths that multiply the odds of a win (2200 = ×2.2); frequencies are relative weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRM = "Zakłady Pomp i Sprężarek Warta"

BASE_ODDS = 71
"""Odds of a win, in thousandths, before any effect; set so that 6% of the default firm's leads are won in the end."""

# word, frequency, odds of a win
INDUSTRIES = (
    ("C28", 120, 1000), ("C25", 130, 1000), ("C10", 90, 1000), ("C20", 60, 1000), ("C22", 70, 1000),
    ("C24", 40, 900), ("C29", 60, 1000), ("E36", 60, 1000), ("F43", 110, 700), ("G46", 150, 1000),
    ("H49", 60, 1000), ("B08", 50, 900), ("D35", 0, 1000),
)
SIZES = (("micro", 280, 600), ("small", 330, 900), ("medium", 260, 1300), ("large", 130, 700))
COUNTRIES = (
    ("PL", 590, 1000), ("DE", 150, 1400), ("CZ", 70, 1000), ("SK", 60, 1000), ("AT", 45, 1000),
    ("FR", 30, 1000), ("HU", 25, 1000), ("RO", 15, 1000), ("UA", 15, 800),
)
CURRENCY_OF = {"PL": "PLN", "CZ": "CZK"}
"""Countries billed in another currency than the euro."""

REGIONS = {
    "PL": (
        ("Mazowieckie", 150), ("Śląskie", 140), ("Wielkopolskie", 120), ("Dolnośląskie", 100), ("Małopolskie", 80),
        ("Łódzkie", 70), ("Pomorskie", 70), ("Kujawsko-Pomorskie", 60), ("Lubelskie", 45), ("Podkarpackie", 45),
        ("Zachodniopomorskie", 35), ("Warmińsko-Mazurskie", 30), ("Świętokrzyskie", 20), ("Lubuskie", 15),
        ("Opolskie", 10), ("Podlaskie", 10),
    ),
    "DE": (("Bayern", 250), ("Nordrhein-Westfalen", 250), ("Baden-Württemberg", 220), ("Sachsen", 130),
           ("Niedersachsen", 90), ("Brandenburg", 60)),
    "CZ": (("Moravskoslezský", 300), ("Jihomoravský", 300), ("Praha", 200), ("Plzeňský", 200)),
}


@dataclass(frozen=True)
class Segment:
    """A combination that is planted whole: where it stands among companies, and what is different in it.

    `blocks` says in which of `every` blocks of 24 leads it stands, `slots` how many of a block's 13 companies it takes;
    `odds` multiply, in thousandths, on top of the main effects; `volume` multiplies a deal's quantity; `discount` is
    given beyond the usual one, in thousandths of the list price.
    """

    name: str
    industry: str
    size: str
    countries: tuple[tuple[str, int], ...]
    every: int
    block: int
    slots: int
    odds: int
    volume: int
    discount: int
    expect: str
    says: str


SEGMENTS = (
    Segment("key", "C28", "medium", (("DE", 600), ("CZ", 400)), 20, 7, 13, 2200, 1500, 0, "higher",
            "the key segment: found; the declared key customer differs from it"),
    Segment("cheap", "C10", "small", (("PL", 1000),), 20, 3, 13, 1600, 490, 90, "not_recommended",
            "wins often and earns little: the order by profit differs from the order by conversion"),
    Segment("rare", "C22", "large", (("AT", 1000),), 125, 5, 9, 2000, 1000, 0, "too_few_to_say",
            "a true doubling in too few leads: too few to say, and when it will be known"),
    Segment("one_deal", "D35", "large", (("PL", 1000),), 250, 11, 9, 1000, 1000, 0, "not_recommended",
            "three wins, one of them 12% of a year's margin: no winner without its largest deal"),
)
ONE_DEAL = 3
"""The position of `one_deal` in SEGMENTS."""
ONE_DEAL_PRODUCT = 3
ONE_DEAL_SHARE = 120
"""What the one deal makes of a year's margin of all deals, in thousandths."""


@dataclass(frozen=True)
class Source:
    """A source of leads: its origin, how often it occurs in the first two years and in the third, its odds, its lag."""

    name: str
    origin: str
    early: int
    late: int
    odds: int
    lag: str


SOURCES = (
    Source("portal", "marketing", 260, 380, 700, "middle"),
    Source("web", "marketing", 220, 215, 1050, "fast"),
    Source("fair", "marketing", 150, 140, 1050, "slow"),
    Source("tender", "sales", 130, 25, 1750, "delayed"),
    Source("prospecting", "sales", 110, 110, 950, "middle"),
    Source("referral", "referral", 40, 40, 1100, "middle"),
    Source("partner", "partner", 50, 50, 1250, "middle"),
    Source("distributor", "partner", 40, 40, 1000, "middle"),
)
# Partners bring micro firms, distributors medium and large ones: thousandths of the usual frequency, by size.
SOURCE_BY_SIZE = {"partner": (2500, 600, 250, 100), "distributor": (100, 500, 2200, 2200)}
MARKETING_SOURCES = ("portal", "web", "fair")

BUDGETS = {
    "portal": ("HLMLHMMLHHML" "LHMMLHHMLMHL" "HLMLHMHLMMMM", 600, (1000, 1000, 1880)),
    "web": ("MHLHMLLHMMLH" "HMLLHMMLHLMH" "MHLHLMLHMMMM", 950, (1000, 1000, 976)),
    "fair": ("M" * 36, 0, (1000, 1000, 933)),
}
"""Spend of each month (low, middle, high), the elasticity of leads to spend in thousandths (0: not planted), and the
budget of each year in thousandths of the first. The third year's follow the frequencies of SOURCES by the same law."""
BUDGET = {"L": 500, "M": 1000, "H": 1600}
BROUGHT = {600: {"L": 660, "M": 1000, "H": 1326}, 950: {"L": 518, "M": 1000, "H": 1563}}
"""Leads that a month's budget brings: the budget to the power of the elasticity, in thousandths."""

TEAMS = (("PL North", 6), ("PL South", 6), ("DACH", 4), ("CEE", 4), ("Export", 4))
TEAM_OF = {"DE": 2, "AT": 2, "CZ": 3, "SK": 3, "HU": 3}
NORTH_SHARE = 620
# Odds of each seller's leads; the two Polish teams hold the same six, so that their truths are equal.
SKILL = (850, 920, 980, 1020, 1080, 1150, 850, 920, 980, 1020, 1080, 1150, 900, 980, 1020, 1100,
         900, 980, 1020, 1100, 880, 960, 1040, 1120)

# The quality of a lead that no column holds: frequency, odds, fast first contact, never worked (thousandths).
QUALITY = ((250, 500, 30, 210), (500, 1000, 400, 82), (250, 1700, 920, 30))
FAST_ODDS = 1250
DISCOUNT_ODDS = 1150
"""What five points of discount do to the odds."""
DISCOUNTS = ((0, 300, 870), (50, 350, 1000), (100, 250, 1150), (150, 100, 1322))
UNREADY_ODDS = 450
UNREADY_SELLERS = 19
"""How many of the 24 sellers begin unprepared for the product that sellers are not ready for."""
TRAINED = ((date(2025, 3, 10), 2), (date(2025, 6, 16), 2))
"""Days on which so many of them, the quickest learners, are trained in it."""
YEAR_THREE_MARKETING = 850
RATE_FALL = ("Export", (6, 7), 750)
LEAVERS, LEFT = (22, 23), date(2025, 3, 31)
"""Positions of the two sellers of that team who left, and their last day; the two before them take their leads over."""
SWITCHES, SWITCHED = {0: 1, 3: 5, 12: 13}, 200
"""Products (positions) asked for in whose place another of the same family is offered and sold, and thousandths of
their leads to which that happens."""
PUSH_QUARTERS = (0, 1, 2, 4, 5, 7, 8)
PUSH_ODDS = 250
PUSH_VOLUME = 2400
"""A pushed week's leads, and the fair's, in thousandths of a usual week's; what is more comes from marketing alone."""
FAIR_QUARTER = 9

SHARED = 2_585_713_957
"""Probability (of 2^32) that a lead's fate is drawn once for its company: it correlates fates by .2. Set by counting;
the square would be the correlation if all leads of a company were equally likely to be won."""
SHARED_NULL = 2_168_852_171
"""The same in the null twin, where a company's leads are more alike."""
SHARED_HEAVY = 3_526_667_360
"""The same for a correlation of .35, in the misspecified twin."""

# exp(sd × z) in thousandths at the 16 mid-rank normal quantiles, scaled to mean one: sd .2 and sd .4.
SHOCKS = (676, 754, 802, 841, 874, 906, 936, 966, 997, 1029, 1064, 1102, 1147, 1201, 1278, 1425)
SHOCKS_HEAVY = (441, 548, 620, 681, 737, 791, 845, 901, 959, 1022, 1091, 1171, 1268, 1392, 1574, 1958)
