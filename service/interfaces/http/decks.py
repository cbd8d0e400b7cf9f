"""Cards and decks over HTTP. A deck is exported once for each selection and generation, then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response

from service import korean, links, messages
from service.cards import history
from service.cards.derive import tags as anki_tags
from service.cards.shelf import Filter, Shelf, select
from service.errors import BadText, UnknownDeck
from service.interfaces.access.callers import CallerOf
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import base_url
from service.interfaces.http import saving
from service.interfaces.http.deck_schemas import CardIn, CardOut, CardsOut, ChangesOut
from service.interfaces.runtime.exports import Export, Exports
from service.interfaces.runtime.serving import Serving
from service.interfaces.state import state_of
from service.settings import Settings
from service.store import Store
from service.types import Card, CardKind

FILE_NAMES = {"docker": messages.FILE_DOCKER, "saved": messages.FILE_SAVED, "retired": messages.FILE_RETIRED}

router = APIRouter(responses=documented(400, 401, 404, 413, 422, 503))


@dataclass(frozen=True, slots=True)
class CardDesk:
    """What every route here needs of the application."""

    serving: Serving
    store: Store
    settings: Settings
    exports: Exports
    base_url: str

    def saved(self, owner: str) -> list[Card]:
        """The owner's saved cards."""
        return saving.saved(owner, self.store)

    def history(self, name: str, owner: str) -> Path:
        """Where the versions of a deck are kept; those of saved cards apart for each owner."""
        return saved_history(self.settings, owner) if name == "saved" else self.settings.decks_dir / name


def saved_history(settings: Settings, owner: str) -> Path:
    """Where the versions of an owner's saved deck are kept."""
    return settings.decks_dir / f"saved-{hashlib.sha256(owner.encode()).hexdigest()[:24]}"


def _desk(request: Request) -> CardDesk:
    state = state_of(request)
    return CardDesk(state.serving, state.store, state.settings, state.exports, base_url(request))


async def _at_desk(request: Request) -> CardDesk:
    return _desk(request)  # in the event loop: a plain dependency would get a thread


AtDesk = Annotated[CardDesk, Depends(_at_desk)]


def _filter(
    document: Annotated[str | None, Query(description="노트 id", max_length=200)] = None,
    tag: Annotated[str | None, Query(description="태그", examples=["저장소"], max_length=200)] = None,
    kind: Annotated[CardKind | None, Query(description="카드 종류")] = None,
) -> Filter:
    return Filter(document, tag, kind)


Wanted = Annotated[Filter, Depends(_filter)]


