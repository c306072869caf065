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
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

FILE = "job_titles.toml"
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


def template(unread: Mapping[str, int]) -> str:
    """The section [job_titles] to be filled in: titles that no entry fits, the most frequent first, with the contacts
    that bear them."""
    lines = [
        "# Job titles that could not be read. Write the function of each between the second pair of quotes, delete the",
        "# first #, and copy the section into the mapping file, or into insights.toml beside the tables.",
        f"# Functions: {', '.join(FUNCTIONS)}; a word of your own is a function of your own.",
        "[job_titles]"]
    ranked = sorted(unread.items(), key=lambda pair: (-pair[1], pair[0]))
    return "\n".join([*lines, *(f'# {json.dumps(title, ensure_ascii=False)} = ""  # {n} contacts'
                                for title, n in ranked)]) + "\n"


def page() -> str:
    """The documentation of the table, docs/job-titles.md."""
    text = (resources.files("insights.tables") / "job_titles.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    said = [f"| {function} | {', '.join(sorted({row['buying_role'].replace('_', ' ') for row in mine}))} | "
            + ", ".join(f"`{row['title']}`" for row in mine) + " |"
            for function in FUNCTIONS if (mine := [row for row in rows if row["function"] == function])]
    return _PAGE.format(functions=", ".join(f"`{name}`" for name in FUNCTIONS), rows="\n".join(said))


_PAGE = """# Job titles

This page is written from the code by `insights.tables.titles.page()`.

Who decides at the customer's is told by function, not by name. A contact's function is read from its job title in
Polish, German or English by the table below. A word ending in * stands for all words that begin so; of the entries
whose words all occur in a title the longest one holds. The role is used only where the firm records no buying roles.

## Your own titles

Titles of your firm, or of another language, are named in the section `[job_titles]` of the mapping file, or of an
`insights.toml` beside the tables. They go before the table's entries:

```toml
[job_titles]
"Directeur technique" = "technical management"
"Vedoucí údržby" = "maintenance"
"Kierownik floty" = "fleet"        # a function of your own
```

Functions that the report has words for in both languages: {functions}.
Any other word is a function of your own and is shown as it is written. The same names, or a job title, may stand in the
strategy (`audience`, `decision_maker`) and as the audience of campaigns.

Titles that nothing fits are counted and listed on the page `key_customer_profile`. The command
`insights templates --data DATA --out FOLDER` writes them into `job_titles.toml`, to be filled in.

## The table

| function | usual role | titles |
| --- | --- | --- |
{rows}
"""
