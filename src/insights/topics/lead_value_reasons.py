"""The reasons behind a lead's score in words, and the scored leads as a table for other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insights.language import Country, Industry, Money, Number, SizeBand, Text, render

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.models.lead_value import LeadModel, Scores

_ = Text

NAMES = {
    "source": _("source"), "origin": _("who brought it"), "lead_type": _("kind of lead"), "channel": _("channel"),
    "product": _("product"), "family": _("product family"), "seller": _("seller"), "team": _("team"),
    "industry": _("industry"), "size": _("size of company"), "country": _("country"), "age": _("age of the lead"),
    "stage": _("stage reached"), "stage_days": _("days in the stage"), "amount": _("amount offered"),
    "touches": _("contacts so far"), "touch_days": _("days since the last contact"),
    "first_touch_hours": _("hours to the first contact"), "people": _("people known at the customer"),
    "decider": _("decision maker known"), "company_won": _("earlier wins of the company"),
    "company_orders": _("earlier orders of the company"), "company_leads": _("earlier leads of the company"),
    "seller_load": _("new leads of the seller in a month"),
    "inflow": _("inflow from its source"),
    "quarter_end": _("last week of a calendar quarter"),
}
STAGES = {
    "new": _("new"), "mql": _("qualified by marketing"), "accepted": _("accepted by sales"), "touched": _("contacted"),
    "opportunity": _("opportunity opened"), "proposal": _("proposal made"),
}
INFLOWS = {
    "low": _("less than usual"), "usual": _("as usual"), "high": _("at least half more than usual"),
    None: _("no usual week to compare with"),
}


def name_of(column: str) -> object:
    """A column as a person says it."""
    return NAMES.get(column, column)


def value_of(model: LeadModel, column: str, code: int, currency: str) -> object:
    """What a code of a column stands for, in words."""
    from insights.models.lead_value.bins import MISSING, RARE

    kept = model.bins.columns[model.bins.names.index(column)]
    said = kept.said(code)
    if column == "inflow" and (said in INFLOWS if said else code == MISSING):
        return INFLOWS[said]
    if said is None:
        return _("not known") if code == MISSING else _("rare") if code == RARE else _("never seen before")
    if isinstance(said, str):
        labels = {"country": Country, "industry": Industry, "size": SizeBand}
        if column == "stage":
            return STAGES.get(said, said)
        if said in ("yes", "no"):
            return _("yes") if said == "yes" else _("no")
        return labels[column](said) if column in labels else said
    return _bounds(kept, code, column, currency)


def _bounds(kept, code: int, column: str, currency: str) -> object:
    """A bin of figures in words: "up to 14", "15 to 30", "31 or more"; "over 8, up to 24" where they are no whole
    numbers."""
    from insights.models.lead_value.bins import FIRST

    low, high = kept.said(code)
    write = (lambda x: Money(x, currency)) if column == "amount" else (lambda x: Number(x, 0))
    whole = column not in ("amount", "first_touch_hours")
    if code == FIRST:
        return write(high) if low == high else _("up to {high}", high=write(high))
    if code - FIRST == len(kept.edges):
        return _("{low} or more", low=write(low + 1)) if whole else _("over {low}", low=write(low))
    if whole:
        return write(high) if high == low + 1 else _("{low} to {high}", low=write(low + 1), high=write(high))
    return _("over {low}, up to {high}", low=write(low), high=write(high))


def phrases(model: LeadModel, language: str, currency: str) -> list[str]:
    """Every reason there can be, in the order of `LeadModel.reasons`."""
    return [
        f"{render(name_of(model.bins.names[column]), language)}: "
        f"{render(value_of(model, model.bins.names[column], code, currency), language)}"
        for column, code in model.reasons]


def reasons(model: LeadModel, scores: Scores, language: str, currency: str) -> pa.Array:
    """The strongest reasons of each lead in one text: "stage reached: proposal made (+); country: Austria (−)"."""
    import pyarrow as pa
    import pyarrow.compute as pc

    said = phrases(model, language, currency)
    words = pa.array([f"{phrase} ({sign})" for sign in ("+", "\N{MINUS SIGN}") for phrase in said])
    parts = []
    for place, pull in zip(scores.reason, scores.pull, strict=True):
        index = pa.array(np.where(pull < 0, place + len(said), place), mask=place < 0)
        parts.append(words.take(index))
    # A lead without any reason stays a row of its own: the join would drop it.
    parts[0] = parts[0].fill_null("")
    return pc.binary_join_element_wise(*parts, "; ", null_handling="skip")


def table(model: LeadModel, leads: pa.Table, scores: Scores, languages: tuple[str, ...], currency: str, *,
          money: bool, margin: bool) -> pa.Table:
    """The scored leads in the order of `leads`: identifiers, probabilities with their interval, expected money, days to
    a win, reasons (a column for each language)."""
    import pyarrow as pa

    kind = "margin" if margin else "revenue"
    columns = {
        "lead_id": leads["lead_id"], "company_id": leads["company"], "seller_id": leads["seller"],
        "age_days": leads["age"], "stage": leads["stage"],
        "probability": _rounded(scores.probability, 4), "probability_low": _rounded(scores.low, 4),
        "probability_high": _rounded(scores.high, 4), "probability_finally": _rounded(scores.final, 4)}
    if money:
        columns |= {
            f"{kind}_if_won": _rounded(scores.value, 0), f"expected_{kind}": _rounded(scores.expected, 2),
            f"expected_{kind}_low": _rounded(scores.expected_low, 2),
            f"expected_{kind}_high": _rounded(scores.expected_high, 2), "currency": pa.array([currency] * len(leads))}
    columns["days_to_win"] = _rounded(scores.days, 0)
    for language in languages:
        name = "reasons" if len(languages) == 1 else f"reasons_{language}"
        columns[name] = reasons(model, scores, language, currency)
    return pa.table(columns)


def _rounded(values: np.ndarray, digits: int) -> pa.Array:
    import pyarrow as pa

    rounded = np.round(values, digits) + 0.0
    return pa.array(rounded, mask=~np.isfinite(rounded))


