"""Pages from executed notebooks: what is on them, and what never is."""

from __future__ import annotations

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from insights.figures.palette import DARK, LIGHT
from insights.language import LANGUAGES
from insights.report import fragments
from insights.report.index import index
from insights.report.masthead import masthead
from insights.report.page import NotExecuted, Pages
from insights.report.prose import Passage, passages
from insights.report.templates import file_name, style
from tests.report import material

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
BUDGET = 500_000
TITLE = "Who is our key customer?"


@pytest.fixture(scope="module")
def pages():
    return Pages()


def page(pages, notebook, language="en", **changes) -> str:
    given = {"name": "key_customer_profile", "title": TITLE, "siblings": material.SIBLINGS, "run": material.RUN}
    return pages.html(notebook, language, **(given | changes))


def of_cells(*cells) -> object:
    return new_notebook(cells=list(cells))


@pytest.fixture(scope="module")
def whole(pages):
    """Every page of the little report."""
    notebook = material.notebook()
    quality = fragments.quality(material.problems())
    headlines = fragments.headlines(material.finding().statement, material.headline_findings())
    made = {language: page(pages, notebook, language) for language in LANGUAGES}
    for language in LANGUAGES:
        made[f"index {language}"] = index(
            material.RUN, material.chapters(), headlines=headlines, quality=quality, language=language)
    return made


def test_code_and_what_only_the_laboratory_shows_are_absent(whole):
    for html in whole.values():
        assert "secret_call" not in html and "for the laboratory only" not in html and 'data = "sample"' not in html


def test_pages_ask_for_nothing_and_run_nothing(whole):
    for html in whole.values():
        assert POLICY in html
        assert not re.search(r"<script|<iframe|<object|<base\b|@import|javascript:", html)
        assert not re.search(r"""(?:src|href|action)=["']?\s*(?:https?:)?//""", html)
        assert not re.search(r"url\((?!#)", html)
        assert not re.search(r"\son\w+=", html)


def test_pages_are_small(whole):
    assert all(len(html.encode()) < BUDGET for html in whole.values())


def test_two_exports_of_the_same_are_identical(pages):
    first, second = page(pages, material.notebook()), page(Pages(), material.notebook())
    assert first == second


def test_each_language_says_so_and_leads_to_the_other(whole):
    for language, other, name in (("en", "pl", "Polski"), ("pl", "en", "English")):
        html = whole[language]
        assert f'<html lang="{language}">' in html
        assert f'<a href="key_customer_profile.{other}.html" lang="{other}" hreflang="{other}">{name}</a>' in html
    assert 'href="index.html">Contents of the report' in whole["en"]
    assert 'href="index.pl.html">Spis treści raportu' in whole["pl"]
    assert 'href="index.html" lang="en"' in whole["index pl"] and 'href="index.pl.html" lang="pl"' in whole["index en"]


def test_each_language_shows_its_own_fragments_only(whole):
    assert "Skąd to wiemy?" in whole["pl"] and "Skąd to wiemy?" not in whole["en"]
    assert "How do we know?" in whole["en"] and "How do we know?" not in whole["pl"]


def test_one_first_heading_and_the_sections_in_the_contents(whole):
    for html in whole.values():
        assert len(re.findall(r"<h1\b", html)) == 1
    sections = re.findall(r'<h2 id="([^"]+)">', whole["en"])
    assert len(sections) == 4
    assert all(whole["en"].count(f'href="#{section}"') == 2 for section in sections), "beside the text and on top"
    assert sections == re.findall(r'<h2 id="([^"]+)">', whole["pl"]), "links to a section hold in every language"


def test_prose_is_translated_paragraph_by_paragraph(pages):
    notebook = of_cells(
        new_markdown_cell("# The joint strategy of marketing and sales\n\n## What works\n\nWhat is\nnot proved"),
        new_markdown_cell("- Chapters\n- no translation of *this*"))
    html = page(pages, notebook, "pl")
    assert "<h1>Wspólna strategia marketingu i sprzedaży</h1>" in html
    assert ">Co działa dobrze</h2>" in html
    assert "<p>Czego dane nie dowodzą</p>" in html
    assert "<li>Rozdziały</li>" in html and "<li>no translation of <em>this</em></li>" in html


def test_a_notebook_without_a_heading_has_its_title(pages):
    assert f"<h1>{TITLE}</h1>" in page(pages, of_cells(new_markdown_cell("Only prose.")))


def test_html_in_prose_is_text(pages):
    prose = "## <b>x</b>\n\nA <script>alert(1)</script> [link](javascript:alert(1))"
    html = page(pages, of_cells(new_markdown_cell(prose)))
    assert "&lt;script&gt;" in html and "<script" not in html and "javascript:" not in html
    assert "&lt;b&gt;x&lt;/b&gt;</h2>" in html


