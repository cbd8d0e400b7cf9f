"""Listeners for what people use: the command, the message shortcut (이 메시지로 질문), the buttons."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from service import messages
from service.errors import EncoderError, IndexUnusable, UnknownQuestion
from service.interfaces.slack import blocks, cards, hearing, home
from service.interfaces.slack.blocks import HELPFUL, SUGGEST, UNHELPFUL
from service.interfaces.slack.desk import Person, SlackDesk, person
from service.interfaces.slack.hearing import Heard
from service.interfaces.slack.whisper import whisper

SHORTCUT = "ask_message"
"""The callback id of the shortcut in the manifest."""
HELP = {"", "도움말", "help"}

Next = Callable[[], Any]
Body = dict[str, Any]


def register(app: App, desk: SlackDesk) -> None:
    """Add the listeners; like events, questions are taken before the acknowledgement."""

    def command(command: Body, next: Next) -> None:
        take_command(desk, command)
        next()

    def shortcut(body: Body, next: Next) -> None:
        take_shortcut(desk, body)
        next()

    def suggestion(body: Body, action: Body, next: Next) -> None:
        take_suggestion(desk, body, action)
        next()

    def rating(body: Body, action: Body, next: Next) -> None:
        who = person(body)
        shown = body["message"]["blocks"]
        desk.work.submit(f"rating:{who.user}", lambda: rate(desk, who, action, shown))
        next()

    app.command(re.compile("^/"), middleware=[command])(_acknowledge)
    app.shortcut(SHORTCUT, middleware=[shortcut])(_acknowledge)
    app.action(re.compile(f"^{SUGGEST}:"), middleware=[suggestion])(_acknowledge)
    app.action(re.compile(f"^({HELPFUL}|{UNHELPFUL})$"), middleware=[rating])(_acknowledge)


def _acknowledge(ack: Ack) -> None:
    ack()


def take_command(desk: SlackDesk, command: Body) -> None:
    """`/docker ...`: help, an errand with cards, or a question for everybody. Raises StoreError."""
    who = Person(
        team=str(command["team_id"]),
        user=str(command["user_id"]),
        channel=str(command["channel_id"]),
        response_url=str(command.get("response_url", "")),
    )
    text = hearing.plain(str(command.get("text") or ""))
    if text in HELP:
        desk.work.submit(f"help:{who.user}", lambda: show_help(desk, who))
        return
    word, _, rest = text.replace("내 카드", "내카드").partition(" ")
    errand = cards.ERRANDS.get(word)
    if errand is not None:
        desk.work.submit(f"cards:{who.user}", lambda: cards.run(errand, desk, who, rest.strip()))
        return
    heard = Heard(who.team, who.channel, who.user, text, response_url=who.response_url, quoted=True)
    desk.inbox.take(heard, [f"command:{command['trigger_id']}"])


def take_shortcut(desk: SlackDesk, body: Body) -> None:
    """The message is the question, and the answer goes into its thread. Raises StoreError."""
    who, message = person(body), body["message"]
    heard = Heard(
        who.team,
        who.channel,
        who.user,
        hearing.plain(str(message.get("text") or "")),
        thread=who.thread,
        ts=str(message["ts"]),
        response_url=who.response_url,
        stranger=_outsider(body),
    )
    desk.inbox.take(heard, [f"shortcut:{body['trigger_id']}"])


def take_suggestion(desk: SlackDesk, body: Body, action: Body) -> None:
    """A suggested question, asked by who clicks it, once however often they click. Raises StoreError."""
    who = person(body)
    heard = Heard(
        who.team,
        who.channel,
        who.user,
        str(action["value"]),
        thread=who.thread,
        response_url=who.response_url,
        quoted=True,
        stranger=_outsider(body),
    )
    place = f"{who.channel}:{body['message']['ts']}" if "message" in body else str(body["trigger_id"])
    desk.inbox.take(heard, [f"suggestion:{who.team}:{place}:{who.user}:{action['action_id']}"])


def rate(desk: SlackDesk, who: Person, action: Body, shown: list[blocks.Block]) -> None:
    """Keep what the asker thinks of an answer, and thank in place of the buttons."""
    helpful = action["action_id"] == HELPFUL
    try:
        desk.store.feedback(str(action["value"]), who.owner, helpful, None)
    except UnknownQuestion:
        whisper(desk, who, messages.SLACK_NOT_YOURS)
        return
    desk.sender.respond(
        who.response_url, blocks.rated(shown, helpful), messages.SLACK_THANKS[helpful], replace=True
    )


def show_help(desk: SlackDesk, who: Person) -> None:
    """What can be asked and how."""
    built = [blocks.section(messages.SLACK_HELP)]
    try:
        examples = home.examples(desk.serving.tutor().index)
    except (IndexUnusable, EncoderError) as error:
        built.append(blocks.context(messages.explain(error)))
    else:
        built += blocks.suggestions(examples, messages.SLACK_EXAMPLES)
    desk.sender.respond(who.response_url, built, messages.SLACK_HELP)


def _outsider(body: Body) -> bool:
    """Whether somebody of another organisation uses a message in a channel shared through Slack Connect."""
    ours = {body["team"]["id"], (body.get("enterprise") or {}).get("id")}
    theirs = body["user"].get("team_id")
    return bool(theirs and theirs not in ours)
