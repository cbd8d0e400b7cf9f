"""The serving encoder: one folder of files -> unit-norm embeddings, on ONNX Runtime alone.

The folder (written by `encoder.build`) holds `model.onnx` with `model.bin` (token ids in, finished
sentence embedding out), `tokenizer.json` and the card `encoder.json`, which says how to use them.
Nothing here knows which model it is, and nothing imports torch.

What is encoded of a long text: the window of its role, `max_tokens` on the card. A fact keeps
its beginning, where its heading path and its claim stand. A question keeps the first and the
last half of the window, for people put their question before or after the log they paste.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from service.encoder.card import MODEL, TOKENIZER, Card, check_files, read_card
from service.errors import EncoderDamaged
from service.types import Role, Vectors

Vector = npt.NDArray[np.float32]

_PROBE: tuple[tuple[str, Role], ...] = (("도커가 뭐예요?", "question"), ("컨테이너를 다루는 기능", "fact"))
# Far above the 2-4 of real text: characters cut before tokenizing would not have been in the window.
_CHARACTERS_A_TOKEN = 16


class OnnxEncoder:
    """An encoder loaded from its folder; any number of threads may call `encode` at once.

    Texts are run one at a time on purpose: activations are quantised per call, so a batch would
    change the vectors, and on a CPU it gains nothing.
    """

    def __init__(self, card: Card, session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
        self._session, self._tokenizer = session, tokenizer
        self._id, self._dimension = str(card["id"]), int(card["dimension"])
        self._prompts: dict[Role, str] = card["prompts"]
        self._windows: dict[Role, int] = card["max_tokens"]
        self._before, self._after = _special_tokens(tokenizer)

    @property
    def id(self) -> str:
        """Name and content hash of the model."""
        return self._id

    @property
    def dimension(self) -> int:
        """Length of one embedding."""
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Encode `texts`; shape (len(texts), dimension), float32, unit norm."""
        vectors = np.empty((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._run(self.tokens(text, role))
        return vectors

    def tokens(self, text: str, role: Role) -> list[int]:
        """The token ids that the model gets for `text`: with prompt, cut to the window of `role`."""
        window = self._windows[role]
        room = window - len(self._before) - len(self._after)
        tail = room // 2 if role == "question" else 0
        text = _cut(text.strip(), window * _CHARACTERS_A_TOKEN, both_ends=tail > 0)
        ids: list[int] = self._tokenizer.encode(self._prompts[role] + text, add_special_tokens=False).ids
        if len(ids) > room:
            ids = ids[: room - tail] + ids[len(ids) - tail :]
        return [*self._before, *ids, *self._after]

    def _run(self, ids: list[int]) -> Vector:
        (vectors,) = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})
        vector: Vector = vectors[0]
        return vector / np.linalg.norm(vector)


def load_encoder(folder: Path, threads: int = 1) -> OnnxEncoder:
    """Load and check the encoder in `folder`. Raises EncoderMissing or EncoderDamaged.

    `threads` is what one call may use; one is right for a server, whose calls run side by side.
    """
    card = read_card(folder)
    check_files(folder, card)
    try:
        encoder = open_encoder(folder, card, threads)
        cosine = probe(encoder)
    except Exception as error:  # the runtime's errors have no base class of their own
        raise EncoderDamaged(path=str(folder), reason=f"can't be run: {error}") from error
    if not abs(cosine - card["probe"]) < 0.02:  # written so that NaN fails too
        reason = f"its probe gives {cosine:.3f} here, {card['probe']:.3f} where it was built"
        raise EncoderDamaged(path=str(folder), reason=reason)
    return encoder


def open_encoder(folder: Path, card: Card, threads: int = 1) -> OnnxEncoder:
    """The encoder in `folder`, unchecked."""
    return OnnxEncoder(card, _open_session(folder / MODEL, threads), _open_tokenizer(folder / TOKENIZER))


def probe(encoder: OnnxEncoder) -> float:
    """The cosine of two fixed texts: kernels that compute nonsense on this machine give another."""
    first, second = (encoder.encode([text], role)[0] for text, role in _PROBE)
    return float(first @ second)


def _open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """A CPU session that doesn't spin on other people's cores.

    The arena stays on: with it eight calling threads end at 125 MB, without it at 210, for then
    malloc keeps a heap for each thread. Memory patterns only pay when lengths repeat.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without windows of its own, reading `</s>` in a text as mere characters."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _special_tokens(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """The ids that the tokenizer puts before and after every text."""
    plain = tokenizer.encode("a", add_special_tokens=False).ids
    framed = tokenizer.encode("a", add_special_tokens=True).ids
    start = next(at for at in range(len(framed)) if framed[at : at + len(plain)] == plain)
    return framed[:start], framed[start + len(plain) :]


def _cut(text: str, limit: int, *, both_ends: bool) -> str:
    """At most `limit` characters of a text, so that a pasted megabyte isn't tokenized whole."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} {text[-half:]}" if both_ends else text[:limit]
