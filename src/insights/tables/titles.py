"""Job titles in Polish, German and English, read as the function a person has and the role such people usually play in
a purchase.

The table `job_titles.csv` lies beside this module. A firm adds its own titles, or overrides ours, in the section
[job_titles] of its mapping (or of the insights.toml beside its tables): `"Główny energetyk" = "maintenance"`. A word
ending in * stands for all words that begin so; of the entries whose words all occur in a title the longest one holds.
"""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

FUNCTIONS = ("purchasing", "maintenance", "technical management", "production", "engineering", "board", "finance",
             "quality", "safety", "logistics", "IT", "office")


@dataclass(frozen=True)
class Title:
    """What a job title says: the function, and the usual role in a purchase ("" where the firm named the function)."""

    function: str
    role: str = ""


def read_titles(titles: Iterable[str], own: Mapping[str, str] | None = None) -> dict[str, Title]:
    """What each title says; titles that no entry fits are left out. `own` entries go before ours."""
    mine = [(_words(entry), Title(function)) for entry, function in (own or {}).items()]
    found = {}
    for title in titles:
        words = _words(title)
        hit = _best(words, mine) or _best(words, _shipped())
        if hit:
            found[title] = hit
    return found


def function_named(word: str, own: Mapping[str, str] | None = None) -> str | None:
    """The function that a strategy or a campaign names: by its own name, or as a title; None where it is neither."""
    known = {_plain(name): name for name in (*FUNCTIONS, *(own or {}).values())}
    named = known.get(_plain(word))
    return named or next((t.function for t in read_titles([word], own).values()), None)


def _best(words: tuple[str, ...], entries: Iterable[tuple[tuple[str, ...], Title]]) -> Title | None:
    fitting = [(sum(map(len, entry)), title) for entry, title in entries if _fits(words, entry)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _fits(words: tuple[str, ...], entry: tuple[str, ...]) -> bool:
    return bool(entry) and all(
        any(word.startswith(part[:-1]) if part.endswith("*") else word == part for word in words) for part in entry)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def _words(title: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+\*?", title.casefold()))


@functools.cache
def _shipped() -> tuple[tuple[tuple[str, ...], Title], ...]:
    text = (resources.files("insights.tables") / "job_titles.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return tuple((_words(row["title"]), Title(row["function"], row["buying_role"])) for row in rows)
