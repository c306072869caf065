"""Who decides: on firms with a known answer."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.evidence import Verdict
from insights.topics import key_customer_addressed as addressed
from insights.topics import key_customer_deciders as deciders
from insights.topics import key_customer_first as first
from insights.topics import key_customer_profile as topic
from tests.tables.firms import write

DAY = dt.date(2025, 1, 1)
CAUSAL = ("because", "thanks to", "leads to more", "caused", "dzięki", "spowodował", "przyniesie")


def firm(folder, *, title="Dyrektor techniczny", late=False, role="decision_maker", boost=0.0, extra="", strategy="",
         others="Kierownik zakupów", titles=None):
    """300 companies with two leads each; the decider is known for half of the leads, on day 3 or shortly before the
    end; leads with the decider win more often by `boost`."""
    rng = np.random.default_rng(2)
    rows = {"companies": [], "contacts": [], "leads": [], "lead_stages": [], "lead_contacts": [], "campaigns": [
        {"campaign_id": "M1", "name": "m", "channel": "mail", "started_on": "2025-01-01", "target_role": "purchasing",
         "target_country": "PL"}],
        "spend": [{"campaign_id": "M1", "spent_on": "2025-03-01", "amount": "500", "currency": "EUR"}]}
    for c in range(300):
        rows["companies"].append({"company_id": f"C{c}", "name": f"C{c}", "employees": "60", "country": "PL"})
        mine = titles[c % len(titles)] if titles else title if c % 3 else others
        rows["contacts"] += [
            {"contact_id": f"K{c}a", "company_id": f"C{c}", "job_title": "Specjalista ds. zakupów", "buying_role": ""},
            {"contact_id": f"K{c}b", "company_id": f"C{c}", "job_title": mine, "buying_role": role},
            {"contact_id": f"K{c}z", "company_id": f"C{c}", "job_title": "Prezes zarządu", "buying_role":
             "economic_buyer" if role else ""}]
        for i in range(2):
            lead, day = f"L{c}-{i}", DAY + dt.timedelta(days=int(rng.integers(0, 200)))
            known, end = rng.random() < 0.5, day + dt.timedelta(days=int(rng.integers(30, 90)))
            won = rng.random() < 0.4 + boost * known
            rows["leads"].append({"lead_id": lead, "created_at": day.isoformat(), "company_id": f"C{c}",
                                  "contact_id": f"K{c}a"})
            rows["lead_stages"] += [
                {"lead_id": lead, "stage": "new", "entered_at": day.isoformat(), "amount": ""},
                {"lead_id": lead, "stage": "won" if won else "lost", "entered_at": end.isoformat(),
                 "amount": "100" if won else ""}]
            if known:
                added = end - dt.timedelta(days=2) if late else day + dt.timedelta(days=3)
                rows["lead_contacts"].append({"lead_id": lead, "contact_id": f"K{c}b", "role": "",
                                              "added_at": added.isoformat()})
            if won:
                rows["lead_contacts"].append({"lead_id": lead, "contact_id": f"K{c}z", "role": "", "added_at":
                                              (end - dt.timedelta(days=1)).isoformat()})
    folder.mkdir(exist_ok=True)
    write(folder, rows)
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-12-31"\n' + extra)
    if strategy:
        (folder / "strategy.toml").write_text(strategy)
    return topic.judge(insights.open(str(folder)))


def finding(profile, name):
    return next(f for f in profile.findings if f.function.endswith(name))


def test_the_function_that_decides_is_named_with_its_share_and_what_is_missing(tmp_path):
    profile = firm(tmp_path / "firm", boost=0.2)
    said = finding(profile, ".who_decides")
    assert profile.roles.decider.function == "technical management"
    assert said.estimate.low < 2 / 3 < said.estimate.high
    english, polish = said.statement.render("en"), said.statement.render("pl")
    assert "technical management" in english and "addressed to purchasing" in english and "nobody wrote down" in english
    assert "dyrekcja techniczna" in polish and "zakupy" in polish
    assert "technical management, whom we reach early in" in first.top_line(profile).render("en")


def test_segment_by_segment_who_decides_stands_beside_whom_campaigns_address(tmp_path):
    profile = firm(tmp_path / "firm", boost=0.2)
    medium, poland = profile.roles.segments
    assert (medium.label, medium.decider.function) == ("medium", "technical management")
    assert medium.decider.share == poland.decider.share == profile.roles.decider.share
    assert poland.addressed == ("purchasing", 1.0) and poland.to_decider == 0.0 and medium.addressed is None
    table, = addressed.table(profile.roles)
    said = {row[0].render("en"): [cell.render("en") for cell in row[1:] if cell] for row in table.rows}
    assert said["Poland"][1] == "technical management" and said["Poland"][-3:] == ["purchasing", "100%", "0%"]
    assert said["Medium-sized companies (50 to 249 people)"][-1] == "no campaign of its own"


def test_no_causal_word_stands_in_what_is_said_of_deciders(tmp_path):
    profile = firm(tmp_path / "firm", boost=0.3)
    compared = finding(profile, ".decider_known")
    assert compared.verdict is None and compared.estimate.low > compared.baseline.high
    for said in (compared, finding(profile, ".who_decides")):
        for language in ("en", "pl"):
            text = f"{said.statement.render(language)} {said.rival.render(language)}".lower()
            assert not [word for word in CAUSAL if word in text]
    assert "proves nothing" in compared.statement.render("en")


def test_roles_written_down_late_decide_nothing(tmp_path):
    """Known only two days before the end: neither who decides nor a difference is told, and the page says why."""
    profile = firm(tmp_path / "firm", late=True, boost=0.4)
    said = finding(profile, ".who_decides")
    assert said.verdict is Verdict.TOO_FEW and profile.roles.ever > 100
    assert not [f for f in profile.findings if f.function.endswith("decider_known")]


def test_people_added_when_the_deal_is_nearly_won_are_not_credited(tmp_path):
    """Every won deal has the managing director in it, entered on its last day: the decoy of each CRM."""
    profile = firm(tmp_path / "firm")
    assert "board" not in {d.function for d in profile.roles.deciders}
    assert not [f for f in profile.findings if f.subject.get("role") == "board"]
    assert finding(profile, ".decider_known").verdict is not Verdict.HIGHER


def test_titles_in_a_fourth_language_are_counted_and_listed(tmp_path):
    profile = firm(tmp_path / "firm", titles=["Directeur technique", "Vedoucí údržby", "Dyrektor techniczny"])
    assert dict(profile.roles.unread) == {"Directeur technique": 100, "Vedoucí údržby": 100}
    notes = [n.text.render("en") for n in deciders.tables(profile, profile.roles) if hasattr(n, "text")]
    assert any("2, borne by 200 contacts" in n and "Directeur technique (100)" in n for n in notes)


def test_the_firms_own_table_of_titles_reads_them(tmp_path):
    profile = firm(tmp_path / "firm", titles=["Directeur technique"],
                   extra='[job_titles]\n"Directeur technique" = "technical management"\n')
    assert profile.roles.unread == () and profile.roles.decider.function == "technical management"


def test_without_recorded_roles_titles_stand_in_and_the_page_says_so(tmp_path):
    profile = firm(tmp_path / "firm", role="")
    assert profile.roles.by_title and profile.roles.decider.function == "technical management"
    assert any("no buying roles" in n.text.render("en") for n in deciders.tables(profile, profile.roles)
               if hasattr(n, "text"))


@pytest.mark.parametrize("declared, verdict", [
    ("purchasing", Verdict.NOT_KEPT), ("technical director", Verdict.KEPT)])
def test_the_declared_decision_maker_is_judged(tmp_path, declared, verdict):
    profile = firm(tmp_path / "firm",
                   strategy=f'[key_customer]\ndecision_maker = "{declared}"\naudience = "purchasing"\n')
    clause = finding(profile, ".decision_maker")
    assert clause.verdict is verdict and clause.clause_id == f"key_customer.decision_maker={declared}"
    assert finding(profile, ".audience").verdict is Verdict.KEPT


def test_a_firm_without_contacts_says_what_is_missing(tmp_path):
    from insights.topics import key_customer_view as view
    from tests.topics.firms import segmented

    profile = topic.judge(insights.open(segmented(tmp_path / "firm", {"C28": 0.3, "C10": 0.2}, companies=40)))
    assert profile.roles is None
    assert any("contacts and lead_contacts are missing" in n.text.render("en") for n in view.missing(profile))
