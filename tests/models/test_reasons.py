"""Written reasons of lost leads brought to causes: specification of the rules, in both languages and on dirty texts."""

import pytest

from insights.models.reasons import Classifier, commonest
from insights.problems import UsageError
from insights.tables.reasons import parsed, shipped


@pytest.mark.parametrize("reason, cause", [
    ("price", "price"), ("Zbyt wysoka CENA!", "price"), ("za drogo", "price"), ("zu teuer", "price"),
    ("competitor", "competition"), ("klient wybrał konkurencję", "competition"),
    ("handlowiec w ogóle nie znał tego produktu", "readiness"), ("technical questions not answered", "readiness"),
    ("zła opinia o jakości", "quality"), ("the valve was leaking", "quality"), ("awaria po miesiącu", "quality"),
    ("technical fit", "fit"), ("nie spełnia wymagań", "fit"), ("no controller offered", "fit"),
    ("postponed", "timing"), ("odłożone na przyszły rok", "timing"),
    ("no answer", None), ("brak odpowiedzi", None), ("no budget", None), ("xyzzy", None), ("", None),
    ("<p>za <b>drogo</b></p>", "price"), ("x" * 100_000, None), ("za drogo " + "x" * 100_000, "price"),
    ("Pan Kowalski uznał, że za drogo, tel. 601 202 303", "price"), ("价格太高", None),
])
def test_a_reason_speaks_of_one_cause_or_of_none(reason, cause):
    assert Classifier(shipped()).cause(reason) == cause


def test_a_firm_replaces_the_rules_and_their_order_decides():
    rules = parsed('fit = ["drogo"]\nprice = ["za drogo"]')
    assert Classifier(rules).cause("za drogo") == "fit"
    assert Classifier(parsed('price = ["cen."]')).cause("cennik") is None


@pytest.mark.parametrize("text, said", [
    ('weather = ["rain"]', "'weather' is no cause"), ("price = 3", "must be a list of phrases"),
    ("price = [", "is not TOML"), ("", "holds no rule"), ('price = [" "]', "must be a list of phrases"),
])
def test_a_wrong_rule_file_says_what_is_wrong(text, said):
    with pytest.raises(UsageError, match=said):
        parsed(text)


def test_the_commonest_words_name_nobody():
    """A word of one or two leads may be a name; one after a title is masked whatever its number."""
    found = dict(commonest({"Pan Wiśniewski z Opola nie chce": 9, "termin oferty": 4, "Kowalczewski": 2}))
    assert "termin" in found and found["oferty"] == 4
    assert not {"wisniewski", "kowalczewski"} & set(found)