def test_names_of_the_run_are_escaped(pages):
    run = material.RUN | {"firm": "</title><script>alert(1)</script>", "versions": {"<i>": "<b>"}}
    html = page(pages, of_cells(new_markdown_cell("Prose.")), run=run)
    assert "<script" not in html and "<i>" not in html and "<b>" not in html


def test_only_blocks_of_the_suite_reach_the_page(pages):
    outputs = [new_output("stream", name="stderr", text="/somewhere/warning"),
               new_output("display_data", data={"text/html": "<b>stray</b>", "image/png": "AAAA"}),
               new_output("execute_result", data={"text/plain": "stray"})]
    html = page(pages, of_cells(new_code_cell("1", outputs=outputs)))
    assert "stray" not in html and "warning" not in html and "AAAA" not in html


def test_a_failed_notebook_becomes_no_page(pages):
    failed = new_output("error", ename="KeyError", evalue="'industry'", traceback=[])
    with pytest.raises(NotExecuted, match="KeyError: 'industry'"):
        page(pages, of_cells(new_code_cell("1", outputs=[failed])))


def test_a_notebooks_colophon_stands_in_the_footer(pages):
    notebook = of_cells(material.code(material.block("colophon", fragments.colophon({"Rows": "12,004"}))))
    footer = page(pages, notebook).split("<footer", 1)[1]
    assert "12,004" in footer and material.RUN["data_hash"] not in footer


def test_without_a_colophon_the_footer_says_what_the_run_read(pages):
    footer = page(pages, of_cells(new_markdown_cell("Prose."))).split("<footer", 1)[1]
    assert material.RUN["data_hash"] in footer and "PLN" in footer


def test_the_chapters_of_the_report_stand_below_with_this_one_marked(whole):
    footer = whole["en"].split("<footer", 1)[1]
    assert '<a href="alignment_report.en.html">' in footer
    assert '<a href="key_customer_profile.en.html" aria-current="page">' in footer


def test_the_index_gives_question_and_answer_of_each_chapter_and_the_files_for_machines(whole):
    english, polish = whole["index en"], whole["index pl"]
    assert "In which countries are our best customers?" in english
    assert "Medium-sized firms in Germany" in english and "Niemcy" in polish
    for file in ("findings.json", "estimates.json", "run.json"):
        assert f'href="{file}"' in english
    assert "The data reach level 2 of 3." in english and "Dane osiągają poziom 2 z 3." in polish


def test_the_index_of_a_run_that_could_say_little_is_whole():
    html = index({"as_of": "2026-09-30"}, [], headlines=None, quality=None, language="en")
    assert "<h1>" in html and "None" not in html


def test_masthead_says_whole_months_as_months():
    assert masthead(material.RUN, "en") == [
        "Pompy i Monitoring SA", "October 2025 – September 2026", "as at 30 September 2026"]
    assert masthead(material.RUN, "pl")[1:] == [
        "październik 2025 – wrzesień 2026", "stan na 30 września 2026\N{NO-BREAK SPACE}r."]
    assert masthead({"period": ["2026-01-05", "2026-09-30"]}, "en") == ["5 January 2026 – 30 September 2026"]


def test_passages_are_headings_paragraphs_and_items():
    assert passages("# Title\nText of\n  two *lines*\n\n- one\n  more\n- two\n\n1. first\n\n> said\n") == [
        Passage("#", "Title"), Passage("", "Text of two *lines*"), Passage("-", "one more"), Passage("-", "two"),
        Passage("1.", "first"), Passage(">", "said")]
    assert passages("*emphasis* first\n\n-dash, 2.5 not a list") == [
        Passage("", "*emphasis* first"), Passage("", "-dash, 2.5 not a list")]


def test_files_are_named_by_page_and_language():
    assert [file_name("index", language, LANGUAGES) for language in LANGUAGES] == ["index.html", "index.pl.html"]
    assert file_name("alignment_report", "en", LANGUAGES) == "alignment_report.en.html"
    assert file_name("index", "pl", ("pl",)) == "index.html"


def test_the_style_sheet_has_the_colours_of_the_figures():
    light, dark = style().split("prefers-color-scheme: dark")[:2]
    for sheet, palette in ((light, LIGHT), (dark, DARK)):
        assert all(f"--{role}: {colour};" in sheet for role, colour in palette.items())


def test_no_name_of_a_firm_ends_the_style_sheet_that_holds_it(pages):
    firm = '"} </style><script>alert(1)</script> \\ \n \u202e Żółw'
    html = pages.html(material.notebook(), "en", name="key_customer_profile", title="Who?", siblings=[],
                      run={**material.RUN, "firm": firm})
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(styles) == 2 and "<script" not in html
    held = re.search(r'@bottom-left { content: "(.*?)";', styles[1])[1]
    assert re.fullmatch(r"(\\[0-9a-f]+ |[^\W_]| )+", held) and "Żółw" in held, "nothing in it means anything"
