"""The App Home: what can be asked, the person's saved cards, and the decks."""

from __future__ import annotations

from collections.abc import Sequence

from service import messages
from service.index import Index
from service.interfaces.slack import blocks
from service.interfaces.slack.blocks import Block
from service.interfaces.slack.mrkdwn import clip, escape
from service.store import SavedCard

EXAMPLES = 5
SHOWN_CARDS = 10


def examples(index: Index, count: int = EXAMPLES) -> list[str]:
    """Questions that the notes answer, from documents spread over all of them."""
    documents = index.documents
    chosen = [documents[number * len(documents) // count] for number in range(min(count, len(documents)))]
    first = {question.fact: question.text for question in reversed(index.questions)}
    found = (next((first[fact.id] for fact in each.facts if fact.id in first), each.title) for each in chosen)
    return list(dict.fromkeys(found))


def card_lines(cards: Sequence[SavedCard]) -> list[Block]:
    """The newest saved cards, front and back."""
    newest = list(reversed(cards))[:SHOWN_CARDS]
    built = [
        blocks.section(f"*{escape(clip(card.front, 300))}*\n{escape(clip(card.back, 900))}")
        for card in newest
    ]
    if len(cards) > len(newest):
        built.append(blocks.context(messages.SLACK_MORE_CARDS.format(count=len(cards) - len(newest))))
    return built or [blocks.section(messages.SLACK_NO_CARDS)]


def view(questions: Sequence[str], cards: Sequence[SavedCard]) -> dict[str, object]:
    """The Home tab of one person."""
    built = [
        blocks.header(messages.SLACK_HOME_TITLE),
        blocks.section(messages.SLACK_HELP),
        *blocks.suggestions(questions, messages.SLACK_EXAMPLES),
        blocks.header(messages.SLACK_MY_CARDS),
        *card_lines(cards),
        blocks.actions(deck_buttons(bool(cards))),
    ]
    return {"type": "home", "blocks": built}


def deck_buttons(saved: bool) -> list[Block]:
    """The decks to fetch."""
    whole = blocks.button(messages.SLACK_DECK_BUTTON, blocks.DECK, "docker")
    mine = blocks.button(messages.SLACK_SAVED_DECK_BUTTON, blocks.SAVED_DECK, "saved")
    return [whole, mine] if saved else [whole]
