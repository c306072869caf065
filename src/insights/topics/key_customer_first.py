"""The first screen: where most customers are, where the margin is made, whom we address, who decides; the decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.language import Share, Text
from insights.topics import key_customer_words as words
from insights.topics.headlines import Headlines, choose
from insights.topics.key_customer_deciders import function, tenths
from insights.topics.key_customer_shares import OTHER, GroupShares, shares

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile

_ = Text


def headlines(profile: Profile) -> Headlines:
    """The first screen of the page."""
    return choose(top_line(profile), profile.findings)


def top_line(profile: Profile) -> Text:
    """One or two sentences, true without the rest."""
    places = _places(profile)
    if places is None:
        return profile.missing[0] if profile.missing else _("No lead was won in this period.")
    roles = profile.roles
    if roles is None or roles.decider is None or roles.reach is None or roles.reach.share is None:
        return places
    return _("{places} The purchase is mostly decided by {function}, whom we reach early in {ten} of 10 leads.",
             places=places, function=function(roles.decider.function), ten=tenths(roles.reach.share.value))


def _places(profile: Profile) -> Text | None:
    chosen = _telling(profile)
    if chosen is None:
        return None
    key, most, best, target = chosen
    kind = profile.dimensions[key].money
    margin = kind is not None and kind.key == "margin_per_lead"
    values = {
        "most": words.where(key, most.label), "customers": Share(most.customers or 0, 0),
        "best": words.where(key, best.label), "money": Share(best.money or 0, 0),
        "target": words.label(key, target.label), "spend": Share(target.spend or 0, 0)}
    same = most.label == best.label
    if same:
        earned = _("Our largest group of customers is {most} ({customers}), and there we earn most ({money} of the "
                   "margin)", **values) if margin else _(
            "Our largest group of customers is {most} ({customers}), and there we sell most ({money} of the revenue)",
            **values)
    else:
        earned = _("Our largest group of customers is {most} ({customers}), we earn most {best} ({money} of the "
                   "margin)", **values) if margin else _(
            "Our largest group of customers is {most} ({customers}), we sell most {best} ({money} of the revenue)",
            **values)
    if not target.spend:
        return _("{earned}.", earned=earned)
    return _("{earned}; we advertise most to {target} ({spend} of campaign money).", earned=earned, **values)


def _telling(profile: Profile) -> tuple[str, GroupShares, GroupShares, GroupShares] | None:
    """The dimension in which the three disagree most, with the leading group of each."""
    found = []
    for key in profile.dimensions:
        rows = [row for row in shares(profile, key) if row.label != OTHER]
        if not any(row.customers for row in rows):
            continue
        most, best, target = (max(rows, key=lambda r, k=k: (getattr(r, k) or 0, r.label))
                              for k in ("customers", "money", "spend"))
        different = len({most.label, best.label, *([target.label] if target.spend else [])})
        found.append((different, (key, most, best, target)))
    return max(found, key=lambda pair: pair[0])[1] if found else None
