"""E-mail addresses and phone numbers: how they look, and how they are kept out."""

from __future__ import annotations

import re

EMAIL = r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
PHONE = (r"(\+|\b00)[1-9]\d{0,2}[ ()./-]{0,2}\d([ ()./-]{0,2}\d){6,12}\b"
         r"|\b\d{3}[ -]\d{3}[ -]\d{3,4}\b|\b\d{2} \d{3} \d{2} \d{2}\b"
         r"|\(\d{2,5}\) ?\d{3}[ -]?\d{2,3}[ -]?\d{2,4}\b")
# From this share of its texts on, a column is one of addresses or numbers and is dropped whole; below, each is masked.
PERSONAL_SHARE = 0.05


def masked(text: str) -> str:
    """The text as a message may quote it: without addresses and numbers."""
    return re.sub(PHONE, "[phone]", re.sub(EMAIL, "[e-mail]", text))


def masked_example(text: str | None) -> str | None:
    """A key or value as an example may quote it. Digits stay: among numbers they are what it shows."""
    return re.sub(EMAIL, "[e-mail]", text) if text else text
