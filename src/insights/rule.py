"""The form of a rule of the severity table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One line of the severity table: `severity` is error, excluded, warning or note; `message` and `remedy` are
    sentences (message ids) with the placeholders {table}, {column}, {count} and the problem's own values; `meaning`
    says for the contract's page when the rule applies."""

    severity: str
    message: str
    remedy: str
    meaning: str
