"""Segment by segment: who decides there, and whom the campaigns for it address."""

from __future__ import annotations

from insights.figures.model import Column, Table
from insights.language import Capital, Count, ListOf, Share, ShareRange, Text
from insights.topics import key_customer_words as words
from insights.topics.key_customer_deciders import MOST_LISTED, function
from insights.topics.key_customer_roles import MIN_DECIDERS, Roles, Segment

_ = Text


def table(roles: Roles | None) -> list[Table]:
    """Who decides in each group and who is addressed there; the gap is the money that does not go to the decider."""
    shown = [s for s in roles.segments if s.decider or s.addressed] if roles else []
    if not any(s.decider for s in shown):
        return []
    with_money = any(s.addressed for s in shown)
    columns = [Column(_("group"), "left"), Column(_("won deals with a known decider")),
               Column(_("mostly decided by"), "left"), Column(_("share")), Column(_("probably between"), "left")]
    if with_money:
        columns += [Column(_("campaigns for the group mostly address"), "left"), Column(_("share of their money")),
                    Column(_("share that goes to the decider"))]
    notes = [_("Campaigns for a group are those that name it as their target, in the period.")] if with_money else []
    few = [words.label(s.dimension, s.label) for s in roles.segments if s not in shown and s.told]
    if few:
        notes.append(_("Not shown, fewer than {least} won deals with a decider known early: {groups}.",
                       least=Count(MIN_DECIDERS), groups=ListOf(few[:MOST_LISTED])))
    return [Table(caption=_("Who decides and whom campaigns address, by segment"), columns=tuple(columns),
                  rows=tuple(_row(s, with_money) for s in shown), notes=tuple(notes))]


def _row(segment: Segment, with_money: bool) -> tuple[object, ...]:
    row: list[object] = [Capital(words.label(segment.dimension, segment.label)), Count(segment.told)]
    if segment.decider:
        share = segment.decider.share
        row += [function(segment.decider.function), Share(share.value, 0), ShareRange(share.low, share.high, 0)]
    else:
        row += [words.VERDICTS["too_few_to_say"], None, None]
    if with_money and segment.addressed:
        row += [function(segment.addressed[0]), Share(segment.addressed[1], 0),
                None if segment.to_decider is None else Share(segment.to_decider, 0)]
    elif with_money:
        row += [_("no campaign of its own"), None, None]
    return tuple(row)
