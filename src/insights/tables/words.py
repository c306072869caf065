"""Texts, identifiers, words from a list, yes and no, currencies."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from insights.language import Count, ListOf, _
from insights.problems import Problem
from insights.tables import sql
from insights.tables.cleaning import NOTHING
from insights.tables.personal import EMAIL, PERSONAL_SHARE, PHONE, masked
from insights.tables.reader import Found

_TRUE = ("true", "t", "1", "yes", "y", "tak")
_FALSE = ("false", "f", "0", "no", "n", "nie")


@dataclass(frozen=True)
class Texts:
    """The reader of free text. What looks like an e-mail address or a phone number never passes; a column full of them
    is dropped, unless `masks` says that each is to be masked in any case (required columns, customers' own words)."""

    masks: bool = False
    shown = ("nothing",)
    listed = ("nothing",)

    def kind(self, x: str) -> str:
        return (f"case when lower({x}) in {sql.texts(NOTHING)} then 'nothing'"
                f" when contains({x}, '@') and {sql.matches(x, EMAIL)} then 'email'"
                f" when {sql.matches(x, PHONE)} then 'phone' else 'ok' end")

    def dropped(self, found: Found) -> bool:
        """Whether the column holds so many that it is not read at all."""
        return not self.masks and found.n("email", "phone") > PERSONAL_SHARE * (found.rows - found.empty)

    def value(self, x: str, found: Found) -> str:
        if self.dropped(found):
            return "NULL::VARCHAR"
        if found.n("email", "phone"):
            x = f"regexp_replace({x}, {sql.text(EMAIL)}, '[e-mail]', 'g')"
            return f"regexp_replace({x}, {sql.text(PHONE)}, '[phone]', 'g')"
        return x

    def problems(self, found: Found) -> list[Problem]:
        personal = found.n("email", "phone")
        rule = "personal_column" if self.dropped(found) else "personal_masked"
        out = [Problem(rule, found.table, found.column, personal)] if personal else []
        return out + found.problem("nothing_kept", "nothing", texts=_listed(found, "nothing"))


@dataclass(frozen=True)
class Ids:
    """The reader of identifiers: kept as they came, but for e-mail addresses, which become a hash that still joins."""

    hashed: bool = False
    shown = ("nothing",)
    listed = ("nothing",)

    def kind(self, x: str) -> str:
        return (f"case when contains({x}, '@') and {sql.matches(x, EMAIL)} then 'email'"
                f" when lower({x}) in {sql.texts(NOTHING)} then 'nothing' else 'ok' end")

    def value(self, x: str, found: Found) -> str:
        if self.hashed:
            # A converted table holds hashes already; they are kept, so that it reads back to the same values.
            plain = f"regexp_replace(upper({x}), '[^A-Z0-9]', '', 'g')"
            return f"case when {sql.matches(x, '^[0-9a-f]{16}$')} then {x} else left(sha256({plain}), 16) end"
        if found.n("email"):
            return f"case when {sql.matches(x, EMAIL)} then left(sha256(lower({x})), 16) else {x} end"
        return x

    def problems(self, found: Found) -> list[Problem]:
        if self.hashed:
            return found.problem("tax_id_hashed", "ok", "email", "nothing")
        return found.problem("email_as_id", "email") + found.problem(
            "nothing_kept", "nothing", texts=_listed(found, "nothing"))


@dataclass(frozen=True)
class Words:
    """The reader of a category: its words, in any case and with spaces or hyphens for underscores."""

    words: tuple[str, ...]
    required: bool
    shown = ("other", "bad")
    listed = ("other", "bad")

    def _folded(self, x: str) -> str:
        return f"replace(replace(lower({x}), ' ', '_'), '-', '_')"

    def kind(self, x: str) -> str:
        words = sql.texts(self.words)
        return f"case when {x} in {words} then 'ok' when {self._folded(x)} in {words} then 'other' else 'bad' end"

    def value(self, x: str, found: Found) -> str:
        if not found.n("other", "bad"):
            return x
        return f"case when {self._folded(x)} in {sql.texts(self.words)} then {self._folded(x)} end"

    def problems(self, found: Found) -> list[Problem]:
        out = found.problem("word_in_other_form", "other", texts=_listed(found, "other"))
        rule = "unknown_word" if self.required else "unknown_word_ignored"
        shown = _listed(found, "bad")
        return out + found.problem(
            rule, "bad", texts=shown, words=", ".join(self.words), suggestion=self._suggestion(found))

    def _suggestion(self, found: Found) -> str:
        """A line for the mapping file: the first unknown word and the nearest word of the contract."""
        given = masked(next(iter(found.texts.get("bad", {})), ""))
        near = difflib.get_close_matches(given.lower(), self.words, n=1, cutoff=0.5)
        return f'[values."{found.table}.{found.column}"] "{given}" = "{near[0] if near else self.words[0]}"'


@dataclass(frozen=True)
class Booleans:
    """The reader of true and false."""

    shown = ("nothing", "bad")
    listed = ("bad", "other")

    def kind(self, x: str) -> str:
        return (f"case when lower({x}) in ('true', 'false') then 'ok'"
                f" when lower({x}) in {sql.texts(_TRUE + _FALSE)} then 'other'"
                f" when lower({x}) in {sql.texts(NOTHING)} then 'nothing' else 'bad' end")

    def value(self, x: str, found: Found) -> str:
        return (f"case when lower({x}) in {sql.texts(_TRUE)} then true"
                f" when lower({x}) in {sql.texts(_FALSE)} then false end")

    def problems(self, found: Found) -> list[Problem]:
        return [*found.problem("nothing_as_text", "nothing"),
                *found.problem("not_true_or_false", "bad", texts=_listed(found, "bad")),
                *found.problem("true_or_false_in_other_form", "other", texts=_listed(found, "other"))]


@functools.cache
def currencies() -> tuple[str, ...]:
    """The currency codes of ISO 4217."""
    import pycountry

    return tuple(sorted(currency.alpha_3 for currency in pycountry.currencies))


@dataclass(frozen=True)
class Currencies:
    """The reader of currency codes."""

    shown = ("bad", "other")
    listed = ("bad", "other")

    def kind(self, x: str) -> str:
        codes = sql.texts(currencies())
        return f"case when {x} in {codes} then 'ok' when upper({x}) in {codes} then 'other' else 'bad' end"

    def value(self, x: str, found: Found) -> str:
        if not found.n("other", "bad"):
            return x
        return f"case when upper({x}) in {sql.texts(currencies())} then upper({x}) end"

    def problems(self, found: Found) -> list[Problem]:
        return [*found.problem("unknown_currency", "bad", texts=_listed(found, "bad")),
                *found.problem("word_in_other_form", "other", texts=_listed(found, "other"))]


@dataclass(frozen=True)
class Given:
    """The reader of texts that a list maps later (countries, industries): all of them pass here, addresses masked."""

    shown = ()
    listed = ()

    def kind(self, x: str) -> str:
        return f"case when contains({x}, '@') and {sql.matches(x, EMAIL)} then 'email' else 'ok' end"

    def value(self, x: str, found: Found) -> str:
        return f"regexp_replace({x}, {sql.text(EMAIL)}, '[e-mail]', 'g')" if found.n("email") else x

    def problems(self, found: Found) -> list[Problem]:
        return found.problem("personal_masked", "email")


def _listed(found: Found, *kinds: str) -> ListOf:
    """The different texts of these kinds with their counts, most frequent first."""
    counted = {text: n for kind in kinds for text, n in found.texts.get(kind, {}).items()}
    return counted_texts(counted)


def counted_texts(counted: Mapping[str, int], limit: int = 20) -> ListOf:
    """Texts with their counts as a list for a sentence, most frequent first, the rest named by its number."""
    order = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    shown: list[object] = [
        _("“{text}” ({count})", text=shortened(masked(text)), count=Count(n)) for text, n in order[:limit]]
    if len(order) > limit:
        shown.append(_("{n} other text", plural="{n} other texts", n=len(order) - limit))
    return ListOf(shown)


def shortened(text: str, limit: int = 80) -> str:
    """The text, cut for display."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
