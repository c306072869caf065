"""Lead conversion on firms with a known answer, and on records with faults."""

import datetime as dt
import json
from importlib import resources

import jsonschema
import numpy as np
import pytest

import insights
from insights.evidence import Finding, Verdict
from insights.language import Text
from insights.report.show import show
from insights.topics import lead_conversion as topic
from insights.topics import lead_conversion_view as view
from insights.topics.lead_conversion_groups import mean_of_groups
from tests.beside import MAVEN, needs
from tests.laws.messages import ROOT
from tests.tables.firms import write

START = dt.date(2023, 1, 1)
END = dt.date(2026, 6, 30)


def firm_of(folder, sources, *, n=2400, lose=0.6, span=(END - START).days, amount="1000", seed=1, extra=()):
    """Leads of several sources: {source: (final share, median days)}; lags are lognormal, losses take thirty days."""
    rng = np.random.default_rng(seed)
    rows = {"companies": [], "leads": [], "lead_stages": []}
    for source, (share, middle) in sources.items():
        for i in range(n):
            lead, start = f"{source}-{i}", START + dt.timedelta(days=int(rng.integers(0, span)))
            rows["companies"].append({"company_id": f"c-{lead}", "name": lead})
            rows["leads"].append({"lead_id": lead, "created_at": start.isoformat(), "company_id": f"c-{lead}",
                                  "source": source})
            rows["lead_stages"].append({"lead_id": lead, "stage": "new", "entered_at": start.isoformat()})
            fate = rng.random()
            if fate >= share + lose:
                continue
            days = int(np.ceil((middle if fate < share else 30) * np.exp(0.7 * rng.normal())))
            end = start + dt.timedelta(days=days)
            if end <= END:
                stage = {"lead_id": lead, "stage": "won" if fate < share else "lost", "entered_at": end.isoformat()}
                rows["lead_stages"].append(stage | ({"amount": amount} if fate < share and amount else {}))
    for lead in extra:
        for table, row in lead.items():
            rows[table].append(row)
    folder.mkdir()
    write(folder, rows)
    (folder / "insights.toml").write_text(f'[defaults]\ncurrency = "EUR"\nas_of = "{END}"\n')
    return str(folder)


def judged(data, **parameters):
    return topic.judge(insights.open(data, **parameters))


def displayed(result):
    """Show everything that the notebook shows, and give the page's notes."""
    show(view.headlines(result), view.months_figure(result), view.look_back_figure(result))
    for key in ("source", "campaign", "product", "team", "industry", "size", "country"):
        show(view.curves(result, key), view.of_groups(result, key))
    notes = view.missing(result)
    show(notes)
    return " ".join(note.text.render("en") for note in notes)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    return judged(firm_of(tmp_path_factory.mktemp("firm") / "data",
                          {"web": (0.2, 20), "fair": (0.2, 120), "portal": (0.08, 60)}))


def test_final_shares_are_found_where_plain_division_misses_them(sources):
    finals = sources.dimensions["source"].finals
    for source, share in (("web", 0.2), ("fair", 0.2), ("portal", 0.08)):
        assert finals[source].interval.low <= share <= finals[source].interval.high
    assert finals["fair"].wins / finals["fair"].n < finals["fair"].interval.low


def test_sources_that_are_equal_in_the_end_are_not_called_different_by_their_lag(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (0.2, 20), "fair": (0.2, 120)}))
    assert not [f for f in result.findings if f.verdict in (Verdict.HIGHER, Verdict.LOWER) and "source" in f.subject]
    said = next(f for f in result.findings if f.function.endswith("days_to_win_by_source"))
    assert "of fair within" in said.statement.render("en")


def test_the_weaker_source_is_said_with_both_figures(sources):
    found = next(f for f in sources.findings if f.subject == {"source": "portal"})
    assert found.verdict is Verdict.LOWER and found.estimate.high < found.baseline.value
    assert found.owner == "marketing" and "portal" in found.statement.render("pl")


def test_recent_months_are_young_and_not_a_fall(sources):
    young = [m for m in sources.months.months if not m.mature]
    assert young and all(m.naive < 0.14 for m in young[-2:])
    change = next(f for f in sources.findings if f.function.endswith("recent_change"))
    assert change.verdict in (Verdict.NO_CLEAR_DIFFERENCE, Verdict.TOO_FEW)
    assert "no change" in change.statement.render("en").lower()


def test_looking_back_the_range_held_what_happened_and_plain_division_did_not(sources):
    past = sources.months.past
    assert len(past) >= 6
    assert sum(t.held for t in past) >= 0.7 * len(past)
    assert all(t.naive < t.happened for t in past)


def test_a_real_fall_is_not_explained_away(tmp_path):
    """Half of the wins of the last nine months become losses: that is a fall, and the page says so."""
    folder = firm_of(tmp_path / "data", {"web": (0.4, 15)}, n=6000)
    path = tmp_path / "data" / "lead_stages.csv"
    since, lines = dt.date(2025, 12, 1), path.read_text().splitlines()
    created = {line.split(",")[0]: line.split(",")[1] for line in
               (tmp_path / "data" / "leads.csv").read_text().splitlines()[1:]}
    kept = [line.replace(",won,", ",lost,") if ",won," in line and created[line.split(",")[0]] >= since.isoformat()
            and int(line.split("-")[1].split(",")[0]) % 2 else line for line in lines]
    path.write_text("\n".join(kept) + "\n")
    months = judged(folder).months
    assert months.months[-4].expected is None or months.months[-4].expected.high < 0.35


