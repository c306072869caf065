"""The strategy file: read, checked, chosen by its date."""

import datetime as dt

import pytest

from insights import strategy


def written(folder, text, name="strategy.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_version_in_force_is_chosen(tmp_path):
    written(tmp_path, '[agreement]\nvalid_from = 2025-01-01\n[key_customer]\ncountries = ["PL"]\n', "strategy-1.toml")
    written(tmp_path, '[agreement]\nvalid_from = 2026-01-01\n[key_customer]\ncountries = ["DE"]\n', "strategy-2.toml")
    written(tmp_path, '[key_customer]\ncountries = ["FR"]\n', "strategy.proposed.toml")
    assert strategy.find(tmp_path, dt.date(2025, 12, 31)).key_customer.countries == ("PL",)
    assert strategy.find(tmp_path, dt.date(2026, 1, 1)).key_customer.countries == ("DE",)
    assert strategy.find(tmp_path, dt.date(2024, 12, 31)) is None


@pytest.mark.parametrize("text, said", [
    ("[key_customers]\n", "did you mean 'key_customer'?"),
    ('[key_customer]\nindustry = ["C28"]\n', "did you mean 'industries'?"),
    ('[key_customer]\nsizes = ["big"]\n', "allowed are micro, small, medium, large, enterprise"),
    ("[key_customer]\nsizes = [1]\n", "size"),
    ("[agreement]\nvalid_from = 'soon'\n", "must be a date"),
    ("[key_customer\n", "line 1"),
])
def test_a_mistake_is_named_with_what_is_allowed(tmp_path, text, said):
    with pytest.raises(strategy.StrategyError, match=r"strategy\.toml") as error:
        strategy.load(written(tmp_path, text))
    assert said in str(error.value)
    assert error.value.exit_code == 65
