"""Markdown text -> sections of facts, with line spans. Knows Markdown, nothing of files or ids.

What people's notes look like decides the rules: a bullet is a fact and carries the bullets it
hangs under; a short bullet that only names what its children say is a *label*, no fact of its
own; a paragraph is cut into sentences; a table row is one fact; a code block belongs to the
sentence or bullet that introduces it, else it is a fact of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.front_matter import front_matter_plugin

from service.korean import sentence_spans
from service.types import Code, Fact, FactKind, Section

LONG_BULLET = 300
"""A bullet longer than this (characters) is cut into its sentences: an answer shows whole facts."""

_HTML_TAGS = frozenset(
    """
    a abbr aside b big blockquote br center code col colgroup dd del details div dl dt em figcaption
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre s samp script section small span
    strong style sub summary sup table tbody td th thead tr u ul var
    """.split()
)
_HIDDEN_TAGS = frozenset({"script", "style"})
_CALLOUT = re.compile(r"^\[!(\w+)\][+-]?[ \t]*")
_EMBED = re.compile(r"!\[\[([^\]|\n]{1,300})(?:\|[^\]\n]{0,300})?\]\]")
_WIKILINK = re.compile(r"\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_WORD = re.compile(r"\w")
_STATEMENT_END = re.compile(r"(다|요|까|죠|[함음됨임움름짐림킴님냄씀옴감줌])[.!?]?$")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one Markdown text holds; `images` are (target, line) pairs as written."""

    heading: str | None
    sections: tuple[Section, ...]
    images: tuple[tuple[str, int], ...]


def front_matter(text: str) -> str | None:
    """The YAML between the leading `---` lines, if there is any."""
    tokens = parser().parse(text[: text.find("\n---", 3) + 5] if text.startswith("---") else "")
    return next((token.content for token in tokens if token.type == "front_matter"), None)


def parse(text: str, document: str, title: str | None = None) -> Parsed:
    """Parse `text` (NFC, LF line ends); facts come without ids. `title` heads text under no heading."""
    tree = SyntaxTreeNode(parser().parse(text))
    heading = next((_heading_text(node) for node in tree.children if _is_heading(node)), None)
    walk = _Walk(document, title or heading or document, text.count("\n") + 1)
    walk.blocks(tree.children)
    return Parsed(heading, walk.finish(), tuple(walk.images))


@cache
def parser() -> MarkdownIt:
    """The Markdown that notes are written in; the page renders the same tokens."""
    return (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(front_matter_plugin)
    )


def _is_heading(node: SyntaxTreeNode) -> bool:
    return node.type == "heading" and node.level == 0 and bool(node.children)


def _heading_text(node: SyntaxTreeNode) -> str:
    return _clean(_flat(node.children[0]).text).replace("`", "")


@dataclass(slots=True)
class _Flat:
    """Inline content as Markdown-lite text; `breaks` are the offsets where a source line begins."""

    text: str = ""
    breaks: list[int] = field(default_factory=list)
    images: list[str] = field(default_factory=list)

    def lines(self, span: tuple[int, int], first: int) -> tuple[int, int]:
        """Source lines of the characters in `span`, when the text begins on line `first`."""
        start, end = (
            first + sum(1 for at in self.breaks if at <= offset) for offset in (span[0], span[1] - 1)
        )
        return start, end


def _flat(inline: SyntaxTreeNode) -> _Flat:
    flat = _Flat()
    _flatten(inline, flat)
    return flat


def _flatten(node: SyntaxTreeNode, flat: _Flat) -> None:
    for child in node.children:
        match child.type:
            case "text":
                flat.images += _EMBED.findall(child.content)
                flat.text += without_wikilinks(child.content)
            case "code_inline":
                flat.text += _code_span(child.content)
            case "softbreak" | "hardbreak":
                flat.text += " "
                flat.breaks.append(len(flat.text))
            case "image":
                flat.images.append(str(child.attrs.get("src", "")))
            case "html_inline":
                flat.text += _html_inline(child.content)
            case _:
                _flatten(child, flat)


def _code_span(content: str) -> str:
    fence = "``" if "`" in content else "`"
    pad = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{fence}{pad}{content}{pad}{fence}"


