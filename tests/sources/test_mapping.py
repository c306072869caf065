"""Mappings: what they do, and that every slip of the pen is named with its line and the nearest right word."""

from __future__ import annotations

from datetime import date

import pytest

from insights.problems import UsageError
from insights.sources import Format
from tests.sources.reading import places, rows, said

DEALS = "Deal ID,Deal Name,Wartość\n1,Pump,100\n2,Żółw,\n"
GOOD = """
[sources]
deals = "export-*.csv"
[tables]
leads = '''select "Deal ID" as lead_id, "Deal Name" as source, "Wartość" as product_id from deals'''
"""


@pytest.fixture
def deals(folder):
    folder.write("export-1.csv", DEALS)
    return folder


def mapped(folder, more: str):
    return folder.open(GOOD + more)


def test_columns_with_spaces_and_polish_letters(deals):
    source = mapped(deals, "")
    assert not source.problems
    assert rows(source, "leads") == [("1", "Pump", "100"), ("2", "Żółw", None)]
    assert source.tables["leads"].sql.startswith('select "Deal ID"')


def test_all_settings_are_read(deals):
    source = mapped(deals, """
[missing]
"leads.source" = ["unknown", "-"]
"*" = ["NULL"]
[values."leads.source"]
Pump = "pump"
[defaults]
currency = "PLN"
reporting_currency = "EUR"
time_zone = "Europe/Warsaw"
as_of = 2026-09-30
firm = "Pompy"
""")
    assert not source.problems
    found = source.settings
    assert found.missing == {"leads.source": ("unknown", "-"), "*": ("NULL",)}
    assert found.values == {"leads.source": {"Pump": "pump"}}
    assert (found.currency, found.reporting_currency, found.time_zone) == ("PLN", "EUR", "Europe/Warsaw")
    assert (found.as_of, found.defaults) == (date(2026, 9, 30), {"firm": "Pompy"})


def test_formats(folder):
    folder.write("o.csv", "id;kiedy;ile\n1;30.09.2026;1 234,50\n")
    source = folder.open("""
[tables]
orders = "select id as order_id, kiedy as ordered_at, ile as revenue from o"
[formats."orders.ordered_at"]
date = "%d.%m.%Y"
[formats.orders.revenue]
decimal = ","
""")
    assert not source.problems
    assert source.settings.formats == {"orders.ordered_at": Format(date="%d.%m.%Y"),
                                       "orders.revenue": Format(decimal=",")}


def test_files_of_one_pattern_are_united_by_name(deals):
    deals.write("export-2.csv", "Deal Name;Deal ID;Wartość\nFan;3;5\n")
    source = mapped(deals, "")
    assert rows(source, "leads") == [("1", "Pump", "100"), ("2", "Żółw", None), ("3", "Fan", "5")]
    assert [file.name for file in source.files] == ["export-1.csv", "export-2.csv"]


def test_files_of_one_pattern_with_other_headers_are_said(deals):
    deals.write("export-2.csv", "Deal ID,Deal Name\n3,Fan\n")
    source = mapped(deals, "")
    assert rows(source, "leads")[2] == ("3", "Fan", None)
    assert said(source, "warning") == [
        "export-2.csv lacks columns that other files of deals have: Wartość. "
        "Export all files with the same columns; missing ones are read as empty."]


def test_only_the_files_that_a_select_names_are_read(deals):
    deals.write("other.csv", "a,b\n1\n")
    source = mapped(deals, "")
    assert not source.problems
    assert [file.name for file in source.files] == ["export-1.csv"]


def test_a_pattern_that_matches_nothing_names_itself_and_the_files_there_are(folder):
    folder.write("deals-2026.csv", DEALS)
    source = mapped(folder, "")
    assert said(source) == [
        "The pattern export-*.csv of source deals matches no file. Correct the pattern in [sources]. "
        "There are: deals-2026.csv."]
    assert places(source, "pattern_empty") == [("mapping.toml", 3)]


