"""The sentences of the key customer profile: each is chosen by a verdict and filled by its estimates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.language import Capital, Count, Country, Day, Industry, ListOf, Money, Share, SizeBand, Text
from insights.period import add_months

if TYPE_CHECKING:
    from insights.evidence import Comparison
    from insights.models.segments import Group
    from insights.topics.key_customer_profile import Dimension, Profile
    from insights.topics.measures import Measure

TOPIC = "key_customer_profile"
_ = Text

METHOD = _(
    "Each group against all others; interval of the difference clustered by company; smallest difference that matters "
    "one tenth of the figure of all; false discoveries held to one in ten over all comparisons of this page (Benjamini "
    "and Hochberg).")
COUNTED = _("Counted, not estimated.")

VERDICTS = {
    "higher": _("higher"), "lower": _("lower"), "no_clear_difference": _("no clear difference"),
    "too_few_to_say": _("too few to say"),
}
WITHHELD = {
    "few_leads": _("not shown: fewer than 30 leads"), "few_companies": _("not shown: fewer than 5 companies"),
    "few_customers": _("not shown: fewer than 5 customers"),
    "dominance": _("not shown: one company makes nearly all of it"),
    "no_rest": _("not compared: there is hardly anything to compare with"),
}

DIMENSION = {"industry": _("industry"), "size": _("size"), "country": _("country"), "region": _("region")}
DIMENSIONS = {"industry": _("industries"), "size": _("sizes of company"), "country": _("countries"),
              "region": _("regions")}


def label(dimension: str, key: str) -> object:
    """A group's name as a person says it."""
    if key == "other":
        return _("others, too small to show")
    return {"industry": Industry, "size": SizeBand, "country": Country, "region": str}[dimension](key)


def joined(parts: list[object]) -> Text | object:
    """Parts of one description, with commas between them."""
    whole = parts[0]
    for part in parts[1:]:
        whole = _("{first}, {second}", first=whole, second=part)
    return whole


def judged_in_words(compared: Comparison) -> Text:
    """The verdict, or why there is none."""
    return WITHHELD[compared.withheld] if compared.withheld else VERDICTS[str(compared.verdict)]


def weight(profile: Profile, kind: Measure, compared: Comparison) -> float:
    """What hangs on a difference, in money over the leads behind it: the order of headlines."""
    return abs(compared.difference.value) * compared.n * (1 if not kind.share else _margin_per_win(profile))


def where(dimension: str, key: str) -> Text:
    """A group as the place of which something is said."""
    name = label(dimension, key)
    if dimension in ("country", "region"):
        return _("in {country}", country=name)
    return _("in the industry {industry}", industry=name) if dimension == "industry" else _("among {companies}",
                                                                                            companies=name)


def leads(n: int, opportunities: bool) -> Text:
    """So many leads, or opportunities where the records begin with them."""
    if opportunities:
        return _("{n} opportunity", plural="{n} opportunities", n=n)
    return _("{n} lead", plural="{n} leads", n=n)


def companies(n: int) -> Text:
    """So many companies."""
    return _("{n} company", plural="{n} companies", n=n)


def no_losses() -> Text:
    """Why there is no win rate."""
    return _("The win rate is not shown: no lost lead is recorded, so won ones have nothing to be divided by.")


def no_durations() -> Text:
    """Why there is no conversion."""
    return _("Conversion is not shown: no won lead has both a date of creation and a later date of the win.")


def entered_afterwards() -> Text:
    """Why there is no conversion where the CRM is filled in afterwards."""
    return _("Conversion within so many days is not shown: most leads were written down when they were won, so their "
             "durations mean nothing. The win rate stands.")


def in_bulk(day: dt.date) -> Text:
    """Which leads conversion leaves out where stages were changed in bulk."""
    return _("Conversion leaves out leads whose span holds {day}: so many stages bear that date that durations across "
             "it mean nothing.", day=Day(day))


def vat_included() -> Text:
    """Why there is no money."""
    return _("Money by group is not shown: revenue seems to include VAT, in some countries and not in others.")


