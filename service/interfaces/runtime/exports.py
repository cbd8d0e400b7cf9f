"""The last decks that were exported."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

KEPT_EXPORTS = 16


@dataclass(frozen=True, slots=True)
class Export:
    """An exported deck: its bytes, and their name."""

    data: bytes
    etag: str


class Exports:
    """The last exports; a few, for one holds the whole deck."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Export] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Export]) -> Export:
        """The export under `key`, made if it isn't there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_EXPORTS:
                self._kept.popitem(last=False)
        return made
