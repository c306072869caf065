"""The analyst's bench as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Comparison, Verdict
from insights.figures.model import Column, Export, Note, Table
from insights.language import Capital, Count, Country, Day, Industry, Money, SizeBand, Text
from insights.topics import explore

if TYPE_CHECKING:
    from insights.topics.explore import Bench, Group
    from insights.topics.measures import Measure

MOST_GROUPS = 25
FEWEST = 30
_ = Text

DIMENSIONS = {
    "industry": _("industry"), "size": _("size"), "country": _("country"), "region": _("region"),
    "source": _("source"), "origin": _("origin"), "lead_type": _("type of lead"), "campaign": _("campaign"),
    "product": _("product"), "team": _("team"), "outcome": _("outcome"),
}
VERDICTS = {
    Verdict.HIGHER: _("higher"), Verdict.LOWER: _("lower"), Verdict.NO_CLEAR_DIFFERENCE: _("no clear difference"),
    Verdict.TOO_FEW: _("too few to say"),
}
_SPOKEN = {"industry": Industry, "size": SizeBand, "country": Country}


def name(bench: Bench, dimension: str, value: str | None) -> object:
    """A value as a person says it."""
    if value is None:
        return _("not recorded")
    return _SPOKEN.get(dimension, str)(bench.names.get(dimension, {}).get(value, value))


def selection(bench: Bench) -> list[Table | Note]:
    """The chosen leads against all others."""
    if bench.missing:
        return [Note(bench.missing)]
    if bench.inside is None:
        return [Note(_("No lead fits the choice."))]
    said: object = _("All leads are chosen: name some in the parameter chosen, such as country=DE; industry=C28.")
    if bench.chosen:
        parts = [_("{dimension}: {values}", dimension=DIMENSIONS[key], values=_listed(bench, key, values))
                 for key, values in bench.chosen.items()]
        whole = parts[0]
        for part in parts[1:]:
            whole = _("{first}; {second}", first=whole, second=part)
        said = _("Chosen: {what}.", what=whole)
    if bench.others is None:
        return [Note(said), _table(bench, _("All leads"), _("leads"), [(_("all leads"), bench.inside)])]
    rows = [(_("chosen"), bench.inside), (_("all others"), bench.others)]
    notes = [] if bench.measures else [Note(_("A choice by outcome has no rates: leave outcome out to compare."))]
    return [Note(said), _table(bench, _("The chosen leads against all others"), _("leads"), rows), *notes]


def segments(bench: Bench) -> Table | Note | None:
    """The chosen leads cut by an attribute, each group against the rest of the choice."""
    if bench.missing or bench.inside is None:
        return None
    shown = [group for group in bench.groups if group.leads >= FEWEST][:MOST_GROUPS]
    rest = len(bench.groups) - len(shown)
    if not shown:
        return Note(_("No group by {dimension} has thirty leads or more.", dimension=DIMENSIONS[bench.by]))
    table = _table(bench, _("The chosen leads by {dimension}", dimension=DIMENSIONS[bench.by]), DIMENSIONS[bench.by],
                   [(name(bench, bench.by, group.value), group) for group in shown])
    notes = [_("Each group against the rest of the chosen leads; false discoveries are held to one in ten over the "
               "whole table.")]
    if rest:
        notes.append(_("Not shown: {n} groups of fewer than thirty leads or beyond the first ones.", n=rest))
    return Table(caption=table.caption, columns=table.columns, rows=table.rows, notes=(*table.notes, *notes))


def _table(bench: Bench, caption: Text, header: Text, groups: list[tuple[object, Group]]) -> Table:
    alone = all(c.withheld == "no_rest" for _name, group in groups for c in group.compared.values())
    columns = [Column(header, "left"), Column(_("number")), Column(_("won")), Column(_("lost")), Column(_("open")),
               Column(OUTCOMES["returned"])]
    for one in bench.measures:
        columns += [Column(one.name, "left"), *([] if alone else [Column(_("against the rest"), "left")])]
    rows = []
    for title, group in groups:
        row: list[object] = [title, *map(Count, (group.leads, group.won, group.lost, group.open, group.returned))]
        for one in bench.measures:
            row += _cells(one, group.compared.get(one.key))[:1 if alone else 2]
        rows.append(tuple(row))
    return Table(caption=caption, columns=tuple(columns), rows=tuple(rows), notes=tuple(
        _("{measure}: {definition}.", measure=Capital(one.name), definition=one.definition) for one in bench.measures))


def _cells(one: Measure, compared: Comparison | None) -> tuple[object, object]:
    if compared is None:
        return None, None
    if compared.withheld == "no_rest" and compared.n >= FEWEST:
        return one.full(compared.own), None
    if compared.withheld:
        return None, VERDICTS[Verdict.TOO_FEW]
    return one.full(compared.own), VERDICTS[compared.verdict]


def rows(bench: Bench, most: int) -> list[Table | Note | Export]:
    """The chosen leads themselves: the first of them on the page, all in a file."""
    if bench.missing or bench.inside is None:
        return []
    table = bench.rows
    lines = []
    for row in table.slice(0, max(int(most), 0)).to_pylist():
        lines.append((row["lead_id"], row["name"] or _("not recorded"), name(bench, "country", row["country"]),
                      name(bench, "industry", row["industry"]), row["source"],
                      name(bench, "product", row["product_id"]),
                      Day(row["created_on"]) if row["created_on"] else None, OUTCOMES[row["outcome"]],
                      Money(row[bench.money], bench.firm.currency, exact=True) if row["outcome"] == "won" else None))
    money = _("margin") if bench.money == "margin" else _("revenue")
    shown = [Table(
        caption=_("The leads themselves, the youngest first"),
        columns=(Column(_("lead"), "left"), Column(_("company"), "left"), Column(_("country"), "left"),
                 Column(_("industry"), "left"), Column(_("source"), "left"), Column(_("product"), "left"),
                 Column(_("created"), "left"), Column(_("outcome"), "left"),
                 Column(money, unit=Text(bench.firm.currency))), rows=tuple(lines))] if lines else []
    return [*shown, Export("chosen_leads", _("The chosen leads"), table)]


OUTCOMES = {"won": _("won"), "lost": _("lost"), "open": _("open"), "returned": _("returned to marketing")}


def tried(bench: Bench, key_customer: str) -> list[Note]:
    """A changed key customer against the declared one."""
    found = explore.tried(bench.firm, key_customer)
    if not found:
        return [Note(_("Name a key customer to try in the parameter key_customer, such as industry=C28; size=medium; "
                       "country=DE,CZ."))]
    return [Note(text) for text in found]


def _listed(bench: Bench, dimension: str, values: tuple[str, ...]) -> object:
    whole = name(bench, dimension, values[0])
    for value in values[1:]:
        whole = _("{first}, {second}", first=whole, second=name(bench, dimension, value))
    return whole
