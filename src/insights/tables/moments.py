"""Dates and times: ISO 8601, or the pattern that the mapping declares; nothing else is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from insights.language import Text, _
from insights.problems import Problem
from insights.tables import sql
from insights.tables.cleaning import NOTHING
from insights.tables.reader import Found

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_LOCAL = _TIME + "$"
_OFFSET = _TIME + r" ?(Z|z|UTC|[+-]\d{2}(:?\d{2})?)$"


@dataclass(frozen=True)
class Moments:
    """The reader of dates and times; `pattern` is the declared strptime pattern, `zone` the zone of local times."""

    type: str
    zone: str
    pattern: str | None = None
    shown = ("nothing", "impossible", "bad")
    listed = ()

    def kind(self, x: str) -> str:
        nothing = f"when lower({x}) in {sql.texts(NOTHING)} then 'nothing'"
        if self.pattern is not None:
            return f"case {nothing} when {self._declared(x)} is not null then 'declared' else 'bad' end"
        return (f"case {nothing}"
                f" when {sql.matches(x, _DATE)} then if(try_cast({x} as DATE) is null, 'impossible', 'date')"
                f" when {sql.matches(x, _LOCAL)} then if(try_cast({x} as TIMESTAMP) is null, 'impossible', 'local')"
                f" when {sql.matches(x, _OFFSET)} then if({self._local(x)} is null, 'impossible', 'offset')"
                " else 'bad' end")

    def _declared(self, x: str) -> str:
        return f"try_strptime({x}, {sql.text(self.pattern or '')})"

    def _local(self, x: str) -> str:
        """A time with an offset as local time. The engine wants seconds and an offset with a colon."""
        for pattern, instead in ((r" ?(Z|z|UTC)$", "+00:00"), (r"([+-]\d{2})(\d{2})$", r"\1:\2"),
                                 (r":(\d{2}(?:\.\d+)?)([+-]\d{2})$", r":\1\2:00"),
                                 (r"([T ]\d{2}:\d{2}) ?([+-])", r"\1:00\2")):
            x = f"regexp_replace({x}, {sql.text(pattern)}, {sql.text(instead)})"
        return f"timezone({sql.text(self.zone)}, try_cast({x} as TIMESTAMPTZ))"

    def value(self, x: str, found: Found) -> str:
        target = "DATE" if self.type == "date" else "TIMESTAMP"
        if self.pattern is not None:
            return f"try_cast({self._declared(x)} as {target})"
        if found.n("offset"):
            return (f"case when {sql.matches(x, _OFFSET)} then try_cast({self._local(x)} as {target})"
                    f" else try_cast({x} as {target}) end")
        # Kinds of text beside these are errors; without an offset the engine's own cast is right, and fast.
        return f"try_cast({x} as {target})"

    def problems(self, found: Found) -> list[Problem]:
        shown = [e.value or "" for e in found.examples.get("bad", ())]
        out = [
            *found.problem("nothing_as_text", "nothing"),
            *found.problem("impossible_date", "impossible"),
            *found.problem("date_format", "bad", hint=_hint(shown, found.table, found.column)),
        ]
        if self.type == "date":
            out += found.problem("time_dropped", "local", "offset")
        else:
            out += found.problem("offset_converted", "offset", zone=self.zone)
        return out


def _hint(values: list[str], table: str, column: str) -> Text:
    """What to declare for texts like these."""
    place = f"{table}.{column}"
    if values and all(re.fullmatch(r"\d{5}(\.\d+)?", v) for v in values):
        return _("These look like Excel's day numbers: export the column as dates, or convert them in the SELECT: "
                 "date '1899-12-30' + {column}::INTEGER.", column=column)
    if values and all(re.fullmatch(r"1\d{9}(\d{3})?", v) for v in values):
        return _("These look like Unix times: convert them in the SELECT with to_timestamp().")
    if values and all(re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", v) for v in values):
        return _('Day and month cannot be told apart safely: declare [formats."{place}"] date = "%d/%m/%Y" or '
                 '"%m/%d/%Y".', place=place)
    for shape, pattern in _PATTERNS:
        if values and all(re.fullmatch(shape, v) for v in values):
            return _('Declare the format: [formats."{place}"] date = "{pattern}".', place=place, pattern=pattern)
    return _('Give ISO 8601 (2026-09-30 or 2026-09-30T14:05), or declare the format: [formats."{place}"] date = '
             '"%d.%m.%Y".', place=place)


_PATTERNS = (
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}", "%d.%m.%Y %H:%M"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}", "%d.%m.%Y %H:%M:%S"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{8}", "%Y%m%d"),
)
