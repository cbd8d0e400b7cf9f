"""A language model words the answer from the facts: any endpoint that speaks OpenAI's chat completions.

It is asked once and its sentences are held against the facts one by one as they come (`grounding`); what
is rejected is sent back once. Whatever goes wrong is a GenerationFailed, and the notes' own words stand.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.errors import GenerationFailed
from service.llm import prompts
from service.llm.grounding import judge
from service.settings import Settings
from service.types import Fact

if TYPE_CHECKING:  # imported when a model is configured and first asked
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk

MOST_TEXT = 4000
"""Characters that are read of one reply: a model that doesn't stop is stopped."""
MOST_TOKENS = 800
REST_SECONDS = 30.0
"""After a time-out or a refused connection the model isn't asked for so long: nobody waits for it in vain."""

_THINKING = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_NEXT_SENTENCE = re.compile(r"(?<=\])[.]?\s+(?!\[)")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence of the model's and the numbers of the facts, in the order given, that say it."""

    text: str
    facts: tuple[int, ...]


@dataclass(slots=True)
class Stop:
    """Ends the work from another thread: nobody listens any more."""

    asked: bool = False

    def __call__(self) -> None:
        """Ask for the end."""
        self.asked = True


@dataclass
class Writer:
    """The model at `base_url`; one for a process, used by many threads."""

    base_url: str
    key: str
    model: str
    seconds: float
    _resting_until: float = 0.0
    _made: OpenAI | None = None
    _making: threading.Lock = field(default_factory=threading.Lock)

    def write(self, question: str, facts: Sequence[Fact], stop: Stop) -> Iterator[Written]:
        """The answer's sentences, each as soon as it is known to be said by the facts.

        Raises GenerationFailed when the model can't be reached, breaks off, or says nothing that holds.
        """
        if time.monotonic() < self._resting_until:
            raise GenerationFailed(reason="resting")
        until = time.monotonic() + self.seconds
        messages = [_message("system", prompts.SYSTEM), _message("user", prompts.user(question, facts))]
        rejected: list[tuple[str, str]] = []
        lines: list[str] = []
        said: set[str] = set()
        for line in self._lines(messages, until, stop):
            if line in lines:  # a model that goes round in circles
                break
            lines.append(line)
            yield from _held(line, question, facts, said, rejected)
        if rejected and not stop.asked:
            messages += [_message("assistant", "\n".join(lines)), _message("user", prompts.repair(rejected))]
            again: list[tuple[str, str]] = []
            for line in self._lines(messages, until, stop):
                yield from _held(line, question, facts, said, again)
            log.info("%d sentences rejected, %d of their repairs", len(rejected), len(again))
        if not said:
            raise GenerationFailed(reason="rejected" if rejected else "empty")

    def say(self, told: str, asked: str) -> str:
        """The whole reply to one message, unjudged, without its thinking. Raises GenerationFailed."""
        text = ""
        messages = [_message("system", told), _message("user", asked)]
        for piece in self._pieces(messages, time.monotonic() + self.seconds, Stop()):
            text += piece
            if len(text) > MOST_TEXT:
                break
        return _shown(text)

    def _lines(self, messages: list[dict[str, str]], until: float, stop: Stop) -> Iterator[str]:
        """The sentences of one reply, as they are complete."""
        text = ""
        done = 0
        for piece in self._pieces(messages, until, stop):
            text += piece
            shown = _shown(text)
            complete = shown.rfind("\n") + 1
            if complete > done and shown.count("```", 0, complete) % 2 == 0:
                yield from _sentences(shown[done:complete])
                done = complete
            if len(text) > MOST_TEXT:
                return
        yield from _sentences(_shown(text)[done:])

    def _pieces(self, messages: list[dict[str, str]], until: float, stop: Stop) -> Iterator[str]:
        """What the model says as it comes; a reply without an end is none."""
        import openai

        finish = heard = None
        try:
            with self._asked(messages, until) as stream:
                for chunk in stream:
                    heard = True
                    if stop.asked:
                        return
                    if time.monotonic() > until:
                        raise GenerationFailed(reason="timeout")
                    for choice in chunk.choices:
                        finish = choice.finish_reason or finish
                        yield choice.delta.content or ""
        except openai.APIConnectionError as error:
            if not heard:
                self._resting_until = time.monotonic() + REST_SECONDS
            raise GenerationFailed(reason=_reason(error)) from error
        except openai.OpenAIError as error:
            raise GenerationFailed(reason=_reason(error)) from error
        except (ValueError, TypeError, AttributeError) as error:  # a body that isn't what it should be
            raise GenerationFailed(reason=_reason(error)) from error
        if finish is None:
            raise GenerationFailed(reason="cut off")

    def _asked(self, messages: list[Any], until: float) -> Stream[ChatCompletionChunk]:
        return self._client().chat.completions.create(
            model=self.model,
            messages=messages,
            stream=True,
            temperature=0,
            max_tokens=MOST_TOKENS,
            timeout=max(0.1, until - time.monotonic()),
        )

    def _client(self) -> OpenAI:
        with self._making:
            if self._made is None:
                from openai import OpenAI

                self._made = OpenAI(base_url=self.base_url, api_key=self.key or "unused", max_retries=0)
            return self._made


def _held(
    line: str, question: str, facts: Sequence[Fact], said: set[str], rejected: list[tuple[str, str]]
) -> Iterator[Written]:
    """The line as a sentence if the facts say it; otherwise it joins the rejected."""
    verdict = judge(line, question, facts)
    if verdict.reason:
        rejected.append((line, verdict.reason))
    elif verdict.text not in said:
        said.add(verdict.text)
        yield Written(verdict.text, verdict.facts)


def _sentences(text: str) -> Iterator[str]:
    """The sentences of complete lines; a block of code belongs to the line above it."""
    parts: list[str] = []
    fenced = False
    for line in text.splitlines():
        opens = line.lstrip().startswith("```")
        if (fenced or opens) and parts:
            parts[-1] += "\n" + line
        else:
            parts += [line] if opens else _NEXT_SENTENCE.split(line)
        fenced ^= opens
    return (part for part in parts if part.strip() and part.strip() != prompts.NONE)


def _shown(text: str) -> str:
    """The reply without what the model thought aloud."""
    return _THINKING.sub("", text).lstrip()


def _message(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def load_model(settings: Settings) -> Writer | None:
    """The language model of the settings; None where none is configured."""
    if not settings.llm_base_url or not settings.llm_model:
        return None
    return Writer(settings.llm_base_url, settings.llm_api_key, settings.llm_model, settings.llm_seconds)
