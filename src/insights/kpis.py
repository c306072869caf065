"""The dictionary of KPIs: each defined once, with formula, unit, direction, basis and owner.

The scoreboard, the strategy file, the table of targets and the glossary page speak of KPIs by these names.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from insights.language import Text

UNITS = ("count", "share", "days", "hours", "money", "money_per_day", "ratio")
BASES = {
    "cohort": Text("leads by their day of creation, allowing for those too young to tell"),
    "period": Text("what happened in the period, whenever the lead came"),
}
_ = Text


@dataclass(frozen=True)
class Kpi:
    """One measure: `name` as files write it, `also` its other names, `title` and `formula` in words, `unit` one of
    `UNITS`, `more` whether more is better, `basis` a key of `BASES`, `owner` marketing, sales or shared."""

    name: str
    title: Text
    formula: Text
    unit: str
    more: bool
    basis: str
    owner: str
    also: tuple[str, ...] = ()

    @property
    def money(self) -> bool:
        """Whether its figures are amounts of money."""
        return self.unit in ("money", "money_per_day")


def _kpi(name, title, formula, unit, owner, *, less=False, cohort=False, also=()) -> Kpi:
    return Kpi(name, title, formula, unit, not less, "cohort" if cohort else "period", owner, tuple(also))


_ALL = (
    _kpi("leads", _("leads"), _("leads created, duplicates folded into their original"), "count", "marketing"),
    _kpi("mql", _("leads qualified by marketing (MQL)"), _("leads that entered the stage mql"), "count", "marketing"),
    _kpi("accepted", _("leads accepted by sales (SAL)"), _("leads that entered the stage accepted"), "count", "shared",
         also=("sal",)),
    _kpi("opportunities", _("opportunities"), _("leads that entered the stage opportunity"), "count", "sales",
         also=("sql", "sqo")),
    _kpi("won", _("won leads"), _("leads won for the first time"), "count", "sales",
         also=("orders_won", "deals_won", "new_orders")),
    _kpi("spend", _("campaign spend"), _("amounts spent on campaigns"), "money", "marketing", less=True),
    _kpi("cost_per_lead", _("cost per lead"), _("campaign spend, divided by the leads that campaigns brought"), "money",
         "marketing", less=True, also=("cpl",)),
    _kpi("cost_per_mql", _("cost per qualified lead"), _("campaign spend, divided by the qualified leads that "
         "campaigns brought"), "money", "marketing", less=True),
    _kpi("cost_per_won", _("cost per won lead"), _("campaign spend, divided by the won leads that campaigns brought"),
         "money", "marketing", less=True),
    _kpi("cac", _("cost of winning a customer (CAC)"), _("campaign spend and half of the sellers' time (the half "
         "taken to go to leads), divided by the companies that ordered for the first time"), "money",
         "shared", less=True),
    _kpi("romi", _("return on marketing spend (ROMI)"), _("margin of the won leads that campaigns brought less the "
         "spend, divided by the spend"), "ratio", "marketing", also=("roas",)),
    _kpi("margin_per_lead", _("expected margin per lead"), _("margin won within the horizon, divided by the leads at "
         "least so old; leads that are younger are left out"), "money", "shared", cohort=True,
         also=("profit_per_lead", "expected_profit_per_lead")),
    _kpi("lead_velocity", _("growth of qualified leads"), _("qualified leads of the period less those of the period "
         "before, divided by the latter"), "share", "marketing", also=("lvr",)),
    _kpi("speed_to_lead", _("leads touched in the agreed time"), _("leads first touched within the agreed hours, "
         "divided by all leads at least so old"), "share", "sales", cohort=True,
         also=("first_touch", "touched_in_time")),
    _kpi("acceptance_rate", _("acceptance rate"), _("leads accepted by sales, divided by the leads handed over; leads "
         "younger than the agreed days are left out"), "share", "shared", cohort=True),
    _kpi("return_rate", _("return rate"), _("leads sent back by sales, divided by the leads handed over"), "share",
         "shared", less=True, cohort=True),
    _kpi("win_rate", _("win rate"), _("won, divided by won and lost, by number; open and returned ones left out"),
         "share", "sales"),
    _kpi("win_rate_by_value", _("win rate by value"), _("revenue of what was won, divided by the value offered of what "
         "was won and lost"), "share", "sales"),
    _kpi("conversion", _("conversion of leads"), _("won within the horizon, divided by the leads at least so old"),
         "share", "shared", cohort=True, also=("lead_to_sale", "conversion_rate")),
    _kpi("sales_cycle", _("days to a win"), _("mean number of days from creation to the win, of the leads won"), "days",
         "sales", less=True),
    _kpi("average_deal", _("average deal"), _("revenue of the won leads, divided by their number"), "money", "sales"),
    _kpi("price_realisation", _("price realisation"), _("revenue, divided by revenue at list prices, of orders with a "
         "list price"), "share", "sales", also=("price",)),
    _kpi("revenue", _("revenue of won leads"), _("revenue, net of VAT, of the leads won"), "money", "sales",
         also=("sales_value", "turnover")),
    _kpi("margin", _("margin of won leads"), _("revenue less rebates less cost, of the leads won"), "money", "shared",
         also=("gross_profit", "profit")),
    _kpi("repeat_revenue", _("revenue of repeat orders"), _("revenue of orders that belong to no lead"), "money",
         "shared", also=("repeat_orders_revenue",)),
    _kpi("repeat_orders", _("repeat orders"), _("orders that belong to no lead; returns and cancellations left out"),
         "count", "sales"),
    _kpi("sales_velocity", _("sales velocity"), _("opportunities times win rate times average deal, divided by the "
         "days to a win"), "money_per_day", "sales"),
    _kpi("pipeline_coverage", _("pipeline coverage"), _("value of the offers open at the end and at most a year "
         "old, divided by the revenue target of the next period"), "ratio", "sales", also=("coverage",)),
    _kpi("repeat_rate", _("repeat purchase rate"), _("of the customers whose first order became a year old in the "
         "period, those that ordered a second time within that year"), "share", "shared"),
    _kpi("win_back_rate", _("win-back rate"), _("of the customers silent for a year whose next half year ended in the "
         "period, those that ordered again within it, asked or unasked"), "share", "marketing"),
)
KPIS: dict[str, Kpi] = {kpi.name: kpi for kpi in _ALL}
_BY_ANY_NAME = {other: kpi for kpi in _ALL for other in (kpi.name, *kpi.also)}


def names() -> tuple[str, ...]:
    """The names that targets and the strategy file may use, other names of a measure among them."""
    return tuple(_BY_ANY_NAME)


def find(name: str) -> Kpi | None:
    """The KPI of that name or other name, written with any case, spaces or hyphens; None where there is none."""
    return _BY_ANY_NAME.get(_plain(name))


def nearest(name: str) -> str | None:
    """The known name that a misspelt one is most like; None where none is near."""
    near = difflib.get_close_matches(_plain(name), names(), n=1, cutoff=0.6)
    return near[0] if near else None


def _plain(name: str) -> str:
    return "_".join(str(name).strip().lower().replace("-", " ").split())


def describe(language: str = "en") -> str:
    """The glossary as Markdown, in one of the report's languages."""
    from insights.language import render

    heads = (_("name"), _("measure"), _("formula"), _("unit"), _("better"), _("basis"), _("owner"))
    rows = [(f"`{k.name}`" + "".join(f", `{other}`" for other in k.also), *(render(part, language) for part in (
        k.title, k.formula, unit_words(k), direction(k), basis_words(k), owner_words(k)))) for k in _ALL]
    lines = [[render(head, language) for head in heads], ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def page() -> str:
    """The glossary page of the documentation, in every language of the report."""
    from insights.language import LANGUAGES

    parts = ["# The KPIs", "This page is written from the code by `insights.kpis.page()`. The table of targets and the "
             "strategy file name KPIs as the first column does; other names of the same measure stand beside it."]
    titles = {"en": "English", "pl": "Polski"}
    for language in LANGUAGES:
        parts += [f"## {titles.get(language, language)}", describe(language).rstrip("\n")]
    return "\n\n".join(parts) + "\n"


def unit_words(kpi: Kpi) -> Text:
    """The unit in words."""
    return {"count": _("number"), "share": _("%"), "days": _("days"), "hours": _("hours"), "money": _("money"),
            "money_per_day": _("money a day"), "ratio": _("times")}[kpi.unit]


def direction(kpi: Kpi) -> Text:
    """Which way is better, in words."""
    return _("more") if kpi.more else _("less")


def basis_words(kpi: Kpi) -> Text:
    """Whether it counts leads by creation or events of the period, in words."""
    return BASES[kpi.basis]


def owner_words(kpi: Kpi) -> Text:
    """Whose measure it is, in words."""
    return {"marketing": _("marketing"), "sales": _("sales"), "shared": _("both departments")}[kpi.owner]
