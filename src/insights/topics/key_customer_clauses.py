"""The declared key customer against the data, dimension by dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.figures.model import Clause, Clauses, Note
from insights.language import ListOf, OneOf, Text
from insights.models.segments import compare_set
from insights.tables.industries import industry_codes, other_codes
from insights.topics import key_customer_words as words
from insights.topics.measures import of_unit, range_of_unit

if TYPE_CHECKING:
    from insights.evidence import Comparison
    from insights.topics.key_customer_profile import Dimension, Profile

DECLARED = {"industry": "industries", "size": "sizes", "country": "countries"}
DIMENSION_CLAUSES = tuple(f"{words.TOPIC}.declared_{key}" for key in DECLARED)
_ = Text


def findings(profile: Profile) -> list[Finding]:
    """One finding for each dimension of the key customer that the strategy declares."""
    return [finding for dimension in profile.dimensions.values() if (finding := _clause(profile, dimension))]


def clauses(profile: Profile) -> Clauses | None:
    """The same as rows, with who decides and whom campaigns address after the dimensions: what was agreed, what was
    observed, and the verdict; None without a declared key customer."""
    about_people = [f for f in profile.findings if f.clause is not None and f.function not in DIMENSION_CLAUSES]
    rows = [clause_row(finding) for finding in (*findings(profile), *sorted(about_people, key=lambda f: f.id))]
    return Clauses(tuple(rows)) if rows else None


def clause_row(finding: Finding) -> Clause:
    """A finding about a clause as a row of the table of clauses."""
    own, rest, unit = finding.estimate, finding.baseline, finding.unit
    observed = _("cannot be told yet")
    if own.value is not None:
        observed = of_unit(own.value, unit) if rest is None else _(
            "{own} against {rest} elsewhere", own=of_unit(own.value, unit), rest=of_unit(rest.value, unit))
    return Clause(
        dimension=finding.clause, agreed=finding.agreed, verdict=str(finding.verdict), n=finding.n or None,
        observed=observed, range=range_of_unit(own, unit) if own.low is not None else None)


def declared(profile: Profile, key: str) -> tuple[str, ...]:
    """The values of the dimension that the strategy declares, in the words of the data."""
    strategy = profile.firm.strategy
    given = getattr(strategy.key_customer, DECLARED[key]) if strategy else ()
    return tuple(dict.fromkeys(_meant(profile, word) or word for word in given)) if key == "industry" else tuple(given)


def _meant(profile: Profile, word: str) -> str | None:
    """The industry that a word of the strategy means: as the data have it, else its code in NACE Rev. 2, else that of
    Rev. 2.1, else the one code that it may mean in another classification; None where it is none of these, or may mean
    several."""
    known = {group.label for group in profile.dimensions["industry"].groups} if profile.dimensions else set()
    if word in known:
        return word
    code = next((codes[word] for codes in (industry_codes([word], version) for version in ("2", "2.1")) if codes), None)
    others = {meant for _name, meant in other_codes(word)}
    return code or (others.pop() if len(others) == 1 else None)


def reread(profile: Profile) -> list[Note]:
    """Industries that the strategy names in another classification, with the code meant; and those that none has."""
    strategy = profile.firm.strategy
    given = strategy.key_customer.industries if strategy and profile.dimensions else ()
    notes = []
    for word in given:
        meant = _meant(profile, word)
        if meant is None and (several := other_codes(word)):
            notes.append(Note(_(
                "The strategy names the industry {word}, which may mean {codes}. It is not judged until it is clear: "
                "write the NACE code that is meant.", word=word,
                codes=OneOf([_("{industry} by {classification}", industry=words.label("industry", code),
                               classification=name) for name, code in several]))))
        elif meant is None:
            notes.append(Note(_(
                "The strategy names the industry {word}, which is no code of NACE Rev. 2 or 2.1 and no industry of "
                "these data. It may be a code of another classification (SIC, NAICS): write the NACE code instead.",
                word=word)))
        elif meant != word:
            name = next((name for name, code in other_codes(word) if code == meant), "")
            notes.append(Note(_(
                "The strategy names the industry {word}, a code of {classification}; it is read as {meant}. Write the "
                "NACE code instead.", word=word, classification=name, meant=words.label("industry", meant)) if name
                else _("The strategy names the industry {word}; it is read as {meant}.", word=word,
                       meant=words.label("industry", meant))))
    return notes


def _better(profile: Profile, dimension: Dimension) -> list[str]:
    """The groups that are clearly higher in money, else in rate."""
    kind = dimension.money or dimension.rate
    if kind is None:
        return []
    return [g.label for g in dimension.groups if g.compared[kind.key].verdict is Verdict.HIGHER]


def _clause(profile: Profile, dimension: Dimension) -> Finding | None:
    named = declared(profile, dimension.key)
    kind = dimension.money or dimension.rate
    if not named or kind is None:
        return None
    compared = compare_set(profile.cells["all"], dimension.key, set(named), kind.key)
    weaker = [g.label for g in dimension.groups
              if g.label in named and g.compared[kind.key].verdict is Verdict.LOWER]
    verdict = _verdict(compared, weaker)
    known = compared is not None and verdict is not Verdict.NOT_ENOUGH_DATA
    values = {"dimensions": words.DIMENSIONS[dimension.key], "declared": words.names(dimension.key, named),
              "measure": kind.name}
    if compared is not None:
        values |= {"weaker": words.names(dimension.key, tuple(weaker)), "own": kind.said(compared.own.value),
                   "rest": kind.said(compared.rest.value), "range": kind.range(compared.own),
                   "basis": words.basis(profile, compared)}
    return Finding(
        function=f"{words.TOPIC}.declared_{dimension.key}", verdict=verdict,
        clause=_("Key customer: {dimensions}", **values), agreed=values["declared"],
        statement=_statement(verdict, compared, weaker, values),
        action=_action(profile, dimension, verdict, weaker, values),
        unit=kind.unit, n=compared.n if compared else 0, owner="board", method=words.METHOD,
        estimate=compared.own if known else Interval(None), baseline=compared.rest if known else None,
        difference=compared.difference if known else None,
        rank=abs(compared.difference.value) * compared.n * (1 if not kind.share else 0) if known else 0.0)


def _verdict(compared: Comparison | None, weaker: list[str]) -> Verdict:
    """A declared set is not kept where one of its groups is clearly weaker than the rest, or the set as a whole is, or
    is clearly no different; kept where the set is clearly better; otherwise the data don't tell."""
    if weaker:
        return Verdict.NOT_KEPT
    if compared is None or compared.verdict is Verdict.TOO_FEW:
        return Verdict.NOT_ENOUGH_DATA
    return Verdict.KEPT if compared.verdict is Verdict.HIGHER else Verdict.NOT_KEPT


