"""What the commands share: their common options, and where their words go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

Corpus = Annotated[Path | None, typer.Option("--corpus", help="노트 폴더 (CORPUS_DIR)")]
Data = Annotated[Path | None, typer.Option("--data", help="만든 것을 두는 폴더 (DATA_DIR)")]
Json = Annotated[bool, typer.Option("--json", help="결과를 JSON으로 출력")]


def say(line: str) -> None:
    """A line for the person, on standard error."""
    typer.echo(line, err=True)


def print_json(data: object) -> None:
    """A result for a program, on standard output."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
