"""Industries: delivered codes and texts to NACE Rev. 2 sections ("C") and divisions ("C28").

NACE Rev. 2 (Regulation 1893/2006) is PKD 2007 down to the class; NACE Rev. 2.1 (Regulation 2023/137) is PKD 2025. The
tables lie beside this module: the classification, the correspondence of Rev. 2.1, usual names with one meaning, and the
NACE code of NAICS subsectors and SIC major groups.
"""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Iterable
from importlib import resources

# A code with letter, digits or both: C, 28, C28, C 28, 28.1, 28.11, 28.11.Z, C28.11.Z
_CODE = re.compile(r"(?P<section>[A-V])?\s?(?:(?P<division>\d{2})(?:\.\d{1,2})?(?:\.?[A-Z])?)?", re.IGNORECASE)


def industry_codes(given: Iterable[str], version: str = "2") -> dict[str, str]:
    """The code of each text that has exactly one; all others are left out.

    Groups and classes are folded up to their division. `version` "2.1" says that codes are those of Rev. 2.1: a
    division that was split over sections of Rev. 2 has no code there.
    """
    codes = {}
    for text in given:
        code = _from_code(text, version) or _labels().get(_fold(text)) or _aliases().get(_fold(text))
        if code:
            codes[text] = code
    return codes


def other_codes(text: str) -> tuple[tuple[str, str], ...]:
    """What a code of another classification may mean, as (classification, NACE code): three, five or six digits are
    read as NAICS by their sector, four as a class of NACE without its point and as SIC by its major group.

    The crosswalk goes by the main activity of each NAICS subsector and SIC major group; where a group is spread over
    several divisions of NACE it has the largest.
    """
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit():
        return ()
    found = []
    if len(digits) == 4:
        found = [("NACE", code) for code in _classification() if code[1:] == digits[:2]]
        found += [("SIC", code) for code in (_crosswalk().get(("SIC", digits[:2])),) if code]
    elif len(digits) in (3, 5, 6):
        found = [("NAICS", code) for code in (_crosswalk().get(("NAICS", digits[:3])),) if code]
    return tuple(found)


def _from_code(text: str, version: str) -> str | None:
    match = _CODE.fullmatch(text.strip())
    if not match or not (match["section"] or match["division"]):
        return None
    section, division = (match["section"] or "").upper(), match["division"] or ""
    known = _revision_2_1() if version == "2.1" else {code: code for code in _classification()}
    if not division:
        return known.get(section)
    # Without a letter the two digits are enough: divisions are numbered through all sections.
    whole = section + division if section else next((code for code in known if code[1:] == division), "")
    return known.get(whole) or None


def _fold(text: str) -> str:
    """The text in lower case, with single spaces for everything but letters and digits, "&" as "and"."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold().replace("&", " and ")).split())


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("insights.tables") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


@functools.cache
def _classification() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in _rows("nace_rev2.csv")}


@functools.cache
def _labels() -> dict[str, str]:
    """Official and short labels; where a section has a single division of the same name, the division."""
    return {_fold(row[column]): code for code, row in _classification().items()
            for column in ("label_en", "label_pl", "short_en", "short_pl") if row[column]}


@functools.cache
def _aliases() -> dict[str, str]:
    return {_fold(row["name"]): row["code"] for row in _rows("industry_aliases.csv")}


@functools.cache
def _revision_2_1() -> dict[str, str]:
    return {row["code"]: row["rev2"] for row in _rows("nace_rev2_1.csv")}


@functools.cache
def _crosswalk() -> dict[tuple[str, str], str]:
    return {(row["classification"], row["code"]): row["nace"] for row in _rows("industry_crosswalk.csv")}
