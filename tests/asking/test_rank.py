"""Ranking by needs: with the fake encoder on a tiny corpus; the shipped notes are asked in test_needs_answered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.asking import compose, rank
from service.asking.retrieve import retrieve
from service.index import Index, Projection, build_index
from tests.conftest import FakeEncoder, WriteCorpus, read_notes

NOTE = """# 컨테이너

## 다시 시작하기

- 도커 데몬을 재시작하면 컨테이너도 함께 멈춥니다.
- 컨테이너를 다시 시작하려면 `docker restart`를 실행합니다.
- 안의 파일은 그대로 남습니다.

## 지우기

- 컨테이너를 지우려면 `docker rm`을 실행합니다.
- 모든 컨테이너를 지우려면 목록을 `docker rm`에 넘깁니다.
"""
NEEDS = """area: containers
needs:
- {{id: restart, kind: task, level: core, want: 컨테이너를 다시 시작하기,
   answer: [{restart}, {files}],
   questions: [도커 컨테이너 재시작, 컨테이너 껐다 켜는 법, docker restart]}}
- {{id: remove, kind: task, level: core, want: 컨테이너 하나 지우기,
   answer: [{remove}], questions: [컨테이너 삭제, 컨테이너 지우는 방법]}}
- {{id: remove-all, kind: task, level: working, want: 컨테이너를 모두 지우기,
   answer: [{remove_all}], questions: [컨테이너 모두 삭제, 컨테이너 전부 지우기]}}
"""


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    """Goes by the name of the model that the network was fitted on."""
    return FakeEncoder(rank.fitted().encoder.rpartition("-")[0], dimension=384)


@pytest.fixture
def index(write_corpus: WriteCorpus, fake_encoder: FakeEncoder, tmp_path: Path) -> Index:
    folder = write_corpus({"container.md": NOTE})
    facts = read_notes(folder, tmp_path / "ledgers").documents[0].facts
    ids = dict(
        zip(("daemon", "restart", "files", "remove", "remove_all"), (fact.id for fact in facts), strict=True)
    )
    write_corpus({"container.needs.yaml": NEEDS.format(**ids)})
    notes = read_notes(folder, tmp_path / "ledgers")
    assert len(notes.needs) == 3
    return build_index(
        notes.documents,
        notes.keys(),
        notes.aliases(),
        fake_encoder,
        needs=notes.needs,
        projection=_leaves_embeddings(fake_encoder),
    )


def _leaves_embeddings(encoder: FakeEncoder) -> Projection:
    """A projection that knows no words: what was fitted on real embeddings says nothing of these."""
    model = encoder.id.rpartition("-")[0]
    mean = np.zeros(encoder.dimension, dtype=np.float32)
    matrix = np.eye(encoder.dimension, dtype=np.float32)
    nothing = np.zeros((0, encoder.dimension), dtype=np.int8)
    return Projection(model, mean, matrix, {}, nothing, np.zeros(0, dtype=np.float32))


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("도커 컨테이너 재시작", "docker restart"),
        ("컨테이너를 껐다 켜려면?", "docker restart"),
        ("컨테이너 지우는 방법은?", "지우려면 `docker rm`을"),
        ("컨테이너 전부 삭제하는 법", "모든 컨테이너"),
    ],
)
def test_the_direct_answer_of_the_need_comes_first(
    index: Index, fake_encoder: FakeEncoder, question: str, command: str
) -> None:
    found = retrieve(question, index, fake_encoder, 5)
    assert command in found.hits[0].fact.text


def test_the_need_says_what_belongs_to_its_answer(index: Index, fake_encoder: FakeEncoder) -> None:
    found = retrieve("도커 컨테이너 재시작", index, fake_encoder, 5)
    assert found.need is not None
    assert found.need.id == "restart"
    answer = compose.compose("도커 컨테이너 재시작", found.hits, "answered", 0.9, index, found.need)
    assert [sentence.text for sentence in answer.sentences] == [
        "컨테이너를 다시 시작하려면 `docker restart`를 실행합니다.",
        "안의 파일은 그대로 남습니다.",
    ]


def test_shares_add_up_and_come_in_order(index: Index, fake_encoder: FakeEncoder) -> None:
    hits = retrieve("컨테이너 삭제", index, fake_encoder, 50).hits
    scores = [hit.score for hit in hits]
    assert sum(scores) == pytest.approx(1, abs=1e-4)
    assert scores == sorted(scores, reverse=True)
    assert all(0 < hit.belongs < 1 for hit in hits)


def test_the_shipped_network_fits_the_features(index: Index, fake_encoder: FakeEncoder) -> None:
    question = "컨테이너 삭제"
    vector = fake_encoder.encode([question], "question")[0]
    dense = index.dense.search(vector)
    found = rank.signals(index, question, vector, ["삭제"], dense, index.sparse.share(["삭제"]))
    features, _ = rank.candidates(index, found, rank.pool(index, found))
    assert features.shape[1] == len(rank.fitted().mean)
    assert np.isfinite(rank.fitted()(features)).all()


def test_facts_encoded_by_another_model_are_ordered_by_weights(index: Index) -> None:
    found = retrieve("컨테이너 삭제", index, FakeEncoder("another", dimension=384), 50)
    assert all(hit.belongs == 0 for hit in found.hits)
    assert found.need is None
    assert "docker rm" in found.hits[0].fact.text
