"""The rules by which written reasons of lost leads are told apart: shipped with the package, or a firm's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources

from insights.problems import UsageError

FILE = "reasons.toml"
CAUSES = ("readiness", "price", "quality", "fit", "timing", "competition")
NONE = "none"

Rules = Mapping[str, tuple[str, ...]]
"""Phrases by cause, in the order in which they are tried; `none` holds phrases that say nothing of any cause."""


def shipped() -> Rules:
    """The rules that come with the package."""
    return parsed((resources.files("insights.tables") / FILE).read_text(encoding="utf-8"))


def parsed(text: str, name: str = FILE) -> Rules:
    """The rules of a file; UsageError says what is wrong in it and what is allowed."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not TOML: {error}") from None
    rules = {}
    for cause, phrases in content.items():
        if cause not in (*CAUSES, NONE):
            raise UsageError(f"{name}: {cause!r} is no cause; allowed are {', '.join((*CAUSES, NONE))}")
        if not isinstance(phrases, list) or not all(isinstance(p, str) and p.strip(" .^") for p in phrases):
            raise UsageError(f"{name}: {cause} must be a list of phrases")
        rules[cause] = tuple(phrases)
    if not rules:
        raise UsageError(f"{name} holds no rule: give each cause a list of phrases")
    return rules
