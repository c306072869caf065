"""A strategy file read and checked: every mistake named with its line, its key and what is allowed there."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from insights.problems import InsightsError
from insights.strategy import schema
from insights.strategy.lines import Lines
from insights.strategy.model import KeyCustomer, Kpi, NewProduct, Signature, Strategy

_LONGEST = 80


class StrategyError(InsightsError):
    """A strategy file that cannot be read or says what no strategy can."""

    exit_code = 65


@dataclass(frozen=True)
class Known:
    """What the firm knows, for the checks that need it; None where that is not known. `country` gives the ISO code of
    a country's name or code, None where there is none."""

    products: Mapping[str, str] | None = None
    kpis: tuple[str, ...] | None = None
    country: Callable[[str], str | None] | None = None


def load(path: Path, known: Known | None = None) -> Strategy:
    """Read a strategy file; StrategyError lists what is wrong in it, where, and what is allowed."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise StrategyError(f"strategy file {path.name} is not there: give another with --strategy, or write a first "
                            "one with insights strategy --form") from None
    except OSError as error:
        raise StrategyError(f"strategy file {path.name} cannot be read ({error.strerror or error})") from None
    return read(raw, path.name, known)


def read(raw: bytes, name: str, known: Known | None = None) -> Strategy:
    """The strategy in a file's bytes."""
    try:
        text = raw.decode("utf-8-sig")
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StrategyError(f"{name} is not TOML: {error}") from None
    checker = _Checker(name, Lines(text), known or Known())
    strategy = checker.strategy(content, hashlib.sha256(raw).hexdigest())
    if checker.mistakes:
        raise StrategyError("\n".join(checker.mistakes))
    return replace(strategy, text=text)


class _Checker:
    """Checks a parsed file section by section and gathers every mistake."""

    def __init__(self, name: str, lines: Lines, known: Known) -> None:
        self.name, self.lines, self.known = name, lines, known
        self.mistakes: list[str] = []

    def strategy(self, content: Mapping, digest: str) -> Strategy:
        for section in content:
            if section not in schema.SECTION_NAMES:
                self._unknown("section", section, schema.SECTION_NAMES, self.lines.of(section))
        read = {section: self._section(section, content.get(section, {}), keys)
                for section, keys in schema.SECTIONS.items()}
        agreement = read["agreement"]
        new = self._repeated("products.new", _within(content.get("products"), "new"))
        kpis = self._repeated("kpi", content.get("kpi", []))
        self._contradictions(agreement, read["products"], new, kpis)
        # What was found wrong is left out here: the mistakes are raised instead of the result.
        return Strategy(
            valid_from=agreement.get("valid_from"), agreed_on=agreement.get("agreed_on"), sha256=digest,
            key_customer=KeyCustomer(**read["key_customer"]), content=content, file=self.name,
            signatures=agreement.get("by", ()), promote=read["products"].get("promote", ()),
            hold=read["products"].get("hold", ()),
            new_products=tuple(NewProduct(**entry) for entry in new if {"id", "on"} <= set(entry)),
            kpis=tuple(Kpi(**entry) for entry in kpis if set(schema.NEEDED["kpi"]) <= set(entry)),
            repeat_orders=read["customers"].get("repeat_orders", ""), win_back=read["customers"].get("win_back", ""),
            sla=read["sla"], definitions=read["definitions"], roles=read["roles"])

    def _section(self, section: str, given: object, keys: Mapping[str, schema.Key]) -> dict:
        if not isinstance(given, Mapping):
            self._wrong(self.lines.of(section), f"[{section}] must be a section with keys below it")
            return {}
        if section in schema.FREE:
            keys = dict.fromkeys(given, schema.Key("text"))
        found = {}
        for key, value in given.items():
            if f"{section}.{key}" in schema.REPEATED:
                continue
            self._value(found, section, key, value, keys)
        return found

    def _repeated(self, section: str, given: object) -> list[dict]:
        if not isinstance(given, list) or not all(isinstance(entry, Mapping) for entry in given):
            self._wrong(self.lines.of(section), f"{section} must be written as [[{section}]], once for each")
            return []
        entries = []
        for index, entry in enumerate(given):
            found: dict = {}
            for key, value in entry.items():
                self._value(found, section, key, value, schema.REPEATED[section], index)
            for key in schema.NEEDED[section]:
                if key not in entry:
                    self._wrong(self.lines.of(section, index=index), f"[[{section}]] needs the key {key!r}")
            entries.append(found)
        return entries

    def _value(self, found: dict, section: str, key: str, value: object, keys: Mapping[str, schema.Key],
               index: int = 0) -> None:
        line, place = self.lines.of(section, key, index), f"[{section}]"
        if key not in keys:
            self._unknown(f"key in {place}", key, (*keys, *_inner(section)), line)
            return
        rule = keys[key]
        read = _READERS[rule.kind](value)
        if read is None:
            self._wrong(line, f"{key} in {place} must be {_FORMS[rule.kind]}")
            return
        mistakes = len(self.mistakes)
        for word in (read if isinstance(read, tuple) and rule.kind == "words" else (read,)):
            self._word(key, place, word, rule, line)
        if len(self.mistakes) == mistakes:
            found[key] = read

    def _word(self, key: str, place: str, word: object, rule: schema.Key, line: int | None) -> None:
        what = f"{key.removesuffix('s')} in {place}"
        if rule.kind == "signatures":
            for department in (s.department for s in word):
                if department not in schema.SIGNERS:
                    self._unknown(f"signature in {place}", department, schema.SIGNERS, line)
        elif rule.kind == "number" and key == "target" and word <= 0:
            self._wrong(line, f"target in {place} must be greater than zero")
        elif rule.kind == "number" and word < 0:
            self._wrong(line, f"{key} in {place} must not be negative")
        elif rule.allowed and word not in rule.allowed:
            self._unknown(what, word, rule.allowed, line)
        elif rule.known == "countries" and self.known.country is not None:
            code = self.known.country(word)
            if code is None:
                self._wrong(line, f"country {_cut(word)} in {place} is unknown; give its ISO 3166 code, such as DE")
            elif code != word:
                self._wrong(line, f"country {_cut(word)} in {place} must be given by its ISO 3166 code; did you mean "
                                  f"{code!r}?")
        elif rule.known == "products" and self.known.products is not None and word not in self.known.products:
            self._product(word, place, line)
        elif rule.known == "kpis" and self.known.kpis is not None and _plain(word) not in self.known.kpis:
            self._unknown(f"{key} in {place}: KPI", word, self.known.kpis, line)

    def _product(self, word: str, place: str, line: int | None) -> None:
        """The mistake of a product that the firm does not have; its name is as near as its id."""
        ids = {name.casefold(): key for key, name in self.known.products.items()}
        by_name = difflib.get_close_matches(word.casefold(), ids, n=1)
        if by_name:
            self._wrong(line, f"product {_cut(word)} in {place} is unknown; did you mean {ids[by_name[0]]!r}?")
        else:
            self._unknown(f"product in {place}", word, tuple(self.known.products), line)

    def _contradictions(self, agreement: Mapping, products: Mapping, new: list[dict], kpis: list[dict]) -> None:
        agreed, valid = agreement.get("agreed_on"), agreement.get("valid_from")
        line = self.lines.of("agreement", "valid_from")
        if agreed and valid and valid < agreed:
            self._wrong(line, f"valid_from {valid} is earlier than agreed_on {agreed}: a strategy holds from the day "
                              "it was agreed on, or later")
        for signature in agreement.get("by", ()):
            if agreed and signature.on and signature.on > agreed:
                self._wrong(self.lines.of("agreement", "by"), f"{signature.department} signed on {signature.on}, after "
                            f"agreed_on {agreed}: it is agreed when the last one has signed")
        for product in sorted(set(products.get("promote", ())) & set(products.get("hold", ()))):
            self._wrong(self.lines.of("products", "hold"), f"product {_cut(product)} stands under promote and under "
                                                           "hold in [products]: leave one")
        for section, entries, key in (
                ("products.new", new, lambda e: e.get("id")),
                ("kpi", kpis, lambda e: tuple(e.get(k, "") for k in ("name", "department", "team", "product",
                                                                      "period")))):
            seen: dict[object, int] = {}
            for index, entry in enumerate(entries):
                if key(entry) in seen:
                    shown = entry.get("id") or entry.get("name")
                    self._wrong(self.lines.of(section, index=index), f"[[{section}]] {_cut(shown)} is there twice: "
                                                                     "leave one")
                seen[key(entry)] = index

    def _unknown(self, what: str, word: object, allowed: Iterable[str], line: int | None) -> None:
        allowed = tuple(allowed)
        near = difflib.get_close_matches(str(word), allowed, n=1)
        listed = ", ".join(allowed[:30]) + (", …" if len(allowed) > 30 else "")
        hint = f"did you mean {near[0]!r}?" if near else f"allowed are {listed}"
        self._wrong(line, f"{what} {_cut(word)} is unknown; {hint}")

    def _wrong(self, line: int | None, sentence: str) -> None:
        place = f", line {line}" if line else ""
        self.mistakes.append(f"{self.name}{place}: {sentence}")


