"""The first page of a report: the decisions, the chapters with their answers, and how far to trust them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from insights.language import LANGUAGES, ListOf, Text, render
from insights.report.each import FEWEST_COMPANIES, FEWEST_LEADS, NAMES, Head, Plan, called
from insights.report.masthead import masthead
from insights.report.templates import environment, file_name, shortened

_ = Text
MOST_SMALL = 20
TITLE = _("The joint strategy of marketing and sales")


def index(
    run: Mapping, chapters: Sequence[Mapping], *, headlines: Mapping[str, str] | None,
    quality: Mapping[str, str] | None, language: str, languages: Sequence[str] = LANGUAGES, proposed: bool = False,
    parts: Mapping | None = None,
) -> str:
    """The index page in one language.

    `run` is what `run.json` says (firm, period, as_of, level, next_step are shown). A chapter has `name`, `title`,
    `question` and `status` (message ids) and `top_line` (the first headline's sentence in each language), each but the
    name and the title possibly None. `headlines` and `quality` are fragments; `proposed`: whether the run proposes a
    strategy; `parts` what `listed_parts` gives.
    """
    languages = tuple(languages)
    page = {
        "language": language, "languages": languages, "name": "index", "title": TITLE.render(language),
        "heading": TITLE.render(language), "masthead": masthead(run, language), "run": run, "chapters": chapters,
        "headlines": headlines and headlines[language], "quality": quality and quality[language],
        "proposed": proposed, "parts": parts,
        "file_name": lambda name, spoken=language: file_name(name, spoken, languages),
    }
    return environment().get_template("index.html.j2").render(page=page)


def listed_parts(
    heads: Sequence[tuple[Head, Mapping | None]], plan: Plan | None, language: str, languages: Sequence[str],
) -> dict | None:
    """The reports of a firm's parts as the index lists them: title, an entry for each, and the parts too small for one;
    None where the firm was not divided."""
    if plan is None:
        return None
    entries = [{
        "place": f"{head.folder}/{file_name('index', language, tuple(languages))}", "recorded": _recorded(head),
        "label": shortened(render(called(plan.dimension, head.part.value), language)),
        "top_line": said and said.get("top_line")} for head, said in heads]
    small = None
    if plan.small:
        names = ListOf([called(plan.dimension, part.value) for part in plan.small[:MOST_SMALL]])
        small = _("Without a report of their own, because fewer than {leads} leads (or order lines) or {companies} "
                  "companies are recorded, or because it could be worked out from the others: {names}.",
                  leads=FEWEST_LEADS, companies=FEWEST_COMPANIES, names=names)
    return {"title": NAMES[plan.dimension], "entries": entries, "small": small}


def _recorded(head: Head) -> Text:
    if head.leads:
        return _("{leads} from {companies}", leads=_("{n} lead", plural="{n} leads", n=head.leads),
                 companies=_("{n} company", plural="{n} companies", n=head.companies))
    return _("{orders} of {companies}", orders=_("{n} order line", plural="{n} order lines", n=head.orders),
             companies=_("{n} company", plural="{n} companies", n=head.companies))
