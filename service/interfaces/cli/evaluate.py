"""`python -m service evaluate`: the metrics of evaluation files, asked here or of a running service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import messages
from service.interfaces.cli.terminal import Corpus, Data, Json, print_json

if TYPE_CHECKING:
    from service.asking.follow_up import Turn
    from service.curation.evaluation import Ask, Rate


def evaluate(
    files: Annotated[list[Path], typer.Argument(help="평가 파일(JSONL)", exists=True, dir_okay=False)],
    corpus: Corpus = None,
    data: Data = None,
    url: Annotated[str | None, typer.Option(help="떠 있는 서비스의 주소. 없으면 직접 답합니다")] = None,
    failures: Annotated[bool, typer.Option("--failures", help="틀린 답을 한 줄씩 JSON으로 출력")] = False,
    as_json: Json = False,
) -> None:
    """평가 질문을 묻고 지표를 보여 줍니다."""
    from service.curation import evaluation

    cases = [case for file in files for case in evaluation.load_cases(file)]
    asking = _http_asker(url) if url is not None else in_process(corpus, data)
    judgements = evaluation.evaluate(cases, asking)
    if failures:
        for judgement in filter(evaluation.failed, judgements):
            typer.echo(evaluation.dump(judgement))
    if as_json:
        print_json(evaluation.report(judgements))
        return
    typer.echo(messages.EVALUATED.format(questions=len(judgements)))
    _print_rates(evaluation.rates(judgements))
    for label, values in evaluation.grouped(judgements).items():
        for value, rates in values.items():
            typer.echo(f"{label}={value}")
            _print_rates(rates)


def _print_rates(rates: dict[str, Rate]) -> None:
    for name, rate in rates.items():
        typer.echo(
            messages.EVALUATION_ROW.format(
                name=name, value=rate.value, low=rate.low, high=rate.high, of=rate.of
            )
        )


def in_process(corpus: Path | None, data: Path | None) -> Ask:
    """Asks the tutor in this process."""
    from service.curation.evaluation import Given
    from service.loading import load_tutor
    from service.settings import load_settings

    tutor = load_tutor(load_settings(corpus_dir=corpus, data_dir=data))

    def ask_turns(asked: Sequence[str]) -> Given:
        turns: list[Turn] = []
        for question in asked:
            reply = tutor.reply(question, turns=turns)
            said = reply.whole()
            turns.append(tutor.turn(reply.meant, [citation.fact for citation in said.citations]))
        return Given.of(said)

    return ask_turns


def _http_asker(url: str) -> Ask:
    """Asks a running service."""
    import httpx

    from service.curation.evaluation import Given
    from service.interfaces.http.schemas import AnswerOut

    client = httpx.Client(base_url=url, timeout=60)

    def ask_turns(turns: Sequence[str]) -> Given:
        conversation: dict[str, str] = {}
        for turn in turns:
            response = client.post("/ask", json={"question": turn, **conversation})
            response.raise_for_status()
            answer = AnswerOut.model_validate_json(response.content)
            conversation = {"conversation_id": answer.conversation_id}
        return Given(
            answer.answer,
            answer.status,
            answer.confidence,
            tuple(citation.document for citation in answer.citations),
            tuple(tuple(citation.heading_path) for citation in answer.citations),
        )

    return ask_turns
