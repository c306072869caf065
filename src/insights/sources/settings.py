"""The sections of a mapping that speak of output columns and of the run: missing, values, formats, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from insights.contract import TABLES
from insights.language import Text
from insights.period import parse_period
from insights.problems import UsageError
from insights.sources.source import Format, Settings
from insights.sources.wording import Complaints

_FORMAT_KEYS = ("date", "decimal")
_DEFAULT_KEYS = ("currency", "reporting_currency", "time_zone", "as_of", "firm")
_DATED = ("date", "timestamp")
_NUMERIC = ("integer", "decimal", "money", "share")


def read_settings(parts: Mapping[str, Mapping], complaints: Complaints) -> Settings:
    """The settings of a mapping's sections; what is wrong goes to `complaints` and is left out."""
    return Settings(
        missing=_missing(parts.get("missing", {}), complaints),
        values=_values(parts.get("values", {}), complaints),
        formats=_formats(parts.get("formats", {}), complaints),
        job_titles=_titles(parts.get("job_titles", {}), complaints),
        control=_control(parts.get("control", {}), complaints),
        **_defaults(parts.get("defaults", {}), complaints),
    )


def _by_column(section: str, content: Mapping, complaints: Complaints) -> dict[str, object]:
    """The entries whose key is a `table.column` of the contract. TOML reads the key without quotes as two nested
    tables: that is unambiguous here, and accepted."""
    flat = {}
    for key, entry in content.items():
        if key in TABLES and isinstance(entry, Mapping):
            flat |= {f"{key}.{column}": value for column, value in entry.items()}
        else:
            flat[key] = entry
    return {key: entry for key, entry in flat.items() if _is_column(section, key, complaints)}


def _is_column(section: str, key: str, complaints: Complaints) -> bool:
    table, dot, column = key.partition(".")
    if not dot:
        complaints.wrong(key, key, Text('a key of the form "table.column"'))
    elif table not in TABLES:
        complaints.unknown("table", table, TABLES)
    elif column not in {c.name for c in TABLES[table].columns}:
        complaints.unknown("column", key, [f"{table}.{c.name}" for c in TABLES[table].columns], f"[{section}]")
    else:
        return True
    return False


def _missing(content: Mapping, complaints: Complaints) -> dict[str, tuple[str, ...]]:
    columns = _by_column("missing", {key: entry for key, entry in content.items() if key != "*"}, complaints)
    if "*" in content:
        columns["*"] = content["*"]
    missing = {}
    for key, texts in columns.items():
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
            missing[key] = tuple(texts)
        else:
            complaints.wrong(key, texts, Text('a list of texts: ["unknown", "-"]'))
    return missing


def _values(content: Mapping, complaints: Complaints) -> dict[str, dict[str, str]]:
    values = {}
    for key, words in _by_column("values", content, complaints).items():
        if not isinstance(words, Mapping):
            complaints.wrong(key, words, Text('a section of its own: [values."{name}"]', name=key))
            continue
        values[key] = {}
        allowed = TABLES[key.partition(".")[0]].column(key.partition(".")[2]).values
        for word, meaning in words.items():
            text = _plain(meaning)
            if text is None:
                complaints.wrong(word, meaning, Text("a text in quotes"))
            elif allowed and text not in allowed:
                complaints.unknown("value", text, allowed, key)
            else:
                values[key][word] = text
    return values


def _plain(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float | date) else None


def _formats(content: Mapping, complaints: Complaints) -> dict[str, Format]:
    formats = {}
    for key, entry in _by_column("formats", content, complaints).items():
        if not isinstance(entry, Mapping):
            complaints.wrong(key, entry, Text('a section of its own: [formats."{name}"]', name=key))
            continue
        for name in entry:
            if name not in _FORMAT_KEYS:
                complaints.unknown("key", name, _FORMAT_KEYS, f'[formats."{key}"]')
        kind = TABLES[key.partition(".")[0]].column(key.partition(".")[2]).type
        pattern, decimal = entry.get("date"), entry.get("decimal")
        if pattern is not None and not (kind in _DATED and _is_pattern(pattern)):
            complaints.wrong(key, pattern, Text("a strptime pattern such as %d.%m.%Y, for a column of dates"))
            pattern = None
        if decimal is not None and not (kind in _NUMERIC and decimal in (",", ".")):
            complaints.wrong(key, decimal, Text('decimal = "," or ".", for a column of numbers'))
            decimal = None
        formats[key] = Format(pattern, decimal)
    return formats


def _titles(content: Mapping, complaints: Complaints) -> dict[str, str]:
    """Job titles and the function each has, as the firm says it."""
    titles = {}
    for title, function in content.items():
        if isinstance(function, str) and function.strip() and title.strip("* "):
            titles[title] = function.strip()
        else:
            complaints.wrong(title, function, Text('a function in quotes: "Główny energetyk" = "maintenance"'))
    return titles


def _is_pattern(pattern: object) -> bool:
    """A day of a year can be read back from it."""
    if not isinstance(pattern, str):
        return False
    day = datetime(2001, 11, 23)
    # %-d and the like (no leading zero) are the engine's; Python reads such days by %d.
    pattern = pattern.replace("%-", "%")
    try:
        return datetime.strptime(day.strftime(pattern), pattern).date() == day.date()
    except ValueError:
        return False


def _defaults(content: Mapping, complaints: Complaints) -> dict[str, object]:
    defaults: dict[str, object] = {}
    for key, value in content.items():
        if key not in _DEFAULT_KEYS:
            complaints.unknown("key", key, _DEFAULT_KEYS, "[defaults]")
        elif key == "as_of":
            defaults[key] = _day(value, complaints)
        elif not isinstance(value, str):
            complaints.wrong(key, value, Text("a text in quotes"))
        elif key == "firm":
            defaults["defaults"] = {key: value}
        elif key == "time_zone" and not _is_zone(value):
            complaints.wrong(key, value, Text("the name of a time zone: Europe/Warsaw"))
        elif key.endswith("currency") and not (len(value) == 3 and value.isascii() and value.isupper()):
            complaints.wrong(key, value, Text("an ISO 4217 code: PLN, EUR"))
        else:
            defaults[key] = value
    return defaults


def _control(content: Mapping, complaints: Complaints) -> dict[str, float]:
    """The firm's own totals: `[control.net_sales]`, a period and the amount without VAT on each line."""
    control = {}
    for key, amounts in content.items():
        if key != "net_sales":
            complaints.unknown("key", key, ("net_sales",), "[control]")
            continue
        for period, amount in amounts.items() if isinstance(amounts, Mapping) else [(key, amounts)]:
            try:
                named = str(parse_period(period, date(2000, 1, 1))) if period.strip() else None
            except (UsageError, ValueError):
                named = None
            if named is None or isinstance(amount, bool) or not isinstance(amount, int | float):
                complaints.wrong(period, amount, Text('a period and the total of it: "2025" = 148000000'))
            else:
                control[named] = float(amount)
    return control


def _day(value: object, complaints: Complaints) -> date | None:
    if isinstance(value, datetime):
        value = None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        complaints.wrong("as_of", value, Text("an ISO date: 2026-09-30"))
        return None


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (LookupError, ValueError, OSError):
        return False
