"""Fitted things and tables rolled up from small aggregates."""
