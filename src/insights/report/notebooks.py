"""The notebooks of a run: found in a folder, ordered by what they need, their parameters read without running them."""

from __future__ import annotations

import difflib
import graphlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from insights.problems import NoInput, UsageError
from insights.report.parameters import Parameter, read_parameters

ALL = "*"


@dataclass(frozen=True)
class Notebook:
    """A notebook of the suite. `title` is a message id; `needs` are the names of notebooks whose findings it reads."""

    name: str
    path: Path
    title: str
    chapter: float
    needs: tuple[str, ...]
    parameters: tuple[Parameter, ...]


def discover(folder: Path) -> list[Notebook]:
    """The notebooks of a folder that belong to a run, by chapter.

    Those are the ones whose metadata hold `{"insights": {"chapter": 1, "needs": [], "title": "…"}}`; `"*"` in `needs`
    stands for all others. NoInput where the folder has none; UsageError for a file that is no notebook.
    """
    if not folder.is_dir():
        raise NoInput(f"the folder of notebooks {folder} is not there: run insights inside the project, "
                      "or install it from the project's folder")
    found = [_read(path) for path in sorted(folder.glob("*.ipynb"))]
    notebooks = sorted((n for n in found if n), key=lambda n: (n.chapter, n.name))
    if not notebooks:
        raise NoInput(f"{folder} holds no notebook that belongs to a run: "
                      'its metadata need {"insights": {"chapter": 1, "needs": []}}')
    names = [notebook.name for notebook in notebooks]
    return [_resolved(notebook, names) for notebook in notebooks]


def select(notebooks: Sequence[Notebook], names: Iterable[str]) -> list[Notebook]:
    """The named notebooks (all where none is named), each after those it needs; UsageError for an unknown name."""
    wanted = list(names)
    known = {notebook.name: notebook for notebook in notebooks}
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f": did you mean {near[0]}?" if near else f": the notebooks are {', '.join(known)}"
            raise UsageError(f"there is no notebook {name[:80]!r}{hint}")
    return _in_order([notebook for notebook in notebooks if not wanted or notebook.name in wanted])


def _in_order(notebooks: list[Notebook]) -> list[Notebook]:
    """By chapter, but each after those it needs."""
    by_name = {notebook.name: notebook for notebook in notebooks}
    graph = {n.name: [need for need in n.needs if need in by_name] for n in notebooks}
    sorter = graphlib.TopologicalSorter(graph)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        raise UsageError(f"these notebooks need each other, so none can run first: {', '.join(error.args[1][1:])}") \
            from None
    ordered: list[Notebook] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda name: (by_name[name].chapter, name))
        ordered += [by_name[name] for name in ready]
        sorter.done(*ready)
    return ordered


def _read(path: Path) -> Notebook | None:
    """None for a notebook that is no part of a run."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        about = content["metadata"].get("insights")
        cells = content["cells"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path.name} is not a notebook ({error}): restore it, or take it out of {path.parent}") \
            from None
    if about is None or about.get("chapter") is None:
        return None
    if not path.stem.isidentifier():
        raise UsageError(f"{path.name} names pages, so it may hold only letters, digits and _")
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise UsageError(f"{path.name} has {len(tagged)} cells tagged parameters: it needs exactly one")
    return Notebook(
        name=path.stem, path=path, title=about.get("title") or _heading(cells) or path.stem,
        chapter=about["chapter"], needs=tuple(about.get("needs", ())),
        parameters=read_parameters("".join(tagged[0]["source"]), path.name))


def _heading(cells: Sequence[dict]) -> str | None:
    """The first heading of the notebook's prose."""
    for cell in cells:
        for line in "".join(cell["source"]).splitlines() if cell["cell_type"] == "markdown" else ():
            if line.startswith("# "):
                return line[2:].strip()
    return None


def _resolved(notebook: Notebook, names: Sequence[str]) -> Notebook:
    """The notebook with "*" spelled out; UsageError where it needs one that is not there."""
    from dataclasses import replace

    for need in notebook.needs:
        if need != ALL and need not in names:
            raise UsageError(f"{notebook.path.name} needs the notebook {need!r}, which is not there")
    if ALL not in notebook.needs:
        return notebook
    return replace(notebook, needs=tuple(name for name in names if name != notebook.name))
