"""Files as bytes: encodings, delimiters, compression, and everything that is no table."""

from __future__ import annotations

import gzip

import pytest

from tests.sources.reading import places, rows, said

HEADER = "company_id,name\n"
TURTLE = "company_id;name\n007;Żółw sp. z o.o.\n008;Gęś i Łoś\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso-8859-2"])
def test_polish_letters_are_read_right_in_every_encoding(folder, encoding):
    folder.write("companies.csv", TURTLE.encode(encoding))
    source = folder.open()
    assert source.tables["companies"].columns == ("company_id", "name")
    assert rows(source, "companies") == [("007", "Żółw sp. z o.o."), ("008", "Gęś i Łoś")]
    assert not said(source)


def test_big_endian_utf_16_with_its_mark(folder):
    folder.write("companies.csv", b"\xfe\xff" + TURTLE.encode("utf-16-be"))
    assert rows(folder.open(), "companies")[0] == ("007", "Żółw sp. z o.o.")


def test_cp1250_and_iso_8859_2_are_told_apart_by_polish_letters(folder):
    text = HEADER + "1,Świątki\n2,Jaźń\n"
    folder.write("companies.csv", text.encode("cp1250"))
    folder.write("products.csv", text.encode("iso-8859-2"))
    source = folder.open()
    assert {file.name: file.encoding for file in source.files} == {
        "companies.csv": "cp1250", "products.csv": "iso8859-2"}
    assert rows(source, "companies") == rows(source, "products") == [("1", "Świątki"), ("2", "Jaźń")]


def test_recognised_encoding_is_noted(folder):
    folder.write("companies.csv", TURTLE.encode("cp1250"))
    notes = said(folder.open(), "note")
    assert len(notes) == 1 and notes[0].startswith("companies.csv was read as cp1250")


def test_letters_that_could_be_western_are_a_warning(folder):
    folder.write("companies.csv", (HEADER + "1,Gdańsk\n").encode("cp1250"))
    source = folder.open()
    assert rows(source, "companies") == [("1", "Gdańsk")]
    assert said(source, "warning")[0].startswith(
        "companies.csv was read as cp1250, but its few letters beyond ASCII could also be Western European")


def test_western_european_bytes_are_refused_with_their_line(folder):
    folder.write("companies.csv", (HEADER + "1,Acme\n2,Crème Brûlée\n").encode("cp1252"))
    source = folder.open()
    assert "companies" not in source.tables
    assert said(source) == [
        "companies.csv holds bytes that are no utf-8 text, first in line 3; lines concerned: 1. "
        'Save the file as UTF-8, or say which encoding it has in the mapping: [read."companies"] encoding = "...".']


def test_damaged_utf_8_is_not_taken_for_another_encoding(folder):
    folder.write("companies.csv", (HEADER + "1,Żółw\n2,Gęś\n").encode() + b"3,\xb3\xf3d\xbc\n")
    source = folder.open()
    assert places(source, "file_undecodable") == [("companies.csv", 4)]


def test_declared_encoding_stands_and_is_checked(folder):
    folder.write("firmy.csv", (HEADER + "2,Crème\n").encode("cp1252"))
    mapping = '[read."firmy"]\nencoding = "{}"\n[tables]\ncompanies = "select * from firmy"\n'
    assert rows(folder.open(mapping.format("cp1252")), "companies") == [("2", "Crème")]
    assert "no ascii text, first in line 2" in said(folder.open(mapping.format("ascii")))[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(folder, delimiter):
    lines = [["company_id", "name", "employees"], ["1", "1 234,50" if delimiter != "," else "x", ""], ["2", "b", "3"]]
    folder.write("companies.txt", "\r\n".join(delimiter.join(line) for line in lines))
    source = folder.open()
    assert source.files[0].delimiter == delimiter
    assert rows(source, "companies")[1] == ("2", "b", "3")


def test_decimal_commas_and_spaces_of_thousands_stay_as_delivered(folder):
    folder.write("orders.csv", "order_id;revenue\n1;1\u00a0234,50\n2;-7,00\n")
    assert rows(folder.open(), "orders") == [("1", "1\u00a0234,50"), ("2", "-7,00")]


def test_single_quotes_are_recognised(folder):
    folder.write("companies.csv", "'company_id','name'\n'1','a, b'\n'2','it''s'\n")
    assert rows(folder.open(), "companies") == [("1", "a, b"), ("2", "it's")]


def test_gzip_is_recognised_by_name_and_by_its_bytes(folder):
    folder.write("companies.csv.gz", gzip.compress((HEADER + "1,Żółw\n").encode()))
    folder.write("products.csv", gzip.compress((HEADER + "1,Łoś\n").encode("cp1250")))
    source = folder.open()
    assert rows(source, "companies") == [("1", "Żółw")]
    assert rows(source, "products") == [("1", "Łoś")]


def test_a_cut_gzip_file_is_damaged(folder):
    folder.write("companies.csv.gz", gzip.compress(HEADER.encode() * 1000)[:-20])
    assert said(folder.open()) == [
        "companies.csv.gz is damaged: it ends too early or its contents contradict its format. "
        "Export or copy the file again."]


def test_a_spreadsheet_named_csv(folder):
    folder.write("companies.csv", b"PK\x03\x04\x14\x00")
    assert said(folder.open())[0].startswith("companies.csv is a spreadsheet, an archive or another binary file")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(folder, content):
    folder.write("companies.csv", content)
    assert said(folder.open()) == [
        "companies.csv is empty: it has not even a header. "
        "Export the table again, or remove the file if there is nothing to deliver."]


@pytest.mark.parametrize("content", ["company_id,name", "company_id,name\r\n"])
def test_a_header_alone_is_a_table_without_rows(folder, content):
    folder.write("companies.csv", content)
    source = folder.open()
    assert source.tables["companies"].rows == 0
    assert source.tables["companies"].columns == ("company_id", "name")
    assert said(source, "warning")[0].startswith("companies.csv has a header but no rows")


def test_texts_stay_as_they_are_and_empty_is_missing(folder):
    folder.write("companies.csv",
                 'company_id,name,country\n007,None,NA\n17850.0,"",\n" x ",=cmd|\' /C calc\'!A0,NULL\n')
    assert rows(folder.open(), "companies") == [
        ("007", "None", "NA"), ("17850.0", None, None), (" x ", "=cmd|' /C calc'!A0", "NULL")]


def test_hash_is_of_the_file_as_delivered_and_follows_every_byte(folder):
    import hashlib

    path = folder.write("companies.csv", TURTLE.encode("cp1250"))
    first = folder.open()
    assert first.files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert first.files[0].bytes == len(path.read_bytes())
    assert folder.open().data_hash == first.data_hash
    folder.write("companies.csv", TURTLE.replace("Gęś", "Gęsi").encode("cp1250"))
    assert folder.open().data_hash != first.data_hash


def test_nothing_is_left_behind_on_disk(folder):
    folder.write("companies.csv", TURTLE.encode("cp1250"))
    source = folder.open()
    scratch = source.engine.scratch
    assert scratch.is_dir()
    source.close()
    assert not scratch.exists()
    assert [path.name for path in folder.path.iterdir()] == ["companies.csv"]
