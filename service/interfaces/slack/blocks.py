"""Block Kit: what an answer, a notice and a suggestion look like, within Slack's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from service import messages
from service.interfaces.http.schemas import AnswerOut, CitationOut
from service.interfaces.slack.mrkdwn import SECTION, clip, escape, fit, size

Block = dict[str, Any]

SHOWN_SOURCES = 5
BUTTON = 75
"""Characters on a button."""
VALUE = 2000
"""Characters a button can carry."""
SUMMARY = 1000
"""Characters of the text that notifications and screen readers get."""
LABEL = 150
"""Characters of a source's name."""
SUGGEST = "suggest"
HELPFUL, UNHELPFUL = "helpful", "unhelpful"
SAVE_CARD, DECK, SAVED_DECK = "save_card", "deck", "saved_deck"
QUIZ_ANSWER, QUIZ_NEXT = "quiz_answer", "quiz_next"


def answer(out: AnswerOut, quoted: str = "", notes: Sequence[str] = ()) -> list[Block]:
    """An answer with its sources, confidence and buttons; `quoted` repeats the question before it."""
    texts, shortened = fit(out.answer)
    built = [context(quoted)] if quoted else []
    built += [section(text) for text in texts]
    if shortened:
        built.append(context(_more(out)))
    if out.citations:
        built.append(context(_sources(out.citations)))
    if out.status in {"answered", "related"}:
        built.append(context(_confidence(out.confidence)))
    built += suggestions(out.suggestions)
    if out.status in {"answered", "related"}:
        built.append(_verdict(out))
    built += [context(note) for note in notes]
    return built


def summary(text: str) -> str:
    """The plain text beside the blocks, for notifications and screen readers."""
    return escape(clip(text, SUMMARY))


def section(text: str) -> Block:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def context(text: str) -> Block:
    """Small print of mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": {"type": "plain_text", "text": clip(text, 150)}}


def button(text: str, action: str, value: str) -> Block:
    """A button that sends `value` back as `action`."""
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": clip(text, BUTTON)},
        "action_id": action,
        "value": clip(value, VALUE),
    }


def actions(buttons: Sequence[Block]) -> Block:
    """Buttons in a row."""
    return {"type": "actions", "elements": list(buttons)}


def suggestions(questions: Sequence[str], lead: str = messages.SLACK_SUGGESTIONS) -> list[Block]:
    """Questions as buttons; a click asks them."""
    if not questions:
        return []
    row = [button(text, f"{SUGGEST}:{number}", text) for number, text in enumerate(questions)]
    return [context(lead), actions(row)]


def quote_of(user: str, question: str) -> str:
    """Who asks what, where it can't be seen otherwise."""
    return messages.SLACK_QUOTE.format(user=user, question=escape(clip(" ".join(question.split()), 300)))


def marked(blocks: Sequence[Block], mark: str) -> list[Block]:
    """The blocks with `mark` on the first, by which the message can be found again in its thread."""
    first, *others = blocks
    return [{**first, "block_id": mark}, *others]


def rated(blocks: Sequence[Block], helpful: bool) -> list[Block]:
    """A message's blocks after its asker has rated it: thanks instead of the two buttons."""
    left: list[Block] = []
    for block in blocks:
        if block["type"] != "actions":
            left.append(block)
            continue
        kept = [each for each in block["elements"] if each["action_id"] not in {HELPFUL, UNHELPFUL}]
        if len(kept) < len(block["elements"]):
            left.append(context(messages.SLACK_THANKS[helpful]))
        if kept:
            left.append({**block, "elements": kept})
    return left


def _more(out: AnswerOut) -> str:
    link = next((_url(citation) for citation in out.citations), "")
    words = messages.SLACK_MORE_LINK if link else messages.SLACK_MORE
    return words.format(size=len(out.answer), url=link)


def _sources(citations: Sequence[CitationOut]) -> str:
    places = {(each.document, tuple(each.heading_path)): each for each in reversed(citations)}
    listed = list(reversed(places.values()))
    lines = [messages.SLACK_SOURCES, *(f"• {_source(each)}" for each in listed[:SHOWN_SOURCES])]
    if len(listed) > SHOWN_SOURCES:
        lines.append(messages.SLACK_MORE_SOURCES.format(count=len(listed) - SHOWN_SOURCES))
    while size("\n".join(lines)) > SECTION:
        lines.pop()
    return "\n".join(lines)


def _source(citation: CitationOut) -> str:
    path = [part for part in citation.heading_path if part != citation.title]
    name = escape(clip(" › ".join([citation.title, *path]), LABEL)).replace("|", "¦").replace("\n", " ")
    url = _url(citation)
    return f"<{url}|{name}>" if url else name


def _url(citation: CitationOut) -> str:
    """The note's address; none while `PUBLIC_URL` isn't set, for then only this machine could open it."""
    absolute = citation.url.startswith(("http://", "https://"))
    return quote(citation.url, safe=":/?&=%#~+,;@!$'()*") if absolute else ""


def _confidence(confidence: float) -> str:
    words = next(words for least, words in messages.SLACK_CONFIDENCE.items() if confidence >= least)
    return words.format(confidence=confidence)


def _verdict(out: AnswerOut) -> Block:
    row = [
        button(messages.SLACK_HELPFUL, HELPFUL, out.question_id),
        button(messages.SLACK_UNHELPFUL, UNHELPFUL, out.question_id),
    ]
    if out.status == "answered":
        row.append(button(messages.SLACK_SAVE_CARD, SAVE_CARD, out.question_id))
    return actions(row)
