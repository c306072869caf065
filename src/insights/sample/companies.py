"""Companies: who they are, as a function of their number alone.

Companies stand in blocks of thirteen that share twenty-four leads; planted segments take whole blocks or parts of them,
so that their size is exact, and no other company may fall into a planted combination by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from insights.sample.plan import COUNTRIES, INDUSTRIES, NORTH_SHARE, REGIONS, SEGMENTS, SIZES, TEAM_OF, TEAMS
from insights.sample.rng import Permutation, below, choose, share, stream, thresholds, uniform

SLOT_LEADS = (5, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1)
BLOCK_COMPANIES, BLOCK_LEADS = len(SLOT_LEADS), sum(SLOT_LEADS)
SLOT_START = np.cumsum((0, *SLOT_LEADS))[:-1]
SLOT_OF = np.repeat(np.arange(BLOCK_COMPANIES), SLOT_LEADS)

INDUSTRY_CODES = tuple(code for code, _, _ in INDUSTRIES)
SIZE_NAMES = tuple(name for name, _, _ in SIZES)
COUNTRY_CODES = tuple(code for code, _, _ in COUNTRIES)
REGION_NAMES = tuple(name for regions in REGIONS.values() for name, _ in regions)
UNKNOWN = -1
TEAM_OF_COUNTRY = np.array([TEAM_OF.get(code, 4) for code in COUNTRY_CODES])
TEAM_START = np.cumsum((0, *(count for _, count in TEAMS)))[:-1]
TEAM_SELLERS = np.array([count for _, count in TEAMS])


DOUBLE_EVERY, DOUBLE = 520, 31
"""One company in 520 stands in the register twice: the second entry, under another identifier and in another spelling,
is the same firm as the entry before it. They lie outside the planted segments."""


def is_double(number: np.ndarray) -> np.ndarray:
    """Entries that are the company before them once more."""
    return number % DOUBLE_EVERY == DOUBLE


@dataclass(frozen=True)
class Companies:
    """Attributes of a batch of companies: positions in the word lists above, UNKNOWN where there is none."""

    number: np.ndarray
    segment: np.ndarray
    industry: np.ndarray
    size: np.ndarray
    country: np.ndarray
    region: np.ndarray
    team: np.ndarray
    seller: np.ndarray
    industry_known: np.ndarray
    size_known: np.ndarray
    country_known: np.ndarray

    def where(self, chosen: np.ndarray) -> Companies:
        """The companies chosen by a mask or by positions."""
        return Companies(**{name: value[chosen] for name, value in vars(self).items()})


class Register:
    """Says of any company who it is, and of any lead whose it is."""

    def __init__(self, seed: int, leads: int) -> None:
        self.seed, self.leads = seed, leads
        self._keys: dict[str, int] = {}
        self._shuffle = Permutation(seed, "lead", leads)

    @cached_property
    def size(self) -> int:
        """Number of companies: every one has at least one lead."""
        blocks, rest = divmod(self.leads, BLOCK_LEADS)
        return blocks * BLOCK_COMPANIES + (int(SLOT_OF[rest - 1]) + 1 if rest else 0)

    def draw(self, name: str, rows: np.ndarray) -> np.ndarray:
        """Draws of a named stream for companies or leads."""
        if name not in self._keys:
            self._keys[name] = stream(self.seed, name)
        return uniform(self._keys[name], rows)

    def company_of(self, leads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The company of each lead, and the lead's place within its company's block of leads."""
        block, place = np.divmod(self._shuffle.place(leads), BLOCK_LEADS)
        return block * BLOCK_COMPANIES + SLOT_OF[place], place

    def leads_of(self, companies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All leads of the companies: position in `companies`, and the lead's number."""
        block, slot = np.divmod(companies, BLOCK_COMPANIES)
        counts = np.array(SLOT_LEADS)[slot]
        owner = np.repeat(np.arange(len(companies)), counts)
        nth = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        places = (block * BLOCK_LEADS + SLOT_START[slot])[owner] + nth
        inside = places < self.leads
        return owner[inside], self._shuffle.find(places[inside])

    def segment_of(self, companies: np.ndarray) -> np.ndarray:
        """The planted segment of each company (a position in SEGMENTS), or UNKNOWN for the background."""
        block, slot = np.divmod(companies, BLOCK_COMPANIES)
        found = np.full(len(companies), UNKNOWN)
        for number, segment in enumerate(SEGMENTS):
            found[(block % segment.every == segment.block) & (slot < segment.slots)] = number
        return found

    def companies(self, number: np.ndarray) -> Companies:
        """Who the companies of these numbers are."""
        segment, entry = self.segment_of(number), number
        number = np.where(is_double(number), number - 1, number)
        industry = choose(self.draw("industry", number), thresholds([weight for _, weight, _ in INDUSTRIES]))
        size = choose(self.draw("size", number), thresholds([weight for _, weight, _ in SIZES]))
        country = choose(self.draw("country", number), thresholds([weight for _, weight, _ in COUNTRIES]))
        size = _keep_out(industry, size, country)
        chance = self.draw("segment country", number)
        for position, planted in enumerate(SEGMENTS):
            inside = segment == position
            industry[inside] = INDUSTRY_CODES.index(planted.industry)
            size[inside] = SIZE_NAMES.index(planted.size)
            codes = np.array([COUNTRY_CODES.index(code) for code, _ in planted.countries])
            country[inside] = codes[choose(chance[inside], thresholds([weight for _, weight in planted.countries]))]
        north = self.draw("north", number) < share(NORTH_SHARE)
        team = np.where(country == 0, np.where(north, 0, 1), TEAM_OF_COUNTRY[country])
        return Companies(
            entry, segment, industry, size, country, self._region(number, country), team,
            TEAM_START[team] + below(self.draw("seller", number), TEAM_SELLERS[team]),
            industry_known=self.draw("industry known", number) >= share(25),
            size_known=self.draw("size known", number) >= share(35),
            country_known=self.draw("country known", number) >= share(8),
        )

    def _region(self, number: np.ndarray, country: np.ndarray) -> np.ndarray:
        region, start = np.full(len(number), UNKNOWN), 0
        chance = self.draw("region", number)
        for code, regions in REGIONS.items():
            inside = country == COUNTRY_CODES.index(code)
            region[inside] = start + choose(chance[inside], thresholds([weight for _, weight in regions]))
            start += len(regions)
        return region


def _keep_out(industry: np.ndarray, size: np.ndarray, country: np.ndarray) -> np.ndarray:
    """Sizes of the background, changed where a company would fall into a planted combination."""
    size = size.copy()
    for planted in SEGMENTS:
        codes = [COUNTRY_CODES.index(code) for code, _ in planted.countries]
        inside = ((industry == INDUSTRY_CODES.index(planted.industry))
                  & (size == SIZE_NAMES.index(planted.size)) & np.isin(country, codes))
        size[inside] = SIZE_NAMES.index("micro" if planted.size == "small" else "small")
    return size


