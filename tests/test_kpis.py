"""The dictionary of KPIs and its page."""

from insights import kpis
from tests.laws.messages import ROOT


def test_the_glossary_page_is_written_from_the_code():
    assert (ROOT / "docs" / "kpis.md").read_text(encoding="utf-8") == kpis.page(), (
        "docs/kpis.md is no longer what insights.kpis.page() gives: write it again")
    assert all(f"`{name}`" in kpis.page() for name in kpis.names())


def test_every_name_means_one_measure():
    assert len(kpis.names()) == len(set(kpis.names())) >= len(kpis.KPIS)
    assert kpis.find("orders_won") is kpis.find("won") and kpis.find(" Win-Rate ") is kpis.KPIS["win_rate"]


def test_an_unknown_name_is_told_the_nearest():
    assert kpis.find("convertion") is None and kpis.nearest("convertion") == "conversion"
    assert kpis.nearest("xyzzy") is None


def test_every_measure_says_unit_basis_and_owner():
    for kpi in kpis.KPIS.values():
        assert kpi.unit in kpis.UNITS and kpi.basis in kpis.BASES and kpi.owner in ("marketing", "sales", "shared")
