"""Slack's published limits on messages and views, checked apart from the code that keeps them.

https://docs.slack.dev/reference/block-kit/blocks and .../messaging: the figures are copied from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]

MESSAGE_BLOCKS, HOME_BLOCKS = 50, 100
MESSAGE = 13_200
TEXT = {"section": 3000, "context": 3000, "header": 150}
_LINK = re.compile(r"<(?:https?://[^\s<>|]+(?:\|[^<>|\n]+)?|@[UW][A-Z0-9]+)>")


def size(text: str) -> int:
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def problems(payload: Node) -> list[str]:
    """What Slack would refuse in a message, a `response_url` answer or a Home view."""
    found: list[str] = []
    blocks = payload.get("blocks", [])
    most = HOME_BLOCKS if payload.get("type") == "home" else MESSAGE_BLOCKS
    if len(blocks) > most:
        found.append(f"{len(blocks)} blocks, {most} allowed")
    if payload.get("type") != "home":
        if not payload.get("text"):
            found.append("no text for notifications")
        whole = size(payload.get("text", "")) + sum(size(text) for _, text in _texts(blocks))
        if whole > MESSAGE:
            found.append(f"message of {whole} characters, {MESSAGE} allowed")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(len(each) > 255 for each in ids):
        found.append(f"block ids {ids}")
    for block in blocks:
        found += _CHECKS.get(block["type"], _unknown)(block)
    found += [
        f"mrkdwn: {why} in {text[:80]!r}"
        for kind, text in _texts(blocks)
        if kind == "mrkdwn"
        for why in _mrkdwn(text)
    ]
    return found


def _unknown(block: Node) -> list[str]:
    return [f"block type {block['type']}"]


def _text(node: Node, most: int, kinds: set[str]) -> list[str]:
    if node.get("type") not in kinds:
        return [f"text type {node.get('type')}"]
    length = size(node.get("text", ""))
    return [] if 1 <= length <= most else [f"text of {length} characters, 1 to {most} allowed"]


def _section(block: Node) -> list[str]:
    return _text(block["text"], TEXT["section"], {"mrkdwn", "plain_text"})


def _header(block: Node) -> list[str]:
    return _text(block["text"], TEXT["header"], {"plain_text"})


def _context(block: Node) -> list[str]:
    elements = block["elements"]
    found = [] if 1 <= len(elements) <= 10 else [f"{len(elements)} context elements"]
    return found + [
        why for each in elements for why in _text(each, TEXT["context"], {"mrkdwn", "plain_text"})
    ]


def _actions(block: Node) -> list[str]:
    elements = block["elements"]
    found = [] if 1 <= len(elements) <= 25 else [f"{len(elements)} buttons"]
    actions = [each["action_id"] for each in elements]
    if len(actions) != len(set(actions)):
        found.append(f"action ids {actions}")
    for each in elements:
        found += _text(each["text"], 75, {"plain_text"})
        if each["type"] != "button" or len(each["action_id"]) > 255 or not 1 <= size(each["value"]) <= 2000:
            found.append(f"button {each}")
    return found


_CHECKS = {"section": _section, "header": _header, "context": _context, "actions": _actions}


def _mrkdwn(text: str) -> Iterator[str]:
    """What would be shown wrong: an open fence, an open code span, a stray control character."""
    parts = text.split("```")
    if len(parts) % 2 == 0:
        yield "a fence is open"
    if any(line.count("`") % 2 for prose in parts[::2] for line in prose.split("\n")):
        yield "a code span is open"
    bare = _LINK.sub("", text)
    if "<" in bare or ">" in bare:
        yield "unescaped < or >"
    if re.search(r"&(?!(amp|lt|gt);)", bare):
        yield "unescaped &"


def _texts(blocks: list[Node]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        nodes = [block["text"]] if "text" in block else block.get("elements", [])
        for node in nodes:
            text = node["text"]["text"] if node["type"] == "button" else node["text"]
            yield node["type"], text
