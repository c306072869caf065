"""The key customer profile as figures and tables of its estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Finding
from insights.figures.bars import Shares, share_bars
from insights.figures.dots import Dot, dots
from insights.figures.model import Column, Figure, Note, Table
from insights.language import Count, Day, ListOf, Money, Share, Text
from insights.models.segments import overall
from insights.topics import key_customer_words as words
from insights.topics.key_customer_shares import shares

if TYPE_CHECKING:
    from insights.models.segments import Group
    from insights.topics.key_customer_profile import Dimension, Profile
    from insights.topics.measures import Measure

MOST_SHOWN = 7
MOST_LISTED = 20
MOST_SAID = 4
_ = Text


def of_dimension(profile: Profile, key: str) -> list[Finding]:
    """The weightiest findings about a dimension's groups, one for each group; the others stand in the table."""
    chosen: dict[str, Finding] = {}
    for finding in _all_of(profile, key):
        chosen.setdefault(finding.subject.get(key, finding.function), finding)
    return list(chosen.values())[:MOST_SAID]


def _all_of(profile: Profile, key: str) -> list[Finding]:
    return [f for f in profile.findings if set(f.subject) == {key} or f.function.endswith(f"_by_{key}")]


def of_records(profile: Profile) -> list[Finding]:
    """The finding that says what the records hold."""
    return [f for f in profile.findings if f.function.endswith(".totals")]


def of_strategy(profile: Profile) -> list[Finding]:
    """The findings about the declared key customer."""
    return [f for f in profile.findings if f.clause is not None]


def shares_figure(profile: Profile, key: str) -> Figure | Note:
    """Where most customers are, where the money is made, whom we address: three bars for each group."""
    rows = shares(profile, key) if key in profile.dimensions else []
    finding = next((f for f in profile.findings if f.function.endswith(f"most_best_addressed_{key}")), None)
    if finding is None:
        return Note(_("No customer was won in this period, so there are no shares by {dimension} to show.",
                      dimension=words.DIMENSION[key]))
    with_spend = any(row.spend is not None for row in rows)
    shown = rows[:MOST_SHOWN]
    kind = profile.dimensions[key].money
    money = _("margin") if kind is not None and kind.key == "margin_per_lead" else _("revenue")
    wholes = (_("customers"), money, _("spend"))[:2 + with_spend]
    headers = (_("customers"), money, _("campaign spend"))[:2 + with_spend]
    table = Table(
        caption=_("Shares by {dimension}", dimension=words.DIMENSION[key]),
        columns=(Column(words.DIMENSION[key], "left"), *(Column(header, unit=_("%")) for header in headers)),
        rows=tuple(
            (words.label(key, r.label), *(None if s is None else Share(s) for s in r.shares[:2 + with_spend]))
            for r in rows),
        notes=(_("Customers: companies with a lead created in the period and won. Spend: campaigns with a declared "
                 "target, in the period."),))
    return Figure(
        title=finding.statement,
        subtitle=_("Shares of customers, {money} and campaign spend, {start} to {end}", money=money,
                   start=Day(profile.firm.period.start), end=Day(profile.firm.period.last_day)),
        svg=share_bars([Shares(words.label(key, r.label), r.shares[:2 + with_spend]) for r in shown], wholes),
        finding=finding, alt=ListOf([_alt_share(key, row) for row in shown]), table=table)


def _alt_share(key: str, row) -> Text:
    values = {name: _("unknown") if s is None else Share(s, 0) for name, s in vars(row).items() if name != "label"}
    return _("{group}: {customers} of customers, {money} of the money, {spend} of the spend",
             group=words.label(key, row.label), **values)


def ranking(profile: Profile, key: str) -> list[Figure | Table | Note]:
    """The dimension's groups by each measure, ranked, with intervals; then all of them as a table; then what is not
    shown and why."""
    dimension = profile.dimensions.get(key)
    if dimension is None:
        return [Note(text) for text in profile.missing]
    drawn = [_dots(profile, dimension, kind) for kind in _drawn(dimension)]
    return [*(f for f in drawn if f), _table(profile, dimension), *(Note(text) for text in dimension.refused)]


def _drawn(dimension: Dimension) -> list[Measure]:
    """One rate and the money: enough for the eye; the table has the rest."""
    rates = [m for m in dimension.measures if m.share]
    conversion = [m for m in rates if m.key == "conversion"] or rates
    return [m for m in (*conversion[:1], dimension.money) if m is not None]


def _dots(profile: Profile, dimension: Dimension, kind: Measure) -> Figure | None:
    plotted = sorted(
        (g for g in dimension.groups if not g.withheld(kind.key)), key=lambda g: -g.compared[kind.key].own.value)
    if len(plotted) < 2:
        return None
    shown = plotted if len(plotted) <= MOST_SHOWN + 2 else [*plotted[:MOST_SHOWN - 3], *plotted[-3:]]
    everything = overall(profile.cells["all"], kind.key)
    rows = [
        Dot(_("{group}, {n}", group=words.label(dimension.key, g.label), n=Count(g.compared[kind.key].n)),
            g.compared[kind.key].own, g.compared[kind.key].verdict, kind.full(g.compared[kind.key].own),
            kind.value(g.compared[kind.key].own.value))
        for g in shown]
    return Figure(
        title=_title(dimension, kind, plotted),
        subtitle=_("{measure} by {dimension}, with the number of cases; {population}. The bar shows where the true "
                   "value probably lies; a triangle is clearly above or below the rest, an open dot undecided.",
                   measure=kind.name, dimension=words.DIMENSION[dimension.key], population=_population(profile)),
        svg=dots(rows, everything.value, _("all: {value}", value=kind.value(everything.value))),
        alt=ListOf([_("{label}: {words}", label=row.label, words=row.words) for row in rows]))


