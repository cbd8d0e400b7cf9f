"""Saying something to one person where they are."""

from __future__ import annotations

from service.interfaces.slack import blocks
from service.interfaces.slack.desk import Person, SlackDesk


def whisper(desk: SlackDesk, who: Person, words: str) -> None:
    """Tell one person: beside the message they used, after their command, or in the direct messages.

    Raises SlackError.
    """
    built, client = [blocks.section(words)], desk.sender.client
    if who.response_url and not who.thread:
        desk.sender.respond(who.response_url, built, words)
    elif who.channel:
        desk.sender.call(
            client.chat_postEphemeral,
            channel=who.channel,
            user=who.user,
            thread_ts=who.thread or None,
            text=words,
            blocks=built,
        )
    else:
        channel = desk.sender.direct(who.user)
        desk.sender.call(client.chat_postMessage, channel=channel, text=words, blocks=built)