@router.get("/cards", summary="카드 목록")
def cards(
    desk: AtDesk,
    caller: CallerOf,
    wanted: Wanted,
    q: Annotated[str, Query(description="카드에서 찾을 말", max_length=200)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    rejected: Annotated[bool, Query(description="관문을 지나지 못한 후보와 그 까닭")] = False,
    saved: Annotated[bool, Query(description="내가 저장한 카드")] = False,
) -> CardsOut:
    """카드를 출처와 함께 쪽으로 나누어 돌려줍니다."""
    shelf = desk.serving.shelf()
    narrowed = Filter(wanted.document, wanted.tag, wanted.kind, korean.normalise(q))
    found: list[tuple[Card, tuple[str, ...]]] = [(each.card, each.reasons) for each in shelf.rejected]
    if saved or not rejected:
        found = [(card, ()) for card in (desk.saved(caller.owner) if saved else shelf.cards)]
    listed = [(card, reasons) for card, reasons in found if narrowed(card)]
    page = [card_out(card, desk.base_url, reasons) for card, reasons in listed[offset : offset + limit]]
    return CardsOut(total=len(listed), offset=offset, limit=limit, cards=page)


def card_out(card: Card, base_url: str, reasons: tuple[str, ...] = ()) -> CardOut:
    """The card as the API gives it."""
    url = links.note(base_url, card.document, card.lines) if card.document else ""
    return CardOut.of(card, url, reasons)


def reviewed_cards(desk: AtDesk, caller: CallerOf) -> list[Card]:
    """The cards that a caller can review: the deck's in reading order, then their own."""
    return [*desk.serving.shelf().cards, *desk.saved(caller.owner)]


@router.post("/cards", status_code=201, summary="카드 저장하기")
async def save(body: CardIn, desk: AtDesk, caller: CallerOf) -> CardOut:
    """답변이나 직접 쓴 글을 내 카드로 저장합니다. 노트의 카드와 같은 품질 관문을 지나야 합니다.

    `question_id`는 같은 열쇠나 같은 `profile` 쿠키로 물은 질문, 또는 공유된 답의 것이어야 합니다.
    """

    def work() -> CardOut:
        loaded = desk.serving.loaded()
        if body.question_id is None:
            sides = [(_clean(body.front or ""), _clean(body.back or ""))]
        else:
            sides = saving.sides(desk.store.readable(body.question_id, caller.owner), loaded.shelf)
        tags = anki_tags(korean.normalise(tag) for tag in body.tags)
        return CardOut.of(saving.keep(sides, caller.owner, desk.store, loaded.tutor.encoder, tags), "")

    return await desk.serving.run(work)


def _clean(text: str) -> str:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadText(reason="control-characters")
    return korean.normalise(text).strip()


@router.delete("/cards/{card_id}", status_code=204, summary="저장한 카드 지우기")
def remove(card_id: str, desk: AtDesk, caller: CallerOf) -> None:
    """내가 저장한 카드를 지웁니다."""
    desk.store.delete_card(card_id, caller.owner)


@router.get("/decks/{name}/changes", summary="덱에서 바뀐 카드")
def changes(
    name: str,
    desk: AtDesk,
    caller: CallerOf,
    since: Annotated[str, Query(description="전에 받은 덱의 ETag", max_length=100)],
) -> ChangesOut:
    """전에 받은 덱과 견주어 새로 생긴, 바뀐, 사라진 카드를 돌려줍니다. 받을 때의 조건을 그대로 씁니다."""
    current = _deck_cards(name, desk, caller.owner, desk.serving.shelf())
    return ChangesOut.of(history.changes(history.recall(desk.history(name, caller.owner), since), current))


def _deck_cards(name: str, desk: CardDesk, owner: str, shelf: Shelf) -> Sequence[Card]:
    if name == "docker":
        return shelf.cards
    if name == "saved":
        return desk.saved(owner)
    raise UnknownDeck(deck=name[:80])


@router.get("/decks/{name}.{form}", summary="덱 내보내기", response_class=Response)
async def deck(
    name: str,
    form: str,
    request: Request,
    desk: AtDesk,
    caller: CallerOf,
    wanted: Wanted,
    tags: Annotated[
        bool, Query(description="TSV에 태그를 넣을지. 빼면 Anki에 있는 태그가 그대로 남습니다")
    ] = True,
) -> Response:
    """덱을 Anki 패키지(apkg), TSV, JSON 파일로 내보냅니다. 바뀐 것이 없으면 같은 파일입니다."""
    made = await desk.serving.run(lambda: export_deck(name, form, desk, caller.owner, wanted, tags))
    headers = {
        "ETag": f'"{made.etag}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie",
    }
    if _known(request.headers.get("if-none-match", ""), made.etag):
        return Response(status_code=304, headers=headers)
    from service.cards.export import MEDIA_TYPES, format_of

    file_name = quote(f"{FILE_NAMES[name]}.{form}")
    headers["Content-Disposition"] = f"attachment; filename=\"{name}.{form}\"; filename*=UTF-8''{file_name}"
    return Response(made.data, media_type=MEDIA_TYPES[format_of(form)], headers=headers)


def _known(header: str, etag: str) -> bool:
    given = [each.strip().removeprefix("W/").strip('"') for each in header.split(",")]
    return etag in given or header.strip() == "*"


def export_deck(name: str, form: str, desk: CardDesk, owner: str, wanted: Filter, tags: bool) -> Export:
    """A deck in one of the forms, kept as a version that changes can be counted from.

    Raises UnknownDeck, EmptyDeck.
    """
    from service.cards import export  # genanki is read when the first deck is asked for

    loaded = desk.serving.loaded()
    if name == "retired" and form == "tsv":
        data = export.retired_tsv(loaded.shelf.retired)
        return Export(data, history.etag(data))
    if form not in export.MEDIA_TYPES or name == "retired":
        raise UnknownDeck(deck=f"{name}.{form}"[:80])
    chosen = select(_deck_cards(name, desk, owner, loaded.shelf), wanted)

    def make() -> Export:
        data = export.export(
            chosen, export.format_of(form), loaded.shelf.media(chosen), desk.base_url, tags=tags
        )
        return Export(data, history.etag(data))

    if name == "saved":
        made = make()
    else:
        made = desk.exports.get((loaded.tutor.index.generation, wanted, form, desk.base_url, tags), make)
    history.remember(desk.history(name, owner), made.etag, wanted, chosen)
    return made
