"""Generations: a folder of index folders, and one pointer, `CURRENT`.

A build writes a whole new generation beside the old ones and then moves the pointer; whoever reads follows
it, so a crash at any moment leaves the old index or the new one.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import IndexMissing
from service.files import write_atomically

CURRENT = "CURRENT"
ADOPTED = "ADOPTED"
"""Names the generation of another folder (an image's) that was last copied here."""
KEPT_GENERATIONS = 2
"""The one before the current stays: a worker may still be opening it."""


def current_generation(folder: Path) -> str:
    """The name of the generation that `CURRENT` points to. Raises IndexMissing."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexMissing(path=str(folder)) from error


def adopt_generation(source: Path, folder: Path) -> str:
    """Copy the current generation of `source` into `folder` as a new one and switch to it; gives its name."""
    adopted = current_generation(source)
    generation = f"{adopted.partition('-')[0]}-{secrets.token_hex(4)}"
    with new_generation(folder, generation) as temporary:
        shutil.copytree(source / adopted, temporary, dirs_exist_ok=True)
    write_atomically(folder / ADOPTED, adopted.encode())
    return generation


def has_adopted(source: Path, folder: Path) -> bool:
    """Whether the current generation of `source` was copied into `folder` once."""
    try:
        return (folder / ADOPTED).read_text(encoding="utf-8") == current_generation(source)
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def new_generation(folder: Path, generation: str) -> Iterator[Path]:
    """A folder to fill; what is in it becomes current when the block ends, and nothing does if it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".*-*"):  # of a build that was killed; builds never run side by side
        shutil.rmtree(left, ignore_errors=True)
    temporary = folder / f".{generation}"
    temporary.mkdir()
    try:
        yield temporary
        temporary.replace(folder / generation)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    write_atomically(folder / CURRENT, generation.encode())
    _remove_old(folder, generation)


def _remove_old(folder: Path, current: str) -> None:
    generations = sorted(
        (path for path in folder.iterdir() if (path / "manifest.json").exists() and path.name[0] != "."),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in [path for path in generations if path.name != current][KEPT_GENERATIONS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