def _plain(word: str) -> str:
    """A KPI's name as the dictionary has it: case, spaces and hyphens don't matter."""
    return "_".join(word.strip().lower().replace("-", " ").split())


def _within(section: object, key: str) -> object:
    return section.get(key, []) if isinstance(section, Mapping) else []


def _inner(section: str) -> list[str]:
    """The repeated keys of a section, for the list of what is allowed."""
    return [name.split(".")[1] for name in schema.REPEATED if name.startswith(section + ".")]


def _cut(word: object) -> str:
    text = re.sub(r"[\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", str(word))
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST - 1] + "…")


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> tuple[str, ...] | None:
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        return None
    return tuple(dict.fromkeys(word.strip() for word in value))


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _signatures(value: object) -> tuple[Signature, ...] | None:
    """`by = { marketing = "name" }`, or with the day of each: `marketing = { name = "name", on = 2025-06-18 }`."""
    if not isinstance(value, Mapping):
        return None
    signed = []
    for department, signature in value.items():
        entry = {"name": signature} if isinstance(signature, str) else signature
        if not isinstance(entry, Mapping) or set(entry) - {"name", "on"} or not isinstance(entry.get("name"), str):
            return None
        on = _day(entry["on"]) if "on" in entry else None
        if "on" in entry and on is None:
            return None
        signed.append(Signature(department, entry["name"], on))
    return tuple(signed)


_READERS = {"text": _text, "words": _texts, "date": _day, "number": _number, "signatures": _signatures}
_FORMS = {
    "text": 'a text: "…"', "words": 'a list of texts: ["…", "…"]', "date": "a date such as 2026-01-31",
    "number": "a number", "signatures": 'who signed for each department: { marketing = "…", sales = { name = "…", on = '
                                        "2026-01-31 } }",
}
