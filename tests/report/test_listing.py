"""The list of all reports, and reports that travel."""

from __future__ import annotations

import re
import shutil

import pytest

from insights.report.listing import page
from tests.report.browser import assert_page_is_sound, opened
from tests.report.suites import run_stub, write_notebook

HEADLINES = """display({"application/vnd.insights.headlines+json": {
    "top_line": {"en": "1 decision to take.", "pl": "1 decyzja do podjęcia."},
    "decisions": [{"en": "Train <b>sellers</b>.", "pl": "Szkolić."}]},
    "application/vnd.insights.block+json": {"kind": "headline", "html": {"en": "<p>x</p>", "pl": "x"}}}, raw=True)
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    base = tmp_path_factory.mktemp("listed")
    write_notebook(base / "n", "document", HEADLINES, "finding('document.a')")
    first = run_stub(base / "n", base / "r", as_of="2026-08-31")
    second = run_stub(base / "n", base / "r")
    return base / "r", first.name, second.name


def test_runs_stand_newest_first_with_their_headlines(reports):
    folder, first, second = reports
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert html.index(f'href="{second}/index.html"') < html.index(f'href="{first}/index.html"')
    assert "1 decision to take." in html and "Train &lt;b&gt;sellers&lt;/b&gt;." in html
    polish = (folder / "index.pl.html").read_text(encoding="utf-8")
    assert f'href="{second}/index.pl.html"' in polish and "1 decyzja do podjęcia." in polish
    assert "stan na 30 września 2026" in polish


def test_a_disk_that_refuses_the_list_does_not_unpublish(reports, monkeypatch):
    folder, *_ = reports

    def refused(*_args):
        raise OSError("no space")

    monkeypatch.setattr("insights.report.listing._replace", refused)
    published = run_stub(folder.parent / "n", folder, as_of="2026-07-31")
    assert (folder / "latest").resolve() == published


def test_a_list_of_nothing_is_a_page():
    assert "No report has been published yet." in page([], "en", ("en", "pl"))


def test_every_link_of_a_report_stays_within_its_folder(published):
    for file in published.glob("*.html"):
        for link in re.findall(r'href="([^"]*)"', file.read_text(encoding="utf-8")):
            assert not re.match(r"[a-z]+:(?!,)|/|\.\.", link) or link == "data:,", f"{file.name}: {link}"
            name, _sharp, anchor = link.partition("#")
            target = published / name if name else file
            if link != "data:,":
                assert target.is_file(), f"{file.name} leads to {link}"
                if anchor:
                    assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), f"{file.name} leads to {link}"


def test_a_copy_of_a_report_opens_elsewhere(chromium, published, tmp_path):
    moved = tmp_path / "mailed"
    shutil.copytree(published, moved)
    with opened(chromium, moved / "index.html") as tab:
        assert tab.locator(".headlines .top-line").is_visible()


def test_the_list_is_a_sound_page(chromium, reports):
    folder, *_ = reports
    for name in ("index.html", "index.pl.html"):
        assert_page_is_sound(chromium, folder / name)
