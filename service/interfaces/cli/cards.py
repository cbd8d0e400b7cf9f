"""The card commands: list the cards, export decks."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import messages
from service.interfaces.cli.terminal import Corpus, Data, Json, print_json, say

if TYPE_CHECKING:
    from service.cards.shelf import Changes, Filter, Retired
    from service.types import Card

Document = Annotated[str | None, typer.Option("--document", help="이 노트의 카드만")]
TagOption = Annotated[str | None, typer.Option("--tag", help="이 태그의 카드만")]
KindOption = Annotated[str | None, typer.Option("--kind", help="이 종류의 카드만")]


def cards(
    corpus: Corpus = None,
    data: Data = None,
    document: Document = None,
    tag: TagOption = None,
    kind: KindOption = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="관문을 지나지 못한 후보와 그 까닭")] = False,
    retired: Annotated[bool, typer.Option("--retired", help="노트에서 사라진 카드")] = False,
    as_json: Json = False,
) -> None:
    """카드를 보여 줍니다."""
    from service.cards.kinds import answered, asked
    from service.loading import load_shelf
    from service.settings import load_settings

    shelf = load_shelf(load_settings(corpus_dir=corpus, data_dir=data))
    wanted = _wanted(document, tag, kind)
    if retired:
        _print_retired([card for card in shelf.retired if document in (None, card.document)], as_json)
        return
    listed: list[tuple[Card, tuple[str, ...]]] = [(card, ()) for card in shelf.cards]
    if rejected:
        listed = [(each.card, each.reasons) for each in shelf.rejected]
    listed = [(card, reasons) for card, reasons in listed if wanted(card)]
    if as_json:
        print_json([{**asdict(card), "reasons": list(reasons)} for card, reasons in listed])
        return
    for card, reasons in listed:
        why = f"  [{' / '.join(map(messages.reason, reasons))}]" if reasons else ""
        typer.echo(f"{card.id}  {messages.CARD_KINDS[card.kind]}  {asked(card)}  →  {answered(card)}{why}")
    say(
        messages.CLI_CARDS.format(
            cards=len(shelf.cards), rejected=len(shelf.rejected), retired=len(shelf.retired)
        )
    )


def _print_retired(gone: list[Retired], as_json: bool) -> None:
    if as_json:
        print_json([asdict(card) for card in gone])
        return
    for card in gone:
        typer.echo(f"{card.guid}  {card.front}")


def _wanted(document: str | None, tag: str | None, kind: str | None) -> Filter:
    from typing import get_args

    from service.cards.shelf import Filter
    from service.types import CardKind

    known: tuple[CardKind, ...] = get_args(CardKind)
    chosen = next((each for each in known if each == kind), None)
    if kind is not None and chosen is None:
        raise typer.BadParameter(", ".join(known), param_hint="--kind")
    return Filter(document, tag, chosen)


def export(
    corpus: Corpus = None,
    data: Data = None,
    form: Annotated[str, typer.Option("--format", help="apkg, tsv, json")] = "apkg",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="쓸 파일")] = None,
    document: Document = None,
    tag: TagOption = None,
    kind: KindOption = None,
    tags: Annotated[bool, typer.Option("--tags/--no-tags", help="TSV에 태그를 넣을지")] = True,
    retired: Annotated[bool, typer.Option("--retired", help="사라진 카드에 태그를 다는 TSV")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="지난 내보내기와 달라진 카드만 보여 줌")] = False,
    as_json: Json = False,
) -> None:
    """덱을 파일로 내보냅니다."""
    from service.cards import export as exporter
    from service.cards import history
    from service.cards.shelf import select
    from service.files import write_atomically
    from service.loading import load_shelf
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus, data_dir=data)
    shelf = load_shelf(settings)
    wanted = _wanted(document, tag, kind)
    folder = settings.decks_dir / "docker"
    if dry_run:
        _print_changes(history.changes(history.last(folder, wanted), shelf.cards), as_json)
        return
    chosen = select(shelf.cards, wanted)
    name = "tsv" if retired else form
    if name not in exporter.MEDIA_TYPES:
        raise typer.BadParameter(", ".join(exporter.MEDIA_TYPES), param_hint="--format")
    base_url = settings.public_url.rstrip("/")
    made = (
        exporter.retired_tsv(shelf.retired)
        if retired
        else exporter.export(chosen, exporter.format_of(name), shelf.media(chosen), base_url, tags=tags)
    )
    path = output or Path(f"{messages.FILE_RETIRED if retired else messages.FILE_DOCKER}.{name}")
    write_atomically(path, made)
    if not retired:
        history.remember(folder, history.etag(made), wanted, chosen)
        history.remember_last(folder, history.etag(made), wanted)
    count = len(shelf.retired if retired else chosen)
    if as_json:
        print_json({"cards": count, "path": str(path), "size": len(made), "etag": history.etag(made)})
    say(messages.CLI_EXPORTED.format(cards=count, path=path, size=len(made)))


def _print_changes(changes: Changes, as_json: bool) -> None:
    listed = asdict(changes)
    if as_json:
        print_json(
            {
                name: [{"guid": guid, "front": front} for guid, front in pairs]
                for name, pairs in listed.items()
            }
        )
        return
    for name, mark in messages.CLI_CHANGE_MARKS.items():
        for _, front in listed[name]:
            typer.echo(f"{mark} {front}")
    typer.echo(messages.CLI_CHANGES.format(**{name: len(pairs) for name, pairs in listed.items()}))
