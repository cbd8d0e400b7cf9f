from __future__ import annotations

from service.asking.retrieve import Weights, retrieve
from tests.conftest import FakeEncoder, MakeIndex

NOTES = {
    "storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남습니다.\n- 볼륨은 tar로 백업합니다.\n",
    "network.md": "# 네트워크\n\n## 브리지\n\n- 기본 브리지에서는 이름으로 통신할 수 없습니다.\n",
}


def test_the_fact_that_says_it_comes_first(make_index: MakeIndex, fake_encoder: FakeEncoder) -> None:
    found = retrieve("볼륨을 백업하는 법", make_index(NOTES), fake_encoder, 3)
    assert found.hits[0].fact.text == "볼륨은 tar로 백업합니다."
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_one_question_is_one_encoder_pass(make_index: MakeIndex, fake_encoder: FakeEncoder) -> None:
    index = make_index(NOTES)
    fake_encoder.calls.clear()
    retrieve("볼륨 백업", index, fake_encoder, 3)
    assert fake_encoder.calls == [("볼륨 백업", "question")]


def test_people_s_words_find_the_fact_through_the_bank(
    make_index: MakeIndex, fake_encoder: FakeEncoder
) -> None:
    question = "껐다 켰더니 디비가 텅 비었어요"
    without = make_index(NOTES)
    fact = next(fact for fact in without.facts if "지워도" in fact.text)
    bank = f"document: storage\nfacts:\n- id: {fact.id}\n  text: {fact.text}\n  questions:\n  - 재부팅했더니 디비가 비었어요\n"
    with_bank = make_index({**NOTES, "storage.questions.yaml": bank})
    assert retrieve(question, with_bank, fake_encoder, 3).hits[0].fact.id == fact.id
    assert (
        retrieve(question, with_bank, fake_encoder, 3).features.question
        > retrieve(question, without, fake_encoder, 3).features.question
    )


def test_weights_choose_the_search(make_index: MakeIndex, fake_encoder: FakeEncoder) -> None:
    index = make_index(NOTES)
    for weights in (Weights(1, 0, 0, 0), Weights(0, 1, 0, 0), Weights(0, 0, 1, 0), Weights(0, 0, 0, 1)):
        hits = retrieve("기본 브리지에서 이름으로 통신", index, fake_encoder, 1, weights).hits
        assert hits[0].fact.document == "network"


def test_words_the_notes_never_use_are_counted(make_index: MakeIndex, fake_encoder: FakeEncoder) -> None:
    index = make_index(NOTES)
    known = retrieve("볼륨 백업", index, fake_encoder, 3).features
    strange = retrieve("김치찌개 레시피 추천", index, fake_encoder, 3).features
    assert known.unknown < 0.5 < strange.unknown
    assert known.sparse > strange.sparse


def test_top_k_is_an_upper_bound(make_index: MakeIndex, fake_encoder: FakeEncoder) -> None:
    assert len(retrieve("볼륨", make_index(NOTES), fake_encoder, 2).hits) == 2
    assert len(retrieve("볼륨", make_index(NOTES), fake_encoder, 50).hits) == 3
