"""Listeners for cards: decks as files, saving an answer, the saved ones, the quiz."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from service import messages
from service.errors import EmptyDeck, SlackError, SlackRefused, TutorError
from service.interfaces.slack import blocks, decks, home
from service.interfaces.slack.blocks import DECK, QUIZ_ANSWER, QUIZ_NEXT, SAVE_CARD, SAVED_DECK, Block
from service.interfaces.slack.decks import File
from service.interfaces.slack.desk import Person, SlackDesk, person
from service.interfaces.slack.events import publish
from service.interfaces.slack.mrkdwn import clip, escape
from service.interfaces.slack.sending import ABSENT
from service.interfaces.slack.whisper import whisper
from service.types import Card

SIDE = 1200
"""Characters of one side of a card."""

Next = Callable[[], Any]
Body = dict[str, Any]
Errand = Callable[[SlackDesk, Person, str], None]

log = logging.getLogger(__name__)


def register(app: App, desk: SlackDesk) -> None:
    """Add the listeners for the buttons; the commands are in `ERRANDS`."""

    def pressed(body: Body, action: Body, next: Next) -> None:
        who, errand = person(body), _PRESSED[action["action_id"]]
        desk.work.submit(f"cards:{who.user}", lambda: run(errand, desk, who, str(action["value"])))
        next()

    app.action(re.compile(f"^({'|'.join(_PRESSED)})$"), middleware=[pressed])(_acknowledge)


def _acknowledge(ack: Ack) -> None:
    ack()


def run(errand: Errand, desk: SlackDesk, who: Person, argument: str) -> None:
    """Do what somebody wants; what is in the way is told to them. Raises SlackError."""
    try:
        errand(desk, who, argument)
    except SlackError:
        raise
    except TutorError as error:
        log.info("errand of a Slack user: %s", error)
        whisper(desk, who, messages.explain(error))


def send_deck(desk: SlackDesk, who: Person, topic: str) -> None:
    """`/docker 덱 [주제]`: the deck into the conversation, or to the person where we are no member."""
    try:
        file = decks.deck(desk, topic)
    except EmptyDeck:
        words = messages.SLACK_NO_TOPIC.format(topic=escape(clip(topic, 100)))
        whisper(desk, who, words if topic else messages.explain(EmptyDeck()))
        return
    try:
        desk.sender.upload(who.channel, file.name, file.data, messages.SLACK_DECK_SENT)
    except SlackRefused as error:
        if error.fields["error"] not in ABSENT:
            raise
        _send_alone(desk, who, file)
        whisper(desk, who, messages.SLACK_DECK_ALONE)


def send_whole_deck_alone(desk: SlackDesk, who: Person, argument: str) -> None:
    """The deck of all cards, in the direct messages."""
    _send_alone(desk, who, decks.deck(desk))


def send_saved_deck(desk: SlackDesk, who: Person, argument: str) -> None:
    """The person's own deck, in the direct messages: it is nobody else's business."""
    _send_alone(desk, who, decks.saved_deck(desk, who.owner))


def _send_alone(desk: SlackDesk, who: Person, file: File) -> None:
    channel = desk.sender.direct(who.user)
    desk.sender.upload(channel, file.name, file.data, messages.SLACK_DECK_SENT)


def show_cards(desk: SlackDesk, who: Person, argument: str) -> None:
    """`/docker 내카드`: the person's saved cards."""
    cards = desk.store.saved_cards(who.owner)
    built = [blocks.header(messages.SLACK_MY_CARDS), *home.card_lines(cards)]
    built.append(blocks.actions(home.deck_buttons(bool(cards))))
    desk.sender.respond(who.response_url, built, messages.SLACK_MY_CARDS)


def save_card(desk: SlackDesk, who: Person, question_id: str) -> None:
    """카드로 저장: the answer as a card of who presses."""
    front = decks.save(desk, question_id, who.owner)
    whisper(desk, who, messages.SLACK_CARD_SAVED.format(front=escape(clip(front, 300))))
    publish(desk, who.team, who.user)


def quiz(desk: SlackDesk, who: Person, argument: str) -> None:
    """`/docker 퀴즈`: asks a card."""
    desk.sender.respond(who.response_url, _question(decks.draw(desk)), messages.SLACK_QUIZ)


def next_quiz(desk: SlackDesk, who: Person, card_id: str) -> None:
    """The next question in place of this one."""
    built = _question(decks.draw(desk, but=card_id))
    desk.sender.respond(who.response_url, built, messages.SLACK_QUIZ, replace=True)


def reveal(desk: SlackDesk, who: Person, card_id: str) -> None:
    """The answer below the question."""
    card = decks.find(desk, card_id)
    place = " › ".join(dict.fromkeys([card.title, *card.heading_path]))
    built = [
        _asked(card),
        blocks.section(f"*{messages.SLACK_QUIZ_ANSWER}*\n{_side(decks.answered(card))}"),
        blocks.context(escape(clip(place, blocks.LABEL))),
        blocks.actions([blocks.button(messages.SLACK_QUIZ_NEXT, QUIZ_NEXT, card.id)]),
    ]
    desk.sender.respond(who.response_url, built, messages.SLACK_QUIZ_ANSWER, replace=True)


def _question(card: Card) -> list[Block]:
    """The question with the headings that don't give its answer away."""
    context = " › ".join(card.context)
    return [
        _asked(card),
        *([blocks.context(escape(clip(context, blocks.LABEL)))] if context else []),
        blocks.actions([blocks.button(messages.SLACK_QUIZ_REVEAL, QUIZ_ANSWER, card.id)]),
    ]


def _asked(card: Card) -> Block:
    return blocks.section(f"*{messages.SLACK_QUIZ}*\n{_side(decks.asked(card))}")


def _side(text: str) -> str:
    return escape(clip(text, SIDE))


ERRANDS: dict[str, Errand] = {"덱": send_deck, "내카드": show_cards, "퀴즈": quiz}
"""What `/docker` does by its first word, if it isn't a question."""
_PRESSED: dict[str, Errand] = {
    SAVE_CARD: save_card,
    DECK: send_whole_deck_alone,
    SAVED_DECK: send_saved_deck,
    QUIZ_ANSWER: reveal,
    QUIZ_NEXT: next_quiz,
}
