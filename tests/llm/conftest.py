from __future__ import annotations

from tests.interfaces.conftest import settings

__all__ = ["settings"]
