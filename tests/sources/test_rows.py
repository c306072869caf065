"""Rows that can't be taken: each is named with its line, and none is lost in silence."""

from __future__ import annotations

import csv
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.sources.engine import DuckDB
from insights.sources.folder import Delivered
from insights.sources.load import load
from insights.sources.structure import CHUNK, LIMIT
from insights.sources.textfile import ReadOptions
from tests.sources.reading import places, rows, said

MIB = 1 << 20


def test_every_row_with_too_few_or_too_many_fields_is_named(folder):
    folder.write("leads.csv", "lead_id,source\n1,a\n2\n3,b,c\n4,d\n5\n6,e,\n")
    source = folder.open()
    assert said(source) == [
        "leads.csv has rows of 1 fields where the header has 2, first in line 3; rows: 2. Correct these rows: "
        "mostly a delimiter or a line break stands in a text without quotes around it.",
        "leads.csv has rows of 3 fields where the header has 2, first in line 4; rows: 2. Correct these rows: "
        "mostly a delimiter or a line break stands in a text without quotes around it.",
    ]
    assert places(source, "row_fields") == [("leads.csv", n) for n in (3, 6, 4, 7)]
    assert rows(source, "leads") == [("1", "a"), ("4", "d")]
    assert (source.files[0].rows, source.files[0].rejected) == (2, 4)


def test_lines_are_counted_through_texts_of_several_lines(folder):
    folder.write("leads.csv", 'lead_id,text\n1,"a\nb\r\nc"\n2\n')
    assert places(folder.open(), "row_fields") == [("leads.csv", 5)]


def test_an_unclosed_quote_is_found_where_it_opens_and_reading_goes_on(folder):
    folder.write("leads.csv", 'lead_id,text\n1,"a\n2,b\n3,"c"x\n4,d\n')
    source = folder.open()
    assert said(source) == [
        "leads.csv has rows with unbalanced quotes, first in line 2; rows: 2. "
        "Close the quote, and double quotes that stand inside a quoted text."]
    assert places(source, "row_quote") == [("leads.csv", 2), ("leads.csv", 4)]
    assert rows(source, "leads") == [("2", "b"), ("4", "d")]


def test_too_many_unbalanced_quotes_end_the_reading_and_all_lines_are_counted(folder):
    folder.write("leads.csv", "lead_id,text\n" + '1,"a"x\n' * 500)
    source = folder.open()
    assert source.files[0].rejected == 500
    assert "could not be read from line 202 on" in said(source)[1]


def test_a_quote_inside_an_unquoted_text_is_text(folder):
    folder.write("leads.csv", 'lead_id,text\n1,5" pipe\n2, "x" y\n')
    assert rows(folder.open(), "leads") == [("1", '5" pipe'), ("2", ' "x" y')]


def test_nul_characters_are_named_with_their_line(folder):
    folder.write("leads.csv", b"lead_id,text\n1,a\n2,b\x00c\n")
    source = folder.open()
    assert said(source)[0].startswith("leads.csv has rows with NUL characters, first in line 3; rows: 1. ")
    assert rows(source, "leads") == [("1", "a")]


