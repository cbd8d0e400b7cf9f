"""`python -m service bank`: skeletons for notes without questions, and where the bank is thin."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from service import messages
from service.interfaces import cli_review
from service.interfaces.terminal import Corpus, Data, Json, print_json, say

if TYPE_CHECKING:
    from service.bank import Check

app = typer.Typer(no_args_is_help=True, help="질문 은행을 돌봅니다.")
app.command()(cli_review.accept)


@app.command()
def new(
    note: Annotated[str, typer.Argument(help="노트 id (파일 이름에서 .md를 뺀 것)")], corpus: Corpus = None
) -> None:
    """노트의 질문 은행 파일을 만듭니다. 이미 쓴 질문은 그대로 둡니다."""
    from service import bank
    from service.errors import UnknownDocument
    from service.notes import read_notes
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus)
    notes = read_notes(settings.corpus_dir, settings.data_dir / "ledgers")
    document = next((each for each in notes.documents if each.id == note), None)
    if document is None:
        raise UnknownDocument(document=note)
    say(messages.BANK_WRITTEN.format(path=bank.new(document, settings.corpus_dir), facts=len(document.facts)))


@app.command()
def check(
    corpus: Corpus = None,
    data: Data = None,
    confusions: Annotated[
        bool, typer.Option("--confusions", help="모든 질문을 물어 다른 사실이 먼저 나오는 것도 찾기")
    ] = False,
    as_json: Json = False,
) -> None:
    """빠진 곳, 겹치는 질문, 노트와 어긋난 항목을 알려 줍니다. 오류가 있으면 종료 코드가 1입니다."""
    from service import bank
    from service.notes import read_notes
    from service.pipeline import load_tutor
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus, data_dir=data)
    notes = read_notes(settings.corpus_dir, settings.data_dir / "ledgers")
    found = bank.check(notes, load_tutor(settings) if confusions else None)
    if as_json:
        print_json(asdict(found))
    else:
        for line in _lines(found):
            typer.echo(line)
    if found.errors:
        raise typer.Exit(1)


def _lines(found: Check) -> list[str]:
    counts = {
        "orphans": len(found.orphans),
        "changed": len(found.changed),
        "broken": len(found.broken),
        "shared": len(found.shared),
        "thin": len(found.thin),
        "near": len(found.near_duplicates),
        "confusions": len(found.confusions),
    }
    summary = messages.BANK_SUMMARY.format(
        facts=found.facts, questions=found.questions, without_card=found.without_card, **counts
    )
    registers = ", ".join(f"{name} {count}" for name, count in found.registers.most_common())
    details = [*found.orphans, *found.changed, *found.broken]
    details += [f"{question}: {', '.join(ids)}" for question, ids in found.shared]
    details += [f"{fact}: {count}" for fact, count in found.thin]
    details += [f"{fact}: {one} ~ {other}" for fact, one, other in found.near_duplicates]
    details += [
        f"{each.question.fact} {each.rank}: {each.question.text} -> {each.first.id}"
        for each in found.confusions
    ]
    return [summary, registers, *details]
