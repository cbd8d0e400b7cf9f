"""The protocol's own client against a running server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from service.settings import Settings
from tests.interfaces.conftest import KEY, NOTES, problem, running

pytestmark = pytest.mark.anyio

QUESTION = "컨테이너를 지우면 볼륨은 어떻게 되나요?"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def connected(server: str, **headers: str) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{server}/mcp", http_client=http)) as client,
    ):
        yield client


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def test_three_read_only_tools_are_offered(server: str) -> None:
    async with connected(server) as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == ["search", "ask", "get_document"]
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
    assert all(tool.description and tool.output_schema for tool in tools)


async def test_an_answer_is_the_one_of_ask(server: str) -> None:
    plain = httpx.post(f"{server}/ask", json={"question": QUESTION}).json()
    async with connected(server, Authorization=f"Bearer {KEY}") as client:
        answer: Any = (await client.call_tool("ask", {"question": QUESTION})).structured_content
    assert (answer["answer"], answer["citations"]) == (plain["answer"], plain["citations"])
    kept = httpx.get(f"{server}/answers/{answer['question_id']}", headers={"Authorization": f"Bearer {KEY}"})
    assert kept.json()["answer"] == answer["answer"]


async def test_facts_are_searched_and_notes_read(server: str) -> None:
    async with connected(server) as client:
        found: Any = (await client.call_tool("search", {"query": "볼륨 백업", "top_k": 1})).structured_content
        (hit,) = found["hits"]
        note: Any = (await client.call_tool("get_document", {"document": hit["document"]})).structured_content
    assert hit["text"] == "볼륨은 tar로 묶어 백업함"
    assert note["markdown"] == NOTES["storage.md"]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("get_document", {"document": "none"}, "'none' 노트를 찾을 수 없습니다."),
        ("ask", {"question": "  "}, "비어 있습니다"),
        ("ask", {"question": "가" * 4001}, "너무 깁니다"),
        ("search", {"query": "볼륨", "top_k": 0}, "greater than or equal to 1"),
    ],
)
async def test_what_goes_wrong_is_told_to_the_model(
    server: str, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async with connected(server) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert said in text(result)


async def test_callers_at_once_each_get_their_own_answer(server: str) -> None:
    answers: list[str] = []

    async def ask(question: str) -> None:
        async with connected(server) as client:
            result: Any = (
                await client.call_tool("search", {"query": question, "top_k": 1})
            ).structured_content
            answers.append(result["hits"][0]["document"])

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(ask, "볼륨 백업")
            group.start_soon(ask, "브리지 이름 통신")
    assert sorted(answers) == ["network"] * 5 + ["storage"] * 5


def test_keys_hosts_and_methods_hold_here_too(settings: Settings, server: str) -> None:
    with running(settings.model_copy(update={"api_keys": f"ci:{KEY}", "require_key": True})) as closed:
        assert problem(httpx.post(f"{closed}/mcp", json={}))["status"] == 401
    assert (
        problem(httpx.post(f"{server}/mcp", json={}, headers={"Origin": "https://evil.example"}))["status"]
        == 403
    )
    assert problem(httpx.get(f"{server}/mcp"))["status"] == 405
    assert httpx.post(
        f"{server}/mcp", content=b"{", headers={"Content-Type": "application/json"}
    ).status_code in {400, 406}
