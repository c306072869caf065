"""`reports/index.html`: every published run with its headlines, newest first, in each language."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from insights.language import Text
from insights.report import ledger
from insights.report.masthead import masthead
from insights.report.templates import environment, file_name

_ = Text
TITLE = _("All reports")


def renew(reports: Path, languages: Sequence[str]) -> None:
    """Write the list anew. It is a convenience: where the disk refuses it the report stays published all the same."""
    # Whatever goes wrong here happens after publication, and must not look as if the run had failed.
    with contextlib.suppress(OSError):
        runs = [run for run in ledger.runs(reports) if run.get("outcome") == "published"]
        for language in languages:
            _replace(reports / file_name("index", language, tuple(languages)), page(runs, language, languages))


def page(runs: Sequence[Mapping], language: str, languages: Sequence[str]) -> str:
    """The list in one language; a run in other languages only is linked in its own first one."""
    languages = tuple(languages)
    entries = [{"run": run, "masthead": masthead(run, language), "headlines": run.get("headlines") or {},
                "place": f"{run['id']}/{_first_page(run, language)}"} for run in runs]
    content = {
        "language": language, "languages": languages, "name": "index", "title": TITLE.render(language), "masthead": [],
        "heading": TITLE.render(language), "entries": entries,
        "file_name": lambda name, spoken=language: file_name(name, spoken, languages)}
    return environment().get_template("listing.html.j2").render(page=content)


def _first_page(run: Mapping, language: str) -> str:
    spoken = tuple(run.get("languages") or (language,))
    return file_name("index", language if language in spoken else spoken[0], spoken)


def _replace(path: Path, content: str) -> None:
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        part.write_text(content, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
