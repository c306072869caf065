"""The product priorities as a first screen, figures and tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from insights.evidence import Comparison, Finding, Verdict
from insights.figures.dots import Dot, dots
from insights.figures.grid import Cell, Row, grid
from insights.figures.model import Column, Figure, Note, Table
from insights.language import Count, Day, ListOf, Money, MoneyRange, Number, Share, ShareRange, Text
from insights.topics import product_priorities_mismatch as kinds
from insights.topics import product_priorities_words as words
from insights.topics.headlines import Headlines
from insights.topics.product_priorities_training import MIN_TEAM

if TYPE_CHECKING:
    from insights.topics.product_priorities import Priorities
    from insights.topics.product_priorities_read import Product

MOST_DECISIONS = 5
MOST_SHOWN = 14
_DECIDED = ("not_prepared", "not_willing", "poor_quality", "does_not_pay", "hardly_promoted")
CAUSES = {
    kinds.NOT_PREPARED: Text("sellers not prepared"), kinds.NOT_WILLING: Text("sellers leave it alone"),
    kinds.POOR_QUALITY: Text("poor quality"), kinds.DOES_NOT_PAY: Text("earns too little"),
}
_ = Text


def headlines(result: Priorities) -> Headlines:
    """The first screen: how many promoted products fit, and at most five decisions, the dearest first."""
    decided = [f for f in result.findings if f.function.split(".")[1] in _DECIDED
               and f.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    decided.sort(key=lambda f: f.impact is None)
    weak = [f for f in result.findings if f.function.split(".")[1] in ("win_rate", "conversion")
            or ".stated_" in f.function]
    unproved = [f for f in result.findings if f.verdict in (Verdict.TOO_FEW, Verdict.NO_CLEAR_DIFFERENCE)]
    kept = [f for f in result.findings if f.verdict is Verdict.KEPT]
    return Headlines(_top_line(result), tuple([*decided, *weak][:MOST_DECISIONS]), tuple(unproved[:1]), tuple(kept[:1]))


def _top_line(result: Priorities) -> Text:
    said = next((f.statement for f in result.findings if f.function.endswith(".promoted")), None)
    if said is not None:
        return said
    return result.missing[0] if result.missing else _("No product was asked for or ordered in this period.")


def counted(result: Priorities) -> list[Finding]:
    """The finding that says how many products are promoted."""
    return [f for f in result.findings if f.function.endswith(".promoted")]


def decided(result: Priorities) -> list[Finding]:
    """The mismatches, the chances and the weak products, each with its proof."""
    return [f for f in result.findings if f.verdict in (Verdict.HIGHER, Verdict.LOWER) and ".stated_" not in f.function]


def undecided(result: Priorities) -> list[Finding]:
    """What could not be decided about the readiness of sellers."""
    return [f for f in result.findings if f.function.endswith(".not_prepared") and f.verdict is not Verdict.LOWER]


def of_reasons(result: Priorities) -> list[Finding]:
    """What the written reasons of lost leads say, and how many could be classified."""
    return [f for f in result.findings if ".stated_" in f.function or f.function.endswith(".reasons_classified")]


def of_strategy(result: Priorities) -> list[Finding]:
    """The findings about products that the strategy names."""
    return [f for f in result.findings if f.clause is not None]


def product_map(result: Priorities) -> Figure | Note:
    """Promoted, prepared, profitable, complained of: one row for each product."""
    firm, assortment = result.firm, result.assortment
    items = sorted(result.products, key=lambda p: (-(p.promotion.voice or 0.0), -p.leads, p.id))[:MOST_SHOWN]
    columns = [column for column in _MAP if any(column[1](p) is not None for p in items)] if items else []
    if len(items) < 2 or not columns:
        return Note(_("There are not enough products to draw a map of them."))
    rows = [Row(item.name, tuple(_cell(result, item, column) for column in columns)) for item in items]
    troubled = [m.product.name for m in result.mismatches if m.product in items]
    title = (_("Something speaks against {products}", products=ListOf(list(dict.fromkeys(troubled)))) if troubled
             else _("Nothing speaks against any product"))
    return Figure(
        title=title,
        subtitle=_("{n} products by {order}, {start} to {end}; prepared: share of all leads whose seller was "
                   "prepared at the time. A triangle marks what is clearly better or worse than other products.",
                   n=Count(len(items)), start=Day(firm.period.start), end=Day(firm.period.last_day),
                   order=_("campaign money") if assortment.spend else _("number of leads")),
        svg=grid(rows, tuple(column[0] for column in columns),
                 narrow=tuple(i for i, column in enumerate(columns) if column[2] in _ON_A_PHONE)),
        alt=ListOf([_("{product}: {figures}", product=row.label, figures=ListOf([
            _("{measure} {words}", measure=column[0], words=cell.words)
            for column, cell in zip(columns, row.cells, strict=True)])) for row in rows]))


def _ratio(measure: str):
    def value(item: Product) -> float | None:
        compared = item.compared.get(measure)
        return None if compared is None or compared.withheld else compared.own.value
    return value


def _won(item: Product) -> float | None:
    return item.won / (item.won + item.lost) if item.lost else None


_MAP = (
    (_("campaign money"), lambda p: p.promotion.voice, "", lambda x: Share(x, 0)),
    (_("sellers prepared"), lambda p: p.gap.prepared_share if p.gap else None, kinds.NOT_PREPARED,
     lambda x: Share(x, 0)),
    (_("leads contacted"), _ratio("touched"), kinds.NOT_WILLING, lambda x: Share(x, 0)),
    (_("share of margin"), _ratio("margin_share"), kinds.DOES_NOT_PAY, lambda x: Share(x, 0)),
    (_("won, of won and lost"), _won, "win_rate", lambda x: Share(x)),
    (_("complaints per 100 orders"), _ratio("complaint_rate"), kinds.POOR_QUALITY, lambda x: Number(100 * x, 1)),
)


_ON_A_PHONE = ("", kinds.NOT_PREPARED, kinds.DOES_NOT_PAY, kinds.POOR_QUALITY)


def _cell(result: Priorities, item: Product, column: tuple) -> Cell:
    _name, value, cause, said = column
    x = value(item)
    if x is None:
        return Cell(None, _("none") if column[0] == _MAP[0][0] else "–")
    causes = {m.cause for m in result.mismatches if m.product.id == item.id}
    if cause in causes or (cause == kinds.DOES_NOT_PAY and item.verdict("far_margin_share") is Verdict.LOWER) or (
            cause == "win_rate" and item.verdict("win_rate") is Verdict.LOWER):
        return Cell(x, said(x), "bad")
    good = {kinds.DOES_NOT_PAY: "margin_share", "win_rate": "win_rate"}.get(cause)
    return Cell(x, said(x), "good" if good and item.verdict(good) is Verdict.HIGHER else "plain")


def price_strips(result: Priorities) -> Figure | Note | None:
    """What each mismatch goes with in a year, on one scale."""
    priced = [m for m in result.mismatches if m.worth is not None]
    if len(priced) < 2:
        return None
    currency = result.firm.currency
    rows = [
        Dot(_("{product}: {cause}", product=m.product.name, cause=CAUSES[m.cause]), m.worth, Verdict.LOWER,
            _("{value} ({range})", value=Money(m.worth.value, currency),
              range=MoneyRange(m.worth.low, m.worth.high, currency)), Money(m.worth.value, currency))
        for m in priced[:7]]
    return Figure(
        title=_("The dearest mismatch: {product}", product=priced[0].product.name),
        subtitle=_("{money} a year that goes with each mismatch. The bar shows where the true amount probably lies; "
                   "the amounts overlap and must not be added up.", money=words.money(result.assortment)),
        svg=dots(rows, 0.0, _("nothing")),
        alt=ListOf([_("{label}: {words}", label=row.label, words=row.words) for row in rows]))


def readiness_by_team(result: Priorities) -> Figure | Note | None:
    """Prepared sellers of each team, for every product that some are not prepared for."""
    if result.assortment is None or not result.assortment.pairs:
        return None
    shown = [p for p in result.products if p.readiness and p.launched]
    behind = [p for p in shown if p.readiness.prepared < p.readiness.sellers][:MOST_SHOWN]
    if not behind:
        return Note(_("Every seller is prepared for every product that was assessed."))
    sizes = Counter(team for team, _seller in {(r["team"] or "", r["seller_id"]) for r in result.assortment.pairs})
    named = [team for team in sorted(sizes) if team and sizes[team] >= MIN_TEAM][:6]
    columns = [*named, ""] if sum(n for t, n in sizes.items() if t not in named) >= MIN_TEAM else named
    if not columns:
        return Note(_("No team has four sellers or more, so readiness is not shown by team."))
    rows = [Row(item.name, tuple(_team_cell(item, team, named) for team in columns)) for item in behind]
    return Figure(
        title=_("{product} is known to {n} of {all} sellers", product=behind[0].name,
                n=Count(behind[0].readiness.prepared), all=Count(behind[0].readiness.sellers)) if len(behind) == 1
        else _("{n} products are not known to all sellers", n=Count(len(behind))),
        subtitle=_("Sellers of each team who are prepared, of those assessed; the latest assessment counts. Teams of "
                   "fewer than four stand together; products that everybody knows are left out."),
        svg=grid(rows, tuple(team or _("other teams") for team in columns), whole=True),
        alt=ListOf([_("{product}: {figures}", product=row.label, figures=ListOf([
            _("{measure} {words}", measure=team or _("other teams"), words=cell.words)
            for team, cell in zip(columns, row.cells, strict=True)])) for row in rows]))


def _team_cell(item: Product, team: str, named: list[str]) -> Cell:
    teams = item.readiness.teams
    parts = [teams[team]] if team in teams else [] if team else [v for t, v in teams.items() if t not in named]
    assessed, prepared = (sum(part[i] for part in parts) for i in (0, 1))
    if not assessed:
        return Cell(None, _("not assessed"))
    return Cell(prepared / assessed, _("{n} of {all}", n=Count(prepared), all=Count(assessed)))


def demand_table(result: Priorities) -> Table | Note:
    """What each product is asked for and brings: every product, exact totals and the win rate with its range."""
    items, currency = result.products, result.firm.currency
    if not items:
        return Note(_("No lead names a product and no order does."))
    with_margin = any(p.margin is not None for p in items)
    columns = [Column(_("product"), "left"), Column(_("leads")), Column(_("won")), Column(_("lost")),
               Column(_("win rate")), Column(_("probably between"), "left"), Column(_("against the rest"), "left"),
               Column(_("revenue"), unit=Text(currency))]
    columns += [Column(_("margin"), unit=Text(currency))] if with_margin else []
    columns += [Column(_("margin per win") if with_margin else _("revenue per win"), unit=Text(currency)),
                Column(_("discount")), Column(_("margin per seller hour"), unit=Text(currency))]
    rows = []
    for p in items:
        compared = p.compared.get("win_rate")
        row = [p.name, Count(p.leads), Count(p.won), Count(p.lost), *_rate(compared, p),
               Number(p.revenue, 0)]
        row += [None if p.margin is None else Number(p.margin, 0)] if with_margin else []
        row += [p.per_win and Money(p.per_win.value, currency), None if p.discount is None else Share(p.discount),
                Money(p.margin_in_period / p.hours, currency) if p.hours else None]
        rows.append(tuple(row))
    notes = [_("Win rate: won, divided by won and lost; open and returned ones left out."),
             _("Money: of won leads, their orders or the amount at the win; margin is revenue less rebates less cost.")]
    if any(p.hours for p in items):
        notes.append(_("Seller hours are not recorded by product: the sellers' hours of the period are shared out by "
                       "their recorded contacts, so that this column is a rough guide."))
    return Table(caption=_("Demand, conversion and profit of every product"), columns=tuple(columns), rows=tuple(rows),
                 notes=tuple(notes), estimates=result.estimates)


def _rate(compared: Comparison | None, item: Product) -> list[object]:
    if not item.won + item.lost:
        return [None, None, None]
    if compared is None or compared.withheld:
        return [Share(item.won / (item.won + item.lost)), None, _("too few to say")]
    return [Share(compared.own.value), ShareRange(compared.own.low, compared.own.high), _VERDICTS[compared.verdict]]


_VERDICTS = {Verdict.HIGHER: _("higher"), Verdict.LOWER: _("lower"), Verdict.TOO_FEW: _("too few to say"),
             Verdict.NO_CLEAR_DIFFERENCE: _("no clear difference")}


def support_table(result: Priorities) -> Table | None:
    """Promotion, readiness, willingness and quality of every product."""
    items, currency = result.products, result.firm.currency
    if not items:
        return None
    columns = (
        Column(_("product"), "left"), Column(_("campaigns")), Column(_("campaign money"), unit=Text(currency)),
        Column(_("share of it")), Column(_("leads of these campaigns")), Column(_("leads, sellers prepared")),
        Column(_("leads, sellers not prepared")), Column(_("not known at the time")),
        Column(_("sellers prepared today")), Column(_("sellers unwilling today")), Column(_("leads contacted")),
        Column(_("share of margin")), Column(_("probably between"), "left"), Column(_("orders")), Column(_("returns")),
        Column(_("complaints")), Column(_("complaints per 100 orders")), Column(_("orders again, a year")))
    rows = []
    for p in items:
        gap, today = p.gap, p.readiness
        margin, quality = p.compared.get("margin_share"), p.compared.get("complaint_rate")
        again = p.repeats.compared if p.repeats and not p.repeats.compared.withheld else None
        touched = p.compared.get("touched")
        known = [gap and Count(gap.leads[0]), gap and Count(gap.leads[1]), gap and Count(gap.leads[2] + gap.leads[3])]
        rows.append((
            p.name, Count(p.promotion.campaigns), Number(p.promotion.spend, 0),
            None if p.promotion.voice is None else Share(p.promotion.voice), Count(p.promotion.leads), *known,
            today and _("{n} of {all}", n=Count(today.prepared), all=Count(today.sellers)),
            today and Count(today.unwilling), touched and Share(touched.own.value, 0),
            _value(margin, lambda x: Share(x, 0)),
            None if margin is None or margin.withheld else ShareRange(margin.own.low, margin.own.high, 0),
            Count(p.lines), Count(p.returns), Count(p.complaints), _value(quality, lambda x: Number(100 * x, 1)),
            again and Number(again.own.value, 1)))
    return Table(
        caption=_("Promotion, readiness, willingness and quality of every product"), columns=columns, rows=tuple(rows),
        collapsed=True, notes=(
            _("A campaign's money is divided equally between the products it names, in the period; its leads count to "
              "each of them."),
            _("Prepared: by the latest assessment before each lead; leads of sellers assessed only afterwards, or "
              "never, are not known."),
            _("Orders again: orders after the first, for each customer and year, by the product bought first; "
              "customers who bought before the records begin are left out.")))


def _value(compared: Comparison | None, said) -> object:
    return None if compared is None or compared.withheld else said(compared.own.value)


def missing(result: Priorities) -> list[Note]:
    """What the page could not tell, and why."""
    return [Note(text) for text in result.missing] or [Note(_("Nothing that this page asks for is missing."))]
