"""The keys of a strategy file: what each may hold, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = ("micro", "small", "medium", "large", "enterprise")
DEPARTMENTS = ("marketing", "sales", "shared")
WORKED_BY = ("marketing", "sales", "both")
PERIODS = ("month", "quarter", "year")
SIGNERS = ("marketing", "sales", "board")


@dataclass(frozen=True)
class Key:
    """What a key holds. `kind`: text, words (one text or a list), date, number, signatures. `allowed` are the texts it
    may hold; `known` names the register of the firm (products, countries, kpis) that its texts are looked up in."""

    kind: str
    allowed: tuple[str, ...] = ()
    known: str = ""


# Sections that hold any names of the firm's own, each with a text.
FREE = ("definitions", "roles")

SECTIONS: dict[str, dict[str, Key]] = {
    "agreement": {
        "agreed_on": Key("date"), "valid_from": Key("date"), "by": Key("signatures"), "firm": Key("text"),
    },
    "definitions": {},
    "roles": {},
    "key_customer": {
        "industries": Key("words"), "sizes": Key("words", SIZES), "countries": Key("words", known="countries"),
        "audience": Key("words"), "decision_maker": Key("words"),
    },
    "products": {"promote": Key("words", known="products"), "hold": Key("words", known="products")},
    "customers": {"repeat_orders": Key("text", WORKED_BY), "win_back": Key("text", WORKED_BY)},
    "sla": {
        "first_touch_hours": Key("number"), "accepted_days": Key("number"), "attempts": Key("number"),
        "attempt_days": Key("number"), "returned_days": Key("number"), "follow_up_hours": Key("number"),
    },
}
# Sections and keys that are repeated: [[kpi]], [[products.new]].
REPEATED: dict[str, dict[str, Key]] = {
    "kpi": {
        "name": Key("text", known="kpis"), "department": Key("text", DEPARTMENTS), "target": Key("number"),
        "period": Key("text", PERIODS), "team": Key("text"), "product": Key("text", known="products"),
        "currency": Key("text"),
    },
    "products.new": {"id": Key("text"), "on": Key("date")},
}
NEEDED = {"kpi": ("name", "department", "target"), "products.new": ("id", "on")}
SECTION_NAMES = (*SECTIONS, "kpi")
