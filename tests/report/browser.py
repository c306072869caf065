"""A real Chromium for the tests, and what every page must withstand in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)
PHONE, SMALLEST, DESK = (375, 700), (320, 640), (1440, 900)
SMALLEST_LABEL = 11
_TEXT = "document.body.innerText"
_UNNAMED = """[...document.querySelectorAll('svg, img, figure')].filter(e =>
    !e.closest('[aria-hidden=true]') && !e.getAttribute('aria-label') && !e.getAttribute('alt'))
    .map(e => e.outerHTML)"""
_FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
_LABELS = """[...document.querySelectorAll('figure svg text')].filter(t => t.getBoundingClientRect().width > 0)
    .map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"""
_IDS = "[...document.querySelectorAll('[id]')].map(e => e.id)"
_OPEN_ALL = "document.querySelectorAll('details').forEach(e => { e.open = true })"


def chromium_path() -> str | None:
    """Where Chromium is installed, if it is."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A running Chromium. Where there is none the test is skipped; in CI it fails."""
    path = chromium_path()
    if path is None:
        reason = "no Chromium on this machine: install the system's chromium package"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser, path: Path, size: tuple[int, int] = DESK, **context) -> Iterator[object]:
    """The page in a window of that size; whatever it asks for beside its own file is refused, and fails the test."""
    window = browser.new_context(viewport={"width": size[0], "height": size[1]}, **context)
    tab = window.new_page()
    asked, said = [], []
    address = path.resolve().as_uri()

    def only_the_file(route) -> None:
        url = route.request.url
        if url == address:
            route.continue_()
        elif url.startswith("data:"):
            route.fallback()
        else:
            asked.append(url)
            route.abort()

    tab.route("**/*", only_the_file)
    tab.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(address, wait_until="load")
    yield tab
    window.close()
    assert asked == [], f"{path.name} asks for {asked}"
    assert said == [], f"{path.name} in the console: {said}"


def violations(tab) -> list[str]:
    """What axe-core finds, a line for each rule with the first elements that break it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab).response["violations"]
    return [f"{v['id']}: {v['help']}: {[node['html'][:160] for node in v['nodes'][:3]]}" for v in found]


def assert_page_is_sound(browser, path: Path) -> None:
    """A published page, as every reader may meet it: on a desk, on a phone, at night, without scripts, offline."""
    with opened(browser, path) as tab:
        assert tab.evaluate("document.documentElement.lang"), f"{path.name} does not say its language"
        assert tab.locator("h1").count() == 1, f"{path.name} has {tab.locator('h1').count()} first headings"
        assert tab.locator("main").count() == 1
        assert tab.evaluate(_UNNAMED) == [], f"{path.name}: drawings without a text alternative"
        ids = tab.evaluate(_IDS)
        assert len(ids) == len(set(ids)), f"{path.name}: {sorted({i for i in ids if ids.count(i) > 1})} stand twice"
        text = tab.evaluate(_TEXT)
    with opened(browser, path, java_script_enabled=False) as tab:
        assert tab.locator("body").inner_text() == text, f"{path.name} needs scripts"
    # Colours depend on the setting and drawings on the width, so that each is looked at once with everything in sight.
    for scheme, size in (("light", DESK), ("dark", DESK), ("light", PHONE)):
        with opened(browser, path, size, color_scheme=scheme) as tab:
            if (scheme, size) == ("light", DESK):
                assert violations(tab) == [], f"{path.name} as it opens"
            tab.evaluate(_OPEN_ALL)
            assert violations(tab) == [], f"{path.name}, {scheme}, {size[0]} pixels wide, all disclosures open"
    for size in (PHONE, SMALLEST):
        with opened(browser, path, size) as tab:
            tab.evaluate(_OPEN_ALL)
            assert tab.evaluate(_FITS), f"{path.name} is wider than a screen of {size[0]} pixels"
            if size == PHONE:
                assert all(label >= SMALLEST_LABEL for label in tab.evaluate(_LABELS)), f"{path.name}: tiny labels"
