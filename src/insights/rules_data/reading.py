"""The severity table's part about reading texts as values: what cannot be read, what was emptied, mapped or coerced."""

from __future__ import annotations

from insights.rule import Rule

READING_RULES: dict[str, Rule] = {
    # Numbers
    "not_a_number": Rule(
        "error", "{table}.{column} holds texts that are no numbers; rows: {count}",
        "Take currency signs, units and percent signs off in the mapping's SELECT, or correct the values.",
        "A number column holds a text that can't be read as a number."),
    "mixed_decimal_signs": Rule(
        "error", "{table}.{column} has decimal commas in some rows ({commas}) and decimal points in others ({dots})",
        "Write all values of the column alike: with mixed signs 1,234 can mean two different amounts.",
        "A number column mixes decimal commas and decimal points."),
    "ambiguous_comma": Rule(
        "error", "{table}.{column} has commas that may stand before decimals or between thousands; rows: {count}",
        "Say which in the mapping: [formats.\"{table}.{column}\"] decimal = \",\" or decimal = \".\".",
        "Every comma in a number column is followed by exactly three digits."),
    "infinite_number": Rule(
        "error", "{table}.{column} holds infinite values; rows: {count}",
        "They come from a division by zero: export the parts, or leave the value empty.",
        "A number column holds inf or infinity."),
    "number_too_large": Rule(
        "error", "{table}.{column} holds numbers too large to be true; rows: {count}",
        "Correct the values; amounts may have 14 digits before the decimal point.",
        "A number exceeds what its column can hold."),
    "not_whole": Rule(
        "error", "{table}.{column} must hold whole numbers and has fractions; rows: {count}",
        "Correct the values, or round them in the mapping's SELECT.", "A column of whole numbers holds a fraction."),
    "decimal_comma": Rule(
        "note", "{table}.{column} was read with a decimal comma; rows: {count}",
        "Nothing to do if that is right; else write the numbers with a decimal point.",
        "All values of a number column fit a decimal comma and none contradicts it."),
    "thousands_separated": Rule(
        "note", "{table}.{column} was read without the separators between thousands; rows: {count}", "Nothing to do.",
        "A number has spaces, points or commas between thousands, where only one reading is possible."),
    "rounded_amount": Rule(
        "note", "{table}.{column} was rounded to four decimals; rows: {count}", "Nothing to do.",
        "An amount has more than four decimals."),
    "whole_from_decimal": Rule(
        "note", "{table}.{column} holds whole numbers written as decimals (85.0), read as whole; rows: {count}",
        "Nothing to do.", "A whole number is written with zero decimals."),
    # Dates and times
    "date_format": Rule(
        "error", "{table}.{column} holds texts that are no ISO 8601 dates; rows: {count}", "{hint}",
        "A date is in another format than ISO 8601 or the declared one. Formats are never guessed."),
    "impossible_date": Rule(
        "error", "{table}.{column} holds days or times that do not exist; rows: {count}",
        "Correct the values, or declare the text as missing in the mapping: "
        "[missing] \"{table}.{column}\" = [\"...\"].",
        "A text has the form of an ISO 8601 date, but no such day or time exists (2026-02-30)."),
    "time_dropped": Rule(
        "note", "{table}.{column} is a date and came with times, which were dropped; rows: {count}", "Nothing to do.",
        "A date column holds dates with times."),
    "offset_converted": Rule(
        "note", "{table}.{column} came with offsets and was converted to local time ({zone}); rows: {count}",
        "Nothing to do if the time zone is right; else set [defaults] time_zone in the mapping.",
        "A time has Z or an offset from UTC."),
    # Words
    "unknown_word": Rule(
        "error", "{table}.{column} holds unknown words: {texts}; rows: {count}",
        "Allowed: {words}. Map them in the mapping file: {suggestion}.",
        "A required category holds a word that the contract does not know."),
    "unknown_word_ignored": Rule(
        "excluded", "{table}.{column} holds unknown words, treated as unknown: {texts}; rows: {count}",
        "Allowed: {words}. To use them, map them in the mapping file: {suggestion}.",
        "An optional category holds a word that the contract does not know; the value is left empty."),
    "word_in_other_form": Rule(
        "note", "{table}.{column} has known words in another spelling, read as meant: {texts}; rows: {count}",
        "Nothing to do.", "A word of a category differs in case, or has spaces or hyphens for underscores."),
    "not_true_or_false": Rule(
        "error", "{table}.{column} must be true or false and holds: {texts}; rows: {count}",
        "Map the values in the mapping file: [values.\"{table}.{column}\"].",
        "A column of yes and no holds another text."),
    "true_or_false_in_other_form": Rule(
        "note", "{table}.{column} was read as true or false: {texts}; rows: {count}", "Nothing to do.",
        "A column of yes and no holds 1, 0, yes, no, tak or nie."),
    "unknown_currency": Rule(
        "error", "{table}.{column} holds no currency codes of ISO 4217: {texts}; rows: {count}",
        "Map them in the mapping file: [values.\"{table}.{column}\"] \"zł\" = \"PLN\".",
        "A currency is not in ISO 4217; it is never taken for the firm's own."),
    # Texts that say "nothing"
    "nothing_as_text": Rule(
        "error", "{table}.{column} holds texts such as NaN, NULL, N/A or “-” where a value belongs; rows: {count}",
        "If they mean “empty”, say so in the mapping: [missing] \"{table}.{column}\" = [\"NULL\"].",
        "A column of numbers, dates or yes and no holds a text by which systems say “nothing”."),
    "nothing_kept": Rule(
        "warning", "{table}.{column} holds texts that may mean “empty”, kept as they are: {texts}; rows: {count}",
        "If they mean “empty”, say so in the mapping: [missing] \"{table}.{column}\" = [\"...\"].",
        "A text or identifier is NaN, NULL, N/A, “-”, Select, None or the like: it may be a real name."),
    "missing_texts": Rule(
        "note", "{table}.{column}: texts declared as missing were emptied: {texts}; rows: {count}", "Nothing to do.",
        "A text is in the mapping's section [missing]."),
    "mapped_values": Rule(
        "note", "{table}.{column}: values were mapped as declared: {texts}; rows: {count}", "Nothing to do.",
        "A value is in the mapping's section [values]."),
    "defaulted": Rule(
        "note", "{table}.{column} was filled with the declared default; rows: {count}", "Nothing to do.",
        "An amount has no currency and the mapping declares [defaults] currency."),
    "trimmed": Rule(
        "note", "{table}.{column}: spaces around the values were cut off; rows: {count}", "Nothing to do.",
        "A value begins or ends with spaces."),
    "required_empty": Rule(
        "error", "{table}.{column} may not be empty and is; rows: {count}",
        "Fill the values, or leave such rows out in the mapping's SELECT: where {column} <> ''.",
        "A column that may not be empty has rows without a value."),
    "column_empty": Rule(
        "note", "{table}.{column} is there, but empty in every row", "Nothing to do, or check the export.",
        "An optional column holds no value at all."),
    # Countries and industries
    "country_mapped": Rule(
        "note", "{table}.{column}: names of countries were mapped to codes: {texts}; rows: {count}",
        "Check the list; correct a wrong one in the mapping: [values.\"{table}.{column}\"].",
        "A country is given by a name or another code than ISO 3166-1 alpha-2."),
    "country_unmapped": Rule(
        "excluded", "{table}.{column} holds texts that are no known country: {texts}; rows: {count}",
        "They count in totals, not in any ranking of countries. Map them: [values.\"{table}.{column}\"] "
        "\"{first}\" = \"PL\".",
        "A country is neither a code nor a known name; nothing is guessed."),
    "industry_mapped": Rule(
        "note", "{table}.{column}: industries were mapped to NACE Rev. 2: {texts}; rows: {count}",
        "Check the list; correct a wrong one in the mapping: [values.\"{table}.{column}\"].",
        "An industry is given by a finer code, an official label or a common name with one meaning."),
    "industry_unmapped": Rule(
        "excluded", "{table}.{column} holds industries without a NACE Rev. 2 code: {texts}; rows: {count}",
        "They are grouped under their own names. To compare them with official statistics, map them: "
        "[values.\"{table}.{column}\"] \"{first}\" = \"C28\".",
        "An industry's text has no, or more than one, meaning in NACE Rev. 2; nothing is guessed."),
}
