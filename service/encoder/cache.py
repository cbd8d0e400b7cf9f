"""Embeddings kept on disk, so that a build encodes only what changed."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.files import write_atomically
from service.types import Encoder, Role, Vectors

_KEY_BYTES = 16

Vector = npt.NDArray[np.float32]
_log = logging.getLogger(__name__)


class CachedEncoder:
    """An encoder that looks a text up on disk first, so that a build encodes only what changed.

    For one caller, who gets every core: texts are encoded one by one, side by side. `save` keeps
    what was asked for since opening and drops the rest, so that the file follows the corpus.
    `encoded` and `reused` count texts; `progress` hears (done, to do) after each text that had to
    be encoded.
    """

    def __init__(
        self, encoder: Encoder, path: Path, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._encoder, self._path, self._progress = encoder, path, progress
        self._known = _read_cache(path, encoder)
        self._used: dict[bytes, Vector] = {}
        self.encoded = 0
        self.reused = 0

    @property
    def empty(self) -> bool:
        """Whether nothing is known yet: the file was missing, damaged or another encoder's."""
        return not self._known

    def learn(self, texts: Sequence[str], role: Role, vectors: Vectors) -> None:
        """Take vectors that the same encoder made before."""
        self._known.update(
            (_cache_key(text, role), vector) for text, vector in zip(texts, vectors, strict=True)
        )

    @property
    def id(self) -> str:
        """The id of the encoder underneath, for the vectors are its own bit for bit."""
        return self._encoder.id

    @property
    def dimension(self) -> int:
        """Length of one embedding."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Encode `texts`, each different one at most once."""
        keys = [_cache_key(text, role) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        with ThreadPoolExecutor(os.cpu_count()) as cores:
            vectors = cores.map(lambda text: self._encoder.encode([text], role)[0], missing.values())
            for done, (key, vector) in enumerate(zip(missing, vectors, strict=True), start=1):
                self._known[key] = vector
                if self._progress is not None:
                    self._progress(done, len(missing))
        self.encoded += len(missing)
        self.reused += len(texts) - len(missing)
        self._used.update((key, self._known[key]) for key in keys)
        return self._stack([self._known[key] for key in keys])

    def save(self) -> None:
        """Write what was used, atomically."""
        keys = np.frombuffer(b"".join(self._used), dtype=np.uint8).reshape(-1, _KEY_BYTES)
        file = io.BytesIO()
        np.savez(file, encoder=np.array(self.id), keys=keys, vectors=self._stack([*self._used.values()]))
        write_atomically(self._path, file.getvalue())

    def _stack(self, vectors: list[Vector]) -> Vectors:
        return np.array(vectors, dtype=np.float32).reshape(-1, self.dimension)


def _cache_key(text: str, role: Role) -> bytes:
    """What a text is filed under; the encoder's id stands once in the file."""
    return hashlib.blake2b(f"{role}\0{text}".encode(), digest_size=_KEY_BYTES).digest()


def _read_cache(path: Path, encoder: Encoder) -> dict[bytes, Vector]:
    """The vectors in a cache file; none if it is missing, damaged or another encoder's."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["encoder"]) != encoder.id:
                return {}
            keys, vectors = stored["keys"], stored["vectors"]
        if keys.shape != (len(vectors), _KEY_BYTES) or vectors.shape[1:] != (encoder.dimension,):
            raise ValueError(f"keys {keys.shape} and vectors {vectors.shape} don't fit")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        _log.warning("embedding cache %s is damaged and will be made again: %s", path, error)
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}
