"""Laws: one set of versions, whichever way the environment is made."""

import re
import tomllib

import pytest

from .messages import ROOT


def _locked() -> dict[str, set[str]]:
    locked: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.!+-]+)", (ROOT / "requirements.lock").read_text(), re.M):
        locked.setdefault(name.lower().replace("_", "-"), set()).add(version)
    return locked


def _wanted() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]


def test_every_dependency_is_locked_within_its_bounds():
    from packaging.requirements import Requirement

    locked = _locked()
    for line in _wanted():
        requirement = Requirement(line)
        versions = locked.get(requirement.name.lower().replace("_", "-"))
        assert versions, f"{requirement.name} is not in requirements.lock: make lock"
        assert all(requirement.specifier.contains(v) for v in versions), f"{line}: locked {versions}"


@pytest.mark.parametrize("name", ["jupyterlab", "pandas", "scikit-learn", "seaborn", "papermill", "nbval", "pytest"])
def test_what_the_project_stands_on_is_there(name):
    assert name in _locked()


def test_every_locked_package_has_a_hash_and_no_address():
    text = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_conda_users_get_the_same_versions():
    text = (ROOT / "environment.yml").read_text()
    assert "-r requirements.lock" in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"python{project['requires-python']}" in text.replace(" ", "")
    named = re.findall(r"^\s*- ([\w-]+)==([\w.]+)", text, re.M)
    locked = _locked()
    assert all(version in locked[name] for name, version in named)
