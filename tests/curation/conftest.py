"""The stand-in language model of the tests of `llm`, for the drafts that a model writes."""

from __future__ import annotations

from tests.llm.conftest import llm

__all__ = ["llm"]
