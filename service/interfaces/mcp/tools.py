"""The Model Context Protocol server: three read-only tools over the notes. Imported when first called."""

from __future__ import annotations

from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Annotated, Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from service import messages
from service.asking.tutor import DEFAULT_TOP_K
from service.errors import TutorError
from service.interfaces.deps import document_of
from service.interfaces.http.desk import Desk
from service.interfaces.http.schemas import AnswerOut, AskIn, HitOut, SearchOut, TopK

T = TypeVar("T")

desk: ContextVar[Desk] = ContextVar("desk")
"""Where the call that is being served asks; set before the call is handed to the SDK."""


class NoteOut(BaseModel):
    """A note as it is stored."""

    id: str
    title: str
    markdown: str


async def search(
    query: Annotated[str, Field(description="찾을 말 (한국어)")], top_k: TopK = DEFAULT_TOP_K
) -> SearchOut:
    """도커 학습 노트에서 질문에 가까운 사실을 순위대로 찾습니다. 답변은 만들지 않습니다."""
    serving = desk.get().serving

    def work() -> SearchOut:
        tutor = serving.tutor()
        return SearchOut(hits=[HitOut.of(hit, tutor.index) for hit in tutor.search(query, top_k)])

    return await _explained(serving.run(work))


async def ask(question: Annotated[str, Field(description="도커에 관한 한국어 질문")]) -> AnswerOut:
    """도커에 관한 질문에 노트에서 찾은 짧은 답과 출처를 돌려줍니다. 노트에 없으면 없다고 답합니다."""
    return await _explained(desk.get().ask(AskIn(question=question)))


async def get_document(
    document: Annotated[str, Field(description="노트 id: 인용이나 검색 결과의 document")],
) -> NoteOut:
    """노트 하나의 Markdown 원문을 돌려줍니다."""
    serving = desk.get().serving

    def work() -> NoteOut:
        found = document_of(serving.tutor().index, document)
        return NoteOut(id=found.id, title=found.title, markdown=found.source)

    return await _explained(serving.run(work))


async def _explained(work: Awaitable[T]) -> T:
    """The result of `work`; one of our errors is told to the model in words."""
    try:
        return await work
    except TutorError as error:
        raise ToolError(messages.explain(error)) from error


def make_manager() -> StreamableHTTPSessionManager:
    """What answers the protocol's requests, each on its own: nothing is kept between two calls."""
    server: MCPServer[Any] = MCPServer(
        "docker-tutor", title=messages.API_TITLE, instructions=messages.MCP_INSTRUCTIONS
    )
    read_only = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for tool in (search, ask, get_document):
        server.add_tool(tool, annotations=read_only)
    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        # Hosts and origins were checked on the way in, and by our own settings.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return server.session_manager
