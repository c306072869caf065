"""What the tests of sources share: a folder to write files into."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.sources import open_source


class Folder:
    """A data folder whose path has spaces and Polish letters, and the sources opened from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened = []

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def open(self, mapping: str | None = None):
        file = None
        if mapping is not None:
            file = self.path.parent / "mapping.toml"
            file.write_text(mapping, encoding="utf-8")
        source = open_source(self.path, file)
        self._opened.append(source)
        return source

    def close(self) -> None:
        for source in self._opened:
            source.close()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "dane żółwia 2026 [x]"
    path.mkdir()
    folder = Folder(path)
    yield folder
    folder.close()
