"""`python -m service bank accept`: a person decides which questions become keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from service import messages
from service.interfaces.cli.terminal import Corpus, Data, Json, print_json, say

if TYPE_CHECKING:
    from service.curation.drafts import QuestionDraft
    from service.notes.folder import Notes
    from service.settings import Settings


def accept(
    ids: Annotated[list[str] | None, typer.Argument(help="받아들일 질문의 id", metavar="ID...")] = None,
    everything: Annotated[bool, typer.Option("--all", help="거절하지 않은 것을 모두 받아들이기")] = False,
    reject: Annotated[
        list[str] | None, typer.Option("--reject", help="거절할 질문의 id. 다시 올라오지 않음", metavar="ID")
    ] = None,
    corpus: Corpus = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """검토를 기다리는 질문을 보여 주고, 고른 것을 질문 은행에 넣습니다. 다음 build부터 쓰입니다."""
    from service.curation import accept
    from service.notes.folder import NotesFolder
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus, data_dir=data)
    folder = NotesFolder.of(settings)
    notes = folder.read()
    waiting = _waiting(settings, notes)
    unwanted = _chosen(waiting, reject or ())
    wanted = _chosen(waiting, ids or ())
    if everything:
        wanted = [each for each in waiting if each not in unwanted]
    if unwanted:
        accept.reject(unwanted, settings.data_dir)
    banks = accept.accept(wanted, notes, folder, settings.data_dir)
    left = [each for each in waiting if each not in unwanted and each not in wanted]
    if as_json:
        print_json(
            {
                "accepted": _ids(wanted),
                "rejected": _ids(unwanted),
                "waiting": [each.model_dump(by_alias=True) for each in left],
            }
        )
        return
    for each in left:
        typer.echo(messages.REVIEW_LINE.format(**each.model_dump(by_alias=True)))
    for path in banks:
        say(messages.REVIEW_WRITTEN.format(path=path))
    say(messages.REVIEW_DONE.format(accepted=len(wanted), rejected=len(unwanted), left=len(left)))


def _waiting(settings: Settings, notes: Notes) -> list[QuestionDraft]:
    """The review list, up to date with the feedback that is still kept."""
    from service.curation import accept
    from service.files import stored_under
    from service.store import Store

    with stored_under(settings.data_dir):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.store_url)
    try:
        store.purge(datetime.now(UTC), settings.retention_days)
        return accept.refresh(settings.data_dir, store.helpful(accept.MOST_HELPFUL), notes)
    finally:
        store.close()


def _chosen(waiting: Sequence[QuestionDraft], ids: Sequence[str]) -> list[QuestionDraft]:
    """The drafts with these ids. Raises UnknownDraft."""
    from service.errors import UnknownDraft

    known = {each.id: each for each in waiting}
    for each in ids:
        if each not in known:
            raise UnknownDraft(draft=each[:80])
    return [known[each] for each in dict.fromkeys(ids)]


def _ids(drafts: Sequence[QuestionDraft]) -> list[str]:
    return [each.id for each in drafts]
