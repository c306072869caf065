"""The first page of a report: the decisions, the chapters with their answers, and how far to trust them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from insights.language import LANGUAGES, Text
from insights.report.masthead import masthead
from insights.report.templates import environment, file_name

_ = Text
TITLE = _("The joint strategy of marketing and sales")


def index(
    run: Mapping, chapters: Sequence[Mapping], *, headlines: Mapping[str, str] | None,
    quality: Mapping[str, str] | None, language: str, languages: Sequence[str] = LANGUAGES, proposed: bool = False,
) -> str:
    """The index page in one language.

    `run` is what `run.json` says (firm, period, as_of, level, next_step are shown). A chapter has `name`, `title`,
    `question` and `status` (message ids) and `top_line` (the first headline's sentence in each language), each but the
    name and the title possibly None. `headlines` and `quality` are fragments; `proposed`: whether the run proposes a
    strategy.
    """
    languages = tuple(languages)
    page = {
        "language": language, "languages": languages, "name": "index", "title": TITLE.render(language),
        "heading": TITLE.render(language), "masthead": masthead(run, language), "run": run, "chapters": chapters,
        "headlines": headlines and headlines[language], "quality": quality and quality[language],
        "proposed": proposed,
        "file_name": lambda name, spoken=language: file_name(name, spoken, languages),
    }
    return environment().get_template("index.html.j2").render(page=page)
