"""Cards by rule, for facts that nobody wrote a card for.

Each rule reads the shapes that notes have: "A : B", "A는 B입니다", a label with short bullets, a command
in backticks or in a block, "A는 ..., B는 ...". What fits no shape becomes a cloze of its rarest word.
A rule only drafts; the gate decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from service import korean, messages
from service.cards.blanks import CODE_SPAN, Rarity, blanks
from service.cards.checks import GENERIC, LIST_ITEMS
from service.korean.search.morphemes import morphemes
from service.notes.markdown import is_label
from service.types import CardKind, Fact

Rule = str


@dataclass(frozen=True, slots=True)
class CardDraft:
    """A card as a rule sees it; the rule's name is the card's own id within its fact."""

    fact: Fact
    rule: Rule
    kind: CardKind
    front: str = ""
    back: str = ""
    cloze: str = ""
    reverse: bool = False


MAX_ITEM = 40
MAX_MEANING = 110
SHORT = 40
_COLON = re.compile(r"^(?P<name>[^:：]{1,30}?)\s*[:：]\s+(?P<meaning>\S.*)$", re.DOTALL)
_TOPIC = re.compile(
    r"^(?P<name>[^,.]{1,40}?)(?:은|는|이란|란) (?P<meaning>\S.*?)"
    r"(?:입니다|이다|임|(?:을|를) (?:말합니다|뜻합니다))\.?$"
)
_TWO_SIDES = re.compile(
    r"^(?P<a>[^,]{1,25}?)(?:은|는) (?P<x>[^,]{2,50}?)(?:고|며|지만|는데|으나), "
    r"(?P<b>[^,]{1,25}?)(?:은|는) (?P<y>[^,]{2,60})$"
)
_COMMAND = re.compile(
    r"^(?:sudo )?"
    r"(?:docker|docker-compose|dockerd|podman|kubectl|git|apt|apt-get|brew|npm|pip|systemctl|curl|wsl)\b.*\S"
)
_HANGUL = re.compile("[가-힣]")
_LIST_HEADING = re.compile(
    r"(장점|단점|특징|용도|종류|순서|단계|구성|구성 요소|역할|방법|이유|원칙|조건|주의점|규칙)$"
)


def drafts(facts: Sequence[Fact], known: frozenset[str]) -> Iterator[CardDraft]:
    """Drafts for facts of one section, none of which has a curated card.

    `known` are the keys of cards in the ledgers: a list stays with the fact that it was made for.
    """
    listed: set[str] = set()
    for draft in _lists(facts, known):
        yield draft
        listed |= {fact.id for fact in _members(draft.fact, facts)}
    rare = Rarity(facts)
    fronts: set[str] = set()
    for fact in facts:
        if fact.id not in listed:
            found = next((draft for draft in _made(fact, rare) if draft.front not in fronts), None)
            if found is not None:
                fronts |= {found.front} - {""}
                yield found


def _made(fact: Fact, rare: Rarity) -> Iterator[CardDraft]:
    """What the rules make of one fact, the most telling first."""
    yield from (draft for rule in _RULES if (draft := rule(fact)) is not None)
    if (cloze := _cloze(fact, rare)) is not None:
        yield cloze


def _members(fact: Fact, facts: Sequence[Fact]) -> list[Fact]:
    return [other for other in facts if other.parents == fact.parents]


def _lists(facts: Sequence[Fact], known: frozenset[str]) -> Iterator[CardDraft]:
    """One list card for short bullets under one label, or directly under a heading that promises a list."""
    for parents, grouped in groupby(facts, key=lambda fact: fact.parents):
        members = list(grouped)
        texts = [member.text.rstrip(".") for member in members]
        least, most = LIST_ITEMS
        fits = least <= len(members) <= most and all(
            len(text) <= MAX_ITEM
            and not _COLON.match(text)
            and not member.code
            and member.kind in ("bullet", "step")
            for text, member in zip(texts, members, strict=True)
        )
        if not fits or len(set(texts)) < len(texts) or not _promises_list(parents, members):
            continue
        owner = next((member for member in members if f"{member.id}-list.cloze" in known), members[0])
        items = "\n".join(f"{number}. {{{{c{number}::{text}}}}}" for number, text in enumerate(texts, 1))
        yield CardDraft(owner, "list", "list", cloze=f"{_list_title(parents, owner)}\n{items}")


def _promises_list(parents: tuple[str, ...], members: Sequence[Fact]) -> bool:
    if parents:
        return is_label(parents[-1])
    return bool(_LIST_HEADING.search(members[0].heading_path[-1]))


def _list_title(parents: tuple[str, ...], fact: Fact) -> str:
    label = parents[-1].rstrip(":： ") if parents else ""
    return subject(fact, label)


def subject(fact: Fact, name: str = "") -> str:
    """What a fact is about, as a lead: its label, with the heading before it unless one says the other."""
    heading = re.sub(r"(이란|란)?\s*[?？]$", "", fact.heading_path[-1])
    if heading in GENERIC and len(fact.heading_path) > 1:
        heading = f"{fact.heading_path[-2]} {heading}"
    if not name:
        return heading
    return name if name in heading or heading in name else f"{heading} - {name}"


def _definition(fact: Fact) -> CardDraft | None:
    match = _COLON.match(fact.text) or _TOPIC.match(fact.text)
    if match is None or fact.kind == "row":
        return None
    name, meaning = match["name"].strip(), match["meaning"].strip().rstrip(".")
    bare = re.sub(r"\s*\([^()]*\)$", "", name)
    if bare in GENERIC or len(meaning) > MAX_MEANING or not _HANGUL.search(meaning) or not _is_name(bare):
        return None
    return CardDraft(fact, "term", "term", front=name, back=meaning, reverse=len(meaning) <= SHORT)


def _contrast(fact: Fact) -> CardDraft | None:
    match = _TWO_SIDES.match(fact.text.rstrip("."))
    if match is None or not (_is_name(match["a"]) and _is_name(match["b"])):
        return None
    first = _noun_form(match["x"])
    if first is None:
        return None
    front = messages.CARD_CONTRAST.format(left=korean.with_josa(match["a"], "과/와"), right=match["b"])
    return CardDraft(
        fact, "contrast", "contrast", front, f"{match['a']}: {first} / {match['b']}: {match['y']}"
    )


_NOUN_FORMS = {
    "하": "함",
    "되": "됨",
    "있": "있음",
    "없": "없음",
    "이": "",
    "않": "않음",
    "같": "같음",
    "크": "큼",
}


def _noun_form(clause: str) -> str | None:
    """A clause cut before its connecting ending, as people write it in notes: 사용하 -> 사용함."""
    ending = _NOUN_FORMS.get(clause[-1:])
    return None if ending is None else clause[:-1] + ending


def _meaning(fact: Fact) -> CardDraft | None:
    """A bullet that says what its heading is: 컨테이너 / 작은 단위로 분할하여 관리하는 창고."""
    name = subject(fact)
    text = fact.text.rstrip(".")
    if fact.parents or fact.code or name in GENERIC or _LIST_HEADING.search(name) or not _is_name(name):
        return None
    if len(text) > MAX_MEANING or name in text or not _is_description(re.sub(r"\s*\([^()]*\)$", "", text)):
        return None
    return CardDraft(fact, "term", "term", front=name, back=text, reverse=len(text) <= SHORT)


def _is_description(text: str) -> bool:
    """Whether `text` is a noun with a clause before it: 컨테이너를 다루는 기능을 제공하는 소프트웨어."""
    found = morphemes(text)
    last_clause = max((at for at, one in enumerate(found) if one.tag.endswith("ETM")), default=-1)
    head = found[last_clause + 1 :]
    return (
        last_clause >= 0
        and 0 < len(head) <= 3
        and all(one.tag in ("NNG", "NNP", "NNB", "SL") for one in head)
    )


def _sequence(fact: Fact) -> CardDraft | None:
    """Steps with arrows, or parts with plus signs, written in one line."""
    for mark in ("→", "->", "+"):
        parts = [part.strip(" .…`") for part in fact.text.split(f" {mark} ")]
        items = list(dict.fromkeys(part for part in parts if part))
        least, most = LIST_ITEMS
        if len(parts) > least and least < len(items) <= most and all(len(item) <= 25 for item in items):
            hidden = f" {mark} ".join(f"{{{{c{at}::{item}}}}}" for at, item in enumerate(items, 1))
            return CardDraft(fact, "sequence", "list", cloze=f"{subject(fact)}: {hidden}")
    return None


def _row(fact: Fact) -> CardDraft | None:
    """A table row with two columns or more compares them; with one it defines its first cell."""
    if fact.kind != "row" or " - " not in fact.text:
        return None
    name, _, rest = fact.text.partition(" - ")
    cells = re.findall(r"(?:^|, )([^:,]{1,30}): ((?:(?!, [^:,]{1,30}: ).)+)", rest)
    if len(cells) < 2:
        return None
    front = messages.CARD_CONTRAST_ROW.format(
        row=name,
        sides=f"{korean.with_josa(cells[0][0], '과/와')} " + ", ".join(cell for cell, _ in cells[1:]),
    )
    return CardDraft(
        fact, "contrast", "contrast", front, " / ".join(f"{column}: {text}" for column, text in cells)
    )


def _command(fact: Fact) -> CardDraft | None:
    """A line of code with the sentence that says what it does."""
    if len(fact.code) == 1 and fact.kind != "code":
        code = re.sub(r"\\\n\s*", "", fact.code[0].text).strip()
        said = fact.text.rstrip(".:： ")
        if (
            "\n" not in code
            and _COMMAND.match(code.removeprefix("$ "))
            and _HANGUL.search(said)
            and "`" not in said
        ):
            return CardDraft(
                fact, "command", "command", messages.CARD_COMMAND.format(task=said), code.removeprefix("$ ")
            )
    spans = CODE_SPAN.findall(fact.text)
    if len(spans) == 1 and _COMMAND.match(spans[0]) and " " in spans[0] and not fact.code:
        blanked = fact.text.replace(f"`{spans[0]}`", f"`{{{{c1::{spans[0]}}}}}`")
        return CardDraft(fact, "command", "cloze", cloze=_lead(fact, blanked))
    return None


_RULES: tuple[Callable[[Fact], CardDraft | None], ...] = (
    _row,
    _sequence,
    _contrast,
    _definition,
    _meaning,
    _command,
)


def _lead(fact: Fact, text: str) -> str:
    """`text` with what it is about before it, where it doesn't name that itself."""
    label = fact.parents[-1].rstrip(":： ") if fact.parents and is_label(fact.parents[-1]) else ""
    about = subject(fact, label)
    named = set(korean.tokens(about)) - set(korean.tokens(" ".join(GENERIC)))
    return text if named and named <= set(korean.tokens(text)) else f"{about}: {text}"


def _cloze(fact: Fact, rare: Rarity) -> CardDraft | None:
    """A statement with its most telling word blanked: a number, code, a Latin name, or its rarest noun."""
    if fact.kind == "code" or len(fact.text) > 180 or "http" in fact.text or not _HANGUL.search(fact.text):
        return None
    lead = _lead(fact, fact.text)
    start = len(lead) - len(fact.text)
    for span in blanks(fact, rare):
        word = fact.text[span[0] : span[1]]
        if lead.count(word) == 1 and len(fact.text) - len(word) >= 8:
            at = start + span[0]
            text = f"{lead[:at]}{{{{c1::{word}}}}}{lead[at + len(word) :]}"
            return CardDraft(fact, "cloze", "cloze", cloze=text)
    return None


def _is_name(text: str) -> bool:
    """Whether `text` names something: nouns and what describes them, no clause."""
    tags = [morpheme.tag for morpheme in morphemes(text)]
    clause = any(
        tag.startswith(("JKO", "JKB", "JKS", "JX", "EC", "EF", "VV", "VA", "MAJ", "NP")) for tag in tags
    )
    return bool(tags) and not clause and tags[-1].startswith(("NN", "SL", "SN", "XS", "SS", "UN", "SY"))
