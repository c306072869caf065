"""One firm under several names: names without legal forms, case, accents and punctuation, compared by rapidfuzz."""

from __future__ import annotations

import re
import unicodedata

ALIKE = 92.0
_NEIGHBOURS = 8
_FORMS = re.compile(
    r"\b(sp(olka)? ?z ?o ?o|sp ?zoo|spolka|z ?ograniczona odpowiedzialnoscia|akcyjna|s ?a|sp ?[jk]|s "
     "?c|psa|gmbh|mbh|co kg|"
    r"kg|ag|se|ug|ohg|e ?k|s ?r ?o|spol|a ?s|v ?o ?s|kft|bt|zrt|nyrt|ltd|limited|llc|llp|plc|inc|incorporated|corp|"
    r"corporation|company|co|sas|sarl|s ?r ?l|s ?p ?a|b ?v|n ?v|oy|ab|aps|as|uab|sia|ou|d ?o ?o|eood|ood|holding|group|"
    r"grupa|ppuh|phu|fhu|zpuh|firma handlowa)\b")


def bare(name: str) -> str:
    """The name in plain letters and digits, without legal forms."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L").replace("ß", "ss")).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.sub(r"[^\w]+", " ", plain.replace("&", " ")).strip()
    words = re.sub(r"\b(\w) (?=\w\b)", r"\1", words) if re.fullmatch(r"(\w )+\w", words) else words
    left = re.sub(r"\s+", " ", _FORMS.sub(" ", words)).strip()
    return left or words


def likely_doubles(names: list[str | None], places: list[str | None], fixed: list[str | None]) -> list[tuple]:
    """Pairs of positions (i, j, likeness) that are likely one firm, i before j.

    `fixed` is a registration number, equal ones being the same firm (likeness 100), different ones never; `places` a
    country, different ones never. Names are alike where their words, sorted, differ in hardly a letter and their digits
    not at all; each name is compared with its neighbours in the order of the alphabet, by letters and by sorted words.
    """
    from rapidfuzz import fuzz

    bares = [bare(name) if name else "" for name in names]
    found: dict[tuple[int, int], float] = {}
    same: dict[str, int] = {}
    for i, number in enumerate(fixed):
        if number:
            if number in same:
                found[same[number], i] = 100.0
            same.setdefault(number, i)
    for keys in (bares, [" ".join(sorted(b.split())) for b in bares]):
        order = sorted((i for i, key in enumerate(keys) if key), key=lambda i: (keys[i], i))
        for at, i in enumerate(order):
            for j in order[at + 1:at + 1 + _NEIGHBOURS]:
                one, other = min(i, j), max(i, j)
                if (one, other) in found or _differ(places, one, other) or _differ(fixed, one, other):
                    continue
                if re.findall(r"\d+", bares[one]) != re.findall(r"\d+", bares[other]):
                    continue
                likeness = fuzz.token_sort_ratio(bares[one], bares[other])
                if likeness >= ALIKE:
                    found[one, other] = likeness
    return [(i, j, likeness) for (i, j), likeness in sorted(found.items())]


def _differ(values: list[str | None], i: int, j: int) -> bool:
    return bool(values[i]) and bool(values[j]) and values[i] != values[j]
