"""OpenAI's chat completions API over the same answers: any of its clients can ask the notes.

The last message of the user is the question. Citations stand as footnotes in the text, as
`annotations` of the message, and whole under `citations`, as `POST /ask` gives them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from sse_starlette import ServerSentEvent

from service import messages
from service.errors import NoUserMessage, TutorError, UnknownModel
from service.interfaces.access.callers import CallerOf
from service.interfaces.asgi.problems import describe, openai_error, unexpected
from service.interfaces.http.desk import Asking, DeskOf
from service.interfaces.http.schemas import AnswerOut, AskIn, CitationOut
from service.interfaces.http.streaming import event, event_stream
from service.interfaces.openai.schemas import (
    MODEL,
    Annotation,
    AssistantMessage,
    ChatIn,
    ChatOut,
    Choice,
    ErrorOut,
    ModelOut,
    ModelsOut,
    UrlCitation,
    Usage,
)
from service.types import Sentence

RELEASED = 1_767_225_600
"""When the model was made, which the API wants to know: 2026-01-01."""


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"model": ErrorOut, "description": messages.HTTP_TITLES[status]}
        for status in (403, 429, *statuses)
    }


router = APIRouter(prefix="/v1", tags=["OpenAI"])


@router.get("/models", summary="모델 목록", responses=_errors(401))
def models(who: CallerOf) -> ModelsOut:
    """물어볼 수 있는 모델은 하나입니다."""
    return ModelsOut(data=[ModelOut(id=MODEL, created=RELEASED)])


@router.get("/models/{model}", summary="모델 하나", responses=_errors(401, 404))
def model_named(model: str, who: CallerOf) -> ModelOut:
    """모델 하나를 돌려줍니다."""
    if model != MODEL:
        raise UnknownModel(model=model[:80])
    return ModelOut(id=MODEL, created=RELEASED)


@router.post(
    "/chat/completions",
    summary="OpenAI 형식으로 질문에 답하기",
    response_model=ChatOut,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **_errors(400, 401, 413, 503),
    },
)
async def chat(body: ChatIn, request: Request, response: Response, desk: DeskOf) -> ChatOut | Response:
    """대화의 마지막 사용자 글에 답합니다. `stream`이 true면 조각으로 나누어 보냅니다."""
    *earlier, question = _questions(body)
    asking = await desk.begin(AskIn(question=question), earlier)
    if body.stream:
        return event_stream(_chunks(asking, body, request), request, dict(response.headers))
    content = "".join([piece async for piece in _pieces(asking)])
    answer = await asking.finish()
    content += ending(answer)
    return ChatOut(
        id=_id(asking),
        created=int(time.time()),
        choices=[Choice(message=AssistantMessage(content=content, annotations=annotated(content, answer)))],
        usage=Usage.of(_prompt(body), content),
        citations=answer.citations,
    )


async def _chunks(asking: Asking, body: ChatIn, request: Request) -> AsyncIterator[ServerSentEvent]:
    created = int(time.time())

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: object) -> ServerSentEvent:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]
        return _data({**_head(asking, created), "choices": choices, **more})

    said = ""
    yield chunk({"role": "assistant", "content": ""})
    try:
        async for piece in _pieces(asking):
            said += piece
            yield chunk({"content": piece})
        answer = await asking.finish()
    except TutorError as error:
        yield _data(openai_error(describe(request, error)))
        return
    except Exception as error:
        # The status line has gone: whatever happens now can only be told inside the stream.
        yield _data(openai_error(unexpected(request, error)))
        return
    end = ending(answer)
    said += end
    marks = [each.model_dump() for each in annotated(said, answer)]
    yield chunk({"content": end, "annotations": marks})
    yield chunk({}, "stop", citations=[each.model_dump() for each in answer.citations])
    if body.stream_options and body.stream_options.include_usage:
        usage = Usage.of(_prompt(body), said).model_dump()
        yield _data({**_head(asking, created), "choices": [], "usage": usage})
    yield _data("[DONE]")


def _head(asking: Asking, created: int) -> dict[str, object]:
    return {"id": _id(asking), "object": "chat.completion.chunk", "created": created, "model": MODEL}


def _id(asking: Asking) -> str:
    return f"chatcmpl-{asking.question_id}"


def _data(data: dict[str, Any] | str) -> ServerSentEvent:
    return event(None, data)


def _questions(body: ChatIn) -> list[str]:
    """What the user said, the question last. Raises NoUserMessage.

    System messages are left out on purpose: nothing that a client sends changes what is answered from.
    """
    said = [each.text for each in body.messages if each.role == "user"]
    if not said or not said[-1].strip():
        raise NoUserMessage()
    return said


def _prompt(body: ChatIn) -> str:
    return "\n".join(message.text for message in body.messages)


async def _pieces(asking: Asking) -> AsyncIterator[str]:
    async for before, sentence in asking.said():
        yield before + footnoted(sentence)


def footnoted(sentence: Sentence) -> str:
    """The sentence with the marks of its citations, before the block of code that it may bring."""
    marks = "".join(mark(number) for number in sentence.citations)
    text, line_end, code = sentence.text.partition("\n")
    return f"{text}{' ' if marks and text else ''}{marks}{line_end}{code}"


def mark(number: int) -> str:
    """How the citation with this number (from 0) is marked in a text."""
    return f"[{number + 1}]"


def ending(answer: AnswerOut) -> str:
    """What stands below the answer: what its marks stand for, and what can be asked instead."""
    end = ""
    if answer.citations:
        lines = [
            f"{mark(number)} [{place(each)}]({each.url})" for number, each in enumerate(answer.citations)
        ]
        end += "\n\n" + "\n".join([f"{messages.SOURCES}:", *(f"- {line}" for line in lines)])
    if answer.suggestions:
        end += "\n\n" + "\n".join([f"{messages.SUGGESTIONS}:", *(f"- {each}" for each in answer.suggestions)])
    return end


def place(citation: CitationOut) -> str:
    """Where a citation is from, in words."""
    first, last = citation.lines
    path = " > ".join(citation.heading_path) or citation.title
    return f"{path}, {messages.LINES.format(first=first, last=last)}".replace("[", "(").replace("]", ")")


def annotated(content: str, answer: AnswerOut) -> list[Annotation]:
    """One annotation for each line below the answer that says what a mark stands for."""
    found = []
    at = 0
    for number, citation in enumerate(answer.citations):
        line = f"{mark(number)} [{place(citation)}]({citation.url})"
        at = content.index(line, at)
        cited = UrlCitation(start_index=at, end_index=at + len(line), title=citation.title, url=citation.url)
        found.append(Annotation(url_citation=cited))
        at += len(line)
    return found
