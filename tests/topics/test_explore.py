"""The analyst's bench, on firms with a known answer and on the sample."""

import pytest

import insights
from insights.problems import UsageError
from insights.report.show import show
from insights.topics import explore
from insights.topics import explore_view as view
from tests.topics.ordering import many, ordering


def deals(folder, wins, losses, **more):
    """A firm of two countries with so many won and lost leads in each, one company a lead."""
    folder.mkdir(parents=True, exist_ok=True)
    companies, leads, stages = [], [], []
    for country in wins:
        for i in range(wins[country] + losses[country]):
            name, day = f"{country}{i}", f"2025-{1 + i % 6:02d}-{1 + i % 28:02d}"
            companies.append({"company_id": name, "name": f"Firma {name}", "country": country, "industry": "C28"})
            leads.append({"lead_id": f"L{name}", "company_id": name, "created_at": day, "source": "fair" if i % 2 else
                          "web", "lead_type": "new"})
            end = "won" if i < wins[country] else "lost"
            stages += [{"lead_id": f"L{name}", "stage": "new", "entered_at": day},
                       {"lead_id": f"L{name}", "stage": end, "entered_at": f"2025-{7 + i % 3:02d}-11",
                        "amount": "1000" if end == "won" else "", "currency": "PLN" if end == "won" else ""}]
    from tests.tables.firms import write

    write(folder, {"companies": companies, "leads": leads, "lead_stages": stages})
    (folder / "insights.toml").write_text(
        '[defaults]\nreporting_currency = "PLN"\ntime_zone = "Europe/Warsaw"\nas_of = "2026-06-30"\n')
    return insights.open(str(folder), **more)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return deals(tmp_path_factory.mktemp("deals") / "firm", {"DE": 60, "PL": 40}, {"DE": 60, "PL": 360})


def test_chosen_leads_stand_against_all_others(firm):
    bench = explore.judge(firm, "country = de", by="source")
    assert (bench.inside.leads, bench.inside.won, bench.others.leads, bench.others.won) == (120, 60, 400, 40)
    compared = bench.inside.compared["win_rate"]
    assert compared.own.value == 0.5 and compared.rest.value == pytest.approx(0.1)
    assert str(compared.verdict) == "higher" and compared.difference.low < 0.4 < compared.difference.high
    said = [[getattr(cell, "render", str)("en") if hasattr(cell, "render") else cell for cell in row]
            for row in view.selection(bench)[1].rows]
    assert said[0][:3] == ["chosen", "120", "60"] and "higher" in said[0]


def test_all_leads_have_their_rates_and_no_rest_to_stand_against(firm):
    table = view.selection(explore.judge(firm))[1]
    said = [cell.render("en") if hasattr(cell, "render") else cell for cell in table.rows[0]]
    assert said[1:6] == ["520", "100", "420", "0", "0"] and said[6].startswith("19.2% (")
    assert not any("rest" in column.header.render("en") for column in table.columns)


def test_so_few_leads_that_no_rate_can_be_said_have_none(tmp_path):
    table = view.selection(explore.judge(deals(tmp_path / "few", {"DE": 2}, {"DE": 3})))[1]
    assert table.rows[0][1].render("en") == "5" and set(table.rows[0][6:]) == {None}


def test_the_choice_is_cut_by_any_attribute_and_equal_groups_are_not_called_different(firm):
    bench = explore.judge(firm, "country=PL", by="source")
    assert {group.value: group.leads for group in bench.groups} == {"web": 200, "fair": 200}
    assert {str(group.compared["win_rate"].verdict) for group in bench.groups} <= {"too_few_to_say",
                                                                                "no_clear_difference"}
    show(view.selection(bench), view.segments(bench))


def test_the_leads_of_a_choice_are_listed_and_exported(firm):
    bench = explore.judge(firm, "country=DE; outcome=won", by="source")
    table, export = view.rows(bench, 5)
    assert len(table.rows) == 5 and export.table.num_rows == 60
    assert set(export.table["country"].to_pylist()) == {"DE"} and set(export.table["outcome"].to_pylist()) == {"won"}
    assert not bench.measures, "a choice by outcome has no rates"
    show(view.selection(bench), view.segments(bench), view.rows(bench, 5))


def test_a_changed_key_customer_is_tried_with_its_uncertainty(firm):
    said = [note.text.render("en") for note in view.tried(explore.judge(firm), "country=DE")]
    assert any("Proposed" in line and "more than chance would make" in line for line in said)
    assert any("10% of last year's" in line for line in said), said
    assert "Name a key customer" in view.tried(explore.judge(firm), "")[0].text.render("en")
    with pytest.raises(UsageError, match="names industry, size and country"):
        explore.tried(firm, "source=web")


@pytest.mark.parametrize(("chosen", "message"), [
    ("land=DE", "the dimensions are"), ("source=webb", "did you mean web"), ("country", "write dimension=value"),
    ("country=", "names no value"), ("country=x' or 1=1 --", "no lead has country")])
def test_a_choice_that_cannot_be_read_is_refused_with_what_can(firm, chosen, message):
    with pytest.raises(UsageError, match=message):
        explore.judge(firm, chosen)
    with pytest.raises(UsageError, match="cannot be cut by"):
        explore.judge(firm, by="outcome")


def test_without_leads_and_for_outside_readers_the_page_says_why(tmp_path, firm):
    none = explore.judge(insights.open(str(ordering(tmp_path / "orders", many(10)))))
    assert "add the tables leads" in view.selection(none)[0].text.render("en")
    outside = explore.judge(deals(tmp_path / "team", {"DE": 3}, {"DE": 9}, profile="external"), "country=DE")
    assert "internal profile" in view.selection(outside)[0].text.render("en")
    for bench in (none, outside):
        show(view.selection(bench), view.segments(bench), view.rows(bench, 5), view.tried(bench, ""))
