"""Pages as readers meet them, in a real Chromium."""

from __future__ import annotations

import re

import pytest

from insights.language import LANGUAGES
from insights.report import fragments
from insights.report.index import index
from insights.report.page import Pages
from tests.report import material
from tests.report.browser import DESK, PHONE, assert_page_is_sound, opened


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A folder with an index and one chapter in every language."""
    folder = tmp_path_factory.mktemp("a report with spaces")
    notebook, pages = material.notebook(), Pages()
    title = "Who is our key customer?"
    for language in LANGUAGES:
        html = pages.html(notebook, language, name="key_customer_profile", title=title, siblings=material.SIBLINGS,
                          run=material.RUN)
        (folder / f"key_customer_profile.{language}.html").write_text(html, encoding="utf-8")
        html = index(material.RUN, material.chapters(), headlines=fragments.headlines(
            material.finding().statement, material.headline_findings()), quality=fragments.quality(material.problems()),
            language=language)
        (folder / ("index.html" if language == "en" else f"index.{language}.html")).write_text(html, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["index.html", "index.pl.html", "key_customer_profile.en.html",
                                  "key_customer_profile.pl.html"])
def test_page_is_sound(chromium, report, name):
    assert_page_is_sound(chromium, report / name)


def test_a_phone_gets_the_narrow_drawing_and_a_desk_the_wide_one(chromium, report):
    for size, shown, hidden in ((PHONE, "narrow", "wide"), (DESK, "wide", "narrow")):
        with opened(chromium, report / "key_customer_profile.en.html", size) as tab:
            assert tab.locator(f".drawing.{shown}").first.is_visible()
            assert not tab.locator(f".drawing.{hidden}").first.is_visible()


def test_the_first_screen_of_a_phone_shows_whose_figures_the_top_line_and_a_decision(chromium, report):
    with opened(chromium, report / "key_customer_profile.pl.html", PHONE) as tab:
        for selector in (".whose", ".top-line", ".decisions .claim", ".decisions .range .label", ".decisions .action"):
            box = tab.locator(selector).first.bounding_box()
            assert box["y"] + box["height"] <= PHONE[1], f"{selector} ends below the first screen"


def test_evidence_opens_without_scripts_and_by_keyboard(chromium, report):
    with opened(chromium, report / "key_customer_profile.en.html", java_script_enabled=False) as tab:
        proof = tab.locator("details.proof").first
        assert not proof.locator("pre").is_visible()
        proof.locator("summary").focus()
        tab.keyboard.press("Enter")
        assert proof.locator("pre").is_visible()


def test_figures_follow_the_dark_setting(chromium, report):
    colours = {}
    for scheme in ("light", "dark"):
        with opened(chromium, report / "key_customer_profile.en.html", color_scheme=scheme) as tab:
            label = tab.locator(".drawing.wide text").first
            colours[scheme] = label.evaluate("e => getComputedStyle(e).fill")
            assert colours[scheme] == tab.evaluate("getComputedStyle(document.querySelector('.subtitle')).color")
    assert colours["light"] != colours["dark"]


def test_a_wide_table_scrolls_in_its_own_box_and_keeps_its_first_column(chromium, report):
    with opened(chromium, report / "key_customer_profile.en.html", PHONE) as tab:
        box = tab.locator(".scroll:has(table)", has_text="Margin in all").last
        first = box.locator("tbody th").first
        before = first.bounding_box()["x"]
        box.evaluate("e => { e.scrollLeft = e.scrollWidth }")
        assert box.evaluate("e => e.scrollLeft") > 0
        assert first.bounding_box()["x"] == pytest.approx(before, abs=1)


def test_paper_shows_the_text_but_no_navigation_and_says_where_the_evidence_stands(chromium, report):
    with opened(chromium, report / "key_customer_profile.en.html") as tab:
        tab.emulate_media(media="print")
        for selector in ("nav", "details.proof", ".contents"):
            assert not any(part.is_visible() for part in tab.locator(selector).all()), selector
        assert tab.locator(".on-paper").is_visible()
        assert "key_customer_profile.en.html" in tab.locator(".on-paper").inner_text()
        assert tab.locator(".claim").first.is_visible()


def test_paper_is_a4_with_numbered_pages_and_says_whose_figures_they_are(chromium, report):
    with opened(chromium, report / "key_customer_profile.pl.html") as tab:
        rules = tab.evaluate("[...document.styleSheets].flatMap(s => [...s.cssRules]).map(r => r.cssText).join(' ')")
        assert "counter(page)" in rules and "counter(pages)" in rules
        assert "@bottom-left { content: \"Pompy i Monitoring SA · październik 2025" in rules
        pdf = tab.pdf(prefer_css_page_size=True)
    sizes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf)}
    assert {(round(w), round(h)) for _x, _y, w, h in sizes} <= {(595, 842), (596, 843)}, sizes
    assert len(re.findall(rb"/Type /Page\b", pdf)) > 1


def test_every_published_page(chromium, published):
    """Every page of a real run of the suite on the sample."""
    pages = sorted(published.glob("*.html"))
    assert pages, "the run published no page"
    for page in pages:
        assert_page_is_sound(chromium, page)
