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
PHONE, SMALLEST, TABLET, DESK = (375, 700), (320, 640), (768, 1024), (1440, 900)
# The text's width and height on A4 within our margins (16, 18 mm), in pixels of 1/96 inch.
PAPER = (round(178 / 25.4 * 96), round(263 / 25.4 * 96))
SCREENSHOTS = Path(__file__).with_name("screenshots")
SMALLEST_LABEL = 11
_TEXT = "document.body.innerText"
_UNNAMED = """[...document.querySelectorAll('svg, img, figure')].filter(e =>
    !e.closest('[aria-hidden=true]') && !e.getAttribute('aria-label') && !e.getAttribute('alt'))
    .map(e => e.outerHTML)"""
_FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
_LABELS = """[...document.querySelectorAll('figure svg text')].filter(t => t.getBoundingClientRect().width > 0)
    .map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"""
_IDS = "[...document.querySelectorAll('[id]')].map(e => e.id)"
_BEYOND = """width => [...document.querySelectorAll('table, figure, figure svg')].filter(e =>
    e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 120))"""
_TALL = """height => [...document.querySelectorAll('figure, tr, .finding')].filter(e =>
    e.getBoundingClientRect().height > height).map(e => e.outerHTML.slice(0, 120))"""
# WCAG's contrast of every visible text with what lies behind it: axe looks once at each page, this at each setting.
_PALE = """() => {
    const parts = c => c.match(/[\\d.]+/g).map(Number)
    const light = ([r, g, b]) => [.2126, .7152, .0722].reduce((sum, weight, i) => { const v = [r, g, b][i] / 255
        return sum + weight * (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4) }, 0)
    const found = new Map()
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement
        if (!texts.currentNode.data.trim() || !e.getClientRects().length) continue
        const look = getComputedStyle(e), ink = parts(e.closest('svg') ? look.fill : look.color)
        let behind = e
        while (behind && (parts(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement
        const paper = parts(getComputedStyle(behind ?? document.body).backgroundColor)
        const [low, high] = [light(ink), light(paper)].sort((a, b) => a - b)
        const large = parseFloat(look.fontSize) >= 24
        if ((high + .05) / (low + .05) < (large ? 3 : 4.5)) found.set(`${ink} on ${paper}`, e.outerHTML.slice(0, 120))
    }
    return [...found]
}"""
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


def pictured(tab, path: Path, what: str) -> None:
    """The first screen as a picture, for a person to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / f"{path.stem}-{what}.png", animations="disabled")


def assert_page_is_sound(browser, path: Path) -> None:
    """A published page, as every reader may meet it: on a desk, a tablet, a phone, on paper, at night, without scripts,
    offline. One page is loaded for all of them: loading costs more than looking."""
    with opened(browser, path) as tab:
        assert tab.evaluate("document.documentElement.lang"), f"{path.name} does not say its language"
        assert tab.locator("h1").count() == 1, f"{path.name} has {tab.locator('h1').count()} first headings"
        assert tab.locator("main").count() == 1
        assert tab.evaluate(_UNNAMED) == [], f"{path.name}: drawings without a text alternative"
        ids = tab.evaluate(_IDS)
        assert len(ids) == len(set(ids)), f"{path.name}: {sorted({i for i in ids if ids.count(i) > 1})} stand twice"
        text = tab.evaluate(_TEXT)
        for size in (DESK, TABLET, PHONE):
            tab.set_viewport_size({"width": size[0], "height": size[1]})
            pictured(tab, path, str(size[0]))
        _assert_printable(tab, path)
        tab.evaluate(_OPEN_ALL)
        for size in (TABLET, SMALLEST, PHONE):
            tab.set_viewport_size({"width": size[0], "height": size[1]})
            assert tab.evaluate(_FITS), f"{path.name} is wider than a screen of {size[0]} pixels"
        assert all(label >= SMALLEST_LABEL for label in tab.evaluate(_LABELS)), f"{path.name}: tiny labels"
        # Drawings depend on the width and colours on the setting; everything else is the same whichever they are.
        assert tab.evaluate(_PALE) == [], f"{path.name}: pale text on a phone"
        tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        assert violations(tab) == [], f"{path.name} on a desk, all disclosures open"
        assert tab.evaluate(_PALE) == [], f"{path.name}: pale text on a desk"
        tab.emulate_media(color_scheme="dark")
        assert tab.evaluate(_PALE) == [], f"{path.name}: pale text at night"
    with opened(browser, path, java_script_enabled=False) as tab:
        assert tab.locator("body").inner_text() == text, f"{path.name} needs scripts"
        pictured(tab, path, "no-scripts")


def _assert_printable(tab, path: Path) -> None:
    """On A4 nothing is wider than the text's width, and no figure or row of a table is taller than a page, so that none
    has to be cut."""
    tab.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    tab.emulate_media(media="print")
    assert tab.evaluate(_FITS), f"{path.name} is wider than a sheet of A4"
    beyond = tab.evaluate(_BEYOND, PAPER[0])
    assert not beyond, f"{path.name}: cut at the right of a sheet of A4: {beyond}"
    tall = tab.evaluate(_TALL, PAPER[1])
    assert not tall, f"{path.name}: cut at the foot of a sheet of A4: {tall}"
    pictured(tab, path, "print")
    tab.emulate_media(media="screen")
