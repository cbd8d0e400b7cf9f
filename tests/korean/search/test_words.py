from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.korean import tokens
from service.korean.search.vocabulary import GROUPS, RESPELLINGS
from tests.korean.edges import EDGES, LONG


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("볼륨을 지웠어요", {"volume", "삭제", "볼륨", "륨을"}),
        ("데이터베이스", {"데이터베이스", "데이터", "베이스"}),
        ("docker-compose.yml", {"docker-compose.yml", "docker", "compose", "yaml"}),
        ("--restart=always로", {"--restart", "재시작", "restart", "always"}),
        ("/var/run/docker.sock", {"/var/run/docker.sock", "docker.sock", "docker", "sock"}),
        ("127.0.0.1:80", {"127.0.0.1:80", "127.0.0.1", "80"}),
        ("exit 137", {"exit", "137"}),
        ("SIGTERM", {"sigterm"}),
        ("OOMKilled", {"oomkilled", "oom", "killed"}),
        ("HealthCheck", {"healthcheck"}),
        ("-p 8080:80", {"-p", "8080:80", "8080", "80"}),
        ("docker를", {"docker"}),
        ("containers", {"container"}),
        ("껐다 켰어요", {"재시작"}),
        ("껐다가 다시 켜니", {"재시작"}),
        ("가상 머신", {"vm", "가상", "머신"}),
        ("데이타가", {"데이터"}),
        ("쓰는 법", {"쓰"}),
        ("만드는 법", {"생성"}),
        ("끄는 법", {"종료"}),
        ("지워지나요", {"삭제"}),
        ("コンテナ", {"コンテナ"}),
    ],
)
def test_tokens_include(text: str, expected: set[str]) -> None:
    assert expected <= set(tokens(text))


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("볼륨을", {"을"}),
        ("도커는 무엇인지", {"는"}),
        ("삭제하고", {"하"}),
        ("GitHub", {"hub"}),
        ("플레이어", {"layer"}),
    ],
)
def test_tokens_leave_out(text: str, unwanted: set[str]) -> None:
    assert unwanted.isdisjoint(tokens(text))


@pytest.mark.parametrize("line", GROUPS.strip().splitlines())
def test_every_word_of_a_group_becomes_its_token(line: str) -> None:
    token, _, words = line.partition(": ")
    for word in words.split(", "):
        assert token in tokens(word), word
        assert token in tokens(f"그 {word}, 왜 그런지"), word


@pytest.mark.parametrize(("wrong", "right"), RESPELLINGS.items())
def test_every_respelling_gives_the_tokens_of_the_right_word(wrong: str, right: str) -> None:
    assert tokens(f"{wrong}를 쓴다") == tokens(f"{right}를 쓴다")


@pytest.mark.parametrize(
    "pair", ["도커 docker", "쿠버네티스 k8s", "도커파일 Dockerfile", "레이어 layer", "앱 application"]
)
def test_both_spellings_share_a_token(pair: str) -> None:
    first, second = pair.split()
    assert set(tokens(first)) & set(tokens(second))


@pytest.mark.parametrize("text", [*EDGES, *LONG])
def test_any_text_gives_tokens_without_spaces(text: str) -> None:
    assert all(token and token == "".join(token.split()).lower() for token in tokens(text))


def test_threads_get_the_tokens_that_one_gets() -> None:
    questions = [f"도커 볼륨 {number}번을 지웠는데 데이터가 날아갔어요" for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokens, questions)) == [tokens(question) for question in questions]


def test_a_question_takes_well_under_a_millisecond() -> None:
    tokens("데우기")
    started = time.perf_counter()
    for _ in range(200):
        tokens("도커 볼륨을 지웠는데 데이터가 날아갔어요")
    assert (time.perf_counter() - started) / 200 < 0.002


def test_importing_loads_no_dictionary() -> None:
    code = "import sys, service.korean; sys.exit('mecab_ko' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
