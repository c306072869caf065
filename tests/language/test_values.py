"""Values as readers of each language expect them."""

import datetime as dt

import pytest

from insights.language import (
    Count,
    Country,
    Day,
    Days,
    ListOf,
    Money,
    MoneyRange,
    Month,
    Per100,
    Points,
    Share,
    ShareRange,
    Text,
    render,
)

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize("value, english, polish", [
    (Count(1234567), "1,234,567", f"1{NBSP}234{NBSP}567"),
    (Share(0.061), "6.1%", "6,1%"), (Share(0.634), "63%", "63%"),
    (ShareRange(0.045, 0.061), "4.5% to 6.1%", "od 4,5% do 6,1%"),
    (Points(-0.015), "−1.5 percentage points", "−1,5 pkt proc."),
    (Money(1_530_000, "PLN"), f"1.5{NBSP}m{NBSP}PLN", f"1,5{NBSP}mln{NBSP}zł"),
    (Money(11_432, "EUR"), f"11,400{NBSP}EUR", f"11{NBSP}400{NBSP}EUR"),
    (Money(-0.0, "PLN"), f"0{NBSP}PLN", f"0{NBSP}zł"),
    (Money(10_005_534, "USD", exact=True), f"10,005,534{NBSP}USD", f"10{NBSP}005{NBSP}534{NBSP}USD"),
    (MoneyRange(300_000, 1_600_000, "PLN"), f"0.3 to 1.6{NBSP}m{NBSP}PLN", f"od 0,3 do 1,6{NBSP}mln{NBSP}zł"),
    (Per100(0.07), "7", "7"), (Per100(0.0648), "6.5", "6,5"), (Per100(0.123), "12", "12"),
    (Days(1), "1 day", "1 dzień"), (Days(22.4), "22 days", "22 dni"),
    (Day(dt.date(2026, 10, 15)), "15 October 2026", "15 października 2026\N{NO-BREAK SPACE}r."),
    (Month(dt.date(2026, 3, 1)), "March 2026", "marzec 2026"),
    (Country("CZ"), "Czechia", "Czechy"), (Country("XX"), "XX", "XX"),
    (ListOf(["a", "b"]), "a and b", "a i b"),
])
def test_values_by_locale(value, english, polish):
    assert (render(value, "en"), render(value, "pl")) == (english, polish)


def test_a_bare_float_has_no_unit_and_is_refused():
    with pytest.raises(TypeError, match="Share, Money, Days"):
        Text("{x}", x=0.1).render("en")


def test_braces_in_a_value_are_text():
    assert Text("{name} won", name="{evil}").render("en") == "{evil} won"
