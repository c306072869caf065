"""What the tests of several rooms share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.messages import ROOT


@pytest.fixture(scope="module", autouse=True)
def _internal_readers_again():
    """A module that opens a firm for outside readers leaves no rounded figures to the next one."""
    yield
    from insights.evidence import disclosure

    disclosure.hold("internal")


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """The folder of a report that was published from the sample, by the command that users call."""
    reports = tmp_path_factory.mktemp("reports of the tests")
    done = subprocess.run(
        [sys.executable, "-m", "insights", "run", "--data", str(ROOT / "data" / "sample"), "--reports", str(reports)],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (reports / "latest").resolve()
