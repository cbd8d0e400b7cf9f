r"""Markdown-lite -> the HTML of an Anki field. Everything is escaped; only code and line ends are markup.

Anki reads more than HTML in a field: `[sound:x]`, `[latex]`, `\(..\)` and, in cloze texts, braces and
colons become active. They are written as character references, which show the same and do nothing.
"""

from __future__ import annotations

import re
from html import escape

from service.cards.cloze import parse

_FENCE = re.compile(r"^```[ \t]*([\w+.#-]*)[^\n`]*\n(.*?)(?:\n)?^```[ \t]*$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_ACTIVE = re.compile(r"\[(?=/?(?:sound|anki|latex|\$))|\\(?=[\[(\])])", re.IGNORECASE)
_CLOZE = re.compile(r"[{}]|:(?=:)|(?<=:):")
_BEGIN, _THEN, _END = "\ue000\ue001\ue002"
"""Stand for the marks of a deletion while its text is rendered."""
_SPECIAL = re.compile(r"[<>&\"'`\[\\\n\x00-\x1f\x7f\ud800-\udfff]")
"""What makes a text more than its own HTML; most have none of it."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def field(text: str) -> str:
    """The HTML of `text`."""
    if not _SPECIAL.search(text):
        return text
    parts: list[str] = []
    at = 0
    for match in _FENCE.finditer(text):
        parts += [_inline(text[at : match.start()].strip("\n")), block(match[2], match[1])]
        at = match.end()
    parts.append(_inline(text[at:].strip("\n")))
    return "".join(parts)


def block(code: str, language: str = "") -> str:
    """A block of code, kept exactly."""
    named = f' class="language-{_escaped(language)}"' if language else ""
    return f"<pre><code{named}>{_escaped(code)}</code></pre>"


def inline_code(text: str) -> str:
    """A short piece of code that may wrap."""
    return f"<code>{_escaped(text)}</code>"


def cloze_field(text: str) -> str:
    """The HTML of a cloze text, its deletions as Anki reads them; one may lie inside a code span."""
    marked = "".join(
        f"{_BEGIN}{piece.ordinal}{_THEN}{_bare(piece.text)}{_END}" if piece.ordinal else _bare(piece.text)
        for piece in parse(text)
    )
    html = _CLOZE.sub(lambda match: f"&#{ord(match[0])};", field(marked))
    return html.replace(_BEGIN, "{{c").replace(_THEN, "::").replace(_END, "}}")


def plain(text: str) -> str:
    """`text` as it is read: without the marks of code spans and fences."""
    text = _FENCE.sub(lambda match: match[2], text)
    return _SPAN.sub(lambda match: match[2], text)


def _inline(text: str) -> str:
    parts: list[str] = []
    at = 0
    for match in _SPAN.finditer(text):
        code = match[2][1:-1] if match[2][:1] == match[2][-1:] == " " and match[2].strip() else match[2]
        parts += [_lines(text[at : match.start()]), inline_code(code)]
        at = match.end()
    return "".join([*parts, _lines(text[at:])])


def _lines(text: str) -> str:
    return _escaped(text).replace("\n", "<br>")


def _escaped(text: str) -> str:
    html = escape(_CONTROL.sub("", text), quote=True)
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", html)


def _bare(text: str) -> str:
    return re.sub(f"[{_BEGIN}{_THEN}{_END}]", "", text)
