"""Parameters of notebooks, typed by their defaults and checked before anything starts.

papermill reads values as YAML ('NO' becomes False, '05' five) and only warns of a name that no notebook has. Here the
default's type says what a value may be, and an unknown name is refused with the nearest known one.
"""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from insights.problems import UsageError

Value = str | int | float | bool

# Parameters that the command line has options for, and one that only a run sets.
OPTIONS = {"data": "--data", "mapping": "--mapping", "strategy": "--strategy", "as_of": "--as-of",
           "period": "--period"}
RESERVED = "findings_from"

_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_SECRET_NAME = re.compile(r"pass(word|wd|phrase)?$|pwd$|secret|token|api_?key|credential|dsn$", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@|\b(password|passwd|pwd|secret|token|api_?key|access_?key)\s*=\s*\S", re.IGNORECASE)


@dataclass(frozen=True)
class Parameter:
    """A parameter as its notebook declares it: `name = default  # help`."""

    name: str
    default: Value
    help: str


def read_parameters(source: str, file: str) -> tuple[Parameter, ...]:
    """The parameters of a cell's source, in its order; UsageError for a line that is no `name = literal  # help`."""
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise UsageError(f"{file}: line {error.lineno} of the parameters cell is not Python") from None
    comments = _comments(source)
    return tuple(_parameter(statement, comments, file) for statement in statements)


def _parameter(statement: ast.stmt, comments: Mapping[int, str], file: str) -> Parameter:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            try:
                default = ast.literal_eval(value)
            except ValueError:
                default = None
            if isinstance(default, str | int | float | bool):
                return Parameter(name, default, comments.get(statement.end_lineno, ""))
    raise UsageError(f"{file}: line {statement.lineno} of the parameters cell must read: name = literal  # help "
                     "(a text, a number, True or False)")


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}


def given_values(pairs: Iterable[str], known: Sequence[Parameter]) -> dict[str, Value]:
    """The values of `NAME=VALUE` pairs, typed by the parameters known to the selected notebooks.

    UsageError for a pair without "=", a name given twice, an unknown name (with the nearest known one), a name that
    has its own option, a value of another type, and anything that looks like a secret (without repeating it).
    """
    by_name = {parameter.name: parameter for parameter in known}
    values: dict[str, Value] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        refuse_secret(name, text if equals else pair)
        if not equals:
            raise UsageError(f"-p {pair[:80]!r} has no value: write -p NAME=VALUE")
        if name in values:
            raise UsageError(f"parameter {name} is given twice: leave one")
        values[name] = typed(_known(name, by_name), text)
    return values


def _known(name: str, by_name: Mapping[str, Parameter]) -> Parameter:
    if name in OPTIONS:
        raise UsageError(f"parameter {name} has an option of its own: write {OPTIONS[name]}")
    if name == RESERVED:
        raise UsageError(f"parameter {name} is set by the run itself: leave it out")
    if name not in by_name:
        open_names = sorted(set(by_name) - set(OPTIONS) - {RESERVED})
        near = difflib.get_close_matches(name, [*open_names, *OPTIONS], 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(open_names) or 'none'}"
        raise UsageError(f"no selected notebook has a parameter {name[:80]!r}: {hint}")
    return by_name[name]


def typed(parameter: Parameter, text: str) -> Value:
    """The text as a value of the type of the parameter's default; UsageError naming the type where it is none."""
    default = parameter.default
    if isinstance(default, bool):
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise _mistyped(parameter, text, "true or false")
    if isinstance(default, int):
        if _INTEGER.fullmatch(text):
            return int(text)
        raise _mistyped(parameter, text, "a whole number, such as 5")
    if isinstance(default, float):
        if _NUMBER.fullmatch(text) and abs(float(text)) != float("inf"):
            return float(text)
        raise _mistyped(parameter, text, "a number, such as 0.5")
    if "\x00" in text:
        raise _mistyped(parameter, text, "text")
    return text


def _mistyped(parameter: Parameter, text: str, expected: str) -> UsageError:
    return UsageError(f"parameter {parameter.name} must be {expected}; {text[:80]!r} is not")


def refuse_secret(name: str, text: str) -> None:
    """UsageError where a parameter's name or value looks like a credential: values end up in notebooks and reports."""
    if _SECRET_NAME.search(name) or _SECRET_VALUE.search(text):
        shown = name if name.isidentifier() else "a parameter"
        raise UsageError(f"{shown} looks like it holds a secret, and parameters are written into every report: "
                         "put the secret into an environment variable")


def values_for(parameters: Sequence[Parameter], values: Mapping[str, Value]) -> dict[str, Value]:
    """Those of the values that a notebook has parameters for."""
    names = {parameter.name for parameter in parameters}
    return {name: value for name, value in values.items() if name in names}


def all_parameters(cells: Iterable[Sequence[Parameter]]) -> list[Parameter]:
    """The parameters of several notebooks, each name once; UsageError where two declare it with different types."""
    merged: dict[str, Parameter] = {}
    for parameter in (parameter for cell in cells for parameter in cell):
        first = merged.setdefault(parameter.name, parameter)
        if type(first.default) is not type(parameter.default):
            raise UsageError(f"two notebooks declare the parameter {parameter.name} with different types")
    return list(merged.values())
