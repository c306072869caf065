"""Fragments: what a reader sees of findings, tables and figures, whatever the data hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from insights.evidence.words import Interval
from insights.figures.model import Clause, Column, Figure, Table
from insights.figures.palette import ACCENT, DARK, LIGHT
from insights.language import LANGUAGES, Count, Text
from insights.report import fragments
from insights.report.svg import inline
from insights.report.templates import environment
from tests.report import material

HOSTILE = (
    "</details><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\" onfocus=\"alert(1) \u202egpj.exe\x00 $\\frac{1}{2}$"
)
VOID = {"br", "img", "circle", "line", "path", "use", "rect", "meta", "link"}


class Reader(HTMLParser):
    """The elements of a fragment, checked to be closed in order, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open and self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_every_fragment_escapes_whatever_the_data_say():
    name = Text("{name}", name=HOSTILE)
    finding = material.finding(statement=name, action=name, method=name, rival=name, function=f"topic.{HOSTILE}",
                               evidence=material.Evidence(sql=HOSTILE, read_from=HOSTILE, notebook=HOSTILE))
    table = Table(name, (Column(name, "left", unit=name),), ((HOSTILE,), (Text(HOSTILE),)), (name,), {0: name})
    svg = material.figure().svg
    made = [
        fragments.finding(finding), fragments.headlines(name, [finding], not_proved=[finding], works=[name]),
        fragments.table(table), fragments.figure(Figure(name, name, svg, name, table)), fragments.note(name),
        fragments.heading(name), fragments.clauses([Clause(name, HOSTILE, HOSTILE, "kept", 3, name)]),
        fragments.colophon({name: HOSTILE}), fragments.quality(material.problems()),
    ]
    for html in made:
        for language in LANGUAGES:
            reader = Reader(html[language])
            assert not {"script", "img"} & set(reader.tags)
            assert not [name for name, _ in reader.attributes if name.startswith("on")]
            assert "\u202e" not in html[language] and "\x00" not in html[language]
            assert "<script>alert(1)</script>" in reader.text


def test_a_finding_says_who_does_what_and_folds_its_proof_away():
    html = fragments.finding(material.finding())
    english, polish = Reader(html["en"]).text, Reader(html["pl"]).text
    assert "Marketing: move a fifth" in english
    assert re.search(r"0\.6\sm\sPLN a year \(0\.1 to 1\.2\sm\sPLN\)", english)
    assert re.search(r"0,6\smln\szł rocznie \(od 0,1 do 1,2\smln\szł\)", polish)
    for part in ("How do we know?", "Cases 486", "▲ higher", "insights.topics.key_customer_profile.best_segment",
                 "lead_grain@9f2c64d1aa07", "One large order", "group by industry"):
        assert part in english, part
    assert "Skąd to wiemy?" in polish and "wyżej" in polish
    assert "<details class=\"proof\">" in html["en"], "the proof is closed until it is asked for"


def test_a_share_says_its_baseline_and_its_difference_in_points():
    text = Reader(fragments.finding(material.not_proved())["en"]).text
    assert "4.9% (4.1% to 5.8%)" in text and "the rest, 6.4%" in text
    assert "−0.2 percentage points (−0.7 to +0.3)" in text
    assert "≈ no clear difference" in text


def test_a_finding_that_another_chapter_proved_links_to_it():
    found = material.finding()
    anchor = re.search(r'id="([^"]+)"', fragments.finding(found)["pl"])[1]
    told = fragments.finding(found.at(notebook="key_customer_profile"))["pl"]
    assert f'href="key_customer_profile.pl.html#{anchor}"' in told


def test_too_few_cases_show_no_figure_and_no_strip():
    html = fragments.finding(material.finding(verdict="too_few_to_say", estimate=Interval(None), impact=None,
                                              baseline=None, difference=None, n=0))["en"]
    assert "<svg" not in html and "too few to say" in html and "Value" not in html


def test_strips_of_a_page_share_one_scale():
    html = fragments.headlines(Text("Top."), material.headline_findings())["en"]
    bars = [tuple(map(float, pair)) for pair in re.findall(r'class="range" x1="([\d.]+)%" x2="([\d.]+)%"', html)]
    (low, high), (other_low, other_high) = bars
    # 0.1 to 1.2 and 0.3 to 1.6 of 1.6 million, on the 96 hundredths between the margins
    assert (high - low) / (other_high - other_low) == pytest.approx((1.2 - 0.11) / (1.6 - 0.3), rel=0.01)
    assert other_high == 98
    assert "all on one scale up to" in html


def test_a_page_has_at_most_five_headlines():
    with pytest.raises(ValueError, match="at most 5"):
        fragments.headlines(Text("Top."), [material.finding()] * 6)