@pytest.mark.parametrize("pattern", ["../secret.csv", "/etc/passwd", "a/../../b.csv"])
def test_a_pattern_that_leads_out_of_the_folder_is_refused(deals, pattern):
    deals.write("../secret.csv", DEALS)
    source = deals.open(GOOD.replace("export-*.csv", pattern))
    assert said(source)[0] == (
        f"The pattern {pattern} of source deals leads out of the data folder. "
        "Give a pattern below the data folder, without .. and without a leading slash.")
    assert not source.tables


SLIPS = [
    ("[defualts]\ncurrency = 'PLN'", "mapping.toml has an unknown section [defualts]", "Did you mean defaults?"),
    ("[defaults]\ncurency = 'PLN'", "mapping.toml has an unknown key curency in [defaults]", "Did you mean currency?"),
    ('[read."export-1"]\nencodin = "cp1250"', 'mapping.toml has an unknown key encodin in [read."export-1"]',
     "Did you mean encoding?"),
    ('[read."exports"]\nencoding = "cp1250"', "mapping.toml speaks in [read] of exports, but there is no such file",
     "Did you mean export-1?"),
    ('[missing]\n"lead.source" = []', "mapping.toml names an unknown table lead", "Did you mean leads?"),
    ('[missing]\n"leads.sorce" = []', "mapping.toml names an unknown column leads.sorce in [missing]",
     "Did you mean leads.source?"),
    ('[missing]\nleads = ["x"]', "mapping.toml gives leads the value leads", 'Give a key of the form "table.column".'),
    ('[missing]\n"leads.source" = "x"', "mapping.toml gives leads.source the value x", "Give a list of texts"),
    ('[values."leads.origin"]\nX = "marketting"', "mapping.toml maps to marketting, which leads.origin does not know",
     "Did you mean marketing?"),
    ('[values."leads.seller_id"]\nX = "y"',
     "mapping.toml speaks of leads.seller_id, but table leads has no such column as delivered",
     "Did you mean lead_id?"),
    ('[formats."leads.created_at"]\ndate = "%m"', "mapping.toml gives leads.created_at the value %m",
     "Give a strptime pattern such as %d.%m.%Y, for a column of dates."),
    ('[formats."leads.source"]\ndecimal = ","', "mapping.toml gives leads.source the value ,",
     'Give decimal = "," or ".", for a column of numbers.'),
    ("[defaults]\nas_of = '31.12.2017'", "mapping.toml gives as_of the value 31.12.2017", "Give an ISO date"),
    ("[defaults]\ntime_zone = 'Europe/Warszawa'", "mapping.toml gives time_zone the value Europe/Warszawa",
     "Give the name of a time zone: Europe/Warsaw."),
    ("[defaults]\ncurrency = 'zł'", "mapping.toml gives currency the value zł", "Give an ISO 4217 code"),
    ('[read."deals"]\ndelimiter = ";;"', "mapping.toml gives delimiter the value ;;", "Give one character."),
    ('[read."deals"]\nencoding = "cp125O"', "mapping.toml gives encoding the value cp125O",
     "Give the name of an encoding: utf-8, cp1250."),
]


@pytest.mark.parametrize(("more", "message", "remedy"), SLIPS)
def test_slips_are_named_with_the_nearest_right_word(deals, more, message, remedy):
    source = mapped(deals, more)
    first = next(text for text in said(source) if text.startswith(message))
    assert remedy in first


def test_all_slips_are_reported_at_once_with_their_lines(deals):
    source = mapped(deals, "[defualts]\n[missing]\n'leads.sorce' = []\n")
    lines = {p.rule: p.examples[0].line for p in source.problems}
    assert lines == {"mapping_unknown_section": 6, "mapping_unknown_column": 8}


def test_an_unknown_table_names_the_nearest(deals):
    source = deals.open("[tables]\ncompanys = 'select 1 as company_id'\n")
    assert said(source)[0] == (
        "mapping.toml names an unknown table companys. Correct the mapping. Did you mean companies?")


