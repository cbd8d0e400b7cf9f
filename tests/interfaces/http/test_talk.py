"""Greetings and the like, as every door says them."""

from __future__ import annotations

import httpx
import openai
import pytest

from tests.interfaces.conftest import KEY
from tests.interfaces.http.test_streaming import STREAM, events
from tests.interfaces.mcp.test_mcp import connected


@pytest.mark.parametrize(
    ("said", "words"),
    [("안녕하세요!", "안녕하세요."), ("땡큐 도움됐어", "다행입니다"), ("넌 누구야?", "튜터입니다")],
)
def test_ask_replies_without_citations(server: str, said: str, words: str) -> None:
    body = httpx.post(f"{server}/ask", json={"question": said}).json()
    assert words in body["answer"]
    assert (body["status"], body["confidence"], body["citations"]) == ("chat", 1.0, [])
    assert body["answer"] == " ".join(each["text"] for each in body["sentences"])
    assert body["suggestions"]


def test_a_stream_says_the_same(server: str) -> None:
    response = httpx.post(f"{server}/ask", json={"question": "안녕"}, headers=STREAM)
    (_, meta), *deltas, (last, done) = events(response.text)
    assert (last, meta["status"], done["status"]) == ("done", "chat", "chat")
    assert "".join(data["text"] for _, data in deltas) == done["answer"]


def test_a_greeted_question_is_answered(server: str) -> None:
    body = httpx.post(f"{server}/ask", json={"question": "안녕하세요 볼륨은 어떻게 백업하나요?"}).json()
    assert "tar" in body["answer"]
    assert body["status"] != "chat"


def test_thanks_in_between_leave_the_subject_of_the_conversation(server: str) -> None:
    with httpx.Client(base_url=server) as browser:
        first = browser.post("/ask", json={"question": "안녕"}).json()
        conversation = {"conversation_id": first["conversation_id"]}
        browser.post("/ask", json={"question": "컨테이너를 지우면 볼륨은 어떻게 되나요?", **conversation})
        assert browser.post("/ask", json={"question": "고마워요", **conversation}).json()["status"] == "chat"
        last = browser.post(
            "/ask", json={"question": "그건 tar로 묶어 어떻게 백업해?", **conversation}
        ).json()
    assert "tar" in last["answer"]


def test_openais_client_is_told_what_to_ask(server: str) -> None:
    with openai.OpenAI(base_url=f"{server}/v1", api_key=KEY, max_retries=0) as client:
        completion = client.chat.completions.create(
            model="docker-tutor", messages=[{"role": "user", "content": "뭘 물어볼 수 있어?"}]
        )
    content = completion.choices[0].message.content
    assert content is not None
    assert "튜터입니다" in content
    assert "물어볼 수 있는 것:\n- " in content
    assert "출처" not in content.split("물어볼 수 있는 것")[1]
    assert completion.model_extra == {"citations": []}


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_mcps_client_too(server: str, anyio_backend: str) -> None:
    async with connected(server) as client:
        answer = (await client.call_tool("ask", {"question": "안녕하세요"})).structured_content
    assert answer is not None
    assert (answer["status"], answer["citations"]) == ("chat", [])
