from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.curation import gaps
from service.encoder.serve import OnnxEncoder
from service.index import build_index
from service.store import Asked, Store, new_id
from service.types import Status
from tests.conftest import FakeEncoder, MakeIndex, WriteCorpus, read_notes

START = datetime(2026, 11, 1, tzinfo=UTC)
NOTE = {
    "storage.md": "# 저장\n\n## 볼륨\n\n- 도커 볼륨은 컨테이너를 지워도 남음\n- 도커 설정 방법은 문서가 알려 줌\n\n## 백업\n\n- 도커 볼륨은 tar로 묶어 백업함\n"
}


def keep(
    store: Store, question: str, status: Status = "not_found", helpful: bool | None = None, owner: str = "me"
) -> None:
    """Keep a question, each a minute after the one before."""
    asked_at = START + timedelta(minutes=len(store.recent(1000)))
    store.keep(
        Asked(new_id(), owner, "c", asked_at, question, question, status, 0.1, (), "{}", False, helpful)
    )


def test_what_was_answered_or_only_said_is_no_gap(store: Store) -> None:
    keep(store, "없는 것")
    keep(store, "가까운 것", "related")
    keep(store, "답한 것", "answered")
    keep(store, "틀린 답", "answered", helpful=False)
    keep(store, "도움이 된 가까운 것", "related", helpful=True)
    keep(store, "안녕", "chat")
    keep(store, "잘 가", "chat", helpful=False)
    assert [each.question for each in store.unanswered(10)] == ["틀린 답", "가까운 것", "없는 것"]
    assert [each.question for each in store.unanswered(1)] == ["틀린 답"]


def test_what_its_asker_deletes_or_time_takes_is_no_gap_either(store: Store) -> None:
    keep(store, "남의 질문", owner="other")
    keep(store, "내 질문")
    store.delete_owner("other")
    assert [each.question for each in store.unanswered(10)] == ["내 질문"]
    store.purge(START + timedelta(days=91), 90)
    assert store.unanswered(10) == []


def test_gaps_come_newest_first_with_their_counts(
    store: Store, make_index: MakeIndex, fake_encoder: FakeEncoder
) -> None:
    for question in ("볼륨 암호화하는 법", "김치찌개 끓이는 법", "볼륨 암호화하는 법?"):
        keep(store, question)
    keep(store, "볼륨 암호화하는 법?", "related", helpful=False)
    newest, other = gaps.find(store.unanswered(10), make_index(NOTE), fake_encoder, gaps.Embeddings())
    assert (newest.asked[0].question, len(newest.asked), newest.unhelpful) == ("볼륨 암호화하는 법?", 3, 1)
    assert newest.examples == ("볼륨 암호화하는 법?", "볼륨 암호화하는 법")
    assert newest.statuses == {"related": 1, "not_found": 2}
    assert newest.nearest[0].heading_path in {("저장", "볼륨"), ("저장", "백업")}
    assert [each.question for each in other.asked] == ["김치찌개 끓이는 법"]


def test_only_what_is_new_is_encoded_and_nothing_is_remembered_of_what_has_gone(
    fake_encoder: FakeEncoder,
) -> None:
    embeddings = gaps.Embeddings()
    embeddings.of(["가", "나", "가"], fake_encoder)
    embeddings.of(["나", "다"], fake_encoder)
    embeddings.of(["가"], fake_encoder)
    assert [text for text, _ in fake_encoder.calls] == ["가", "나", "다", "가"]


@pytest.mark.real
def test_paraphrases_meet_and_other_subjects_stay_apart(
    store: Store, write_corpus: WriteCorpus, tmp_path: Path, real_encoder: OnnxEncoder
) -> None:
    notes = read_notes(write_corpus(NOTE), tmp_path / "ledgers")
    index = build_index(notes.documents, notes.keys(), notes.aliases(), real_encoder)
    groups = [
        ["도커로 GPU 쓰려면?", "도커 gpu 설정 방법 알려주세요"],
        ["쿠버네티스 인그레스 설정 어떻게 해?", "k8s 인그레스 설정법"],
        ["도커 요금제 가격이 얼마야?", "도커 유료 요금 알려줘"],
        ["김치찌개 끓이는 법", "김치찌개 레시피 알려줘"],
        ["깃허브 브랜치는 어떻게 합쳐?"],
    ]
    for place in range(2):
        for group in groups:
            if place < len(group):
                keep(store, group[place])
    found = gaps.find(store.unanswered(20), index, real_encoder, gaps.Embeddings())
    assert sorted(sorted(gap.examples) for gap in found) == sorted(sorted(group) for group in groups)


def test_no_question_no_gap(make_index: MakeIndex, fake_encoder: FakeEncoder) -> None:
    assert gaps.find([], make_index(NOTE), fake_encoder, gaps.Embeddings()) == []