SELECTS = [
    ('select "Deal Nam" as lead_id from deals', "The SELECT of table leads fails: Binder Error: Referenced column "
     '"Deal Nam" not found in FROM clause!', "Views: deals (Deal ID, Deal Name, Wartość) and export-1."),
    ("select * from dael", "The SELECT of table leads fails: Catalog Error: Table with name dael does not exist! "
     'Did you mean "deals"?', "Views: deals and export-1."),
    ("selec 1", 'The SELECT of table leads is not valid SQL: Parser Error: syntax error at or near "selec"',
     "it is in DuckDB's dialect"),
    ("select 1 as a, 2 as A", "The SELECT of table leads gives columns of one name twice, or _row: a",
     "Name each output column once."),
    ("select cast(\"Deal Name\" as integer) as lead_id from deals",
     "The SELECT of table leads fails: Conversion Error: Could not convert string 'Pump' to INT32",
     "Every source column is text."),
]


@pytest.mark.parametrize(("sql", "message", "remedy"), SELECTS)
def test_a_select_that_fails_says_why_and_what_there_is(deals, sql, message, remedy):
    source = deals.open(f"[sources]\ndeals = 'export-*.csv'\n[tables]\nleads = '''{sql}'''\n")
    assert said(source)[0].startswith(message)
    assert remedy in said(source)[0]
    assert "LINE 1" not in said(source)[0]
    assert source.problems[0].examples[0].line == 4


def test_a_select_without_rows_is_said(deals):
    source = deals.open('[tables]\nleads = """select 1 as lead_id from "export-1" where false"""\n')
    assert said(source, "warning")[0].startswith("The SELECT of table leads gives no rows")


def test_a_select_over_a_bad_file_shows_the_file_s_problem_alone(deals):
    deals.write("export-2.csv", b"")
    source = mapped(deals, "")
    assert [problem.rule for problem in source.problems] == ["file_empty"]


def test_a_canonical_file_that_the_mapping_leaves_out_is_said(deals):
    deals.write("readiness.csv", "product_id\n1\n")
    assert said(mapped(deals, ""), "note") == [
        "readiness.csv is not read: no SELECT of the mapping reads readiness. If it is to be used, write in [tables]: "
        'readiness = "select * from readiness".']


def test_a_mapping_without_selects_describes_canonical_files(folder):
    folder.write("companies.csv", "company_id;name\n1;Crème\n".encode("cp1252"))
    source = folder.open('[read."companies"]\nencoding = "cp1252"\n[defaults]\ncurrency = "EUR"\n')
    assert rows(source, "companies") == [("1", "Crème")]
    assert source.settings.currency == "EUR"


def test_the_same_rows_have_the_same_numbers_every_time(folder):
    folder.write("a.csv", "k,v\n" + "".join(f"{n % 997},{n}\n" for n in range(20_000)))
    mapping = '[tables]\nleads = "select k as lead_id, count(*) as source from a group by k"\n'
    first = folder.open(mapping).engine.query("SELECT * FROM raw.leads ORDER BY _row")
    assert first.equals(folder.open(mapping).engine.query("SELECT * FROM raw.leads ORDER BY _row"))


def test_a_mapping_that_is_no_toml_names_the_line(deals):
    with pytest.raises(UsageError, match=r"mapping\.toml is not valid TOML: .*line 2"):
        deals.open("[tables]\nleads = select\n")


def test_a_mapping_in_another_encoding_names_the_line(deals, tmp_path):
    from insights.sources import open_source

    path = tmp_path / "m.toml"
    path.write_bytes("[tables]\n# żółw\n".encode("cp1250"))
    with pytest.raises(UsageError, match=r"m\.toml is not UTF-8 text \(line 2\)"):
        open_source(deals.path, path)


def test_a_mapping_that_is_not_there(deals):
    from insights.sources import open_source

    with pytest.raises(UsageError, match=r"maping\.toml is not there"):
        open_source(deals.path, deals.path / "maping.toml")
