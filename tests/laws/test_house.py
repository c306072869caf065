"""Laws of the house: which way imports run, who may touch the outside, what a notebook may hold."""

import ast
import json
import re
from pathlib import Path

import pytest

from .messages import ROOT, SOURCE

# A room imports only from rooms before it; rooms in one tuple do not know each other.
ORDER = [
    ("language", "contract"), ("rule",), ("rules_data", "rules_source"), ("problems",), ("period",), ("kpis",),
    ("evidence",), ("sources",),
    ("tables", "strategy"), ("metrics",), ("firm",), ("models",), ("figures",), ("topics", "sample", "forms"),
    ("report",),
    ("commands",), ("cli",), ("__main__",),
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
OUTSIDE = {"sources", "strategy", "sample", "forms", "report", "commands", "cli", "__main__"}
# Data that ship with the package are read through importlib.resources anywhere; nothing else is opened elsewhere.
OPENS = re.compile(r"(?<![\w.])open\(|\.read_text\(|\.read_bytes\(|\.write_text\(|\.write_bytes\(|os\.environ|getenv\(")
CLOCK = re.compile(r"\.now\(|\.today\(|\.utcnow\(|time\.time\(|current_date|current_timestamp|now\(\)", re.IGNORECASE)
MODULES = sorted(path for path in SOURCE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "insights":
                yield from (f"insights.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_run_downward(path):
    own = room(path)
    if own == "__init__":
        return
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] == "insights" and len(parts) > 1 and parts[1] in LEVEL and parts[1] != own:
            assert LEVEL[parts[1]] < LEVEL[own], f"{own} imports {parts[1]}"


def test_every_room_has_its_place():
    assert {room(path) for path in MODULES} - {"__init__"} <= set(LEVEL)


INSIDE = [p for p in MODULES if room(p) not in OUTSIDE]


@pytest.mark.parametrize("path", INSIDE, ids=lambda p: str(p.relative_to(SOURCE)))
def test_only_the_rooms_at_the_edge_touch_files_environment_and_clock(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if "resources.files" in line or line.lstrip().startswith("#"):
            continue
        own_data = "path.read_bytes()" in line and room(path) == "language"
        assert own_data or not OPENS.search(line), f"{path.name}:{number}: {line.strip()}"
        assert not CLOCK.search(line), f"{path.name}:{number}: {line.strip()}"


def test_the_sample_is_known_to_the_command_line_only():
    for path in MODULES:
        if room(path) in ("sample", "cli", "commands"):
            continue
        names = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        assert not any(name.startswith("insights.sample") for name in names), path


def test_modules_can_be_read_in_one_go():
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 330, path
        assert path.stat().st_size <= 16 * 1024, path


def test_packages_only_hand_names_on():
    for path in SOURCE.rglob("__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        defined = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert defined in ([], ["__getattr__"]), f"{path}: {defined}"


def test_every_public_function_says_what_it_means():
    silent = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{path} says nothing of itself"
        silent += [f"{path.relative_to(SOURCE)}: {n.name}" for n in tree.body
                   if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")
                   and not ast.get_docstring(n)]
    assert not silent, "\n".join(silent)


def test_tables_begin_with_their_grain():
    from insights.contract import TABLES

    assert all(table.grain.startswith("One row per ") for table in TABLES.values())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_ask_and_show_but_do_not_compute(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    about = notebook["metadata"]["insights"]
    # The analyst's bench is no chapter of a run.
    assert isinstance(about["chapter"], int) or (path.stem == "explore" and about["chapter"] is None)
    assert isinstance(about["needs"], list)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1
    for cell in code:
        source = "".join(cell["source"])
        assert not cell["outputs"] and cell["execution_count"] is None, "outputs are not committed"
        assert len([line for line in source.splitlines() if line.strip()]) <= 12, source
        defined = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda)]
        assert not defined, f"a cell defines {defined}"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            assert not re.search(r"\d", "".join(cell["source"])), "no number is typed into prose"
    assert "insights.finish(" in "".join(code[-1]["source"]), "the last cell marks the end"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_parameters_are_plain_documented_literals(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", []))
    names = []
    for line in "".join(cell["source"]).splitlines():
        match = re.fullmatch(r"(\w+) = (.+?)  # (.+)", line)
        assert match, f"not `name = literal  # help`: {line}"
        ast.literal_eval(match[2])
        names.append(match[1])
    assert names[:8] == ["data", "mapping", "strategy", "as_of", "period", "profile", "seed", "findings_from"]


def test_nothing_generated_or_local_is_in_the_repository():
    # Built from parts, so that this file does not hold what it forbids.
    forbidden = re.compile("/" + "work/|/" + "root/|/" + "home/|pypi" + r"\.org|python" + "hosted")
    for pattern in ("src/**/*.py", "tests/**/*.py", "*.md", "docs/*.md", "*.toml", "*.lock", "Makefile", "*.yml"):
        for path in ROOT.glob(pattern):
            found = forbidden.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)}: {found[0]}"
