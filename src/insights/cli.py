"""The command line. Each command's body is loaded when it is called, so that `--help` answers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from insights import __version__

TWINS = ("null", "small", "misspecified", "randomised", "unhurried")
USAGE, INTERNAL, CANNOT_WRITE, INTERRUPTED = 64, 70, 73, 130

DATA = click.option("--data", default="sample", show_default=True, metavar="DATA",
                    help="Folder of tables, a DuckDB file, or 'sample' for the synthetic firm.")
MAPPING = click.option("--mapping", default="", metavar="FILE",
                       help="Mapping file (TOML) that turns an export into the tables of the contract.")
REPORTS = click.option("--reports", default="", metavar="DIR", help="Folder of reports; the project's by default.")


def _format(*forms: str):
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], show_default=True,
                        help="How to print.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="insights", message="%(prog)s %(version)s")
def cli() -> None:
    """The joint strategy of marketing and sales, from a firm's own data.

    \b
    insights run                                 report on the synthetic firm
    insights check --data export/                is the data good enough?
    insights run --data export/ --mapping crm.toml --period 2025
    """


@cli.command(short_help="Check the data, run the notebooks, publish the report.")
@DATA
@MAPPING
@click.option("--as-of", default="", metavar="DAY", help="What was known on this day (2026-09-30). By default the "
              "mapping's, else the day of the latest event.")
@click.option("--period", default="", metavar="PERIOD", help="2025, 2025Q3, 2025-07 or FROM..TO. By default the twelve "
              "months that end with --as-of.")
@click.option("--strategy", default="", metavar="FILE", help="Strategy file; by default strategy.toml beside the data.")
@click.option("--language", "languages", multiple=True, metavar="en|pl",
              help="Language of the pages; may be repeated, the first opens. Both by default.")
@click.option("--notebook", "chapters", multiple=True, metavar="NAME",
              help="Run only this notebook; may be repeated. All by default.")
@click.option("--each", default="", metavar="DIMENSION", help="Beside the whole firm's report one for each country, "
              "region, industry, size, team or family (of products), for its head.")
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE",
              help="A parameter of the notebooks that have it; may be repeated.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Notebooks at a time.")
@REPORTS
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
              help="End the whole run after so long.")
@click.option("--email", multiple=True, metavar="ADDRESS", help="Mail the published report there; may be repeated. "
              "The server is INSIGHTS_SMTP, the sender INSIGHTS_MAIL_FROM.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but the report's place, or what went wrong.")
@click.option("--notebooks", default="", hidden=True, help="Folder of notebooks; the project's by default.")
def run(**options: object) -> None:
    """Check the data, run the notebooks, publish the report.

    The report appears whole as reports/latest, or not at all: then the last good one stays, and reports/failed holds
    the cause.

    \b
    insights run
    insights run --data export/ --mapping crm.toml --as-of 2026-09-30
    insights run --notebook key_customer_profile -p seed=7 --language en
    insights run --data export/ --each country
    INSIGHTS_SMTP=smtp://mail.example.com:587 insights run --data export/ --email board@example.com

    \b
    Exit codes: 0 published, 64 wrong usage, 65 bad data, 66 no input, 69 source unavailable,
    70 a notebook failed, 73 cannot write, 75 try again later, 76 published but not mailed,
    124 out of time, 130 interrupted.
    """
    from insights.commands.run import run

    run(**options)


@cli.command(short_help="Check data against the contract.")
@DATA
@MAPPING
@_format("text", "json")
def check(data: str, mapping: str, form: str) -> None:
    """Check data against the contract: every problem, with its place and its remedy.

    \b
    insights check --data export/ --mapping crm.toml
    insights check --data export/ --format json > problems.json

    Exits with 65 where an error would stop a run, with 0 where there are none or only warnings.
    """
    from insights.commands.check import check

    check(data, mapping, form)


@cli.command(short_help="Score the open leads: chance, expected money, reasons.")
@DATA
@MAPPING
@click.option("--as-of", default="", metavar="DAY", help="What was known on this day (2026-09-30). By default the "
              "mapping's, else the day of the latest event.")
@click.option("--capacity", type=click.IntRange(0), default=0, metavar="N", help="Leads that sales can work in a week; "
              "by default as many as it has worked lately.")
@click.option("--out", required=True, metavar="FILE", help="Where to write the leads: .csv or .parquet.")
@click.option("--language", default="en", show_default=True, type=click.Choice(("en", "pl")),
              help="Language of the reasons.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but what went wrong.")
def score(**options: object) -> None:
    """Score the open leads: the chance that each is won with its interval, what it is expected to bring, and why.

    \b
    insights score --out leads.csv
    insights score --data export/ --mapping crm.toml --capacity 40 --out leads.parquet

    The file holds one row per open lead, the most valuable first; work_now marks those that fit into a week. The score
    is learned from these data alone, judged on later leads, and refused where fewer than 50 wins are recorded (exit
    code 65).
    """
    from insights.commands.score import score

    score(**options)


@cli.command(short_help="Turn an export into the tables of the contract.")
@DATA
@MAPPING
@click.option("--out", required=True, metavar="DIR", help="Folder for the tables; it must be new or empty.")
def convert(data: str, mapping: str, out: str) -> None:
    """Turn an export into the tables of the contract, with a reconciliation sheet to sign.

    \b
    insights convert --data export/ --mapping crm.toml --out tables/
    """
    from insights.commands.convert import convert

    convert(data, mapping, out)


LANGUAGE = click.option("--language", type=click.Choice(("en", "pl")), default="en", show_default=True,
                        help="Language of what is written.")


@cli.command(short_help="Check the joint strategy, price a proposal, fill in its form.")
@DATA
@MAPPING
@click.option("--as-of", default="", metavar="DAY", help="What was known on this day. By default the latest.")
@click.option("--strategy", default="", metavar="FILE", help="Strategy file; by default the one beside the data.")
@click.option("--price", default="", metavar="FILE", help="A proposed strategy, to be priced against the agreed one.")
@click.option("--form", default="", metavar="FILE.xlsx",
              help="Questionnaire in Excel: written where the file is not there, else read back.")
@click.option("--out", default="", metavar="FILE", help="Where the strategy read from a form goes.")
@LANGUAGE
def strategy(**options: str) -> None:
    """The joint strategy: its versions and clauses, the price of a proposed one, its form.

    \b
    insights strategy --data export/
    insights strategy --data export/ --price reports/latest/strategy.proposed.toml
    insights strategy --data export/ --form strategia.xlsx --language pl

    Exits with 65 and every mistake by its line where the file says what no strategy can.
    """
    from insights.commands.strategy import strategy

    strategy(**options)


@cli.command(short_help="Write the Excel forms for what no CRM holds, read them back.")
@click.option("--data", default="", metavar="DATA", help="The firm's data, to fill in what is known and to know names.")
@MAPPING
@click.option("--out", required=True, metavar="DIR", help="Folder for the forms; with --read, for the tables.")
@click.option("--read", default="", metavar="DIR", help="Folder of filled forms, to be read as tables.")
@LANGUAGE
def templates(**options: str) -> None:
    """Five one-page forms in Excel: readiness, roadmap, customers' voice, targets, joint strategy.

    \b
    insights templates --data export/ --out forms/ --language pl
    insights templates --data export/ --read forms/ --out tables/
    insights strategy --form forms/wspolna_strategia.xlsx --out export/strategy.toml

    Exits with 65 and every unreadable cell by its name where a filled form cannot be read.
    """
    from insights.commands.templates import templates

    templates(**options)


@cli.command(short_help="Write a synthetic firm of any size.")
@click.option("--out", required=True, metavar="DIR",
              help="Folder for the firm's tables: new, empty, or an earlier sample.")
@click.option("--leads", type=click.IntRange(1), default=12_000, show_default=True, help="How many leads.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Which firm of that size.")
@click.option("--twin", type=click.Choice(TWINS),
              help="The firm with one thing changed; null: without any planted difference.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def sample(out: str, leads: int, seed: int, twin: str | None, quiet: bool) -> None:
    """Write a synthetic firm of any size, with its planted truths beside it.

    \b
    insights sample --out firm/ --leads 100000 --seed 7
    insights sample --out control/ --twin null
    """
    from insights.commands.sample import sample

    sample(out, leads, seed, twin, quiet)


@cli.command(short_help="List the runs: when, on what, how they ended.")
@REPORTS
@_format("text", "json")
def runs(reports: str, form: str) -> None:
    """The ledger of runs: when, on what data, how it ended, how long it took. Newest first.

    \b
    insights runs
    insights runs --format json
    """
    from insights.commands.runs import runs

    runs(reports, form)


@cli.command(short_help="What changed between two runs.")
@click.argument("before")
@click.argument("after", default="latest")
@REPORTS
@LANGUAGE
@_format("text", "json")
def diff(before: str, after: str, reports: str, language: str, form: str) -> None:
    """What changed between two runs: findings new, gone and changed beyond noise; definitions, data and parameters that
    moved a number. BEFORE and AFTER are names of runs, or folders; AFTER is the latest by default.

    \b
    insights diff 2026-09-01T0600Z-1a2b3c
    insights diff 2026-09-01T0600Z-1a2b3c latest --format json
    """
    from insights.commands.diff import diff

    diff(before, after, reports, form, language)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit; errors are one plain sentence, unless INSIGHTS_DEBUG asks for the traceback."""
    try:
        sys.exit(cli.main(arguments, prog_name="insights", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(USAGE)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "insights"
        _end(error, f"{error.format_message()} See: {where} --help", USAGE)
    except click.Abort as error:
        _end(error, "interrupted", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has gone; nothing can be said to them, and Python must not try when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (ProcessLookupError, ChildProcessError) as error:
        _end(error, *_told(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _end(error, f"{where}{error.strerror or error}", CANNOT_WRITE)
    except Exception as error:
        _end(error, *_told(error))


def _told(error: Exception) -> tuple[str, int]:
    from insights.problems import InsightsError

    if isinstance(error, InsightsError):
        return str(error), error.exit_code
    return (f"insights met something it does not expect ({type(error).__name__}: {error}): please report it, "
            "with the traceback that INSIGHTS_DEBUG=1 shows"), INTERNAL


def _end(error: BaseException, message: str, code: int) -> NoReturn:
    if os.environ.get("INSIGHTS_DEBUG"):
        raise error
    click.echo(f"insights: {message}", err=True)
    sys.exit(code)