def missing_depends_on_outcome(dimension: str, missing: dict) -> Text:
    """Why there is no conversion by a dimension that is filled in when a lead closes."""
    return _(
        "Conversion by {dimension} is not shown: {dimension} is unknown for {open} of the open leads but for {closed} "
        "of the closed ones, so a rate over those where it is known would mislead. The win rate stands.",
        dimension=DIMENSION[dimension], open=Share(missing["open_missing"] / missing["open"], 0),
        closed=Share(missing["closed_missing"] / missing["closed"], 0))


def deadline(profile: Profile, months: int = 3) -> Day:
    """A day so many months after the as-of date, at the end of its month."""
    later = add_months(profile.firm.as_of.replace(day=1), months + 1) - dt.timedelta(days=1)
    return Day(later)


def basis(profile: Profile, compared: Comparison) -> Text:
    """The cases behind a comparison: "486 leads of 210 companies"."""
    return _("{leads} of {companies}", leads=leads(compared.n, profile.opportunities),
             companies=companies(compared.companies))


def differs(profile: Profile, dimension: Dimension, kind: Measure, group: Group, compared: Comparison) -> Finding:
    """A group that is clearly higher or lower than the rest."""
    higher = compared.verdict is Verdict.HIGHER
    values = {
        "where": where(dimension.key, group.label), "measure": kind.name, "Measure": Capital(kind.name),
        "own": kind.said(compared.own.value), "rest": kind.said(compared.rest.value),
        "range": kind.range(compared.own), "basis": basis(profile, compared), "day": deadline(profile)}
    statement = _(
        "{Measure} is clearly higher {where}: {own} against {rest} elsewhere ({range}; {basis}).", **values,
    ) if higher else _(
        "{Measure} is clearly lower {where}: {own} against {rest} elsewhere ({range}; {basis}).", **values)
    action = _(
        "In the next plan, by {day}, look for more leads {where}, within the present budget. It worked if {measure} "
        "of these new leads stays above {rest}.", **values,
    ) if higher else _(
        "Agree by {day} which leads {where} are worth a seller's time; it costs one meeting. It worked if {measure} "
        "rises towards {rest} there.", **values)
    return Finding(
        function=f"{TOPIC}.{kind.key}", subject={dimension.key: group.label}, statement=statement, action=action,
        estimate=compared.own, baseline=compared.rest, difference=compared.difference, unit=kind.unit, n=compared.n,
        verdict=compared.verdict, owner="marketing" if higher else "both", method=METHOD,
        rank=weight(profile, kind, compared),
        rival=_("Another trait of the leads {where} may stand behind it, such as their source or the product they ask "
                "for.", **values))


def nothing_stands_out(
    profile: Profile, dimension: Dimension, kind: Measure, judged: list[tuple[Group, Comparison]],
) -> Finding:
    """No group of the dimension is clearly higher or lower: either they are alike, or there are too few leads."""
    key, n = dimension.key, sum(c.n for _group, c in judged)
    alike = sum(c.n for _group, c in judged if c.verdict is Verdict.NO_CLEAR_DIFFERENCE)
    verdict = Verdict.NO_CLEAR_DIFFERENCE if judged and 2 * alike >= n else Verdict.TOO_FEW
    figures = sorted(c.own.value for _group, c in judged)
    values = {
        "dimensions": DIMENSIONS[key], "dimension": DIMENSION[key], "measure": kind.name, "n": Count(len(judged)),
        "low": kind.value(figures[0]), "high": kind.value(figures[-1]), "leads": leads(n, profile.opportunities)}
    if verdict is Verdict.NO_CLEAR_DIFFERENCE:
        statement = _(
            "No clear difference between {dimensions} in {measure}: {low} to {high} over {n} groups ({leads}).",
            **values)
        action = _("Do not choose or turn down leads by {dimension} for the sake of {measure}.",
                   **values)
    else:
        statement = _(
            "Too few to say which {dimensions} are better in {measure}: what separates {low} from {high} may be chance "
            "({leads}).", **values)
        action = _("Decide nothing by {dimension} on {measure} until more leads have closed.",
                   **values)
    return Finding(
        function=f"{TOPIC}.{kind.key}_by_{key}", statement=statement, action=action, unit=kind.unit,
        n=n, verdict=verdict, owner="both", method=METHOD,
        estimate=_overall(profile, kind) if verdict is Verdict.NO_CLEAR_DIFFERENCE else Interval(None))


