from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from service.encoder.cache import CachedEncoder
from service.encoder.card import card_id
from service.encoder.serve import OnnxEncoder, load_encoder, open_encoder, probe
from service.errors import EncoderDamaged, EncoderMissing
from service.files import checksum
from service.types import Encoder, Role
from tests.conftest import ROOT, FakeEncoder

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789도커가뭐예요컨테이너를다루는기능?: </s>"
LOG = "x" * 50


def write_card(folder: Path, **changes: Any) -> dict[str, Any]:
    """A card that fits the files in the folder, then `changes` on top."""
    names = [name for name in ("model.onnx", "tokenizer.json") if (folder / name).exists()]
    card: dict[str, Any] = {
        "format": 1,
        "model": "tiny",
        "dimension": 8,
        "prompts": {"question": "q:", "fact": "f:"},
        "max_tokens": {"question": 12, "fact": 16},
        "files": {name: checksum(folder / name) for name in names},
    }
    card["id"] = card_id(card)
    card["probe"] = 0.0
    card |= changes
    (folder / "encoder.json").write_text(json.dumps(card), encoding="utf-8")
    return card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder that averages a random vector for each character, between [ and ]."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    vocabulary = {
        char: at for at, char in enumerate(["?", "[", "]", *dict.fromkeys(LETTERS.replace("?", ""))])
    }
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))  # noqa: S106 - of a vocabulary
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[ $A ]", special_tokens=[("[", 1), ("]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.random.default_rng(0).normal(size=(len(vocabulary), 8)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("ReduceMean", ["rows"], ["embedding"], axes=[1], keepdims=0),
        ],
        "tiny",
        [helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("embedding", onnx.TensorProto.FLOAT, [1, 8])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "model.onnx")
    write_card(folder, probe=probe(open_encoder(folder, write_card(folder))))
    return folder


