"""Countries: codes and names to ISO 3166-1 alpha-2.

Sources: the ISO tables of pycountry (codes, names, official and common names), the names of the Unicode CLDR in
English, Polish, German and Czech (Babel), and a few usual names that neither has. "Korea" stays unmapped: there are
two.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping

LANGUAGES = ("en", "pl", "de", "cs")
_USUAL = {
    "UK": "GB", "U.K.": "GB", "Great Britain": "GB", "Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB",
    "Northern Ireland": "GB", "Zjednoczone Królestwo": "GB", "Anglia": "GB", "U.S.": "US", "U.S.A.": "US",
    "United States of America": "US", "Stany Zjednoczone Ameryki": "US", "EL": "GR", "Czech Republic": "CZ",
    "Republika Czeska": "CZ", "Holland": "NL", "Holandia": "NL", "The Netherlands": "NL", "Russia": "RU",
    "South Korea": "KR", "Republic of Korea": "KR", "North Korea": "KP", "Ivory Coast": "CI", "Turkey": "TR",
    "Macedonia": "MK", "Vietnam": "VN", "UAE": "AE", "Emirates": "AE", "Slovak Republic": "SK",
    "Republic of Ireland": "IE", "Viet Nam": "VN", "Rzeczpospolita Polska": "PL", "PR China": "CN", "P.R. China": "CN",
}


def country_codes(counted: Mapping[str, int]) -> dict[str, str]:
    """The alpha-2 code of each delivered text that has one; texts with none, or with two, are left out.

    The text NA is Namibia only where most other values of the column are two-letter codes: elsewhere it more probably
    means "not available".
    """
    names = _names()
    codes = {given: names[folded] for given in counted if (folded := _fold(given)) in names}
    if "NA" in codes:
        others = sum(n for given, n in counted.items() if given != "NA")
        coded = sum(counted[given] for given in codes if given != "NA" and len(given) == 2)
        if not others or coded <= others / 2:
            del codes["NA"]
    return codes


def _fold(name: str) -> str:
    """The name without case, accents and double spaces."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().replace("’", "'").split())


@functools.cache
def _names() -> dict[str, str]:
    import pycountry
    from babel import Locale

    found: dict[str, set[str]] = {}
    for country in pycountry.countries:
        given = [country.alpha_2, country.alpha_3, country.name, getattr(country, "official_name", None),
                 getattr(country, "common_name", None)]
        given += [Locale.parse(language).territories.get(country.alpha_2) for language in LANGUAGES]
        for name in filter(None, given):
            found.setdefault(_fold(name), set()).add(country.alpha_2)
    for name, code in _USUAL.items():
        found.setdefault(_fold(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
