"""Findings to pages: what notebooks display, how they are run, and how a report is published."""

from insights.report.collected import collected, earlier

__all__ = ["collected", "earlier"]
