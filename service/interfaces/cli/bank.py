"""`python -m service bank`: skeletons for notes without questions, and where the bank is thin."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import messages
from service.interfaces.cli import accept
from service.interfaces.cli.terminal import Corpus, Data, Json, print_json, say

if TYPE_CHECKING:
    from service.curation.check import Check
    from service.curation.draft_questions import Suggestion
    from service.errors import GenerationFailed
    from service.settings import Settings
    from service.types import Fact

app = typer.Typer(no_args_is_help=True, help="질문 은행을 돌봅니다.")
app.command()(accept.accept)


@app.command()
def new(
    note: Annotated[str, typer.Argument(help="노트 id (파일 이름에서 .md를 뺀 것)")], corpus: Corpus = None
) -> None:
    """노트의 질문 은행 파일을 만듭니다. 이미 쓴 질문은 그대로 둡니다."""
    from service.curation import check
    from service.errors import UnknownDocument
    from service.notes.folder import NotesFolder
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus)
    folder = NotesFolder.written(settings)
    notes = folder.read()
    document = next((each for each in notes.documents if each.id == note), None)
    if document is None:
        raise UnknownDocument(document=note)
    path = check.new(document, folder.bank(document))
    folder.commit(notes)
    say(messages.BANK_WRITTEN.format(path=path, facts=len(document.facts)))


@app.command()
def check(
    corpus: Corpus = None,
    data: Data = None,
    confusions: Annotated[
        bool, typer.Option("--confusions", help="모든 질문을 물어 다른 사실이 먼저 나오는 것도 찾기")
    ] = False,
    as_json: Json = False,
) -> None:
    """빠진 곳, 겹치는 질문, 노트와 어긋난 항목을 알려만 줍니다. 오류가 있으면 종료 코드가 1입니다."""
    from service.curation import check
    from service.loading import load_tutor
    from service.notes.folder import NotesFolder
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus, data_dir=data)
    notes = NotesFolder.written(settings).read()
    found = check.check(notes, load_tutor(settings) if confusions else None)
    if as_json:
        print_json(asdict(found))
    else:
        for line in _lines(found):
            typer.echo(line)
    if found.errors:
        raise typer.Exit(1)


@app.command()
def suggest(
    corpus: Corpus = None,
    data: Data = None,
    document: Annotated[str | None, typer.Option("--document", help="이 노트만")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="초안을 더할 파일 (DATA_DIR/review/questions.yaml)"),
    ] = None,
    as_json: Json = False,
) -> None:
    """질문이 없는 사실과 자동으로 만든 글을 보이고, 언어 모델이 있으면 질문 초안을 검토 파일에 씁니다."""
    from service.curation.draft_questions import Suggestion
    from service.curation.drafts import review_path
    from service.notes.bank_file import derive
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus, data_dir=data)
    facts = _unasked(settings, document)
    made = {fact.id: Suggestion(fact, derive(fact)) for fact in facts}
    failed = _draft(made, settings, output or review_path(settings.data_dir))
    if as_json:
        print_json([_plain(each) for each in made.values()])
    else:
        for line in _suggested(list(made.values())):
            typer.echo(line)
    if failed is not None:
        raise failed


def _unasked(settings: Settings, document: str | None) -> list[Fact]:
    from service.curation.draft_questions import without_questions
    from service.errors import UnknownDocument
    from service.notes.folder import NotesFolder

    notes = NotesFolder.written(settings).read()
    if document is not None and all(each.id != document for each in notes.documents):
        raise UnknownDocument(document=document)
    return without_questions(notes, document)


def _draft(made: dict[str, Suggestion], settings: Settings, path: Path) -> GenerationFailed | None:
    """Put what the model proposes in the place of what is derived; gives why it stopped early, if it did."""
    from service.curation.draft_questions import drafting
    from service.errors import GenerationFailed
    from service.llm.client import load_model
    from service.loading import load_tutor

    model = load_model(settings)
    if model is None:
        say(messages.SUGGEST_NO_MODEL)
        return None
    if not made:
        return None
    tutor = load_tutor(settings)
    if unknown := made.keys() - tutor.index.numbers.keys():
        say(messages.SUGGEST_NOT_INDEXED.format(facts=len(unknown)))
    drafts = dropped = 0
    failed = None
    try:
        for each in drafting([each.fact for each in made.values()], model.say, tutor, path):
            made[each.fact.id] = each
            drafts += len(each.drafts)
            dropped += len(each.dropped)
    except GenerationFailed as error:
        failed = error
    say(messages.SUGGEST_DRAFTED.format(drafts=drafts, path=path, dropped=dropped))
    return failed


def _plain(each: Suggestion) -> dict[str, object]:
    return {
        "fact": each.fact.id,
        "document": each.fact.document,
        "text": each.fact.text,
        "keys": each.keys,
        "drafts": [draft.question for draft in each.drafts],
        "dropped": [asdict(one) for one in each.dropped],
    }


def _suggested(made: list[Suggestion]) -> list[str]:
    lines = [messages.SUGGEST_FACTS.format(facts=len(made))]
    for each in made:
        lines.append(f"{each.fact.id} {each.fact.document}: {each.fact.text}")
        lines += [f"  = {key}" for key in each.keys]
        lines += [f"  + {one.question}" for one in each.drafts]
        lines += [f"  - {one.question} ({messages.DROPPED[one.reason]})" for one in each.dropped]
    return lines


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
    registers = ", ".join(f"{name} {count}" for name, count in found.registers.items())
    details = [*found.orphans, *found.changed, *found.broken]
    details += [f"{question}: {', '.join(ids)}" for question, ids in found.shared]
    details += [f"{fact}: {count}" for fact, count in found.thin]
    details += [f"{fact}: {one} ~ {other}" for fact, one, other in found.near_duplicates]
    details += [
        f"{each.question.fact} {each.rank}: {each.question.text} -> {each.first.id}"
        for each in found.confusions
    ]
    return [summary, registers, *details]