def read(encoder: OnnxEncoder, folder: Path, text: str, role: Role) -> str:
    """What the model gets to see of a text."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return "".join(tokenizer.id_to_token(at) or "" for at in encoder.tokens(text, role))


def assert_contract(encoder: Encoder) -> None:
    """What every encoder promises."""
    texts = [
        "도커가 뭐예요?",
        "docker run -p 80:80",
        "",
        "   ",
        "😀",
        "컨테이너\n를\t다루는 기능",
        "```sh\nls\n```",
    ]
    for role in ("question", "fact"):
        vectors = encoder.encode(texts, role)
        assert vectors.shape == (len(texts), encoder.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        alone = np.concatenate([encoder.encode([text], role) for text in texts])
        np.testing.assert_array_equal(vectors, alone)
        assert encoder.encode([], role).shape == (0, encoder.dimension)
    question, fact = encoder.encode(texts[:1], "question"), encoder.encode(texts[:1], "fact")
    assert not np.array_equal(question, fact)


def test_contract(folder: Path) -> None:
    assert_contract(load_encoder(folder))


def test_each_role_has_its_prompt_between_the_special_tokens(folder: Path) -> None:
    encoder = load_encoder(folder)
    assert read(encoder, folder, " abc ", "question") == "[q:abc]"
    assert read(encoder, folder, "abc", "fact") == "[f:abc]"


def test_a_long_question_keeps_both_ends_and_a_long_fact_its_beginning(folder: Path) -> None:
    encoder = load_encoder(folder)
    assert read(encoder, folder, f"abc{LOG}def", "question") == "[q:abcxxdef]"
    assert read(encoder, folder, f"abc{LOG}def", "fact") == "[f:abcxxxxxxxxx]"


def test_a_pasted_megabyte_is_read_like_any_long_text(folder: Path) -> None:
    encoder = load_encoder(folder)
    assert read(encoder, folder, f"abc{LOG * 20_000}def", "question") == "[q:abcxxdef]"


def test_special_tokens_in_a_text_are_only_characters(folder: Path) -> None:
    encoder = load_encoder(folder)
    assert read(encoder, folder, "</s>", "fact") == "[f:</s>]"


def test_threads_may_share_an_encoder(folder: Path) -> None:
    encoder = load_encoder(folder)
    texts = [f"docker {at}" for at in range(200)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: encoder.encode([text], "question")[0], texts))
    np.testing.assert_array_equal(together, encoder.encode(texts, "question"))


def test_a_missing_folder_is_missing_not_damaged(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(EncoderMissing) as caught:
            load_encoder(path)
        assert caught.value.fields == {"path": str(path)}


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
def test_one_wrong_byte_anywhere_is_damage(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(EncoderDamaged) as caught:
        load_encoder(folder)
    assert str(caught.value.fields["path"]).endswith(name)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_lost_or_cut_file_is_damage(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(EncoderDamaged, match="checksum"):
        load_encoder(folder)
    path.unlink()
    with pytest.raises(EncoderDamaged, match="missing"):
        load_encoder(folder)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"format": 99}', "\udcff"])
def test_a_card_that_is_none_is_damage(folder: Path, text: str) -> None:
    (folder / "encoder.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(EncoderDamaged):
        load_encoder(folder)


def test_a_card_edited_by_hand_is_damage(folder: Path) -> None:
    path = folder / "encoder.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"q:"', '"Q:"'), encoding="utf-8")
    with pytest.raises(EncoderDamaged, match="changed"):
        load_encoder(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_the_runtime_cannot_open_is_damage_even_with_a_fitting_checksum(
    folder: Path, name: str
) -> None:
    (folder / name).write_bytes(b"garbage")
    write_card(folder)
    with pytest.raises(EncoderDamaged, match="can't be run"):
        load_encoder(folder)


def test_a_machine_that_computes_something_else_is_noticed(folder: Path) -> None:
    write_card(folder, probe=-0.9)
    with pytest.raises(EncoderDamaged, match="probe"):
        load_encoder(folder)


def test_serving_encoder_does_not_import_torch() -> None:
    code = (
        "import sys, service.encoder.serve; "
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class TestCache:
    def test_contract(self, folder: Path, tmp_path: Path) -> None:
        assert_contract(CachedEncoder(load_encoder(folder), tmp_path / "cache"))

    def test_only_new_texts_are_encoded_and_vectors_are_the_encoders_own(
        self, fake_encoder: FakeEncoder, tmp_path: Path
    ) -> None:
        first = CachedEncoder(fake_encoder, tmp_path / "deep" / "cache")
        first.encode(["a", "b", "a"], "fact")
        first.encode(["a"], "question")
        assert (first.encoded, first.reused) == (3, 1)
        first.save()

        second = CachedEncoder(fake_encoder, tmp_path / "deep" / "cache")
        fake_encoder.calls.clear()
        vectors = second.encode(["b", "c", "a"], "fact")
        assert fake_encoder.calls == [("c", "fact")]
        assert (second.encoded, second.reused) == (1, 2)
        np.testing.assert_array_equal(vectors, fake_encoder.encode(["b", "c", "a"], "fact"))

    def test_it_is_the_same_encoder_to_an_index(self, fake_encoder: FakeEncoder, tmp_path: Path) -> None:
        cached = CachedEncoder(fake_encoder, tmp_path / "cache")
        assert (cached.id, cached.dimension) == (fake_encoder.id, fake_encoder.dimension)

    def test_what_the_last_build_did_not_use_is_dropped(
        self, fake_encoder: FakeEncoder, tmp_path: Path
    ) -> None:
        for texts in (["a", "b"], ["b"], ["a", "b"]):
            cached = CachedEncoder(fake_encoder, tmp_path / "cache")
            cached.encode(texts, "fact")
            cached.save()
        assert (cached.encoded, cached.reused) == (1, 1)

    def test_an_empty_build_leaves_an_empty_cache(self, fake_encoder: FakeEncoder, tmp_path: Path) -> None:
        CachedEncoder(fake_encoder, tmp_path / "cache").save()
        assert CachedEncoder(fake_encoder, tmp_path / "cache").encode([], "fact").shape == (0, 256)

    @pytest.mark.parametrize("other", [FakeEncoder("other"), FakeEncoder("fake", dimension=16)])
    def test_another_encoders_vectors_are_never_used(
        self, fake_encoder: FakeEncoder, other: FakeEncoder, tmp_path: Path
    ) -> None:
        cached = CachedEncoder(fake_encoder, tmp_path / "cache")
        cached.encode(["a"], "fact")
        cached.save()
        swapped = CachedEncoder(other, tmp_path / "cache")
        np.testing.assert_array_equal(swapped.encode(["a"], "fact"), other.encode(["a"], "fact"))
        assert swapped.encoded == 1

    @pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
    def test_a_torn_cache_is_reported_and_made_again(
        self, fake_encoder: FakeEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture, share: float
    ) -> None:
        path = tmp_path / "cache"
        cached = CachedEncoder(fake_encoder, path)
        cached.encode(["a"], "fact")
        cached.save()
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        again = CachedEncoder(fake_encoder, path)
        assert "damaged" in caplog.text
        again.encode(["a"], "fact")
        assert again.encoded == 1
        again.save()
        assert path.read_bytes() == data

    def test_a_flipped_bit_in_a_vector_is_damage(
        self, fake_encoder: FakeEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = tmp_path / "cache"
        cached = CachedEncoder(fake_encoder, path)
        vector = cached.encode(["a"], "fact")
        cached.save()
        data = bytearray(path.read_bytes())
        data[data.index(vector.tobytes()) + 5] ^= 64
        path.write_bytes(data)
        np.testing.assert_array_equal(CachedEncoder(fake_encoder, path).encode(["a"], "fact"), vector)
        assert "damaged" in caplog.text

    def test_progress_counts_the_texts_that_had_to_be_encoded(
        self, fake_encoder: FakeEncoder, tmp_path: Path
    ) -> None:
        heard: list[tuple[int, int]] = []
        cached = CachedEncoder(
            fake_encoder, tmp_path / "cache", lambda done, total: heard.append((done, total))
        )
        cached.encode(["a", "b"], "fact")
        cached.encode(["b", "c"], "fact")
        assert heard == [(1, 2), (2, 2), (1, 1)]


@pytest.mark.real
class TestRealEncoder:
    def test_contract(self, real_encoder: OnnxEncoder) -> None:
        assert_contract(real_encoder)

    def test_composed_and_decomposed_hangul_are_the_same_text(self, real_encoder: OnnxEncoder) -> None:
        text = "볼륨을 지우면 데이터가 사라지나요?"
        composed, decomposed = real_encoder.encode([text, unicodedata.normalize("NFD", text)], "question")
        np.testing.assert_array_equal(composed, decomposed)

    def test_special_tokens_in_a_text_are_only_characters(self, real_encoder: OnnxEncoder) -> None:
        special = real_encoder.tokens("", "question")
        ids = real_encoder.tokens("<s> </s> <pad> <mask> <unk>", "question")
        assert (ids[0], ids[-1]) == (special[0], special[-1])
        assert {0, 1, 2, 3}.isdisjoint(ids[1:-1])
        assert len(ids) > len(special) + 10

    def test_a_question_is_closest_to_its_fact(self, real_encoder: OnnxEncoder) -> None:
        facts = [
            "데이터 저장: 컨테이너를 폐기하면 데이터도 함께 폐기되는 문제가 발생할 수 있음",
            "도커 허브: 도커의 이미지를 배포하는 서비스",
            "도커의 구조: 운영체제 위에 도커가 실행되고 도커 위에 어플리케이션이 실행됨",
        ]
        questions = [
            "컨테이너 지웠더니 DB 내용이 다 날아갔어요 왜죠",
            "남들이 만든 이미지는 어디서 받아요?",
            "앱은 도커 위에서 도나요 OS 위에서 도나요",
        ]
        similarities = real_encoder.encode(questions, "question") @ real_encoder.encode(facts, "fact").T
        assert similarities.argmax(axis=1).tolist() == [0, 1, 2]

    def test_a_question_around_a_log_is_still_heard(self, real_encoder: OnnxEncoder) -> None:
        ask = "이 오류가 왜 나는지 알려주세요"
        log = "2024-05-01 ERROR dial tcp 10.0.0.3:5432: connect: connection refused\n" * 500
        before, after, without = real_encoder.encode([f"{ask}\n{log}", f"{log}\n{ask}", log], "question")
        question = real_encoder.encode([ask], "question")[0]
        assert len(real_encoder.tokens(log, "question")) == 192
        assert min(before @ question, after @ question) > without @ question
