"""The lists of the product priorities: what training would bring, and what was seen around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.figures.model import Column, Note, Table
from insights.language import Count, Money, MoneyRange, Number, Per100, Text
from insights.topics import product_priorities_words as words

if TYPE_CHECKING:
    from insights.topics.product_priorities import Priorities

MOST_STEPS = 12
_ = Text


def training(result: Priorities) -> Table | Note:
    """Whom to train on what, the most gain for a day of training first."""
    if not result.training:
        return Note(_("What training sellers would bring cannot be told: there is no product with both prepared and "
                      "unprepared sellers whose leads differ."))
    currency = result.firm.currency
    rows = tuple(
        (step.product.name, _("{n} of {all}", n=Count(step.sellers), all=Count(step.of)), words.team_list(step.teams),
         Number(step.days, 0), Count(round(step.leads)), Money(step.gain.value, currency),
         MoneyRange(step.gain.low, step.gain.high, currency), Money(step.per_day.value, currency),
         _("clear") if step.decided else _("may be chance"))
        for step in result.training[:MOST_STEPS])
    return Table(
        caption=_("What training would go with, the most for a day first"),
        columns=(Column(_("product"), "left"), Column(_("sellers")), Column(_("teams"), "left"),
                 Column(_("days of training")), Column(_("their leads a year")), Column(_("expected gain a year")),
                 Column(_("probably between"), "left"), Column(_("a day of training")),
                 Column(_("the difference"), "left")),
        rows=rows, notes=(
            _("Expected of leads like those of the period, if trained sellers win as prepared ones do now; the first "
              "sellers are those with the most such leads, whatever they have won. Not more than sellers have time "
              "for: four times their best quarter."),
            _("Nobody was drawn by lot to be trained: what training itself changes is seen only afterwards.")))


def around_training(result: Priorities) -> Note | None:
    """The check around training: what trained sellers won before and after it."""
    seen = result.around
    if seen is None:
        return None
    if not seen.pairs:
        return Note(_("No seller was assessed as unprepared first and as prepared later, so what changes with training "
                      "cannot be checked."))
    opportunities = result.assortment.opportunities
    values = {"sellers": Count(seen.pairs), "leads": words.leads(seen.leads, opportunities), "won": Count(seen.won)}
    if seen.change is None:
        return Note(_("Trainings in the records: {sellers}. Their {leads}, {won} of them won, are too few to see what "
                      "changed with training.", **values))
    values |= {"before": Per100(seen.before.value), "after": Per100(seen.after.value),
               "low": Number(100 * seen.change.low, 1), "high": Number(100 * seen.change.high, 1)}
    if seen.drift is not None and (seen.drift.low > 0 or seen.drift.high < 0):
        return Note(_("Around {sellers} trainings ({leads}): {after} of 100 won after it, {before} as in the half year "
                      "before. But results were changing before the training already, so the step says nothing of it.",
                      **values))
    if seen.change.low > 0:
        return Note(_("Around {sellers} trainings ({leads}): {after} of 100 won after it, {before} as in the half year "
                      "before ({low} to {high} more). Before the training there was no trend: the check agrees.",
                      **values))
    return Note(_("Around {sellers} trainings ({leads}): {after} of 100 won after it, {before} as in the half year "
                  "before ({low} to {high} more): no step can be told from chance.", **values))
