from __future__ import annotations

import pytest

from service import messages
from service.asking import compose
from service.asking.retrieve import retrieve
from service.index import Index
from service.types import Answer, Status
from tests.conftest import FakeEncoder, MakeIndex

NOTES = {
    "docker.md": """# 도커

## 도커의 장점

- 한 대의 서버에 여러 컨테이너를 띄울 수 있음
- 서버 관리가 용이
- 초보자도 다루기 쉬움

## 볼륨

- 볼륨은 컨테이너를 지워도 남음
- **바로잡기** 볼륨은 `docker rm -f`로도 지워지지 않음
- 볼륨을 만들려면 아래 명령을 실행함

  ```bash
  docker volume create data
  ```

## 볼륨 백업

볼륨을 백업하는 순서입니다.

1. 컨테이너를 멈춤
2. 볼륨을 tar로 묶음
3. 파일을 다른 곳에 복사함

## 볼륨 옮기기

- 볼륨을 다른 서버로 옮기는 일은 세 단계로 함

  1. 묶은 파일을 새 서버에 보냄
  2. 새 볼륨을 만듦
  3. 파일을 볼륨에 풂

## FROM·RUN·SHELL 명령어

- `FROM`은 베이스 이미지를 정함
- `RUN`은 빌드하는 동안 명령을 실행함
- `SHELL`은 셸 형식이 쓰는 셸을 바꿈
- 태그를 생략하면 `latest`가 쓰임
- 레이어를 줄이려면 명령을 `&&`로 이음

## 가상화와 비교

- 가상 머신
  - 커널까지 따로 실행함
- 도커
  - 호스트의 커널을 함께 씀
"""
}


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index(NOTES)


def say(index: Index, encoder: FakeEncoder, question: str, status: Status = "answered") -> Answer:
    hits = retrieve(question, index, encoder, 8).hits
    return compose.compose(question, hits, status, 0.9, index)


def test_note_style_becomes_polite_and_every_sentence_is_cited(
    index: Index, fake_encoder: FakeEncoder
) -> None:
    reply = say(index, fake_encoder, "컨테이너를 지워도 볼륨은 남아?")
    assert reply.sentences[0].text == "볼륨은 컨테이너를 지워도 남습니다."
    assert reply.citations[reply.sentences[0].citations[0]].text == "볼륨은 컨테이너를 지워도 남음"
    assert all(sentence.citations for sentence in reply.sentences)
    assert reply.sentences[0].citations == (0,)
    assert reply.citations[0].lines == (11, 11)


def test_code_is_said_verbatim_in_a_fence(index: Index, fake_encoder: FakeEncoder) -> None:
    reply = say(index, fake_encoder, "볼륨을 만들려면 어떤 명령을 실행해?")
    assert "```bash\ndocker volume create data\n```" in reply.text


def test_a_question_for_a_list_gets_the_whole_list_in_order(index: Index, fake_encoder: FakeEncoder) -> None:
    reply = say(index, fake_encoder, "도커의 장점이 뭐야?")
    assert [sentence.text for sentence in reply.sentences] == [
        "한 대의 서버에 여러 컨테이너를 띄울 수 있습니다.",
        "서버 관리가 용이합니다.",
        "초보자도 다루기 쉽습니다.",
    ]


def test_a_procedure_is_said_whole_and_in_order(index: Index, fake_encoder: FakeEncoder) -> None:
    reply = say(index, fake_encoder, "볼륨을 tar로 묶어 백업하는 순서")
    assert [citation.text for citation in reply.citations] == [
        "컨테이너를 멈춤",
        "볼륨을 tar로 묶음",
        "파일을 다른 곳에 복사함",
    ]


@pytest.mark.parametrize(
    "question", ["볼륨을 다른 서버로 옮기는 일은 몇 단계?", "묶은 파일을 새 서버에 보낸 다음에는?"]
)
def test_what_announces_steps_and_the_steps_are_said_together(
    question: str, index: Index, fake_encoder: FakeEncoder
) -> None:
    assert [citation.text for citation in say(index, fake_encoder, question).citations] == [
        "볼륨을 다른 서버로 옮기는 일은 세 단계로 함",
        "묶은 파일을 새 서버에 보냄",
        "새 볼륨을 만듦",
        "파일을 볼륨에 풂",
    ]


def test_steps_are_numbered_in_the_text_and_their_sentences_stay_plain(
    index: Index, fake_encoder: FakeEncoder
) -> None:
    reply = say(index, fake_encoder, "볼륨을 다른 서버로 옮기는 일은 몇 단계?")
    assert reply.text == (
        "볼륨을 다른 서버로 옮기는 일은 세 단계로 합니다.\n\n"
        "1. 묶은 파일을 새 서버에 보냅니다.\n2. 새 볼륨을 만듭니다.\n3. 파일을 볼륨에 풉니다."
    )
    assert [sentence.item for sentence in reply.sentences] == ["", "1. ", "2. ", "3. "]
    assert reply.sentences[1].text == "묶은 파일을 새 서버에 보냅니다."


def test_one_of_the_terms_in_a_heading_does_not_ask_for_all(index: Index, fake_encoder: FakeEncoder) -> None:
    reply = say(index, fake_encoder, "셸 형식이 쓰는 셸을 바꾸는 SHELL 명령어들 뭐 있어?")
    assert "SHELL" in reply.citations[0].text
    assert len(reply.citations) < 5


def test_a_labelled_bullet_says_its_label_once(index: Index, fake_encoder: FakeEncoder) -> None:
    reply = say(index, fake_encoder, "가상 머신은 커널까지 따로 실행해?")
    assert reply.sentences[0].text == "가상 머신: 커널까지 따로 실행합니다."


def test_related_says_that_it_is_not_the_answer_and_cites(index: Index, fake_encoder: FakeEncoder) -> None:
    reply = say(index, fake_encoder, "볼륨 암호화", "related")
    assert reply.text.startswith(messages.RELATED_LEAD)
    assert 1 <= len(reply.citations) <= 3
    assert reply.suggestions


def test_not_found_cites_nothing_and_suggests_one_question_a_section(
    index: Index, fake_encoder: FakeEncoder
) -> None:
    reply = say(index, fake_encoder, "김치찌개 레시피", "not_found")
    assert (reply.status, reply.citations) == ("not_found", ())
    assert reply.text in {messages.NOT_FOUND, messages.NOT_FOUND_NEAR}
    assert 1 <= len(reply.suggestions) <= 3
    assert len(set(reply.suggestions)) == len(reply.suggestions)


def test_a_correction_is_said_without_its_mark(index: Index, fake_encoder: FakeEncoder) -> None:
    reply = say(index, fake_encoder, "docker rm -f로 볼륨도 지워져?")
    assert reply.sentences[0].text == "볼륨은 `docker rm -f`로도 지워지지 않습니다."