def nothing_to_compare(profile: Profile, dimension: Dimension) -> Finding:
    """Hardly any group of the dimension is large enough to be compared with another."""
    values = {"dimensions": DIMENSIONS[dimension.key], "dimension": DIMENSION[dimension.key],
              "largest": label(dimension.key, max(dimension.groups, key=lambda g: (g.leads, g.label)).label)}
    n = sum(group.leads for group in dimension.groups)
    return Finding(
        function=f"{TOPIC}.groups_by_{dimension.key}", unit="count", n=n, owner="both", method=METHOD,
        verdict=Verdict.TOO_FEW, statement=_(
            "Too few to compare {dimensions}: besides {largest} hardly any group has thirty leads from five companies.",
            **values),
        action=_("Decide nothing by {dimension} until more leads have closed.", **values))


def totals(profile: Profile) -> Finding:
    """What the records hold, counted."""
    t, firm = profile.totals, profile.firm
    return Finding(
        function=f"{TOPIC}.totals", unit=firm.currency, n=t["leads"], owner="both", method=COUNTED,
        estimate=Interval(float(t["revenue"] or 0)), statement=_(
            "In the records up to {day}: {leads}, {won} won, {lost} lost, {open} open; revenue of the won ones "
            "{revenue}.",
            day=Day(firm.as_of), leads=leads(t["leads"], profile.opportunities), won=Count(t["won"]),
            lost=Count(t["lost"]), open=Count(t["open"]), revenue=Money(float(t["revenue"] or 0), firm.currency,
                                                                        exact=True)))


def most_best_addressed(profile: Profile, dimension: Dimension) -> Finding | None:
    """Where most customers are, where the money is made, and whom campaigns address, in the period."""
    from insights.topics.key_customer_shares import OTHER, shares

    rows = shares(profile, dimension.key)
    named = [row for row in rows if row.label != OTHER]
    if not any(row.customers for row in named):
        return None
    most = max(named, key=lambda row: (row.customers or 0, row.label))
    best = max(named, key=lambda row: (row.money or 0, row.label))
    target = max(named, key=lambda row: (row.spend or 0, row.label))
    values = {
        "most": label(dimension.key, most.label), "customers": Share(most.customers, 0),
        "best": label(dimension.key, best.label), "money": Share(best.money or 0, 0),
        "target": label(dimension.key, target.label), "spend": Share(target.spend or 0, 0)}
    by_margin = dimension.money is not None and dimension.money.key == "margin_per_lead"
    values |= {"Most": Capital(values["most"])}
    if target.spend:
        statement = _(
            "Most customers: {most} ({customers}). Most margin: {best} ({money}). Most campaign money with a declared "
            "target: {target} ({spend}).", **values,
        ) if by_margin else _(
            "Most customers: {most} ({customers}). Most revenue: {best} ({money}). Most campaign money with a declared "
            "target: {target} ({spend}).", **values)
    else:
        statement = (
            _("Most customers: {most} ({customers}). Most margin: {best} ({money}).", **values) if by_margin
            else _("Most customers: {most} ({customers}). Most revenue: {best} ({money}).", **values))
    return Finding(
        function=f"{TOPIC}.most_best_addressed_{dimension.key}", statement=statement, unit="share",
        n=max(int(profile.cells["period"].count("customers")), 1), owner="both", method=COUNTED,
        estimate=Interval(most.customers))


def _overall(profile: Profile, kind: Measure) -> Interval:
    from insights.models.segments import overall

    return overall(profile.cells["all"], kind.key)


def _margin_per_win(profile: Profile) -> float:
    totals = profile.totals
    money = totals["margin"] if totals["margin"] else totals["revenue"]
    return float(money or 0) / max(totals["won"], 1)


def names(dimension: str, keys: tuple[str, ...]) -> ListOf:
    """Several groups' names in a row."""
    return ListOf([label(dimension, key) for key in keys])
