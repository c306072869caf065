"""A drawing made by matplotlib, put into a page: smaller, in the page's own colours, its ids its own."""

from __future__ import annotations

import hashlib
import re

from markupsafe import Markup, escape

from insights.figures.palette import LIGHT
from insights.report.templates import shown

_PROLOGUE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_OPENING = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'url\(#([^)]+)\)|href="#([^"]+)"')
# Colours stand in attributes; a firm's name may look like one, and must stay as it is.
_ATTRIBUTE = re.compile(r'\b(style|fill|stroke|stop-color)="([^"]*)"')
_VARIABLES = {colour: f"var(--{role}, {colour})" for role, colour in LIGHT.items()}
_COLOUR = re.compile("|".join(_VARIABLES), re.IGNORECASE)


def inline(svg: str, *, alternative: str) -> str:
    """The drawing as an inline `<svg role="img">` that fills its column; `alternative` is what it shows, in words."""
    svg = _PROLOGUE.sub("", shown(svg)).strip()
    svg = _ATTRIBUTE.sub(lambda m: f'{m[1]}="{_in_page_colours(m[2])}"', svg)
    svg = _own_ids(svg)
    opening = _OPENING.search(svg)[0]
    box = re.search(r'viewBox="([^"]+)"', opening)[1]
    width = float(box.split()[2])
    head = Markup('<svg role="img" aria-label="{}" viewBox="{}" style="max-width: {:.4g}px">').format(
        shown(alternative), box, width * 1.25)
    return Markup(re.sub(r">\s+<", "><", str(head) + svg.split(opening, 1)[1]))


def _in_page_colours(value: str) -> str:
    return _COLOUR.sub(lambda m: _VARIABLES[m[0].lower()], value)


def _own_ids(svg: str) -> str:
    """Only ids that something refers to stay, with a prefix of the drawing's own: a page holds many drawings."""
    used = {a or b for a, b in _REFERENCE.findall(svg)}
    prefix = "d" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = _ID.sub(lambda m: f'id="{prefix}-{escape(m[1])}"' if m[1] in used else "", svg)
    return _REFERENCE.sub(lambda m: f"url(#{prefix}-{m[1]})" if m[1] else f'href="#{prefix}-{m[2]}"', svg)
