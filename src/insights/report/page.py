"""A chapter: an executed notebook and a language become one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from insights.language import LANGUAGES
from insights.report.masthead import masthead
from insights.report.prose import pieces
from insights.report.show import BLOCK
from insights.report.templates import anchor, environment, file_name, localised

if TYPE_CHECKING:
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode


class NotExecuted(Exception):
    """A notebook whose cells failed: such a notebook never becomes a page."""


class Section(NamedTuple):
    """An entry of the contents list."""

    anchor: str
    title: str


@dataclass
class Chapter:
    """The content of a page: pieces of HTML in reading order, and what stands outside of the text."""

    heading: str | None = None
    body: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    colophon: list[str] = field(default_factory=list)


class Pages:
    """The exporter of a run's chapters: one nbconvert exporter and one compiled template for all of them."""

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        self.languages = tuple(languages)
        self._exporter = _exporter()

    def html(
        self, notebook: NotebookNode, language: str, *, name: str, title: str,
        siblings: Sequence[tuple[str, str]], run: Mapping,
    ) -> str:
        """The page of an executed notebook.

        `name` is the notebook's (and the file's), `title` its message id; `siblings` are (name, title) of all chapters
        in their order, this one among them; `run` is what `run.json` says of the run, of which the page shows `firm`,
        `period` (first and last day), `as_of`, `currency` and the hashes of what it read, never its id or its times:
        two exports of the same are identical. Raises NotExecuted where a cell's output is an error.
        """
        chapter = _chapter(notebook, language)
        page = {
            "language": language, "languages": self.languages, "name": name,
            "title": localised(title, language), "heading": chapter.heading or localised(title, language),
            "chapter": chapter, "siblings": siblings, "run": run, "masthead": masthead(run, language),
            "file_name": lambda other, spoken=language: file_name(other, spoken, self.languages),
        }
        html, _ = self._exporter.from_notebook_node(notebook, {"page": page})
        return html


def _exporter() -> HTMLExporter:
    """nbconvert's HTML exporter with the suite's template."""
    from nbconvert import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter

    class PageExporter(HTMLExporter):
        def _create_environment(self):
            return environment()

        def register_filter(self, name, jinja_filter):
            # nbconvert's filters highlight code and choose output types; our pages have neither.
            return jinja_filter

        def from_notebook_node(self, nb, resources=None, **kw):
            # HTMLExporter parses and serialises the finished page once more to add alternative texts to images. Ours
            # stand in the fragments already, and that parser spells the attributes of inline SVG in lower case.
            return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

    return PageExporter(template_name="base", template_file="chapter.html.j2", default_preprocessors=[])


def _chapter(notebook: NotebookNode, language: str) -> Chapter:
    chapter = Chapter()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            _add_prose(chapter, cell.source, language)
        elif cell.cell_type == "code":
            for output in cell.outputs:
                _add_output(chapter, output, language)
    return chapter


def _add_prose(chapter: Chapter, source: str, language: str) -> None:
    for heading, text in pieces(source, language):
        if heading is None:
            chapter.body.append(text)
        elif heading.level == 1 and chapter.heading is None:
            chapter.heading = text
        elif heading.level <= 2:
            chapter.sections.append(Section(anchor(f"{len(chapter.sections)} {heading.msgid}"), text))
            chapter.body.append(Markup('<h2 id="{}">{}</h2>').format(*chapter.sections[-1]))
        else:
            chapter.body.append(Markup("<h3>{}</h3>").format(text))


def _add_output(chapter: Chapter, output: NotebookNode, language: str) -> None:
    if output.output_type == "error":
        raise NotExecuted(f"{output.ename}: {output.evalue}")
    block = output.get("data", {}).get(BLOCK)
    if block:
        (chapter.colophon if block["kind"] == "colophon" else chapter.body).append(block["html"][language])
