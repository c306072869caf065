"""`insights templates`: the forms for what no CRM holds, written and read back."""

from __future__ import annotations

from pathlib import Path

import click

from insights.problems import NoInput, UsageError


def templates(*, data: str, mapping: str, out: str, read: str, language: str) -> None:
    """Write the five forms and the job titles to be named into a folder, or read the filled ones as tables."""
    folder = Path(out).expanduser().absolute()
    if read:
        _read(Path(read).expanduser(), folder, data, mapping)
    else:
        _write(folder, data, mapping, language)


def _write(folder: Path, data: str, mapping: str, language: str) -> None:
    from insights.forms import strategy_form
    from insights.forms.sheets import FORMS, STRATEGY_FILE
    from insights.forms.write import write_all
    from insights.tables.titles import FILE

    names = [f"{form.file[language]}.xlsx" for form in FORMS.values()] + [f"{STRATEGY_FILE[language]}.xlsx", FILE]
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise UsageError(f"{', '.join(there)} in {folder} would be written over: give a new folder with --out")
    firm = _firm(data, mapping)
    written = write_all(folder, language, _prefilled(firm, language) if firm else {})
    path = folder / f"{STRATEGY_FILE[language]}.xlsx"
    strategy_form.write(path, firm.strategy if firm else None, language)
    for file in (*written, path, *_titles(firm, folder)):
        click.echo(f"Form: {file}")
    click.echo(f"Fill them in, then: insights templates --read {folder} --out TABLES")


def _read(folder: Path, out: Path, data: str, mapping: str) -> None:
    import pyarrow as pa

    from insights.forms.read import read_all
    from insights.sources import save_table

    if not folder.is_dir():
        raise NoInput(f"{folder} is not there: name the folder of the filled forms with --read")
    tables = read_all(folder, _registers(_firm(data, mapping)))
    there = [name for name in tables if (out / f"{name}.csv").exists()]
    if there:
        raise UsageError(f"{', '.join(there)} would be written over in {out}: give another folder with --out")
    for name, rows in tables.items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        save_table(pa.table({c: [row.get(c) for row in rows] for c in columns}), out / f"{name}.csv")
        click.echo(f"{name}: {len(rows)} rows in {out / f'{name}.csv'}")
    if not tables:
        click.echo(f"No form in {folder} has a filled row.")


def _firm(data: str, mapping: str):
    from insights.firm import open_firm

    return open_firm(data, mapping=mapping) if data else None


def _prefilled(firm, language: str) -> dict[str, list[dict[str, object]]]:
    """What the firm's tables say already: a row for each launched product and seller, the targets of the strategy."""
    from insights.forms.sheets import TARGETS
    from insights.metrics.sql import select

    rows: dict[str, list[dict[str, object]]] = {}
    if firm.has("products", "sellers"):
        rows["readiness"] = firm.query(select("""
            select p.product_id, s.seller_id from products p cross join sellers s
            where p.status = 'launched' order by 1, 2""")).to_pylist()
    if firm.strategy:
        words = next(f for f in TARGETS.fields if f.name == "department").choices
        rows["targets"] = [{"department": words[k.department].render(language), "kpi": k.name, "value": k.target,
                            "currency": k.currency or None, "team": k.team or None} for k in firm.strategy.kpis]
    return rows


def _titles(firm, folder: Path) -> list[Path]:
    """The file of the job titles that could not be read; none where all could, or where there are none."""
    from insights.metrics.roles import job_titles
    from insights.tables.titles import FILE, read_titles, template

    if not firm or not firm.has("contacts"):
        return []
    rows = firm.query(job_titles()).to_pylist()
    listed = {row["title"]: row["contacts"] for row in rows if row["title"] is not None}
    read = read_titles(listed, firm.checked.settings.job_titles)
    unread = {title: n for title, n in listed.items() if title not in read}
    if not unread:
        return []
    (folder / FILE).write_text(template(unread), encoding="utf-8")
    return [folder / FILE]


def _registers(firm):
    from insights.forms.read import Registers
    from insights.metrics.sql import select

    if firm is None:
        return Registers()

    def ids(table: str, key: str, name: str = "") -> dict[str, str]:
        if not firm.has(table):
            return {}
        rows = firm.query(select(f"select {key} as id, {name or key} as name from {table} order by 1")).to_pylist()
        return {" ".join(str(r[c]).casefold().split()): r["id"] for c in ("name", "id") for r in rows if r[c]}

    teams = ()
    if firm.has("sellers"):
        found = firm.query(select("select distinct team from sellers where team is not null order by 1"))
        teams = tuple(found["team"].to_pylist())
    return Registers(ids("products", "product_id", "name"), ids("sellers", "seller_id"),
                     ids("companies", "company_id", "name"), teams)
