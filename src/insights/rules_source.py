"""The severity table's half about files and mappings."""

from __future__ import annotations

from insights.rule import Rule

_SAVE = "Save the table as CSV in UTF-8, and run again."
_MAPPING = "Correct the mapping. {hint}"

SOURCE_RULES: dict[str, Rule] = {
    # Files as a whole
    "file_empty": Rule(
        "error", "{file} is empty: it has not even a header",
        "Export the table again, or remove the file if there is nothing to deliver.",
        "A file has no bytes, or nothing but empty lines."),
    "file_header_only": Rule(
        "warning", "{file} has a header but no rows",
        "Check the filter of the export; without rows the table is treated as not delivered.",
        "A file or table has columns but no rows; an error where the table is required."),
    "file_binary": Rule(
        "error", "{file} is a spreadsheet, an archive or another binary file under the name of a text file",
        _SAVE, "A .csv, .tsv or .txt file begins with the bytes of another format."),
    "file_damaged": Rule(
        "error", "{file} is damaged: it ends too early or its contents contradict its format",
        "Export or copy the file again.", "A gzip or Parquet file can't be unpacked to its end."),
    "file_closed": Rule(
        "error", "{file} can't be opened: {reason}", "Give this account the right to read the file.",
        "The operating system refuses to open or read a file."),
    "file_unknown": Rule(
        "note", "{file} is not read: no table of the contract is called {table}",
        "Rename the file if it belongs to the contract, or write a mapping. {hint}",
        "A folder without a mapping holds a file whose name is no canonical table."),
    "file_unused": Rule(
        "note", "{file} is not read: no SELECT of the mapping reads {table}",
        "If it is to be used, write in [tables]: {table} = \"select * from {table}\".",
        "A folder with a mapping holds a file named as a canonical table that the mapping leaves out."),
    "stem_twice": Rule(
        "error", "{table} is delivered twice: {files}",
        "Keep one of them, or unite them under one name in the mapping's section [sources].",
        "Two files have one stem, or two schemas of a database one table name."),
    "table_unreadable": Rule(
        "error", "Table {table} of {file} can't be read: {reason}",
        "Store the table in the file itself; a view that reads other files is not followed.",
        "A table or view of a DuckDB file fails when it is read."),
    # Bytes
    "file_undecodable": Rule(
        "error", "{file} holds bytes that are no {encoding} text, first in line {line}; lines concerned: {count}",
        "Save the file as UTF-8, or say which encoding it has in the mapping: [read.\"{table}\"] encoding = \"...\".",
        "Bytes fit neither the declared encoding nor, without one, UTF-8, UTF-16 with a byte order mark, cp1250 or "
        "ISO 8859-2."),
    "encoding_recognised": Rule(
        "note", "{file} was read as {encoding}",
        "Nothing to do if the letters are right; else say the encoding in the mapping: [read.\"{table}\"].",
        "A file is not UTF-8; its encoding was recognised by its byte order mark, by its letters or from the mapping."),
    "encoding_unsure": Rule(
        "warning", "{file} was read as {encoding}, but its few letters beyond ASCII could also be Western European",
        "Look at the names in the report; if letters are wrong, say the encoding in the mapping: [read.\"{table}\"].",
        "A file is not UTF-8, and its letters alone can't tell the Central European encoding from the Western one."),
    # Headers
    "header_unreadable": Rule(
        "error", "The header of {file} can't be read: a quote in line {line} is not closed",
        "Correct the first line, or say the quote character in the mapping: [read.\"{table}\"] quote = \"...\".",
        "The first line of a file has an unbalanced quote."),
    "header_duplicate": Rule(
        "error", "{file} has column {column} twice (again at position {position}); capitals make no difference",
        "Rename or remove one of the two columns.",
        "Two columns of a file have one name, or one is called _row, which is reserved."),
    "header_unnamed": Rule(
        "warning", "The column at position {position} of {file} has no name",
        "Name the column, or remove it; it is not used.", "A header has an empty field."),
    "headers_differ": Rule(
        "warning", "{file} lacks columns that other files of {table} have: {columns}",
        "Export all files with the same columns; missing ones are read as empty.",
        "Files united under one name in [sources] have different columns."),
    # Rows
    "row_fields": Rule(
        "error",
        "{file} has rows of {found} fields where the header has {expected}, first in line {line}; rows: {count}",
        "Correct these rows: mostly a delimiter or a line break stands in a text without quotes around it.",
        "A row has more or fewer fields than the header."),
    "row_quote": Rule(
        "error", "{file} has rows with unbalanced quotes, first in line {line}; rows: {count}",
        "Close the quote, and double quotes that stand inside a quoted text.",
        "A quoted field is not closed, or text follows its closing quote."),
    "row_large": Rule(
        "error", "{file} has rows of more than 1 MiB, first in line {line}; rows: {count}",
        "Shorten the text or leave the column out; often an unclosed quote has swallowed the rows after it.",
        "A field or row is larger than 1 MiB."),
    "row_nul": Rule(
        "error", "{file} has rows with NUL characters, first in line {line}; rows: {count}",
        "Export the file again; if it is UTF-16, say so in the mapping: [read.\"{table}\"] encoding = \"utf-16\".",
        "A row holds the character NUL, which belongs to no text."),
    "row_unread": Rule(
        "error", "{file} could not be read from line {line} on because of unbalanced quotes; lines: {count}",
        "Correct the quotes in the lines named before, or say in the mapping that the file has none: "
        "[read.\"{table}\"] quote = \"\".",
        "A file has so many unbalanced quotes that the rest of it can't be told into rows."),
    # Mappings
    "mapping_unknown_section": Rule(
        "error", "{file} has an unknown section [{word}]", _MAPPING, "A mapping has a section that does not exist."),
    "mapping_unknown_key": Rule(
        "error", "{file} has an unknown key {word} in {place}", _MAPPING, "A section has a key that does not exist."),
    "mapping_unknown_table": Rule(
        "error", "{file} names an unknown table {word}", _MAPPING, "A mapping names a table that the contract lacks."),
    "mapping_unknown_column": Rule(
        "error", "{file} names an unknown column {word} in {place}", _MAPPING,
        "A mapping names a column that the contract's table lacks."),
    "mapping_unknown_value": Rule(
        "error", "{file} maps to {word}, which {place} does not know", _MAPPING,
        "A value is mapped to a word that is not among the column's allowed words."),
    "mapping_unknown_view": Rule(
        "error", "{file} speaks in {place} of {word}, but there is no such file or source", _MAPPING,
        "A section [read.\"...\"] names neither a file's stem nor a source."),
    "mapping_value": Rule(
        "error", "{file} gives {word} the value {value}", "Give {expected}.",
        "A key of the mapping has a value of the wrong kind."),
    "mapping_not_produced": Rule(
        "error", "{file} speaks of {key}, but table {name} has no such column as delivered", _MAPPING,
        "A key of [missing], [values] or [formats] is not among the output columns of the table's SELECT."),
    "mapping_for_folders": Rule(
        "error", "{file} speaks of {name} in [sources] or [read], but {data} is a database, not a folder of files",
        "Leave these sections out: the tables of a database are views under their own names.",
        "A mapping for a DuckDB file has a section [sources] or [read]."),
    "pattern_empty": Rule(
        "error", "The pattern {pattern} of source {name} matches no file",
        "Correct the pattern in [sources]. {hint}", "A pattern of [sources] matches no table file in the folder."),
    "pattern_outside": Rule(
        "error", "The pattern {pattern} of source {name} leads out of the data folder",
        "Give a pattern below the data folder, without .. and without a leading slash.",
        "A pattern of [sources] is absolute or climbs out of the folder."),
    "select_syntax": Rule(
        "error", "The SELECT of table {name} is not valid SQL: {reason}",
        "Correct the SELECT in [tables]; it is in DuckDB's dialect.", "A SELECT of the mapping can't be parsed."),
    "select_only": Rule(
        "error", "The entry of table {name} is not one SELECT",
        "Write one query: SELECT, WITH or UNION. Nothing else is run.",
        "An entry of [tables] is another statement than a query, or several."),
    "select_fails": Rule(
        "error", "The SELECT of table {name} fails: {reason}",
        "Correct the SELECT in [tables]. Every source column is text. Views: {known}.",
        "The engine refuses a SELECT of the mapping: an unknown view, column or function, or a wrong conversion."),
    "select_column_twice": Rule(
        "error", "The SELECT of table {name} gives columns of one name twice, or _row: {columns}",
        "Name each output column once.", "Two output columns of a SELECT have one name, or one is called _row."),
    "select_empty": Rule(
        "warning", "The SELECT of table {name} gives no rows",
        "Check its conditions; without rows the table is treated as not delivered.",
        "A SELECT of the mapping gives no rows; an error where the table is required."),
}
