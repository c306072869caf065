"""The severity table's part about tables, keys, references, dates, amounts and privacy."""

from __future__ import annotations

from insights.rule import Rule

JUDGING_RULES: dict[str, Rule] = {
    # Tables and columns
    "missing_table": Rule(
        "error", "The required table {table} is missing. {delivered}",
        "Deliver {table}, or write a SELECT for it in the mapping's section [tables]. Needed are companies, and leads "
        "with lead_stages, or orders.", "A required table is absent."),
    "missing_column": Rule(
        "error", "{table} has no column {column}, which is required",
        "Deliver the column, or give it in the mapping's SELECT: ... as {column}. {hint}",
        "A required column is absent."),
    "column_in_other_case": Rule(
        "warning", "{table}.{column} is not read: the delivery calls it “{given}”",
        "Rename it to {column}, or give it in the mapping's SELECT.",
        "An optional column is there under a name that differs in case or spaces."),
    "extra_columns": Rule(
        "note", "{table} has columns that the contract does not know, not read: {columns}",
        "Nothing to do, or rename them if they belong to the contract.", "A column is not in the contract."),
    "empty_table": Rule(
        "error", "{table} has no rows", "Check the export's filter: a required table needs rows.",
        "A required table has no rows, or only a header."),
    "empty_optional_table": Rule(
        "note", "{table} has no rows",
        "Nothing to do, or check the export's filter.", "An optional table has no rows."),
    # Keys and references
    "duplicate_rows": Rule(
        "excluded", "{table} has rows delivered twice; left out: {count}",
        "Nothing to do, or find out why the export repeats them.",
        "A row equals an earlier one in every column; the first is kept."),
    "conflicting_keys": Rule(
        "error", "{table} has different rows under one key ({key}); rows: {count}",
        "Decide which row is right, or make the key unique in the mapping's SELECT.",
        "Rows share a key and differ in another column."),
    "orphan_value": Rule(
        "excluded", "{table}.{column} names rows that {target} does not have, treated as unknown; rows: {count}",
        "Deliver the missing rows of {target}, or correct the identifiers. {hint}",
        "An optional reference points nowhere; the value is left empty."),
    "orphan_row": Rule(
        "excluded", "{table}.{column} names rows that {target} does not have; rows left out: {count}",
        "Deliver the missing rows of {target}, or correct the identifiers. {hint}",
        "A required reference points nowhere; the row is left out."),
    "too_many_orphans": Rule(
        "error", "{table}.{column} names rows that {target} does not have; rows: {count} ({share})",
        "Deliver the missing rows of {target}, or correct the identifiers. {hint}",
        "More than 10% of a table's rows point nowhere."),
    "none_of": Rule(
        "excluded", "{table} has rows with none of {columns}; rows left out: {count}",
        "Fill one of them.", "A row needs at least one of several references and has none."),
    # Dates
    "implausible_date_value": Rule(
        "excluded", "{table}.{column} has dates before 1990 or after 2099, treated as unknown; rows: {count}",
        "Correct the dates; 1900-01-01 or 9999-12-31 often stand for “none”.",
        "An optional date is before 1990 or after 2099; the value is left empty."),
    "implausible_date_row": Rule(
        "excluded", "{table}.{column} has dates before 1990 or after 2099; rows left out: {count}",
        "Correct the dates.", "A required date is before 1990 or after 2099; the row is left out."),
    "too_many_implausible_dates": Rule(
        "error", "{table}.{column} has dates before 1990 or after 2099; rows: {count} ({share})",
        "Correct the dates, or declare the text that stands for “none” in the mapping's section [missing].",
        "More than 1% of a table's rows have a date before 1990 or after 2099."),
    "future_date_value": Rule(
        "excluded", "{table}.{column} lies after the data's last day ({snapshot}), treated as unknown; rows: {count}",
        "Correct the dates.",
        "A lead is created after the snapshot's day (the latest event, stragglers aside); the date is left empty."),
    "future_date_row": Rule(
        "excluded", "{table}.{column} lies after the data's last day ({snapshot}); rows left out: {count}",
        "Correct the dates.", "An event lies after the snapshot's day; the row is left out."),
    "too_many_future_dates": Rule(
        "error", "{table}.{column} lies after the data's last day ({snapshot}); rows: {count} ({share})",
        "Correct the dates, or deliver the other tables up to the same day.",
        "More than 1% of a table's rows lie after the snapshot's day."),
    "won_before_created": Rule(
        "excluded", "Leads won before they were created, left out of all durations: {count}",
        "Correct leads.created_at; often it holds the day of an import.", "A lead's first win precedes its creation."),
    "several_wins": Rule(
        "error", "Leads that were won more than once: {count}",
        "A second deal is a lead of its own: give it its own lead_id.", "A lead has more than one stage won."),
    "reopened": Rule(
        "note", "Leads that were worked again after won, lost or returned: {count}", "Nothing to do.",
        "A terminal stage is followed by a later open one."),
    # Amounts and ranges
    "negative_kept": Rule(
        "warning", "{table}.{column} is negative (returns, credit notes), kept as it is; rows: {count}",
        "Nothing to do if these are returns; they reduce the totals.",
        "Revenue, quantity, cost, spend or an amount is negative."),
    "negative_ignored": Rule(
        "excluded", "{table}.{column} can't be negative, treated as unknown; rows: {count}", "Correct the values.",
        "A head-count, price, turnover or the like is negative; the value is left empty."),
    "share_out_of_range": Rule(
        "error", "{table}.{column} must lie between 0 and 1; rows: {count}",
        "Divide percentages by 100 in the mapping's SELECT.", "A share is below 0 or above 1."),
    "rate_not_positive": Rule(
        "error", "{table}.{column} must be positive; rows: {count}", "Correct the exchange rates.",
        "An exchange rate is zero or negative."),
    "amount_without_currency": Rule(
        "error", "{table}.{column} has amounts without a currency; rows: {count}",
        "Deliver the currency, or set it for all such rows: [defaults] currency = \"EUR\".",
        "An amount has no currency and no default is declared."),
    "no_rate": Rule(
        "error", "{table}.{column} has amounts in {texts} without a rate to {reporting}; rows: {count}",
        "Add rows to exchange_rates (currency, valid_from, rate), valid from {earliest} at the latest.",
        "An amount is in another currency and no exchange rate holds on its day."),
    "no_reporting_currency": Rule(
        "error", "The data have amounts in several currencies, and none is named for the report: {texts}",
        "Set it: [defaults] reporting_currency = \"EUR\", and deliver exchange_rates for the others.",
        "Amounts are in several currencies and the mapping names no reporting currency."),
    "unknown_reporting_currency": Rule(
        "error", "The reporting currency {given} is no code of ISO 4217",
        "Give a code such as PLN or EUR in [defaults].", "The declared currency is not in ISO 4217."),
    # Privacy
    "personal_column": Rule(
        "excluded", "{table}.{column} holds e-mail addresses or phone numbers; the column was dropped; rows: {count}",
        "Leave the column out of the export: the analysis never needs it.",
        "At least 5% of a text column's values hold an e-mail address or a phone number."),
    "personal_masked": Rule(
        "excluded", "{table}.{column}: e-mail addresses and phone numbers were masked; rows: {count}",
        "Nothing to do; better leave them out of the export.",
        "A few values of a text column, or customers' own words, hold an e-mail address or a phone number."),
    "personal_extra": Rule(
        "excluded", "{table}.{column} holds e-mail addresses or phone numbers; the column was dropped; rows: {count}",
        "Leave the column out of the export: the analysis never needs it.",
        "A column outside the contract holds e-mail addresses or phone numbers; it is not read."),
    "email_as_id": Rule(
        "excluded", "{table}.{column} uses e-mail addresses as identifiers, replaced by a hash; rows: {count}",
        "Nothing to do: the rows still match each other. Better use the system's own identifier.",
        "An identifier is an e-mail address."),
    "tax_id_hashed": Rule(
        "note", "{table}.{column} was hashed; rows: {count}", "Nothing to do: equal numbers still match each other.",
        "Tax numbers are always hashed when they are read."),
}