def _html_inline(tag: str) -> str:
    """A real HTML tag vanishes; a placeholder such as `<image>` or `<none>` is text."""
    name = _TAG_NAME.match(tag)
    if name is None:
        return ""
    if name[1].lower() not in _HTML_TAGS:
        return tag
    return " " if name[1].lower() == "br" else ""


def without_wikilinks(text: str) -> str:
    """Obsidian's `[[target|label]]` as its label; embedded files vanish. Code spans never come here."""
    return _WIKILINK.sub(lambda m: m[2] or m[1].replace("#", " "), _EMBED.sub("", text))


def _clean(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text).strip()


class _Visible(HTMLParser):
    """Collects the visible text of an HTML block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.images: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN_TAGS
        if tag == "img":
            self.images.append(dict(attrs).get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN_TAGS and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def is_label(text: str) -> bool:
    """Whether `text` only names what follows ("가상화 기술", "설치 순서:") instead of stating something."""
    if text.endswith((":", "：")):
        return True
    return len(text) <= 30 and not (len(text) > 8 and _STATEMENT_END.search(text))


def is_correction(text: str) -> bool:
    """Whether a fact is marked as correcting a common saying."""
    return text.startswith("바로잡기")


class _Walk:
    """Walks the block tree once and files facts under the open headings."""

    def __init__(self, document: str, title: str, last_line: int) -> None:
        self.images: list[tuple[str, int]] = []
        self._document = document
        self._last_line = last_line
        self._headings: list[tuple[int, str]] = []
        self._sections: list[tuple[tuple[str, ...], int, list[Fact]]] = [((title,), 1, [])]
        self._open: Fact | None = None  # the fact a following code block belongs to

    def finish(self) -> tuple[Section, ...]:
        """The sections in order; the one before the first heading only if it says something."""
        starts = [start for _, start, _ in self._sections[1:]] + [self._last_line + 1]
        return tuple(
            Section(path, (start, max(start, following - 1)), tuple(facts))
            for number, ((path, start, facts), following) in enumerate(
                zip(self._sections, starts, strict=True)
            )
            if facts or number > 0
        )

    def blocks(self, nodes: Sequence[SyntaxTreeNode], parents: tuple[str, ...] = ()) -> None:
        """File the facts of sibling blocks that hang under `parents`."""
        lead: str | None = None
        for node, following in zip(nodes, [*nodes[1:], None], strict=False):
            hung = parents if lead is None else (*parents, lead)
            lead = None
            if node.type == "paragraph" and _leads(node, following):
                lead = _clean(_flat(node.children[0]).text)
            else:
                self._block(node, hung)

    def _block(self, node: SyntaxTreeNode, parents: tuple[str, ...]) -> None:
        match node.type:
            case "heading" if _is_heading(node):
                self._heading(node)
            case "paragraph" | "heading":
                self._paragraph(node, parents)
            case "bullet_list" | "ordered_list":
                for item in node.children:
                    self._item(item, "bullet" if node.type == "bullet_list" else "step", parents)
            case "fence" | "code_block":
                self._code(node, parents)
                return
            case "table":
                self._table(node, parents)
            case "blockquote":
                self.blocks(node.children, parents)
            case "html_block":
                self._html(node, parents)
        if node.type not in {"paragraph", "bullet_list", "ordered_list"}:
            self._open = None

    def _heading(self, node: SyntaxTreeNode) -> None:
        level = int(node.tag[1])
        self._headings = [h for h in self._headings if h[0] < level] + [(level, _heading_text(node) or "#")]
        self._sections.append((tuple(text for _, text in self._headings), _lines(node)[0], []))

    def _paragraph(self, node: SyntaxTreeNode, parents: tuple[str, ...]) -> None:
        self._open = None
        for inline in node.children:
            self._sentences(_flat(inline), _lines(node)[0], "sentence", parents)

    def _sentences(self, flat: _Flat, first: int, kind: FactKind, parents: tuple[str, ...]) -> None:
        flat.text = _CALLOUT.sub(lambda m: " " * len(m[0]), flat.text)
        for span in sentence_spans(flat.text):
            self._file(flat.text[span[0] : span[1]], kind, flat.lines(span, first), parents)
        self._attach_images(flat.images, first)

    def _item(self, item: SyntaxTreeNode, kind: FactKind, parents: tuple[str, ...]) -> None:
        """One bullet: its own text and code make a fact, its lists hang under it."""
        own = [node for node in item.children if node.type == "paragraph"]
        rest = [node for node in item.children if node.type != "paragraph"]
        flats = [_flat(inline) for node in own for inline in node.children]
        text = _clean(" ".join(flat.text for flat in flats))
        self._open = None
        has_list = any(node.type.endswith("_list") for node in rest)
        if text and not (has_list and is_label(text)):
            self._bullet(text, flats, kind, own, parents)
        for flat in flats:
            self._attach_images(flat.images, _lines(item)[0])
        self.blocks(rest, (*parents, text) if text else parents)
        self._open = None

    def _bullet(
        self,
        text: str,
        flats: list[_Flat],
        kind: FactKind,
        own: list[SyntaxTreeNode],
        parents: tuple[str, ...],
    ) -> None:
        if len(text) > LONG_BULLET:
            for node, flat in zip(own, flats, strict=True):
                self._sentences(flat, _lines(node)[0], kind, parents)
        else:
            self._file(text, kind, (_lines(own[0])[0], _lines(own[-1])[1]), parents)

    def _code(self, node: SyntaxTreeNode, parents: tuple[str, ...]) -> None:
        code = Code(node.info.split()[0] if node.info.strip() else "", node.content.rstrip("\n"))
        if not code.text.strip():
            return
        lines = _lines(node)
        if self._open is not None:
            grown = replace(self._open, code=(*self._open.code, code), lines=(self._open.lines[0], lines[1]))
            self._facts[-1] = self._open = grown
        else:
            text = parents[-1] if parents else self._sections[-1][0][-1]
            self._file(text, "code", lines, parents[:-1], (code,))
            self._open = None

    def _table(self, node: SyntaxTreeNode, parents: tuple[str, ...]) -> None:
        rows = [row for part in node.children for row in part.children]
        cells = [
            [_clean(_flat(cell.children[0]).text) if cell.children else "" for cell in row.children]
            for row in rows
        ]
        for row, texts in zip(rows[1:], cells[1:], strict=True):
            self._file(_row_text(cells[0], texts), "row", _lines(row), parents)

    def _html(self, node: SyntaxTreeNode, parents: tuple[str, ...]) -> None:
        visible = _Visible()
        visible.feed(node.content)
        visible.close()
        text = _clean(" ".join("".join(visible.parts).split()))
        for start, end in sentence_spans(text):
            self._file(text[start:end], "sentence", _lines(node), parents)
        self._attach_images(visible.images, _lines(node)[0])

    def _attach_images(self, targets: Sequence[str], line: int) -> None:
        """An image belongs to the last fact of its section, or stays the section's alone."""
        self.images += [(target, line) for target in targets]
        if targets and self._facts:
            self._facts[-1] = replace(self._facts[-1], images=(*self._facts[-1].images, *targets))
            self._open = self._facts[-1] if self._open is not None else None

    def _file(
        self,
        text: str,
        kind: FactKind,
        lines: tuple[int, int],
        parents: tuple[str, ...],
        code: tuple[Code, ...] = (),
    ) -> None:
        text = _clean(text)
        if _WORD.search(text):
            self._open = Fact("", self._document, self._sections[-1][0], text, kind, lines, parents, code)
            self._facts.append(self._open)

    @property
    def _facts(self) -> list[Fact]:
        return self._sections[-1][2]


def _leads(node: SyntaxTreeNode, following: SyntaxTreeNode | None) -> bool:
    """Whether a paragraph only introduces the list after it: its bullets carry it as a parent."""
    if following is None or not following.type.endswith("_list"):
        return False
    text = _clean(_flat(node.children[0]).text)
    return bool(_WORD.search(text)) and (following.type == "ordered_list" or is_label(text))


def _lines(node: SyntaxTreeNode) -> tuple[int, int]:
    start, end = node.map or (0, 1)
    return start + 1, max(start + 1, end)


def _row_text(header: Sequence[str], cells: Sequence[str]) -> str:
    """A table row as text: its first cell is the subject, the others are named by their columns."""
    named = [
        f"{name}: {cell}" if name else cell for name, cell in zip(header[1:], cells[1:], strict=False) if cell
    ]
    return " - ".join([cells[0], ", ".join(named)] if named and cells[0] else [cells[0] or ", ".join(named)])
