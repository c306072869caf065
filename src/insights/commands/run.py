"""`insights run`."""

from __future__ import annotations

from pathlib import Path

import click

from insights.problems import DataError


def run(
    *, notebooks: str, reports: str, languages: tuple[str, ...], email: tuple[str, ...], quiet: bool, **options: object,
) -> None:
    """Run the suite, say where the report is, and mail it where that was asked for; problems of the data are all listed
    before the error is raised."""
    from insights.firm import project_root
    from insights.language import LANGUAGES
    from insights.report import mail
    from insights.report.progress import progress
    from insights.report.publish import LATEST
    from insights.report.run import Request
    from insights.report.run import run as run_suite
    from insights.tables import as_text

    request = Request(
        notebooks=Path(notebooks).absolute() if notebooks else project_root() / "notebooks",
        reports=reports_folder(reports), languages=tuple(dict.fromkeys(languages)) or LANGUAGES, **options)
    letter = mail.settings(email)
    try:
        published = run_suite(request, progress(quiet))
    except DataError as error:
        click.echo(as_text(error.problems), err=True)
        raise
    click.echo(f"Report: {request.reports / LATEST / 'index.html'}")
    if letter:
        mail.send(letter, published)


def reports_folder(given: str) -> Path:
    """The folder of reports, absolute: the given one, else the project's."""
    from insights.firm import project_root

    return Path(given).expanduser().absolute() if given else project_root() / "reports"
