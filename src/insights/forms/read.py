"""Forms read back as tables of the contract: whichever language they were written in, every unreadable cell named."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from insights.forms.sheets import FORMS, Field, Form, FormError
from insights.language import LANGUAGES
from insights.period import parse_period
from insights.problems import UsageError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST = 20 * 1024 * 1024
MOST_ROWS = 20_000
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


@dataclass(frozen=True)
class Registers:
    """What names of the firm stand for: the id of each product, seller and company by its folded name or id; empty
    where that is not known (then what was typed is taken as the id). `teams` are those of its sellers."""

    products: Mapping[str, str] = field(default_factory=dict)
    sellers: Mapping[str, str] = field(default_factory=dict)
    companies: Mapping[str, str] = field(default_factory=dict)
    teams: tuple[str, ...] = ()


def opened(path: Path) -> Worksheet:
    """The sheet of a form; FormError where the file is none of Excel's."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if path.stat().st_size > LARGEST:
            raise FormError(f"{path.name} is larger than {LARGEST // 2**20} MB: no form is")
        return load_workbook(path, data_only=True).worksheets[0]
    except FileNotFoundError:
        raise FormError(f"{path.name} is not there") from None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        raise FormError(f"{path.name} is not an Excel workbook (.xlsx): {type(error).__name__}") from None


def read_all(folder: Path, registers: Registers) -> dict[str, list[dict[str, str]]]:
    """The tables in a folder's forms: rows of texts as the contract writes them. FormError lists every mistake."""
    found: dict[str, list[dict[str, str]]] = {}
    mistakes: list[str] = []
    for path in sorted(folder.glob("*.xlsx")):
        if path.name.startswith("~$"):
            continue
        sheet = opened(path)
        form, columns, start = _recognised(sheet)
        if form is None:
            continue
        rows = list(_rows(sheet, form, columns, start, path.name, mistakes))
        if form.name in found:
            mistakes.append(f"{path.name}: there is another form of the kind {form.name} in the folder")
        found[form.name] = rows
    if mistakes:
        raise FormError("\n".join(mistakes))
    return _tables(found, registers)


def _recognised(sheet: Worksheet) -> tuple[Form | None, dict[int, Field], int]:
    """Which form it is, by its headings: the columns of its fields and the first row below."""
    for number, row in enumerate(sheet.iter_rows(min_row=1, max_row=12, values_only=True), 1):
        cells = [_fold(value) for value in row]
        for form in FORMS.values():
            columns = {place: named for place, cell in enumerate(cells)
                       if (named := next((f for f in form.fields if cell in _words(f.heading)), None))}
            if {f.name for f in form.fields if f.needed} <= {f.name for f in columns.values()}:
                return form, columns, number + 1
    return None, {}, 0


def _rows(sheet: Worksheet, form: Form, columns: Mapping[int, Field], start: int, file: str,
          mistakes: list[str]) -> Iterator[dict[str, str]]:
    from openpyxl.utils import get_column_letter

    for number, row in enumerate(sheet.iter_rows(min_row=start, values_only=True), start):
        if number > MOST_ROWS:
            mistakes.append(f"{file}: more than {MOST_ROWS} rows")
            return
        given = {field_.name: row[place] for place, field_ in columns.items() if place < len(row)}
        known = [name for name, value in given.items() if value not in (None, "") and str(value).strip()]
        # A row that only holds what was filled in before (a product, a seller) was left out on purpose.
        if not set(known) - {"product_id", "seller_id", "company_id", "assessed_on"}:
            continue
        read: dict[str, str] = {}
        for place, field_ in columns.items():
            cell = f"{file}, {get_column_letter(place + 1)}{number}"
            value = given.get(field_.name)
            if value in (None, "") or not str(value).strip():
                if field_.needed:
                    mistakes.append(f"{cell}: {field_.heading.render('en')} is empty")
                continue
            text = _READERS[field_.kind](value, field_)
            if text is None:
                mistakes.append(f"{cell}: {str(value)[:60]!r} is {_EXPECTED[field_.kind](field_)}")
            else:
                read[field_.name] = text
        yield read


def _words(text) -> set[str]:
    return {_fold(text.render(language)) for language in LANGUAGES}


def _fold(value: object) -> str:
    return " ".join(str(value or "").rstrip(" *").casefold().split())


def _text(value: object, _field: Field) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def day(value: object, _field: Field | None = None) -> str | None:
    """A day as Excel or a person writes it, as an ISO date; None where it is none."""
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y-%m-%d")
    text = str(value).strip()
    if match := _DAY.fullmatch(text):
        text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def number(value: object, _field: Field | None = None) -> str | None:
    """A number, also with a decimal comma and spaces between thousands; None where it is none."""
    if isinstance(value, bool):
        return None
    text = re.sub(r"[\s\u00a0\u202f]", "", str(value)).replace(",", ".")
    return text if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def _choice(value: object, field_: Field) -> str | None:
    """The value that a word stands for: its own word in either language, its first digit, or the contract's value."""
    folded = _fold(_text(value, field_))
    for name, word in field_.choices.items():
        words = _words(word)
        if folded in words or folded == name or (folded.isdigit() and any(w.split()[0] == folded for w in words)):
            return name
    return None


_READERS: dict[str, Callable] = {"text": _text, "date": day, "number": number, "choice": _choice}
_EXPECTED: dict[str, Callable[[Field], str]] = {
    "text": lambda f: "no text", "date": lambda f: "no date: write it as 2026-01-31",
    "number": lambda f: "no number",
    "choice": lambda f: "none of " + ", ".join(word.render("en") for word in f.choices.values())}


def _tables(found: Mapping[str, list[dict]], registers: Registers) -> dict[str, list[dict[str, str]]]:
    """The rows as tables of the contract: names as ids, ids for what has none, periods as days."""
    tables: dict[str, list[dict[str, str]]] = {}
    for name, rows in found.items():
        for row in rows:
            for key, known in (("product_id", registers.products), ("seller_id", registers.sellers),
                               ("company_id", registers.companies)):
                if key in row:
                    row[key] = known.get(_fold(row[key]), row[key])
        tables[name] = rows
    for place, row in enumerate(tables.get("feedback", ()), 1):
        row["feedback_id"] = f"form-{place:05}"
    if "roadmap" in tables:
        tables["roadmap_notices"] = _notices(tables["roadmap"], registers.teams)
    tables["targets"] = [_dated(row) for row in tables["targets"]] if "targets" in tables else []
    return {name: rows for name, rows in tables.items() if rows}


def _notices(items: list[dict[str, str]], teams: tuple[str, ...]) -> list[dict[str, str]]:
    notices = []
    for place, row in enumerate(items, 1):
        row["item_id"] = f"form-{place:03}"
        told = {key: row.pop(key) for key in ("told_at", "trained_at") if key in row}
        notices += [{"item_id": row["item_id"], "team": team, **told} for team in teams or ("all",)] if told else []
    return notices


def _dated(row: dict[str, str]) -> dict[str, str]:
    try:
        period = parse_period(row.pop("period").replace(" ", ""), dt.date(2000, 1, 1))
    except UsageError as error:
        raise FormError(f"targets: {error}") from None
    return {**row, "period_start": period.start.isoformat(), "period_end": period.last_day.isoformat()}
