"""Fixtures of the report's tests."""

from tests.report.browser import chromium  # noqa: F401
