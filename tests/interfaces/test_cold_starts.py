"""The first moment of a server: many questions at once, before anything was ever asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.real


def cold_starts(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "scripts" / "faults" / "cold_starts.py"
    return subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True)


def test_every_question_of_the_first_moment_is_answered() -> None:
    done = cold_starts("--notes", "bare", "--starts", "2")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_in_a_hundred_cold_starts_no_question_goes_unanswered() -> None:
    done = cold_starts("--starts", "25")
    assert done.returncode == 0, done.stdout + done.stderr
