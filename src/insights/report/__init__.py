"""Findings to pages: what notebooks display, how they are run, and how a report is published."""

from insights.report.collected import collected

__all__ = ["collected"]
