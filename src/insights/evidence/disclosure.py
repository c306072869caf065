"""Who may see what: small groups, one customer's share, people at work; and what must be hidden beside them, so that
nobody can work the hidden figure out.

Three profiles. `internal`: customers are named, because the lists need names; results by named seller are withheld.
`team`: no customer is named, groups of under 10 cases are withheld. `external`: no customer or seller is named, groups
of under 5 companies and groups whose money one company dominates (85% of it) are withheld, counts are shown to the
nearest five and amounts to three figures, so that neither two pages nor two successive reports differ by what a single
company did. In the last two, wherever something is
withheld from a column that adds up, a second row is withheld with it (complementary suppression), so that subtraction
from a total gives no more than a sum of at least the minimum. Teams of under 4 sellers stand together in every profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from insights.language.values import coarsen

INTERNAL, TEAM, EXTERNAL = "internal", "team", "external"
MINIMUM = {INTERNAL: 0, TEAM: 10, EXTERNAL: 5}
SMALLEST_TEAM = 4
DOMINANT = 0.85
# Subjects that name one company, one person: shown to whom.
_NAMED = {"company": (INTERNAL,), "seller": ()}
# Columns of a list that name or identify one of them.
IDENTIFYING = {"company_id", "company", "name", "customer", "seller_id", "seller", "lead_id", "contact_id",
               "feedback_id"}

_held = INTERNAL
_confidential: frozenset[tuple[str, str]] = frozenset()


def hold(profile: str, confidential: Iterable[tuple[str, str]] = ()) -> None:
    """Remember the profile of the firm that was opened last: what a notebook shows is held to it. `confidential` are
    the groups, as (subject key, value), that are too small or dominated by one company."""
    global _held, _confidential
    _held, _confidential = profile, frozenset(confidential)
    coarsen(profile == EXTERNAL)


def confidential() -> frozenset[tuple[str, str]]:
    """The groups that what is shown must not speak of."""
    return _confidential


def held() -> str:
    """The profile that what is shown is held to."""
    return _held


def names(subject: Mapping[str, str], profile: str) -> bool:
    """Whether a subject names somebody whom readers of that profile must not see named, or a confidential group."""
    return any((key in _NAMED and profile not in _NAMED[key]) or (key, value) in _confidential
               for key, value in subject.items())


def suppressed(columns: Sequence[Sequence[int | None]], minimum: int) -> set[int]:
    """The rows to withhold from a table whose columns of counts add up.

    First those with a count under the minimum (zero tells nothing of anybody). Then, while all that is withheld in a
    column stands for a single row or for less than the minimum, the smallest row that is left, until subtraction from
    the column's total can give no single row. A table in which no two rows remain is withheld whole.
    """
    rows = max((len(column) for column in columns), default=0)
    hidden = {i for column in columns for i, n in enumerate(column) if n is not None and 0 < n < minimum}
    if not hidden or not minimum:
        return hidden
    for column in columns:
        left = sorted((n, i) for i, n in enumerate(column) if n and i not in hidden)
        while left and not _safe([column[i] for i in hidden if column[i]], minimum):
            hidden.add(left.pop(0)[1])
    return set(range(rows)) if rows - len(hidden) < 1 else hidden


def _safe(counts: Sequence[int], minimum: int) -> bool:
    """Nothing is hidden, or at least two rows that hold the minimum together, beyond the largest of them alone."""
    return not counts or (len(counts) > 1 and sum(counts) >= 2 * minimum)


def kept_apart(counts: Sequence[int], enough: Sequence[bool], profile: str) -> list[bool]:
    """Which groups get a report of their own beside that of the whole: those with `enough` in them, and in a profile
    that withholds, no more than leave groups together out of which subtraction cannot take a single one."""
    minimum, kept = MINIMUM[profile], list(enough)
    left = sorted((n, i) for i, n in enumerate(counts) if kept[i])
    while minimum and left and not _safe([n for n, keep in zip(counts, kept, strict=True) if n and not keep], minimum):
        kept[left.pop(0)[1]] = False
    return kept


def merged_teams(sizes: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Teams as they may be shown: each team of at least four under its own name, the smaller ones together, with the
    smallest of the others where together they are still under four. Keys are names, values the teams they stand for."""
    small = sorted(name for name, n in sizes.items() if n < SMALLEST_TEAM)
    large = sorted((n, name) for name, n in sizes.items() if n >= SMALLEST_TEAM)
    while small and sum(sizes[name] for name in small) < SMALLEST_TEAM and large:
        small.append(large.pop(0)[1])
    shown = {name: (name,) for _n, name in sorted(large, key=lambda entry: entry[1])}
    if small and sum(sizes[name] for name in small) >= SMALLEST_TEAM:
        shown[" + ".join(sorted(small))] = tuple(sorted(small))
    return shown
