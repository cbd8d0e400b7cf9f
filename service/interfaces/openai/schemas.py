"""What OpenAI's chat completions API takes and gives, as far as this service speaks it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.interfaces.http.schemas import CitationOut

MODEL = "docker-tutor"


class _Tolerant(BaseModel):
    """Clients send parameters that mean nothing here: temperature, tools, user..."""

    model_config = ConfigDict(extra="ignore")


class TextPart(_Tolerant):
    """One part of a message; only those of type `text` are read."""

    type: str
    text: str | None = None


class Message(_Tolerant):
    """One message of a chat."""

    role: str = Field(examples=["user"])
    content: str | list[TextPart] | None = Field(None, examples=["볼륨은 어떻게 백업해?"])

    @property
    def text(self) -> str:
        """What the message says in words."""
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(_Tolerant):
    """What a stream should have besides the text."""

    include_usage: bool | None = None


class ChatIn(_Tolerant):
    """A chat: its last user message is the question."""

    messages: list[Message] = Field(min_length=1, max_length=1000)
    model: str = Field(MODEL, description="무엇을 적어도 docker-tutor가 답합니다")
    stream: bool | None = Field(False, description="true면 조각으로 나누어 보냅니다")
    stream_options: StreamOptions | None = None


class UrlCitation(BaseModel):
    """Where in the text a citation mark stands, and what it points to."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation as OpenAI structures it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """The reply: the answer with footnote marks, and the citations they stand for."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one reply there is."""

    index: int = 0
    message: AssistantMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """Estimated from the length of the texts: nothing is charged by it."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, prompt: str, completion: str) -> Usage:
        """About four UTF-8 bytes a token."""
        sizes = [-(-len(text.encode("utf-8", "replace")) // 4) for text in (prompt, completion)]
        return cls(prompt_tokens=sizes[0], completion_tokens=sizes[1], total_tokens=sum(sizes))


class ChatOut(BaseModel):
    """A whole completion; `citations` are those of `POST /ask`."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    citations: list[CitationOut]


class ModelOut(BaseModel):
    """A model that can be asked."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = MODEL


class ModelsOut(BaseModel):
    """The models there are: one."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


class ErrorOut(BaseModel):
    """An error as OpenAI's API words it."""

    error: dict[str, Any]
