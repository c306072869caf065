"""Which notebooks belong to a run, and in which order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from insights.problems import NoInput, UsageError
from insights.report.notebooks import discover, select
from tests.report.suites import write_notebook


def names(folder: Path, *wanted: str) -> list[str]:
    return [notebook.name for notebook in select(discover(folder), wanted)]


def metadata(folder: Path, name: str, about: object) -> None:
    file = folder / f"{name}.ipynb"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["metadata"]["insights"] = about
    file.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_notebook(tmp_path, "document", chapter=1, needs=("*",))
    write_notebook(tmp_path, "late", chapter=3)
    write_notebook(tmp_path, "early", chapter=2)
    return tmp_path


def test_by_chapter_but_after_what_they_need(folder: Path) -> None:
    assert names(folder) == ["early", "late", "document"]
    write_notebook(folder, "early", chapter=2, needs=("late",))
    assert names(folder) == ["late", "early", "document"]


def test_a_selection_keeps_the_order(folder: Path) -> None:
    assert names(folder, "document", "late") == ["late", "document"]
    assert names(folder, "document") == ["document"]


def test_a_new_notebook_is_found_and_read_by_the_document(folder: Path) -> None:
    write_notebook(folder, "new", chapter=5)
    [document] = select(discover(folder), ["document"])
    assert document.needs == ("early", "late", "new")


def test_a_title_is_the_metadata_s_or_the_first_heading(folder: Path) -> None:
    metadata(folder, "late", {"chapter": 3, "title": "Late?"})
    assert [notebook.title for notebook in discover(folder)] == ["About document", "About early", "Late?"]


def test_an_analyst_s_own_notebook_is_no_part_of_a_run(folder: Path) -> None:
    write_notebook(folder, "explore")
    metadata(folder, "explore", None)
    assert "explore" not in names(folder)


def test_needs_in_a_circle(folder: Path) -> None:
    write_notebook(folder, "early", needs=("late",))
    write_notebook(folder, "late", needs=("early",))
    with pytest.raises(UsageError, match="need each other"):
        names(folder)


def test_a_need_that_is_not_there(folder: Path) -> None:
    metadata(folder, "late", {"chapter": 1, "needs": ["gone"]})
    with pytest.raises(UsageError, match="needs the notebook 'gone'"):
        discover(folder)


def test_a_file_that_is_no_notebook(folder: Path) -> None:
    (folder / "broken.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match=r"broken\.ipynb is not a notebook"):
        discover(folder)


def test_a_name_that_no_page_can_have(folder: Path) -> None:
    (folder / "late.ipynb").rename(folder / "too late.ipynb")
    with pytest.raises(UsageError, match="only letters"):
        discover(folder)


def test_no_notebooks(tmp_path: Path) -> None:
    for empty in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NoInput):
            discover(empty)


def test_two_parameter_cells(folder: Path) -> None:
    file = folder / "late.ipynb"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["cells"].append(content["cells"][1])
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UsageError, match="2 cells tagged parameters"):
        discover(folder)