def _title(dimension: Dimension, kind: Measure, groups: list[Group]) -> Text:
    decided = {
        verdict: [words.label(dimension.key, g.label) for g in groups if str(g.compared[kind.key].verdict) == verdict]
        for verdict in ("higher", "lower")}
    values = {"measure": kind.name, "higher": ListOf(decided["higher"]), "lower": ListOf(decided["lower"]),
              "dimensions": words.DIMENSIONS[dimension.key]}
    if decided["higher"] and decided["lower"]:
        return _("Clearly higher in {measure}: {higher}. Clearly lower: {lower}", **values)
    if decided["higher"]:
        return _("Clearly higher in {measure}: {higher}", **values)
    if decided["lower"]:
        return _("Clearly lower in {measure}: {lower}", **values)
    return _("None of the {dimensions} stands out in {measure}", **values)


def _population(profile: Profile) -> Text:
    first = profile.totals["first_day"]
    if first is None:
        return _("all leads up to {end}", end=Day(profile.firm.as_of))
    return _("leads created from {start} to {end}", start=Day(first), end=Day(profile.firm.as_of))


def _table(profile: Profile, dimension: Dimension) -> Table:
    key, kinds = dimension.key, dimension.measures
    ordered = sorted((g for g in dimension.groups if not g.small), key=lambda g: (-g.leads, g.label))
    columns = [Column(words.DIMENSION[key], "left"), Column(_("leads")), Column(_("companies")), Column(_("won"))]
    for kind in kinds:
        columns += [Column(kind.name), Column(_("probably between"), "left"), Column(_("against the rest"), "left")]
    rows = [tuple(_row(key, group, kinds)) for group in ordered]
    by_margin = dimension.money is not None and dimension.money.key == "margin_per_lead"
    columns.append(Column(_("margin, total") if by_margin else _("revenue, total"), unit=Text(profile.firm.currency)))
    rows = [(*row, Money(g.margin if by_margin else g.revenue, profile.firm.currency, exact=True))
            for row, g in zip(rows, ordered, strict=True)]
    notes = [*(_("{measure}: {definition}.", measure=k.name, definition=k.definition) for k in kinds)]
    small = [words.label(key, g.label) for g in dimension.groups if g.small]
    if small:
        notes.append(_("Not shown, fewer than 30 leads or 5 companies: {groups}.", groups=ListOf(small[:MOST_LISTED])
                       if len(small) <= MOST_LISTED else _("{groups} and {n} more", groups=ListOf(small[:MOST_LISTED]),
                                                            n=Count(len(small) - MOST_LISTED))))
    if dimension.unknown_leads:
        notes.append(_("{leads} of unknown {dimension} are in the totals and in no row.",
                       leads=words.leads(dimension.unknown_leads, profile.opportunities),
                       dimension=words.DIMENSION[key]))
    return Table(
        caption=_("All figures by {dimension}", dimension=words.DIMENSION[key]), columns=tuple(columns),
        rows=tuple(rows), notes=tuple(notes), collapsed=True,
        estimates=tuple(e for e in profile.estimates if key in e.subject),
        findings=tuple(f for f in _all_of(profile, key) if f not in of_dimension(profile, key)))


def _row(key: str, group: Group, kinds: tuple[Measure, ...]) -> list[object]:
    row: list[object] = [words.label(key, group.label), Count(group.leads), Count(group.companies), Count(group.won)]
    for kind in kinds:
        compared = group.compared[kind.key]
        if compared.withheld:
            row += [None, None, words.WITHHELD[compared.withheld]]
        else:
            row += [kind.value(compared.own.value), kind.range(compared.own), words.VERDICTS[str(compared.verdict)]]
    return row


def missing(profile: Profile) -> list[Note]:
    """What the page could not tell, and why."""
    texts = list(profile.missing)
    firm = profile.firm
    if profile.totals and profile.totals["without_company"]:
        texts.append(_("{leads} have no company: they are in every total and in no group.",
                       leads=words.leads(profile.totals["without_company"], profile.opportunities)))
    if not firm.has("spend", "campaigns"):
        texts.append(_("Whom the campaigns address is not known: the tables campaigns and spend are missing."))
    if not firm.has("contacts"):
        texts.append(_(
            "Who decides at the customer's is not known: the tables contacts and lead_contacts are missing."))
    if firm.strategy is None:
        texts.append(_("There is no strategy file, so no declared key customer can be set against the data."))
    if any(d.money is not None and d.money.key != "margin_per_lead" for d in profile.dimensions.values()):
        texts.append(_("Cost is known for less than 95% of revenue, so money is revenue, not margin."))
    return [Note(text) for text in texts] or [Note(_("Nothing that this page asks for is missing."))]
