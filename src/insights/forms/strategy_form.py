"""The joint strategy as a questionnaire of twenty-five questions in the directors' own order, and back as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from insights.forms import read as reading
from insights.forms.sheets import FormError
from insights.forms.write import heading, page, put, save
from insights.language import LANGUAGES, Text
from insights.strategy import Known, Strategy, StrategyError
from insights.strategy import read as read_strategy

FIRST_ROW = 4
_ = Text


@dataclass(frozen=True)
class Question:
    """A question: where its answer goes in the file, its words, and how it is answered."""

    place: str
    words: Text
    help: Text
    kind: str


_LIST, _FREE = _("Several answers: one under the other, or with semicolons."), _("In your own words.")
_WHO, _SIZES = _("marketing, sales or both"), _("micro, small, medium, large")
_KPI = _("One under the other: measure; target; month, quarter or year.")
QUESTIONS: tuple[Question, ...] = (
    Question("key_customer.industries", _("In which industries are our key customers?"),
             _("NACE codes, such as C28; one under the other, or with semicolons."), "list"),
    Question("key_customer.sizes", _("How large are they?"), _SIZES, "list"),
    Question("key_customer.countries", _("In which countries?"), _("ISO codes, such as PL; DE"), "list"),
    Question("key_customer.audience", _("Whom does our communication address?"), _LIST, "list"),
    Question("key_customer.decision_maker", _("Who decides on the purchase?"), _LIST, "list"),
    Question("products.promote", _("Which products do we promote?"), _LIST, "list"),
    Question("products.hold", _("Which products do we not promote?"), _LIST, "list"),
    Question("products.new", _("Which new products come, and when?"), _("One under the other: product; day."), "new"),
    Question("definitions.lead", _("What do we call a lead?"), _FREE, "text"),
    Question("definitions.mql", _("When has marketing qualified a lead?"), _FREE, "text"),
    Question("definitions.accepted", _("When has sales accepted a lead?"), _FREE, "text"),
    Question("definitions.opportunity", _("When is a lead an opportunity?"), _FREE, "text"),
    Question("definitions.returned", _("When does sales return a lead to marketing?"), _FREE, "text"),
    Question("roles.marketing", _("Until when does marketing work a lead?"), _FREE, "text"),
    Question("roles.sales", _("From when does sales work a lead?"), _FREE, "text"),
    Question("sla.first_touch_hours", _("Within how many hours is a lead contacted first?"), _("A number."), "number"),
    Question("sla.accepted_days", _("Within how many days does sales accept or return a lead?"), _("A number."),
             "number"),
    Question("sla.attempts", _("How many attempts does sales make before it gives up?"), _("A number."), "number"),
    Question("kpi.marketing", _("What is marketing measured by?"), _KPI, "kpi"),
    Question("kpi.sales", _("What is sales measured by?"), _KPI, "kpi"),
    Question("kpi.shared", _("What are both measured by together?"), _KPI, "kpi"),
    Question("customers.repeat_orders", _("Who looks after repeat orders?"), _WHO, "choice"),
    Question("customers.win_back", _("Who wins lapsed customers back?"), _WHO, "choice"),
    Question("agreement.dates", _("When was this agreed on, and from when does it hold?"),
             _("Two days, with a semicolon between them."), "dates"),
    Question("agreement.by", _("Who signs for marketing, sales and the board?"), _("Three names, one under the other."),
             "signatures"),
)
# Words that answers may use for the file's own.
_WORDS: dict[str, Text] = {
    "micro": _("micro"), "small": _("small"), "medium": _("medium-sized"), "large": _("large"),
    "enterprise": _("very large"), "marketing": _("Marketing"), "sales": _("Sales"), "both": _("both"),
    "month": _("month"), "quarter": _("quarter"), "year": _("year"),
}


def write(path: Path, strategy: Strategy | None, language: str) -> None:
    """The questionnaire, with what is agreed already in the cells for answers."""
    book, sheet = page(_("The joint strategy").render(language), "strategy")
    heading(sheet, _("The joint strategy").render(language),
            _("Answer together, in the last column. What you leave empty stays open.").render(language))
    for column, (word, width) in enumerate(((_("No."), 6), (_("Question"), 44), (_("How to answer"), 34),
                                            (_("Answer"), 60)), 1):
        cell = sheet.cell(FIRST_ROW - 1, column)
        put(cell, word.render(language), bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for number, question in enumerate(QUESTIONS, 1):
        row = FIRST_ROW + number - 1
        for column, value in enumerate((number, question.words.render(language), question.help.render(language)), 1):
            put(sheet.cell(row, column), value)
        put(sheet.cell(row, 4), _answer(question, strategy) if strategy else None)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 1)
    save(book, path)


def read(path: Path, known: Known | None = None) -> str:
    """The strategy file that a filled questionnaire says. FormError names every answer that cannot be read, by the
    number of its question."""
    sheet = reading.opened(path)
    answers = _answers(sheet, path.name)
    lines, asked, mistakes = _File(), {}, []
    for number, question in enumerate(QUESTIONS, 1):
        text = answers.get(number, "")
        if text:
            try:
                asked |= dict.fromkeys(lines.add(question, text), number)
            except ValueError as error:
                mistakes.append(f"{path.name}, question {number}: {error}")
    if mistakes:
        raise FormError("\n".join(mistakes))
    text, places = lines.text()
    try:
        read_strategy(text.encode(), path.name, known)
    except StrategyError as error:
        raise FormError("\n".join(_by_question(line, places, asked) for line in str(error).splitlines())) from None
    return text


def _answers(sheet, file: str) -> dict[int, str]:
    """The answers by number of question, wherever the table stands on the sheet."""
    found: dict[int, str] = {}
    for row in sheet.iter_rows(max_row=200, values_only=True):
        if row and isinstance(row[0], int | float) and 1 <= row[0] <= len(QUESTIONS) and len(row) > 3:
            value = row[3]
            found[int(row[0])] = reading.day(value) if hasattr(value, "strftime") else str(value or "").strip()
    if not found:
        raise FormError(f"{file} is not the questionnaire: it has no numbered questions in its first column")
    return found


class _File:
    """The lines of the file, section by section."""

    def __init__(self) -> None:
        self.sections: dict[str, list[tuple[str, str]]] = {}

    def add(self, question: Question, text: str) -> list[str]:
        """Take an answer in; the places in the file that it fills."""
        section, key = question.place.split(".")
        entries = _READ[question.kind](section, key, text)
        for where, name, value in entries:
            self.sections.setdefault(where, []).append((name, value))
        return [f"{where}.{name}" for where, name, _value in entries]

    def text(self) -> tuple[str, list[str]]:
        """The file, and for each of its lines the place that it fills."""
        lines, places = [], []
        order = ("agreement", "definitions", "roles", "key_customer", "products", "customers", "sla")
        repeated = sorted((s for s in self.sections if s not in order), key=lambda s: (s[2] != "p", s))
        for section in (*(s for s in order if s in self.sections), *repeated):
            lines.append(section.split(" ")[0] if section.startswith("[[") else f"[{section}]")
            places.append("")
            for key, value in self.sections[section]:
                lines.append(f"{key} = {value}")
                places.append(f"{section}.{key}")
            lines.append("")
            places.append("")
        return "\n".join(lines), places


def _by_question(line: str, places: Sequence[str], asked: dict[str, int]) -> str:
    match = re.match(r"(.*), line (\d+): (.*)", line)
    number = asked.get(places[int(match[2]) - 1]) if match else None
    return f"{match[1]}, question {number}: {match[3]}" if number else line


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _known_word(text: str) -> str:
    folded = " ".join(text.casefold().split())
    for value, word in _WORDS.items():
        if folded == value or folded in {word.render(language).casefold() for language in LANGUAGES}:
            return value
    return text


def _quoted(text: str) -> str:
    return json.dumps(text.replace("\x7f", ""), ensure_ascii=False)


def _list(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    separated = text if re.search(r"[;\n]", text) else text.replace(",", ";")
    return [(section, key, "[" + ", ".join(_quoted(_known_word(part)) for part in _parts(separated)) + "]")]


def _free(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    return [(section, key, _quoted(" ".join(text.split())))]


def _choice(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    return [(section, key, _quoted(_known_word(text)))]


def _number(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    value = reading.number(text)
    if value is None:
        raise ValueError(f"{text[:60]!r} is no number")
    return [(section, key, value)]


def _new(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    entries = []
    for place, line in enumerate(filter(None, (part.strip() for part in text.splitlines()))):
        name, _sep, when = line.rpartition(";")
        on = reading.day(when)
        if not name.strip() or on is None:
            raise ValueError(f"{line[:60]!r} is not a product and its day: P15; 2027-01-15")
        where = f"[[products.new]] {place:03}"
        entries += [(where, "id", _quoted(name.strip())), (where, "on", on)]
    return entries


def _kpi(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    entries = []
    for place, line in enumerate(filter(None, (part.strip() for part in text.splitlines()))):
        parts = [part.strip() for part in line.split(";")]
        target = reading.number(parts[1]) if len(parts) == 3 else None
        if target is None:
            raise ValueError(f"{line[:60]!r} is not a measure, its target and a period: leads; 1000; quarter")
        where = f"[[kpi]] {key} {place:03}"
        entries += [(where, "name", _quoted(parts[0])), (where, "department", _quoted(key)), (where, "target", target),
                    (where, "period", _quoted(_known_word(parts[2])))]
    return entries


def _dates(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    days = [reading.day(part) for part in _parts(text)]
    if not 1 <= len(days) <= 2 or None in days:
        raise ValueError(f"{text[:60]!r} is not two days: 2026-06-18; 2026-07-01")
    return [("agreement", "agreed_on", days[0]), ("agreement", "valid_from", days[-1])]


def _signatures(section: str, key: str, text: str) -> list[tuple[str, str, str]]:
    names = _parts(text)
    if len(names) > 3:
        raise ValueError("more than three names: marketing, sales, board")
    signed = ", ".join(f"{department} = {_quoted(name)}" for department, name in
                       zip(("marketing", "sales", "board"), names, strict=False))
    return [("agreement", "by", "{ " + signed + " }")]


_READ: dict[str, Callable[[str, str, str], list[tuple[str, str, str]]]] = {
    "list": _list, "text": _free, "choice": _choice, "number": _number, "new": _new, "kpi": _kpi, "dates": _dates,
    "signatures": _signatures}


def _answer(question: Question, held: Strategy) -> str | float | None:
    """What the agreed strategy answers to a question."""
    section, key = question.place.split(".")
    if question.kind == "new":
        return "\n".join(f"{p.id}; {p.on}" for p in held.new_products)
    if question.kind == "kpi":
        return "\n".join(f"{k.name}; {k.target:.12g}; {k.period}" for k in held.kpis if k.department == key)
    if question.kind == "dates":
        return "; ".join(str(d) for d in (held.agreed_on, held.valid_from) if d)
    if question.kind == "signatures":
        return "\n".join(s.name for s in held.signatures)
    content = held.content.get(section, {}).get(key)
    return "\n".join(content) if isinstance(content, list) else content
