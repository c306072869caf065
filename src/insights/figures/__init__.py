"""Drawings and tables of estimates; nothing is computed here."""
