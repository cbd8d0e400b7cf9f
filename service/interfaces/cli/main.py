"""The command line. Results on standard output, everything else on standard error."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import messages
from service.errors import BROKEN_NOTES, TutorError
from service.interfaces.cli import bank, cards, evaluate
from service.interfaces.cli.terminal import Corpus, Data, Json, print_json, say

if TYPE_CHECKING:  # imported by the commands that need them: `--help` and `serve` stay quick
    from service.build import Built
    from service.settings import Settings

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="한국어로 도커를 묻고 답하는 튜터입니다.",
)

QuestionText = Annotated[list[str], typer.Argument(help="질문", metavar="QUESTION...")]


app.command()(cards.cards)
app.command()(cards.export)
app.command()(evaluate.evaluate)
app.add_typer(bank.app, name="bank")


def main() -> None:
    """Run the command line; our own errors become one Korean line and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except TutorError as error:
        say(messages.explain(error))
        sys.exit(1)


@app.command()
def build(
    corpus: Corpus = None,
    data: Data = None,
    watch: Annotated[bool, typer.Option("--watch", help="노트가 바뀔 때마다 다시 만듭니다")] = False,
    as_json: Json = False,
    corpus_untouched: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """노트를 읽어 인덱스를 만듭니다. 바뀐 것만 다시 인코딩합니다."""
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus, data_dir=data)
    if watch:
        _watch(settings)
        return
    built = _build(settings, corpus_untouched)
    if as_json:
        broken = len(built.notes.broken) if built.notes else 0
        print_json({**_counts(built), "encoded": built.encoded, "reused": built.reused, "broken": broken})
    if built.notes and built.notes.broken:
        raise typer.Exit(BROKEN_NOTES)


def _watch(settings: Settings) -> None:
    """Build now and after every change of a note or its bank, until interrupted."""
    from watchfiles import watch

    from service.notes.bank_file import SUFFIX

    def matters(change: object, path: str) -> bool:
        return path.lower().endswith((".md", SUFFIX)) and not Path(path).name.startswith(".")

    _build_or_say(settings)
    say(messages.WATCHING.format(folder=settings.corpus_dir))
    for _ in watch(settings.corpus_dir, watch_filter=matters, raise_interrupt=False):
        _build_or_say(settings)


def _build_or_say(settings: Settings) -> None:
    """A note that can't be built while somebody writes it is said, and waited for."""
    try:
        _build(settings)
    except TutorError as error:
        say(messages.explain(error))


def _build(settings: Settings, corpus_untouched: bool = False) -> Built:
    """Build with a progress display, and say what a person should know."""
    from service.build import build

    with _progress() as show:
        built = build(settings, show, corpus_untouched=corpus_untouched)
    if built.notes is None:
        say(messages.BUILD_FRESH.format(**_counts(built)))
        return built
    for error in built.notes.broken:
        say(messages.explain(error))
    for warning in built.notes.warnings:
        say(f"{warning.path}:{warning.line}: {messages.reason(warning.reason)}")
    say(messages.BUILD_DONE.format(**_counts(built), encoded=built.encoded, reused=built.reused))
    if built.notes.broken:
        say(messages.BUILD_SKIPPED.format(count=len(built.notes.broken)))
    return built


def _counts(built: Built) -> dict[str, int]:
    manifest = built.manifest
    return {"documents": manifest.documents, "facts": manifest.facts, "questions": manifest.questions}


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A spinner that names the stage, on a terminal; plain lines elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("") as status:

        def show(stage: str) -> None:
            words = messages.BUILD_STAGES[stage]
            status.update(words)
            if not console.is_terminal:
                console.print(words)

        yield show


@app.command()
def ask(
    question: QuestionText, corpus: Corpus = None, data: Data = None, top_k: int = 8, as_json: Json = False
) -> None:
    """질문에 답합니다."""
    from service.loading import load_tutor
    from service.settings import load_settings

    answer = load_tutor(load_settings(corpus_dir=corpus, data_dir=data)).ask(" ".join(question), top_k)
    if as_json:
        print_json({"answer": answer.text, **asdict(answer)})
        return
    typer.echo(answer.text)
    if answer.citations:
        typer.echo(
            f"\n{messages.CLI_SOURCES} ({messages.CLI_CONFIDENCE.format(confidence=answer.confidence)})"
        )
    for citation in answer.citations:
        lines = messages.CLI_LINES.format(first=citation.lines[0], last=citation.lines[1])
        typer.echo(f"  - {' > '.join((citation.document, *citation.heading_path))}, {lines}")
    if answer.suggestions:
        typer.echo(f"\n{messages.CLI_SUGGESTIONS}")
    for suggestion in answer.suggestions:
        typer.echo(f"  - {suggestion}")


@app.command()
def search(
    question: QuestionText, corpus: Corpus = None, data: Data = None, top_k: int = 8, as_json: Json = False
) -> None:
    """질문에 가까운 사실을 순위대로 보여 줍니다."""
    from service.loading import load_tutor
    from service.settings import load_settings

    hits = load_tutor(load_settings(corpus_dir=corpus, data_dir=data)).search(" ".join(question), top_k)
    if as_json:
        print_json({"hits": [asdict(hit) for hit in hits]})
        return
    for hit in hits:
        place = f"{hit.fact.document}:{hit.fact.lines[0]}"
        typer.echo(f"{hit.score:.3f}  {place}  {' > '.join(hit.fact.heading_path)}\n       {hit.fact.text}")


@app.command()
def serve(
    corpus: Corpus = None,
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="듣는 주소 (HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="듣는 포트 (PORT)")] = None,
    workers: Annotated[int | None, typer.Option(help="서버 프로세스 수 (WORKERS)")] = None,
    build_first: Annotated[bool, typer.Option("--build", help="빠졌거나 오래된 것을 먼저 만듭니다")] = False,
) -> None:
    """웹 서버를 띄웁니다."""
    from service.interfaces import server
    from service.settings import load_settings

    settings = load_settings(corpus_dir=corpus, data_dir=data, host=host, port=port, workers=workers)
    if build_first:
        _build_apart(settings)
    server.serve(settings, lambda host, port: say(messages.SERVING.format(host=host, port=port)))


def _build_apart(settings: Settings) -> None:
    """Build in a process of its own: this one watches over the server's, and stays small."""
    import subprocess

    where = ["--corpus", str(settings.corpus_dir), "--data", str(settings.data_dir)]
    command = [sys.executable, "-m", "service", "build", *where]
    done = subprocess.run(command, env={**os.environ, "ENCODER": settings.encoder})  # noqa: S603
    if done.returncode not in {0, BROKEN_NOTES}:
        raise typer.Exit(done.returncode)


@app.command()
def slack(corpus: Corpus = None, data: Data = None) -> None:
    """Slack에 Socket Mode로 연결해 답합니다. 공개 주소가 없어도 됩니다."""
    import signal
    import threading

    from service.errors import SettingsError
    from service.interfaces.runtime.serving import Serving
    from service.interfaces.slack.connection import Connection
    from service.settings import load_settings
    from service.store import Store

    settings = load_settings(corpus_dir=corpus, data_dir=data)
    if not settings.slack_app_token:
        raise SettingsError(name="SLACK_APP_TOKEN", reason="slack-no-app-token")
    serving = Serving(settings)
    serving.tutor()
    store = Store(settings.store_url)
    connection = Connection(settings, serving, store)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    connection.start()
    typer.echo(messages.SLACK_CONNECTED, err=True)
    stopped.wait()
    connection.close()
    store.close()