def test_no_losses_recorded_uses_the_model_of_wins_alone(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (0.2, 20), "fair": (0.3, 40)}, lose=0.0))
    assert result.overall.alone and "No lost lead is recorded" in displayed(result)
    finals = result.dimensions["source"].finals
    assert all(finals[name].status == "known" for name in ("web", "fair"))
    assert abs(finals["fair"].interval.value - 0.3) < 0.03 and finals["fair"].interval.low > finals["web"].interval.high


def test_all_open_says_so(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (0.0, 20)}, n=60, lose=0.0))
    assert not result.findings and "all are open" in displayed(result)


def test_only_losses_says_so(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (0.0, 20)}, n=60))
    assert not result.findings and "No lead has been won yet" in displayed(result)


def test_only_wins_gives_a_valid_page(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (1.0, 20), "fair": (1.0, 30)}, n=200, lose=0.0))
    displayed(result)
    final = result.overall.final(())
    assert final.status == "known" and final.interval.high > 0.99


def test_wins_without_an_amount_still_have_a_conversion_and_no_money(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (0.25, 20), "fair": (0.1, 30)}, amount=""))
    assert result.dimensions["source"].finals["web"].interval and not any(f.impact for f in result.findings)
    assert "Wins have no amount" in displayed(result)


def test_fewer_than_fifty_wins_claims_little(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (0.05, 20), "fair": (0.05, 30)}, n=400))
    assert result.totals["won"] < 50
    assert not [f for f in result.findings if f.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    displayed(result)


def test_three_leads_in_all(tmp_path):
    result = judged(firm_of(tmp_path / "data", {"web": (1.0, 20)}, n=3))
    assert all(f.verdict in (None, Verdict.TOO_FEW, Verdict.TOO_EARLY) for f in result.findings)
    assert "Too few to say" in displayed(result)


def test_a_crm_filled_in_afterwards_is_refused(tmp_path):
    rows = [("leads", {"created_at": "2025-03-01"}), ("lead_stages", {"stage": "won", "entered_at": "2025-03-01"})]
    extra = [{table: {"lead_id": f"x{i}", **row} for table, row in rows} for i in range(300)]
    result = judged(firm_of(tmp_path / "data", {"web": (0.2, 20)}, n=1000, extra=extra))
    assert result.overall is None and "filled in afterwards" in displayed(result)


def test_negative_and_zero_durations_are_counted_and_said(tmp_path):
    extra = [{"leads": {"lead_id": f"x{i}", "created_at": "2025-03-05"},
              "lead_stages": {"lead_id": f"x{i}", "stage": "won", "entered_at": f"2025-03-0{5 - i}"}} for i in range(3)]
    notes = displayed(judged(firm_of(tmp_path / "data", {"web": (0.2, 20)}, n=1000, extra=extra)))
    assert "1 lead won on the day of creation" in notes and "2 leads closed before the day of creation" in notes


def test_duplicates_are_one_lead(tmp_path):
    extra = [{"leads": {"lead_id": f"x{i}", "created_at": "2025-03-05", "duplicate_of": f"web-{i}"}} for i in range(50)]
    for row in extra:
        row["leads"] |= {"source": "web"}
    result = judged(firm_of(tmp_path / "data", {"web": (0.2, 20), "fair": (0.2, 20)}, n=1000, extra=extra))
    assert result.dimensions["source"].finals["web"].n == 1000


def test_orders_alone_still_give_a_page(tmp_path):
    (tmp_path / "companies.csv").write_text("company_id,name\nc1,A\n")
    (tmp_path / "orders.csv").write_text("order_id,company_id,ordered_at,revenue,currency\no1,c1,2025-01-02,10,EUR\n")
    assert "add the tables leads and lead_stages" in displayed(judged(str(tmp_path)))


def test_findings_keep_the_published_schema_and_survive_json(sources):
    folder = resources.files("insights") / "evidence" / "schema"
    run = {"id": "x", "as_of": "2025-12-31", "period": ["2025-01-01", "2025-12-31"], "data_hash": "0"}
    for name, entries in (("findings", sources.findings), ("estimates", sources.estimates)):
        made = [json.loads(json.dumps(entry.to_json())) for entry in entries]
        assert made
        schema = json.loads((folder / f"{name}.json").read_text())
        jsonschema.Draft202012Validator(schema).validate({"schema": 1, "run": run, name: made})
    assert [Finding.from_json(f.to_json()).to_json() for f in sources.findings] == [
        f.to_json() for f in sources.findings]


@needs("maven_crm")
def test_the_real_export_is_named_honestly_and_its_first_quarter_is_no_fall():
    result = judged(str(MAVEN), mapping=str(ROOT / "examples" / "maven_crm" / "mapping.toml"))
    notes = displayed(result)
    assert result.found.known_from == dt.date(2017, 3, 1)
    assert "82% of what closed in the first quarter" in notes and "61% of what closed after it" in notes
    assert "win rate of opportunities" in notes
    assert not [f for f in result.findings if f.verdict is Verdict.LOWER]
    assert all(m.expected is None for m in result.months.months if m.key < dt.date(2017, 3, 1))
    figure = view.months_figure(result)
    assert "would look like a fall" in figure.subtitle.render("en")
    partly = [row for i, row in enumerate(figure.table.rows) if figure.table.marks.get(i) == Text("known in part only")]
    assert partly and all(row[3] is None for row in partly)


def test_where_nothing_stands_out_the_range_is_that_of_all_leads_not_of_the_groups():
    """Two groups of 100 and 300 leads with shares .20 and .10, ranges of .08 and .04 to either side: the mean .125
    and sqrt((.25 * .08)^2 + (.75 * .04)^2) = .0361."""
    found = mean_of_groups(np.array([100, 300]), np.array([0.2, 0.1]), np.array([0.12, 0.06]), np.array([0.28, 0.14]))
    assert (found.value, found.low, found.high) == pytest.approx((0.125, 0.0889, 0.1611), abs=2e-4)
