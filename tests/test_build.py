from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from service.build import build
from service.errors import CorpusEmpty, EncoderMissing, IndexDamaged
from service.index import CURRENT
from service.loading import load_tutor
from service.settings import Settings, load_settings
from tests.conftest import ROOT, WriteCorpus

pytestmark = pytest.mark.real

NOTES = {
    "storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n",
    "network.md": "# 네트워크\n\n## 브리지\n\n- 기본 브리지에서는 컨테이너 이름으로 통신할 수 없음\n",
}


@pytest.fixture
def settings(write_corpus: WriteCorpus, tmp_path: Path, encoder_folder: Path) -> Settings:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "encoder").symlink_to(encoder_folder)
    return load_settings(corpus_dir=write_corpus(NOTES), data_dir=tmp_path / "data")


def test_from_a_folder_of_notes_to_a_cited_answer(settings: Settings) -> None:
    built = build(settings)
    assert (built.manifest.documents, built.manifest.facts) == (2, 3)
    reply = load_tutor(settings).ask("컨테이너를 삭제하면 볼륨도 없어지나요?")
    assert reply.status == "answered"
    assert reply.sentences[0].text == "볼륨은 컨테이너를 지워도 남습니다."
    assert reply.citations[0].heading_path == ("저장", "볼륨")


def test_nothing_changed_builds_nothing(settings: Settings) -> None:
    first = build(settings)
    second = build(settings)
    assert second.notes is None
    assert second.manifest == first.manifest


def test_another_background_makes_the_index_out_of_date(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_encoder_folder: Path
) -> None:
    encoder = settings.data_dir / "encoder"
    encoder.unlink()
    encoder.mkdir()  # of its own: what is made of a background is kept beside the encoder
    for path in real_encoder_folder.iterdir():
        (encoder / path.name).symlink_to(path)
    first = build(settings)
    other = tmp_path / "background.txt"
    other.write_text("#\n오늘 저녁은 뭐 먹지?\n기타 줄은 어떻게 갈아?\n", encoding="utf-8")
    monkeypatch.setattr("service.index.background.FILE", other)
    second = build(settings)
    assert second.notes is not None
    assert second.manifest.fingerprint != first.manifest.fingerprint
    assert build(settings).notes is None


def test_one_changed_note_encodes_only_what_changed(settings: Settings) -> None:
    full = build(settings)
    path = settings.corpus_dir / "network.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("없음", "없고, 사용자 정의 브리지에서는 할 수 있음")
    )
    changed = build(settings)
    assert changed.encoded == 3  # the fact's text as a passage and as a key, and the front of its card
    assert changed.reused == full.encoded + full.reused - 3
    assert "사용자 정의" in load_tutor(settings).ask("컨테이너 이름으로 통신할 수 있는 브리지는?").text


def test_an_incremental_index_answers_as_a_full_one(settings: Settings, tmp_path: Path) -> None:
    build(settings)
    (settings.corpus_dir / "network.md").write_text(
        "# 네트워크\n\n- 호스트 네트워크는 격리하지 않음\n", encoding="utf-8"
    )
    build(settings)
    incremental = load_tutor(settings).search("네트워크 격리")
    (settings.data_dir / "index" / CURRENT).unlink()
    for path in settings.data_dir.glob("embeddings*"):
        path.unlink()
    build(settings)
    assert load_tutor(settings).search("네트워크 격리") == incremental


def test_two_builds_at_once_leave_one_good_index(settings: Settings) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            build(settings)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert load_tutor(settings).search("볼륨")


def test_a_damaged_index_is_refused_and_a_build_mends_it(settings: Settings) -> None:
    build(settings)
    generation = settings.index_dir / (settings.index_dir / CURRENT).read_text()
    (generation / "texts.faiss").write_bytes(b"garbage")
    with pytest.raises(IndexDamaged):
        load_tutor(settings)
    assert build(settings).notes is not None
    assert load_tutor(settings).search("볼륨")


def test_an_empty_corpus_keeps_the_old_index(settings: Settings) -> None:
    build(settings)
    for path in settings.corpus_dir.glob("*.md"):
        path.unlink()
    with pytest.raises(CorpusEmpty):
        build(settings)
    assert load_tutor(settings).search("볼륨")


def test_no_encoder_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing):
        load_tutor(load_settings(data_dir=tmp_path))


def test_a_pasted_log_is_answered_by_the_question_around_it(
    settings: Settings, real_encoder_folder: Path
) -> None:
    (settings.data_dir / "encoder").unlink()
    (settings.data_dir / "encoder").symlink_to(real_encoder_folder)
    build(settings)
    log = "\n".join(f"2026-11-24T10:00:{second:02d} INFO request handled in 12 ms" for second in range(60))
    reply = load_tutor(settings).ask(f"볼륨은 컨테이너를 지워도 남나요?\n{log}"[:4000])
    assert reply.citations[0].heading_path == ("저장", "볼륨")


def test_serving_never_imports_torch() -> None:
    code = (
        "import sys, service.interfaces.app, service.build, service.loading, service.interfaces.cli.main\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'onnx', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, service; assert not {'numpy', 'faiss', 'fastapi', 'pydantic'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