def _statement(verdict: Verdict, compared: Comparison | None, weaker: list[str], values: dict) -> Text:
    if weaker and compared.verdict is not Verdict.LOWER:
        return _("Of the declared {dimensions} ({declared}), clearly weaker than others: {weaker}. All declared "
                 "together: {measure} {own} against {rest} elsewhere ({range}; {basis}).", **values)
    if verdict is Verdict.KEPT:
        return _("The declared {dimensions} ({declared}) are the better ones: {measure} {own} against {rest} elsewhere "
                 "({range}; {basis}).", **values)
    if verdict is Verdict.NOT_KEPT and compared.verdict is Verdict.LOWER:
        return _("The declared {dimensions} ({declared}) are the weaker ones: {measure} {own} against {rest} elsewhere "
                 "({range}; {basis}).", **values)
    if verdict is Verdict.NOT_KEPT:
        return _("The declared {dimensions} ({declared}) are no better than others: {measure} {own} against {rest} "
                 "elsewhere ({range}; {basis}).", **values)
    if compared is None:
        return _("The declared {dimensions} ({declared}) cannot be judged: not one lead from them is recorded.",
                 **values)
    return _("The declared {dimensions} ({declared}) cannot be judged yet: {measure} {own} against {rest} elsewhere "
             "may be chance ({range}; {basis}).", **values)


def _action(profile: Profile, dimension: Dimension, verdict: Verdict, weaker: list[str], values: dict) -> Text:
    named = declared(profile, dimension.key)
    better = [label for label in _better(profile, dimension) if label not in named]
    values = values | {"day": words.deadline(profile)}
    if verdict is Verdict.KEPT:
        return _("Keep the declared {dimensions}; look again in a year.", **values)
    if weaker and not better:
        return _("Decide by {day} whether the strategy should drop {weaker}; the rest of the clause may stay. It "
                 "worked if {measure} of the declared key customers rises above the rest.", **values)
    if verdict is Verdict.NOT_KEPT and better:
        return _("Decide by {day} whether the strategy should name {better} instead. "
                 "It worked if {measure} of the declared key customers rises above the rest.", **values,
                 better=ListOf([words.label(dimension.key, key) for key in better]))
    if verdict is Verdict.NOT_KEPT:
        return _("Decide by {day} whether to drop the declared {dimensions}; no other group is clearly better.",
                 **values)
    return _("Leave the declared {dimensions} as they are until more leads have closed.", **values)