def test_a_table_names_its_columns_rows_units_and_what_it_withholds():
    html = fragments.table(material.table())["en"]
    assert html.count('scope="col"') == 6 and html.count('scope="row"') == 5
    assert '<span class="unit">of closed</span>' in html
    assert 'tabindex="0" aria-label="Leads that became sales, by country"' in html
    assert "Ruritania <span class=\"mark\">(not shown, group too small)</span>" in html
    assert '<td class="right">–</td>' in html
    assert '<td class="right">2,310</td>' in html
    assert "<details" not in html


def test_a_collapsed_table_is_closed_behind_its_caption():
    html = fragments.table(material.table(collapsed=True))["pl"]
    assert html.lstrip().startswith('<details class="data"><summary>Tabela: Leads')


def test_a_figure_has_both_drawings_an_alternative_and_its_table():
    html = fragments.figure(material.figure())["en"]
    assert html.count('<svg role="img" aria-label="Win rate: Germany') == 2
    assert 'class="drawing wide"' in html and 'class="drawing narrow"' in html
    assert "The figure as a table" in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert {a or b for a, b in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', html)} <= set(ids)
    assert "http" not in html


def test_colours_become_variables_but_names_stay():
    svg = f'<svg viewBox="0 0 100 50"><text style="fill: {ACCENT.upper()}">{ACCENT} AG</text></svg>'
    html = inline(svg, alternative="a firm")
    assert f'style="fill: var(--accent, {ACCENT})"' in html
    assert f">{ACCENT} AG<" in html


def test_two_drawings_keep_their_ids_apart():
    mark = '<defs><path id="m{0}" d="M0 {0}"/></defs><use xlink:href="#m{0}"/><g id="axes_1"/>'
    first, second = (
        inline(f'<svg viewBox="0 0 9 9">{mark.format(n)}</svg>', alternative="x") for n in (1, 2))
    ids = re.findall(r'id="([^"]+)"', first + second)
    assert len(set(ids)) == 2, "only what is referred to keeps an id, and no drawing takes another's"
    assert all(f'href="#{i}"' in first + second for i in ids)


def test_clauses_say_their_verdict_in_words():
    english, polish = (Reader(fragments.clauses(material.clauses())[language]).text for language in LANGUAGES)
    assert "Countries ✗ not kept" in english and "Decision maker ? not enough data" in english
    assert "✗ niedotrzymane" in polish and "✓ dotrzymane" in polish


def test_quality_counts_problems_and_shortens_what_it_quotes():
    html = fragments.quality(material.problems())["en"]
    text = Reader(html).text
    assert "Left out and counted (1)" in text and "Noted (1)" in text and "1,425 leads name no company." in text
    assert "companies.csv line 8 row 7 C-1 <script>" in text
    quoted = re.search(r"<q><bdi>(.*?)</bdi></q>", html)[1]
    assert "; row 9." in text
    assert quoted.endswith("…") and quoted.count("alert") < 5
    assert "found nothing" in fragments.quality([])["en"]


def test_names_of_any_length_leave_a_page_readable():
    html = fragments.table(Table(Text("All"), (Column(Text("Firm"), "left"),), (("Ż" * 10_000,),)))["pl"]
    assert "Ż" * 150 in html and "Ż" * 201 not in html


def test_every_template_compiles():
    for name in environment().list_templates(extensions=["j2"]):
        environment().get_template(name)


def _luminance(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_stand_out_from_the_paper(palette):
    for role, least in {"ink": 4.5, "muted": 4.5, "accent": 4.5, "second": 4.5, "context": 3}.items():
        dark, light = sorted((_luminance(palette[role]), _luminance(palette["paper"])))
        assert (light + 0.05) / (dark + 0.05) >= least, role


def test_numbers_of_people_keep_all_their_digits():
    html = fragments.table(Table(Text("All"), (Column(Text("n")),), ((Count(1_234_567),),)))
    assert "1,234,567" in html["en"] and "1\u00a0234\u00a0567" in html["pl"]


@pytest.mark.parametrize(("said", "first"), [
    ("We promote A, but 14 of 22 cannot sell it. Of 100 such leads 7.5 are won.",
     "We promote A, but 14 of 22 cannot sell it."),
    ("Nikt nie dzwonił do Warta Sp. z o.o. Śląsk od 3 maja 2026 r. To 7 klientów.",
     "Nikt nie dzwonił do Warta Sp. z o.o. Śląsk od 3 maja 2026 r."),
    ("Conversion fell from 5.9% to 3.9%", "Conversion fell from 5.9% to 3.9%"),
])
def test_the_first_sentence_of_a_statement_stands_out(said, first):
    page = fragments.finding(material.finding(statement=Text("{said}", said=said)))["en"]
    assert re.search(r"<strong>(.*?)</strong>", page)[1] == first
    assert said in re.sub(r"<[^>]+>", "", page)
