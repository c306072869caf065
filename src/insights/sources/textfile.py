"""One delivered text file: its hash, encoding, dialect, header and structure, from its bytes as a stream.

A file in another encoding than UTF-8 is written as UTF-8 into the scratch directory, since the engine reads no other
without an extension to be downloaded.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from insights.sources import encoding as encodings
from insights.sources.dialect import header, recognise
from insights.sources.records import EXAMPLES, Dialect
from insights.sources.structure import CHUNK, LIMIT, Structure

_GZIP = b"\x1f\x8b"
# What spreadsheets and archives begin with.
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"PAR1")
_HEAD = 1 << 18
# Recoded text grows up to four times; a chunk of the structure's size must hold it.
_READ = CHUNK // 4


@dataclass(frozen=True)
class ReadOptions:
    """What the mapping says about a file's bytes; None where it is to be recognised."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None


@dataclass(frozen=True)
class TextFile:
    """A text file that can be read: `utf8` is the path of its UTF-8 form, gzip-compressed where `compressed`; `regular`
    is the number of its rows where its structure is proved; `sure` is False where the encoding is a guess."""

    path: Path
    utf8: Path
    compressed: bool
    bytes: int
    sha256: str
    encoding: str
    sure: bool
    dialect: Dialect
    header: tuple[str, ...]
    regular: int | None

    @contextmanager
    def open(self) -> Iterator[TextIO]:
        """The file's text, line ends as they are."""
        with open_bytes(self.utf8) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            yield text


class Unreadable(Exception):
    """A file that can't be read as a table: the rule it breaks, in how many places, the first (line, text) of them."""

    def __init__(
        self, rule: str, count: int = 1, places: tuple[tuple[int | None, str], ...] = (), **values: str,
    ) -> None:
        super().__init__(rule)
        self.rule, self.count, self.places, self.values = rule, count, places, values


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, decompressed."""
    with path.open("rb") as file:
        compressed = file.read(2) == _GZIP
        file.seek(0)
        if not compressed:
            yield file
        else:
            with gzip.GzipFile(fileobj=file) as plain:
                yield plain


def sha256(path: Path) -> str:
    """The hash of a file as delivered."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inspect(path: Path, options: ReadOptions, scratch: Path) -> TextFile:
    """Reads a text file once (twice if it is not UTF-8); raises `Unreadable`."""
    try:
        return _inspect(path, options, scratch)
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise Unreadable("file_closed", reason=error.strerror or type(error).__name__) from error
        raise Unreadable("file_damaged") from error


def _inspect(path: Path, options: ReadOptions, scratch: Path) -> TextFile:
    with open_bytes(path) as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise Unreadable("file_empty")
    if head.startswith(_BINARY):
        raise Unreadable("file_binary")
    declared = options.encoding or encodings.from_bom(head)
    encoding, sure = declared or "utf-8", True
    try:
        return _pass(path, head, encoding, sure, options, scratch)
    except UnicodeDecodeError:
        if declared is None:
            with open_bytes(path) as file:
                guess = encodings.guess(_lines(file))
            if guess.encoding is not None:
                return _pass(path, head, guess.encoding, guess.sure, options, scratch)
    raise _undecodable(path, encoding)


def _pass(path: Path, head: bytes, encoding: str, sure: bool, options: ReadOptions, scratch: Path) -> TextFile:
    """The one pass: hash, validity, NUL, structure, and the UTF-8 form where it must be written."""
    start = codecs.getincrementaldecoder(encoding)().decode(head).removeprefix("\ufeff")
    if not start.strip():
        raise Unreadable("file_empty")
    dialect = recognise(start, options.delimiter, options.quote)
    columns = header(start, dialect)
    if columns is None:
        raise Unreadable("header_unreadable", places=((1, start.splitlines()[0][:200]),))
    structure = Structure(dialect.delimiter, dialect.quote)
    decoder = codecs.getincrementaldecoder(encoding)()
    native = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    utf8 = path if native else scratch / f"{len(list(scratch.iterdir()))}-utf8.csv"
    first = True
    with open_bytes(path) as file, io.BytesIO() if native else utf8.open("wb") as out:
        while True:
            raw = file.read(_READ)
            text = decoder.decode(raw, final=not raw)
            chunk = raw if native else text.encode()
            if first:
                chunk, first = chunk.removeprefix(codecs.BOM_UTF8), False
            structure.feed(chunk)
            if not native:
                out.write(chunk)
            if not raw:
                break
    return TextFile(
        path=path, utf8=utf8, compressed=native and _is_gzip(path), bytes=path.stat().st_size, sha256=sha256(path),
        encoding=codecs.lookup(encoding).name, sure=sure, dialect=dialect, header=columns,
        regular=structure.finish(len(columns)),
    )


def _undecodable(path: Path, encoding: str) -> Unreadable:
    """The lines that don't decode; for encodings of two-byte units only the file."""
    if codecs.lookup(encoding).name.startswith("utf-16"):
        return Unreadable("file_undecodable", encoding=encoding)
    with open_bytes(path) as file:
        count, first = encodings.undecodable(_lines(file), encoding, EXAMPLES)
    places = tuple((number, line[:200].decode("ascii", "backslashreplace").rstrip("\r\n")) for number, line in first)
    return Unreadable("file_undecodable", count, places, encoding=encoding)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of bounded length."""
    while line := file.readline(LIMIT):
        yield line


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == _GZIP
