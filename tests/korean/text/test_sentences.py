from __future__ import annotations

import time

import pytest

from service.korean import sentence_spans, sentences
from tests.korean.edges import EDGES, LONG


@pytest.mark.parametrize(
    "expected",
    [
        ["도커는 도구다.", "컨테이너는 가볍다!", "정말 그런가요?", "네"],
        ["`docker.sock` 파일은 /var/run/docker.sock 에 있습니다.", "다음 문장"],
        ["버전 1.2.3 을 씁니다.", "Docker 27.", "그다음"],
        ["예(e.g. 볼륨)는 많습니다.", "i.e. 저장소입니다."],
        ["https://docs.docker.com/engine/.", "주소입니다."],
        ["`a. b. c` 는 코드입니다.", "``x ` y. z`` 도 그렇습니다."],
        ["Podman, containerd 등.", "다음 문장"],
        ["(괄호 안이다. 두 문장이다.) 밖이다.", "끝"],
        ["1. 이미지를 받습니다.", "2. 실행합니다."],
        ["2026. 9. 24. 발표했습니다.", "끝"],
        ["음... 글쎄요.", "느립니다...", "끝"],
        ["Docker Inc. 가 만들었습니다.", "Node.js 도 됩니다."],
        ['그는 "됩니다."라고 했습니다.', "끝"],
        ["컨테이너 A.", "컨테이너 B."],
        ["닫히지 않은 (괄호가 있다.", "끝"],
        ["🐳.", "🐳!", "끝"],
    ],
)
def test_sentences_joined_by_a_space_come_apart_again(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("첫 줄\n둘째 줄\n\n셋째 줄", ["첫 줄", "둘째 줄", "셋째 줄"]),
        ("합니다.그리고 한다.끝", ["합니다.", "그리고 한다.", "끝"]),
        ("```\na. b\n\nc. d\n```\n다음.", ["```\na. b\n\nc. d\n```", "다음."]),
        ("  앞뒤 공백.  ", ["앞뒤 공백."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("text", [*EDGES, *LONG])
def test_spans_are_in_order_and_leave_only_space_between(text: str) -> None:
    at = 0
    for start, end in sentence_spans(text):
        assert start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize("text", LONG)
def test_time_is_linear(text: str) -> None:
    started = time.perf_counter()
    sentence_spans(text)
    assert time.perf_counter() - started < 1
