"""Numbers: plain, with spaces between thousands, or with a decimal comma where a whole column has it."""

from __future__ import annotations

from dataclasses import dataclass

from insights.problems import Problem
from insights.tables import sql
from insights.tables.cleaning import NOTHING
from insights.tables.reader import Found

_SPACE = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]"
_WHOLE = r"^[+-]?\d+$"
_DOT = r"^[+-]?(\d+\.\d*|\.\d+|\d+(\.\d*)?[eE][+-]?\d{1,3})$"
_SPACED = rf"^[+-]?\d{{1,3}}({_SPACE}\d{{3}})+(\.\d+)?$"
# A comma followed by exactly three digits may stand between thousands; every other comma is a decimal one.
_EITHER = r"^[+-]?\d{1,3},\d{3}$"
_COMMA = rf"^[+-]?(\d+|\d{{1,3}}({_SPACE}\d{{3}})+|\d{{1,3}}(\.\d{{3}})+),\d+$"
_DOTTED = r"^[+-]?\d{1,3}(\.\d{3}){2,}$"
_COMMA_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_INFINITE = ("inf", "+inf", "-inf", "infinity", "+infinity", "-infinity")
_ENDLESS = r"[.,]\d{5,}$"
_SQL_TYPES = {"integer": "BIGINT", "decimal": "DOUBLE", "share": "DOUBLE", "money": "DECIMAL(18,4)"}


@dataclass(frozen=True)
class Numbers:
    """The reader of a numeric type; `decimal` is the sign that the mapping declares, "." or ","."""

    type: str
    decimal: str | None = None
    shown = ("nothing", "infinite", "large", "fraction", "bad", "comma", "either", "dot")
    listed = ()

    def kind(self, x: str) -> str:
        whens = [(f"lower({x}) in {sql.texts(NOTHING)}", "nothing"),
                 (f"lower({x}) in {sql.texts(_INFINITE)}", "infinite")]
        if self.decimal == ",":
            whens += self._fitting(x, ",", ("whole", _WHOLE), ("comma", _COMMA), ("comma", _DOTTED),
                                   ("spaced", _SPACED.replace(r"(\.\d+)?", "")))
        elif self.decimal == ".":
            whens += self._fitting(x, ".", ("whole", _WHOLE), ("dot", _DOT), ("spaced", _SPACED),
                                   ("spaced", _COMMA_THOUSANDS))
        else:
            whens += self._fitting(x, ".", ("whole", _WHOLE), ("dot", _DOT), ("spaced", _SPACED))
            whens += self._fitting(x, ",", ("either", _EITHER), ("comma", _COMMA), ("comma", _DOTTED))
        return "case " + " ".join(f"when {test} then '{label}'" for test, label in whens) + " else 'bad' end"

    def _fitting(self, x: str, sign: str, *forms: tuple[str, str]) -> list[tuple[str, str]]:
        out = []
        for label, pattern in forms:
            fits, typed = sql.matches(x, pattern), self._parse(x, sign)
            large = f"{typed} is null" + (f" or isinf({typed})" if _SQL_TYPES[self.type] == "DOUBLE" else "")
            out.append((f"{fits} and ({large})", "large"))
            if self.type == "integer" and label in ("dot", "comma"):
                exact = f"try_cast({self._digits(x, sign)} as DOUBLE)"
                out.append((f"{fits} and {exact} <> floor({exact})", "fraction"))
            if self.type == "money" and label in ("dot", "comma"):
                out.append((f"{fits} and {sql.matches(x, _ENDLESS)}", f"{label}_long"))
            out.append((fits, label))
        return out

    def _digits(self, x: str, sign: str) -> str:
        if sign == ",":
            return f"replace(regexp_replace({x}, {sql.text(_SPACE[:-1] + '.]')}, '', 'g'), ',', '.')"
        # A comma reaches this place only where the mapping declares the decimal sign to be a dot.
        drop = _SPACE[:-1] + ",]" if self.decimal == "." else _SPACE
        return f"regexp_replace({x}, {sql.text(drop)}, '', 'g')"

    def _parse(self, x: str, sign: str) -> str:
        return f"try_cast({self._digits(x, sign)} as {_SQL_TYPES[self.type]})"

    def value(self, x: str, found: Found) -> str:
        sign = self.decimal or ("," if found.n("comma", "comma_long") else ".")
        typed = self._parse(x, sign)
        if _SQL_TYPES[self.type] != "DOUBLE":
            return typed
        # The engine reads "nan" and "inf" as numbers; here they are none.
        return f"case when lower({x}) not in {sql.texts((*NOTHING, *_INFINITE))} then {typed} end"

    def problems(self, found: Found) -> list[Problem]:
        out = [
            *found.problem("nothing_as_text", "nothing"),
            *found.problem("infinite_number", "infinite"),
            *found.problem("number_too_large", "large"),
            *found.problem("not_whole", "fraction"),
            *found.problem("not_a_number", "bad"),
        ]
        comma, dot = ("comma", "comma_long"), ("dot", "dot_long")
        if self.decimal is None and found.n(*comma) and found.n(*dot):
            return out + found.problem("mixed_decimal_signs", *comma, *dot, commas=found.n(*comma), dots=found.n(*dot))
        if self.decimal is None and found.n("either") and not found.n(*comma):
            return out + found.problem("ambiguous_comma", "either")
        if self.decimal is None:
            out += found.problem("decimal_comma", *comma, "either")
        out += found.problem("thousands_separated", "spaced")
        out += found.problem("rounded_amount", "comma_long", "dot_long")
        if self.type == "integer":
            out += found.problem("whole_from_decimal", "dot", "comma")
        return out
