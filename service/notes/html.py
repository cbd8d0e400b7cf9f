"""A note -> HTML that is safe to show: raw HTML stands as text, and every block knows its source lines.

Two walls: the renderer writes only elements of its own (what a note has in angle brackets is escaped),
and nh3 lets nothing through that the page doesn't use.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote, urlsplit

import nh3
from markdown_it.token import Token

from service import links
from service.notes import markdown
from service.types import Document

HEADING_PREFIX = "s-"
"""Begins every id that a note brings: it can't take the place of one of the page's own."""

_TAGS = frozenset(
    """
    a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr img li ol p pre s span strong table tbody td th
    thead tr ul
    """.split()
)
_ATTRIBUTES = {
    "*": {"data-lines"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "a": {"href", "title"},
    "div": {"data-scroll"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "pre": {"data-language"},
    "td": {"data-align"},
    "th": {"data-align"},
}
_SCHEMES = frozenset({"http", "https", "mailto"})
_ALIGN = re.compile(r"text-align:(left|center|right)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NOT_IN_ID = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a rendered note: the id of its element, what it says, its level and line."""

    id: str
    text: str
    level: int
    line: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A note as HTML, and its headings in order."""

    html: str
    headings: tuple[Heading, ...]


def render(document: Document, paths: Mapping[str, str] | None = None) -> Rendered:
    """The HTML of `document`; `paths` are the ids of all notes by path, for links between them."""
    page = _Page(document, paths or {})
    tokens = markdown.parser().parse(document.source)
    html = page.blocks(tokens)
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
    )
    return Rendered(clean, tuple(page.headings))


@dataclass(slots=True)
class _Page:
    """Writes the tokens of one note."""

    document: Document
    paths: Mapping[str, str]
    headings: list[Heading] = field(default_factory=list)
    _lines: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.document.source.split("\n")

    def blocks(self, tokens: Sequence[Token]) -> str:
        parts: list[str] = []
        for number, token in enumerate(tokens):
            if token.type == "inline":
                parts.append("".join(self._inline(child) for child in token.children or ()))
            elif token.type == "heading_open":
                parts.append(self._heading(token, tokens[number + 1]))
            else:
                parts.append(self._block(token))
        return "".join(parts)

    def _block(self, token: Token) -> str:
        match token.type:
            case "front_matter":
                return ""
            case "fence" | "code_block":
                language = token.info.split()[0] if token.info.strip() else ""
                named = f' data-language="{escape(language)}"' if language else ""
                return f"<pre{self._where(token)}{named}><code>{escape(token.content)}</code></pre>\n"
            case "html_block":
                text = _COMMENT.sub("", token.content).strip()
                return f"<p{self._where(token)}>{_lines_of(escape(text))}</p>\n" if text else ""
            case "paragraph_open" | "paragraph_close" if token.hidden:  # in a tight list: no <p>, but a place
                return f"<span{self._where(token)}>" if token.nesting == 1 else "</span>\n"
            case "table_open":
                return f"<div data-scroll><table{self._where(token)}>\n"
            case "table_close":
                return "</table></div>\n"
        return self._tag(token)

    def _tag(self, token: Token) -> str:
        if token.nesting == -1:
            return f"</{token.tag}>\n"
        start = (
            f' start="{int(token.attrs["start"])}"' if token.tag == "ol" and "start" in token.attrs else ""
        )
        aligned = _ALIGN.search(str(token.attrs.get("style", "")))
        align = f' data-align="{aligned[1]}"' if aligned else ""
        return f"<{token.tag}{self._where(token)}{start}{align}>"

    def _where(self, token: Token) -> str:
        """The source lines of a block, without the blank ones after it."""
        if token.map is None:
            return ""
        first, last = token.map
        while last > first + 1 and not self._lines[last - 1].strip():
            last -= 1
        return f' data-lines="{first + 1}-{last}"'

    def _heading(self, token: Token, inline: Token) -> str:
        text = "".join(child.content for child in inline.children or ()).strip()
        base = HEADING_PREFIX + (_NOT_IN_ID.sub("-", text.lower()).strip("-") or "0")
        same = sum(heading.id == base or heading.id.startswith(f"{base}--") for heading in self.headings)
        unique = f"{base}--{same + 1}" if same else base
        line = token.map[0] + 1 if token.map else 1
        self.headings.append(Heading(unique, text, int(token.tag[1]), line))
        return f'<{token.tag}{self._where(token)} id="{escape(unique)}">'

    def _inline(self, token: Token) -> str:
        match token.type:
            case "text":
                return escape(markdown.without_wikilinks(token.content), quote=False)
            case "code_inline":
                return f"<code>{escape(token.content)}</code>"
            case "softbreak":
                return "\n"
            case "hardbreak":
                return "<br>"
            case "html_inline":
                return _raw(token.content)
            case "image":
                return self._image(token)
            case "link_open":
                return f'<a href="{escape(self._target(str(token.attrs.get("href", ""))))}">'
        return f"</{token.tag}>" if token.nesting == -1 else f"<{token.tag}>" if token.tag else ""

    def _image(self, token: Token) -> str:
        source = str(token.attrs.get("src", ""))
        alt = "".join(child.content for child in token.children or ())
        if (scheme := _scheme(source)) is not None:  # nothing is loaded from elsewhere
            linked = f'<a href="{escape(source)}">{escape(alt or source)}</a>'
            return linked if scheme in _SCHEMES else escape(alt)
        place = links.image(self.document.id, unquote(source))
        return f'<img src="{escape(place)}" alt="{escape(alt)}" loading="lazy">'

    def _target(self, href: str) -> str:
        """Where a link leads: another site, another note of ours, or a heading of this one."""
        if (scheme := _scheme(href)) is not None:
            return href if scheme in _SCHEMES else "#/read"
        path, _, fragment = href.partition("#")
        beside = posixpath.dirname(self.document.path)
        resolved = posixpath.normpath(posixpath.join(beside, unquote(path))) if path else self.document.path
        document = self.paths.get(resolved, self.document.id)
        return links.page(document) + (f"?at={fragment}" if fragment else "")


def _scheme(href: str) -> str | None:
    try:
        return urlsplit(href).scheme or None
    except ValueError:
        return "unreadable"


def _raw(tag: str) -> str:
    """HTML inside a line: a line break is one, a comment vanishes, everything else is text."""
    if _BREAK.fullmatch(tag):
        return "<br>"
    return escape(_COMMENT.sub("", tag))


def _lines_of(escaped: str) -> str:
    return escaped.replace("\n", "<br>")
