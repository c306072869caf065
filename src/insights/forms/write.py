"""Forms written as Excel workbooks: one sheet, one page, lists of choices in the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from insights.forms.sheets import FORMS, Form
from insights.language import Text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

EMPTY_ROWS = 40
HEADINGS_ROW = 3
_ = Text


def write_all(folder: Path, language: str, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Path]:
    """Every form into a folder; `rows` fills the first rows of a form where something is known already."""
    written = []
    for form in FORMS.values():
        path = folder / f"{form.file[language]}.xlsx"
        save(filled(form, language, rows.get(form.name, ())), path)
        written.append(path)
    return written


def filled(form: Form, language: str, rows: Sequence[Mapping[str, object]]) -> Workbook:
    """The workbook of a form with these rows and empty ones below."""
    from openpyxl.worksheet.datavalidation import DataValidation

    book, sheet = page(form.title.render(language), form.name)
    heading(sheet, form.title.render(language),
            f"{form.help.render(language)} {_('* must be filled in').render(language)}")
    last = HEADINGS_ROW + len(rows) + EMPTY_ROWS
    for column, field in enumerate(form.fields, 1):
        cell = sheet.cell(HEADINGS_ROW, column)
        put(cell, field.heading.render(language) + (" *" if field.needed else ""), bold=True)
        letter = cell.column_letter
        sheet.column_dimensions[letter].width = field.width
        cells = f"{letter}{HEADINGS_ROW + 1}:{letter}{last}"
        if field.choices:
            listed = ",".join(word.render(language) for word in field.choices.values())
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            sheet.add_data_validation(rule)
            rule.add(cells)
        for row in range(HEADINGS_ROW + 1, last + 1):
            if field.kind == "date":
                sheet.cell(row, column).number_format = "yyyy-mm-dd"
    for number, known in enumerate(rows, HEADINGS_ROW + 1):
        for column, field in enumerate(form.fields, 1):
            if known.get(field.name) is not None:
                put(sheet.cell(number, column), known[field.name])
    sheet.freeze_panes = sheet.cell(HEADINGS_ROW + 1, 1)
    return book


def page(title: str, name: str) -> tuple[Workbook, Worksheet]:
    """A new workbook of one sheet that prints on one page across, and says which form it is."""
    import datetime as dt

    from openpyxl import Workbook

    book = Workbook()
    book.properties.keywords = f"insights:{name}"
    book.properties.creator = "insights"
    book.properties.created = book.properties.modified = dt.datetime(2000, 1, 1)
    sheet = book.active
    sheet.title = title[:31]
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return book, sheet


def heading(sheet: Worksheet, title: str, help_: str) -> None:
    """The title and the line below it."""
    put(sheet.cell(1, 1), title, bold=True, size=14)
    put(sheet.cell(2, 1), help_, muted=True)


def put(cell, value: object, *, bold: bool = False, muted: bool = False, size: int = 11) -> None:
    """A value into a cell; a text stays a text, whatever it begins with."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32_000]
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.font = Font(bold=bold, size=size, color="FF5B6066" if muted else None)
    cell.alignment = Alignment(wrap_text=not muted, vertical="top")


def save(book: Workbook, path: Path) -> None:
    """Write a workbook; the folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
