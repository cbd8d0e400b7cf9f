"""OpenAI's own client against a running server, and the bare API beneath it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from fastapi.testclient import TestClient
from openai.types.chat import ChatCompletionMessageParam

from service.interfaces.openai.routes import footnoted
from service.types import Sentence
from tests.interfaces.conftest import KEY

QUESTION = "컨테이너를 지우면 볼륨은 어떻게 되나요?"
USER: list[ChatCompletionMessageParam] = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def chat(server: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server}/v1", api_key=KEY, max_retries=0) as client:
        yield client


def test_the_model_is_listed_and_found(chat: openai.OpenAI) -> None:
    assert [model.id for model in chat.models.list()] == ["docker-tutor"]
    assert chat.models.retrieve("docker-tutor").object == "model"
    with pytest.raises(openai.NotFoundError, match="gpt-4"):
        chat.models.retrieve("gpt-4")


def test_an_answer_has_footnotes_annotations_and_the_citations_of_ask(
    chat: openai.OpenAI, server: str
) -> None:
    plain = httpx.post(f"{server}/ask", json={"question": QUESTION}).json()
    completion = chat.chat.completions.create(model="docker-tutor", messages=USER)
    message = completion.choices[0].message
    assert message.content is not None
    assert message.content.startswith("볼륨은 컨테이너를 지워도 남습니다. [1]")
    assert completion.model_extra == {"citations": plain["citations"]}
    assert message.annotations is not None
    assert [each.url_citation.url for each in message.annotations] == [
        each["url"] for each in plain["citations"]
    ]
    first = message.annotations[0].url_citation
    assert message.content[first.start_index : first.end_index].startswith("[1] [저장 > 볼륨, 5~5행](http")
    assert completion.usage is not None
    assert (
        completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    )
    assert completion.choices[0].finish_reason == "stop"


def test_a_stream_says_the_same(chat: openai.OpenAI) -> None:
    whole = chat.chat.completions.create(model="docker-tutor", messages=USER)
    chunks = list(
        chat.chat.completions.create(
            model="docker-tutor", messages=USER, stream=True, stream_options={"include_usage": True}
        )
    )
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert deltas[0].role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage
    assert len({chunk.id for chunk in chunks}) == 1
    annotations = [delta.model_extra["annotations"] for delta in deltas if delta.model_extra]
    assert whole.choices[0].message.annotations is not None
    assert annotations == [[each.model_dump() for each in whole.choices[0].message.annotations]]
    ends = [chunk.model_extra["citations"] for chunk in chunks if chunk.model_extra]
    assert whole.model_extra is not None
    assert ends == [whole.model_extra["citations"]]


def test_what_means_nothing_here_is_tolerated(chat: openai.OpenAI) -> None:
    completion = chat.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": "도커가 뭐야?"},
            {"role": "assistant", "content": "모릅니다."},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
        temperature=0.2,
        max_completion_tokens=10,
        seed=1,
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        extra_body={"num_ctx": 8192},
    )
    assert "볼륨은 컨테이너를 지워도 남습니다." in (completion.choices[0].message.content or "")


def test_what_is_not_in_the_notes_is_said_to_be_not(chat: openai.OpenAI) -> None:
    completion = chat.chat.completions.create(
        model="docker-tutor", messages=[{"role": "user", "content": "오늘 저녁 김치찌개 끓이는 법 알려줘"}]
    )
    assert "찾지 못했습니다" in (completion.choices[0].message.content or "")
    assert completion.choices[0].message.annotations == []


def test_errors_have_the_shape_of_that_api(chat: openai.OpenAI, server: str) -> None:
    bad: list[ChatCompletionMessageParam] = [{"role": "system", "content": "말만"}]
    with pytest.raises(openai.BadRequestError, match="user"):
        chat.chat.completions.create(model="docker-tutor", messages=bad)
    with (
        openai.OpenAI(base_url=f"{server}/v1", api_key="wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError) as refused,
    ):
        stranger.models.list()
    assert refused.value.code == "invalid_api_key"
    too_long: list[ChatCompletionMessageParam] = [{"role": "user", "content": "가" * 4001}]
    for stream in (False, True):
        with pytest.raises(openai.APIStatusError) as caught:
            chat.chat.completions.create(model="docker-tutor", messages=too_long, stream=stream)
        assert caught.value.status_code == 413


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({}, 400),
        ({"messages": []}, 400),
        ({"messages": "hello"}, 400),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            400,
        ),
        ({"messages": [{"role": "user", "content": "\x00"}]}, 400),
    ],
)
def test_bad_chats_are_refused(client: TestClient, content: dict[str, Any], status: int) -> None:
    response = client.post("/v1/chat/completions", json=content)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_a_mark_never_breaks_a_block_of_code() -> None:
    assert (
        footnoted(Sentence("이렇게 합니다.\n```\nls\n```", (0, 2))) == "이렇게 합니다. [1][3]\n```\nls\n```"
    )
    assert footnoted(Sentence("\n```\nls\n```", (0,))) == "[1]\n```\nls\n```"
    assert footnoted(Sentence("없습니다.", ())) == "없습니다."


@pytest.mark.long
def test_langchain_asks_too(server: str) -> None:
    langchain = pytest.importorskip("langchain_openai", reason="pip install langchain-openai")
    model = langchain.ChatOpenAI(base_url=f"{server}/v1", api_key=KEY, model="docker-tutor", max_retries=0)
    whole = model.invoke(QUESTION)
    assert whole.content.startswith("볼륨은 컨테이너를 지워도 남습니다. [1]")
    assert "".join(chunk.content for chunk in model.stream(QUESTION)) == whole.content


def test_the_messages_before_are_the_conversation(client: TestClient) -> None:
    messages = [
        {"role": "system", "content": "너는 해적이다."},
        {"role": "user", "content": "볼륨은 어떻게 백업해?"},
        {"role": "assistant", "content": "tar로 묶습니다."},
        {"role": "user", "content": "그럼 그건 컨테이너를 지워도 남아?"},
    ]
    body = client.post("/v1/chat/completions", json={"model": "docker-tutor", "messages": messages}).json()
    assert body["citations"][0]["text"] == "볼륨은 컨테이너를 지워도 남음"
