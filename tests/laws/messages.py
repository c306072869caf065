"""Every sentence of the product, found in its source: calls of Text and _, rules, templates and notebooks."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "insights"


def sentences() -> dict[str, str | None]:
    """Message ids with their plural (None where there is none)."""
    found: dict[str, str | None] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        found.update(_of_code(ast.parse(path.read_text(encoding="utf-8"))))
    for path in sorted(SOURCE.rglob("*.j2")):
        found.update((msgid, None) for msgid in _of_template(path.read_text(encoding="utf-8")))
    for rule in _rules():
        found.update({rule.message: None, rule.remedy: None})
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        found.update((msgid, None) for msgid in _of_notebook(path))
    return {msgid: plural for msgid, plural in found.items() if msgid.strip()}


def _of_code(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name in ("_", "Text") and node.args and isinstance(node.args[0], ast.Constant):
            plural = next((k.value.value for k in node.keywords if k.arg == "plural"), None)
            yield node.args[0].value, plural
        if name == "translate" and node.args:
            for constant in ast.walk(node.args[0]):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    yield constant.value, None


def _of_template(text: str) -> list[str]:
    return [a or b for a, b in re.findall(r"""\b_\(\s*(?:"([^"]+)"|'([^']+)')""", text)]


def _rules():
    from insights.problems import RULES

    return RULES.values()


def _of_notebook(path: Path) -> Iterator[str]:
    from insights.report.prose import passages

    notebook = json.loads(path.read_text(encoding="utf-8"))
    yield notebook["metadata"]["insights"]["title"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            yield from (passage.msgid for passage in passages("".join(cell["source"])))