@pytest.mark.parametrize("text", ["x" * (MIB + 1), '"' + "x\n" * (MIB // 2 + 1) + '"'])
def test_a_row_over_one_mib_is_refused_and_the_next_is_read(folder, text):
    folder.write("leads.csv", f"lead_id,text\n1,a\n2,{text}\n3,c\n")
    source = folder.open()
    assert said(source)[0].startswith("leads.csv has rows of more than 1 MiB, first in line 3; rows: 1. ")
    assert rows(source, "leads") == [("1", "a"), ("3", "c")]


def test_an_unclosed_quote_in_a_large_file_is_no_large_row(folder):
    folder.write("leads.csv", 'lead_id,text\n1,"a\n' + "2,b\n" * 400_000)
    source = folder.open()
    assert places(source, "row_quote") == [("leads.csv", 2)]
    assert said(source)[1].startswith(
        "leads.csv could not be read from line 3 on because of unbalanced quotes; lines: 400,000.")
    assert source.files[0].rejected == 400_001


def test_a_text_just_below_one_mib_is_read(folder):
    folder.write("leads.csv", "lead_id,text\n1," + "x" * (MIB - 10) + "\n")
    source = folder.open()
    assert not said(source)
    assert len(rows(source, "leads")[0][1]) == MIB - 10


def test_empty_lines_are_no_rows(folder):
    folder.write("leads.csv", "\nlead_id,text\n\n1,a\n\n\n2,b\n\n")
    folder.write("companies.csv", "company_id\n1\n\n2\n\n")
    source = folder.open()
    assert rows(source, "leads") == [("1", "a"), ("2", "b")]
    assert rows(source, "companies") == [("1",), ("2",)]


def test_row_numbers_follow_the_file(folder):
    folder.write("leads.csv", "lead_id,text\n" + "".join(f"{n},t\n" for n in range(1, 50_001)))
    source = folder.open()
    found = source.engine.query("SELECT count(*) AS n FROM raw.leads WHERE CAST(lead_id AS BIGINT) = _row")
    assert found.to_pylist() == [{"n": 50_000}]


@pytest.mark.parametrize(("header", "column"), [("lead_id,a,lead_id", "lead_id"), ("Lead_ID,lead_id,b", "lead_id"),
                                                ("a,b,_row", "_row")])
def test_a_column_twice_is_an_error(folder, header, column):
    folder.write("leads.csv", header + "\n1,2,3\n")
    source = folder.open()
    assert "leads" not in source.tables
    assert f"leads.csv has column {column} twice" in said(source)[0]


def test_names_with_spaces_letters_and_quotes_are_kept_and_a_nameless_column_is_said(folder):
    folder.write("leads.csv", 'Deal Name,"Wartość, zł","a ""b""",\n1,2,3,4\n')
    source = folder.open()
    assert source.tables["leads"].columns == ("Deal Name", "Wartość, zł", 'a "b"', "unnamed_4")
    assert said(source, "warning")[0].startswith("The column at position 4 of leads.csv has no name")


def test_an_unbalanced_header(folder):
    folder.write("leads.csv", '"lead_id,text\n1,2\n')
    assert said(folder.open())[0].startswith("The header of leads.csv can't be read: a quote in line 1 is not closed")


# Files are made of the pieces that CSV readers disagree about.
PIECES = ["a", "ż", " ", "7", ",", ";", '"', '""', "\n", "\r\n", "\r", "\0", "\\", "'", "#", "\t", '","', '"\n"',
          "\n\n"]


@pytest.fixture(scope="module")
def engine():
    engine = DuckDB()
    engine.execute("CREATE SCHEMA d")
    yield engine
    engine.close()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(body=st.lists(st.sampled_from(PIECES), max_size=25).map("".join), columns=st.integers(1, 4))
def test_any_file_is_read_as_python_reads_it_or_its_problems_are_reported(engine, tmp_path, body, columns):
    _same_as_python(engine, tmp_path, ",".join(f"c{n}" for n in range(columns)) + "\n" + body, columns)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_regular_file_of_many_chunks_is_read_exactly(engine, tmp_path, newline):
    chance = random.Random(3)
    words = ["", "a", "Żółw", "x, y", 'say "no"', "two\nlines", "two\r\nlines", " blank "]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=newline)
    writer.writerow(["c0", "c1", "c2"])
    while out.tell() < 4 * CHUNK:
        writer.writerow([chance.choice(words) for _ in range(3)])
    _same_as_python(engine, tmp_path, out.getvalue(), 3)
    assert LIMIT > CHUNK


def _same_as_python(engine, folder, text: str, columns: int) -> None:
    path = folder / "x.csv"
    path.write_bytes(text.encode())
    source, problems = load(engine, Delivered(path, "x.csv", "x"), "d.x", ReadOptions(delimiter=",", quote='"'))
    errors = [problem for problem in problems if problem.severity == "error"]
    try:
        expected = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row][1:]
    except csv.Error:
        assert errors
        return
    good = [row for row in expected if len(row) == columns and not any("\0" in value for value in row)]
    assert engine.rows("SELECT * FROM d.x ORDER BY rowid") == [tuple(value or None for value in row) for row in good]
    assert (source.rows, source.rejected) == (len(good), len(expected) - len(good))
    assert bool(errors) == (len(good) < len(expected))
