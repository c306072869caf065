"""The encoding of a text file: from its byte order mark, else UTF-8 if it is, else the two in which Polish was written.

Nothing is guessed beyond that: bytes that fit none of them, or would be other letters in Western Europe's encoding,
are an error with their lines.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LEGACY = ("cp1250", "iso-8859-2")
_WESTERN = "cp1252"
_POLISH = set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
# ć, ę, ń and ó have the bytes of letters that are common in French and Spanish; these have not.
_ONLY_POLISH = set("ąłśźżĄŁŚŹŻ")


@dataclass(frozen=True)
class Guess:
    """What bytes that are not UTF-8 are: `encoding`, or None where nothing fits; `sure` is False where only letters
    speak for it that a Western encoding would read as others."""

    encoding: str | None
    sure: bool = True


def from_bom(head: bytes) -> str | None:
    """The encoding that a byte order mark declares."""
    return next((encoding for bom, encoding in BOMS if head.startswith(bom)), None)


def guess(lines: Iterable[bytes]) -> Guess:
    """The encoding of a file that is not UTF-8 as a whole."""
    counts: Counter[int] = Counter()
    broken = whole = 0
    for line in lines:
        if line.isascii():
            continue
        if _decodes(line, "utf-8"):
            whole += 1
        else:
            broken += 1
        counts.update(byte for byte in line if byte > 127)
    # Mostly valid UTF-8: the file is UTF-8 and damaged, and another encoding would garble every other line.
    if whole > broken:
        return Guess(None)
    scores = {encoding: _score(counts, encoding) for encoding in LEGACY}
    best = max(LEGACY, key=lambda encoding: scores[encoding])
    if scores[best] < 0:
        return Guess(None)
    letters = {bytes([byte]).decode(best) for byte in counts}
    if letters & _ONLY_POLISH:
        return Guess(best)
    differing = {letter for letter in letters if _encode(letter, best) != _encode(letter, _WESTERN)}
    if not differing:
        return Guess(best)
    return Guess(best, sure=False) if differing <= _POLISH else Guess(None)


def undecodable(lines: Iterable[bytes], encoding: str, most: int) -> tuple[int, list[tuple[int, bytes]]]:
    """How many lines don't decode, and the first of them with their numbers."""
    count, first = 0, []
    for number, line in enumerate(lines, 1):
        if not _decodes(line, encoding):
            count += 1
            if len(first) < most:
                first.append((number, line))
    return count, first


def _score(counts: Counter[int], encoding: str) -> int:
    """Bytes that are Polish letters, less those that are no letters; negative if some byte can't be text."""
    score = 0
    for byte, count in counts.items():
        try:
            character = bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            return -1
        # The control characters of ISO 8859 never stand in a table.
        if "\x80" <= character <= "\x9f":
            return -1
        score += count * (character in _POLISH)
    return score


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _encode(letter: str, encoding: str) -> bytes | None:
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        return None
