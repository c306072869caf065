"""Customers that are likely one firm under several names or identifiers: reported, never merged unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval
from insights.figures.model import Column, Note, Table
from insights.language import Money, Text
from insights.models.names import likely_doubles
from insights.topics import customer_base_words as words

if TYPE_CHECKING:
    from insights.topics.customer_base import Base, Register

_MOST_LISTED = 20
_ = Text


def measure(register: Register) -> list[tuple]:
    """Likely pairs among all customers."""
    columns = register.columns
    return likely_doubles(columns["name"], columns["country"], columns["tax_id"])


def findings(base: Base) -> list[Finding]:
    """How many there are."""
    pairs = base.parts.get("doubles", [])
    if not pairs:
        return []
    firms = len({i for pair in pairs for i in pair[:2]})
    return [Finding(
        function=f"{words.TOPIC}.doubles", owner="both", unit="count", n=len(base.register), method=_(
            "Names without legal forms, case and accents, compared letter by letter (rapidfuzz); equal registration "
            "numbers count as one firm, different countries never."),
        estimate=Interval(len(pairs)), statement=_(
            "Likely one firm under several names or identifiers: {firms}. They are counted apart, so a customer may "
            "look late that has ordered under its other name.", firms=words.customers(firms)))]


def table(base: Base) -> Table | Note | None:
    """The pairs, with what each of the two brought."""
    pairs = base.parts.get("doubles", [])
    if not pairs:
        return None
    if not base.names_shown:
        return Note(_("Customers are not named in this disclosure profile; the internal report has the list."))
    place = {int(number): row for row, number in enumerate(base.history.customer)}

    def year(number: int) -> Money | None:
        row = place.get(number)
        return None if row is None else Money(float(base.history.year[row]), base.firm.currency, exact=True)

    names, ids = base.register.columns["name"], base.register.columns["company_id"]
    shown = pairs[:_MOST_LISTED]
    return Table(
        caption=_("Likely one firm under several names"),
        columns=(Column(_("one"), "left"), Column(_("the other"), "left"), Column(_("identifiers"), "left"),
                 Column(_("last 12 months, one"), unit=Text(base.firm.currency)),
                 Column(_("last 12 months, the other"), unit=Text(base.firm.currency))),
        rows=tuple((names[i], names[j], f"{ids[i]}, {ids[j]}", year(i), year(j)) for i, j, _likeness in shown),
        notes=(_("To count two as one, write a row into company_keys: the identifier that is to go as key, the one "
                 "that stays as company_id."),), collapsed=True)
