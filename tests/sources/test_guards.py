"""What no mapping and no query can do."""

from __future__ import annotations

import duckdb
import pytest
import sqlglot

from insights.sources import DuckDB
from tests.sources.reading import rows, said

OTHER = [
    "copy (select 1) to '/tmp/out.csv'", "attach '/tmp/x.duckdb'", "select 1; select 2", "drop table a",
    "insert into a values (1)", "set threads = 9", "pragma disable_optimizer; select 1", "install httpfs",
    "create table x as select 1", "call pragma_version()", "export database '/tmp/x'",
]


@pytest.mark.parametrize("sql", OTHER)
def test_only_one_select_is_run(folder, sql):
    folder.write("a.csv", "k\n1\n")
    source = folder.open(f'[tables]\nleads = "{sql}"\ncompanies = "select k as company_id from a"\n')
    assert said(source) == ["The entry of table leads is not one SELECT. "
                            "Write one query: SELECT, WITH or UNION. Nothing else is run."]
    assert rows(source, "companies") == [("1",)]


@pytest.mark.parametrize("sql", [
    "select * from read_text('/etc/hostname')", "select * from '/etc/hostname'", "select * from glob('/etc/*')",
    "select * from read_csv('{folder}/b.csv')", "select * from read_blob('/etc/passwd')",
])
def test_a_select_reads_no_file(folder, sql):
    folder.write("a.csv", "k\n1\n")
    folder.write("b.csv", "k\n1\n")
    sql = sql.replace("{folder}", str(folder.path))
    source = folder.open(f'[tables]\nleads = """{sql}"""\n')
    assert "leads" not in source.tables
    assert said(source)[0].startswith((
        "The SELECT of table leads fails: Permission Error",
        "The SELECT of table leads fails: Catalog Error: Table with name /etc/hostname does not exist!"))


def test_a_select_sees_no_python_variable(folder):
    folder.write("a.csv", "k\n1\n")
    assert said(folder.open('[tables]\nleads = "select * from problems"\n'))[0].startswith(
        "The SELECT of table leads fails: Catalog Error: Table with name problems does not exist!")


@pytest.mark.parametrize("name", ["x'; DROP TABLE raw.leads; --", 'a"; drop schema raw; --', "select", "%s {x}"])
def test_names_of_files_and_columns_are_never_code(folder, name):
    folder.write("leads.csv", "lead_id\n1\n")
    folder.write(f"{name}.csv".replace("/", "_"), '"' + name.replace('"', '""') + '",b\n1,2\n')
    quoted = name.replace('"', '""')
    sql = f'select "{quoted}" as company_id from "{quoted}"'
    source = folder.open(f"[tables]\ncompanies = '''{sql}'''\n")
    assert rows(source, "companies") == [("1",)]
    assert not said(source)


def test_an_opened_source_can_reach_no_file_and_change_no_setting(folder):
    folder.write("leads.csv", "lead_id\n1\n")
    engine = folder.open().engine
    for sql in ("SELECT * FROM read_text('/etc/hostname')", "COPY (SELECT 1) TO '/tmp/out.csv'",
                f"SELECT * FROM '{folder.path}/leads.csv'", "SET enable_external_access = true", "SET threads = 1",
                "ATTACH '/tmp/other.duckdb'", "INSTALL httpfs"):
        with pytest.raises(duckdb.Error):
            engine.query(sql)
    assert engine.query("SELECT lead_id FROM raw.leads").to_pylist() == [{"lead_id": "1"}]


def test_memory_is_limited_and_running_out_of_it_is_an_error_not_a_crash():
    engine = DuckDB(memory="20MB", threads=1)
    with pytest.raises(duckdb.OutOfMemoryException):
        engine.query("SELECT list(range::VARCHAR) FROM range(5_000_000)")
    assert engine.query("SELECT 1 AS a").to_pylist() == [{"a": 1}]
    engine.close()
    engine.close()


def test_query_takes_text_and_expressions_and_gives_arrow():
    engine = DuckDB()
    assert engine.query("SELECT 1 AS a").to_pylist() == [{"a": 1}]
    assert engine.query(sqlglot.parse_one("select 1 / 2 as a", dialect="duckdb")).to_pylist() == [{"a": 0.5}]
    assert engine.dialect == "duckdb"
    engine.close()
