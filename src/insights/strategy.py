"""The joint strategy file: what marketing, sales and the board agreed on, read and checked."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from insights.problems import InsightsError

SECTIONS: dict[str, tuple[str, ...]] = {
    "agreement": ("agreed_on", "by", "valid_from", "firm"),
    "definitions": (),
    "roles": (),
    "key_customer": ("industries", "sizes", "countries", "audience", "decision_maker"),
    "products": ("promote", "hold", "new"),
    "kpi": ("name", "department", "target", "period"),
    "customers": ("repeat_orders", "win_back"),
    "sla": (),
}
SIZES = ("micro", "small", "medium", "large", "enterprise")


class StrategyError(InsightsError):
    """A strategy file that cannot be read or says what no strategy can."""

    exit_code = 65


@dataclass(frozen=True)
class KeyCustomer:
    """The declared key customer: NACE codes or own labels, size bands, ISO countries, whom communication addresses
    and who decides."""

    industries: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    decision_maker: tuple[str, ...] = ()


@dataclass(frozen=True)
class Strategy:
    """One version of the joint strategy. `content` is the whole file as read."""

    valid_from: dt.date | None
    agreed_on: dt.date | None
    key_customer: KeyCustomer
    sha256: str
    content: Mapping[str, object] = field(default_factory=dict, compare=False)


def find(folder: Path, as_of: dt.date) -> Strategy | None:
    """The version in force on `as_of` among the folder's `strategy*.toml`; None where there is none."""
    files = sorted(path for path in folder.glob("strategy*.toml") if ".proposed" not in path.name)
    versions = [load(path) for path in files]
    in_force = [v for v in versions if v.valid_from is None or v.valid_from <= as_of]
    return max(in_force, key=lambda v: v.valid_from or dt.date.min, default=None)


def load(path: Path) -> Strategy:
    """Read a strategy file; StrategyError says what is wrong in it, where, and what is allowed."""
    try:
        raw = path.read_bytes()
        content = tomllib.loads(raw.decode("utf-8"))
    except FileNotFoundError:
        raise StrategyError(f"strategy file {path.name} is not there") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StrategyError(f"{path.name} is not TOML: {error}") from None
    for section, keys in content.items():
        _known(path, section, SECTIONS, "section")
        if SECTIONS[section]:
            for entry in keys if isinstance(keys, list) else [keys]:
                for key in entry:
                    _known(path, key, SECTIONS[section], f"key in [{section}]")
    agreement = content.get("agreement", {})
    declared = content.get("key_customer", {})
    for size in declared.get("sizes", ()):
        _known(path, size, SIZES, "size in [key_customer]")
    return Strategy(
        valid_from=_day(path, agreement, "valid_from"), agreed_on=_day(path, agreement, "agreed_on"),
        key_customer=KeyCustomer(**{key: _words(path, declared, key) for key in SECTIONS["key_customer"]}),
        sha256=hashlib.sha256(raw).hexdigest(), content=content)


def _known(path: Path, word: str, allowed: Mapping | tuple, what: str) -> None:
    if word in allowed:
        return
    near = difflib.get_close_matches(str(word), list(allowed), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(allowed)}"
    raise StrategyError(f"{path.name}: {what} {word!r} is unknown; {hint}")


def _day(path: Path, section: Mapping, key: str) -> dt.date | None:
    value = section.get(key)
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise StrategyError(f"{path.name}: {key} in [agreement] must be a date such as 2026-01-31") from None


def _words(path: Path, section: Mapping, key: str) -> tuple[str, ...]:
    value = section.get(key, ())
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise StrategyError(f"{path.name}: {key} in [key_customer] must be a list of texts")
    return tuple(value)
