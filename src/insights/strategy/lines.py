"""Where a key stands in a TOML file: its parser forgets lines, and people look for them."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*(?:\.[^=]*)?=""")


class Lines:
    """The lines of sections and keys, counted from 1. Repeated sections are told apart by their index."""

    def __init__(self, text: str) -> None:
        self._sections: dict[tuple[str, int], int] = {}
        self._keys: dict[tuple[str, int, str], int] = {}
        section, counts = ("", 0), {}
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                name = re.sub(r"""\s*\.\s*""", ".", header[2]).replace('"', "").replace("'", "")
                repeated = header[1] == "[["
                section = (name, counts.get(name, 0) if repeated else 0)
                counts[name] = counts.get(name, 0) + repeated
                self._sections.setdefault(section, number)
            elif key := _KEY.match(line):
                self._keys.setdefault((*section, next(filter(None, key.groups()))), number)

    def of(self, section: str, key: str = "", index: int = 0) -> int | None:
        """The line of a key, else of its section; None where neither was found (an inline table, say)."""
        found = self._keys.get((section, index, key)) if key else None
        if found is None and "." in section:
            parent, name = section.rsplit(".", 1)
            found = self._keys.get((parent, 0, name))
        return found or self._sections.get((section, index)) or self._keys.get(("", 0, section))
