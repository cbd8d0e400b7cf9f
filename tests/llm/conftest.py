from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.interfaces.conftest import settings

__all__ = ["llm", "settings"]


@pytest.fixture(scope="session")
def llm() -> Iterator[str]:
    """The address of the misbehaving model, a process of its own."""
    command = [sys.executable, "-m", "tests.llm.server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}/v1"
        process.kill()
