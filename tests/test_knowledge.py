"""The notes that we ship, one by one: what they say of themselves, their ledgers, links and code."""

from __future__ import annotations

import json
import os
import posixpath
import re
import shutil
import subprocess
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from service.notes import ledger, markdown
from service.notes.corpus import parse_note, read_corpus
from service.notes.folder import Notes
from service.notes.html import HEADING_PREFIX, render
from service.types import Code, Document, Fact
from tests.conftest import ROOT, read_notes

CORPUS = ROOT / "corpus"
TOOLS = Path(sysconfig.get_path("scripts"))
LONGEST = 200
LONG: dict[str, str] = {}
"""Facts longer than LONGEST characters by their text, each with the reason why it isn't two facts."""
STYLE = {
    "DL3025": "HEALTHCHECK with `|| exit 1` needs the shell form",
    "DL3066": "USER with the name that the image's own documentation uses reads better than its number",
}
"""hadolint's rules that our fences may break, and why; every other finding is an error."""
WORKFLOW = frozenset({"docker-in-ci"})
"""Notes whose YAML is of GitHub Actions, fragments of a job's steps: YAML, but not Compose."""
PROJECT = {"web.env": "LOG_LEVEL=info\n", "db_password.txt": "secret\n"}
"""Files that the notes' Compose files refer to, as their text says they lie beside them."""

documents = read_corpus(CORPUS).documents
every_note = pytest.mark.parametrize("document", documents, ids=lambda document: document.id)


def fences(*languages: str) -> Iterator[tuple[Fact, Code]]:
    for document in documents:
        for fact in document.facts:
            yield from ((fact, code) for code in fact.code if code.language in languages)


def named(pairs: Iterator[tuple[Fact, Code]]) -> list[object]:
    return [pytest.param(code.text, id=f"{fact.document}-{fact.lines[0]}") for fact, code in pairs]


def front(document: Document) -> dict[str, object]:
    loaded = yaml.safe_load(markdown.front_matter(document.source) or "")
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Notes]:
    """A copy of the corpus that was read, so that what reading writes can be seen."""
    folder = tmp_path_factory.mktemp("corpus") / "corpus"
    shutil.copytree(CORPUS, folder)
    return folder, read_notes(folder, folder / "elsewhere")


def test_every_note_parses_without_a_warning(copied: tuple[Path, Notes]) -> None:
    _, notes = copied
    assert (notes.broken, notes.warnings, len(notes.documents)) == ((), (), len(documents))
    assert len(documents) >= 24


def test_fact_ids_are_unique_over_all_notes(copied: tuple[Path, Notes]) -> None:
    counts = Counter(fact.id for document in copied[1].documents for fact in document.facts)
    assert [fact for fact, count in counts.items() if count > 1] == []


def test_reading_writes_no_ledger(copied: tuple[Path, Notes]) -> None:
    folder, notes = copied
    kept = {path.name: path.read_bytes() for path in CORPUS.glob(f"*{ledger.SUFFIX}")}
    assert {path.name: path.read_bytes() for path in folder.rglob(f"*{ledger.SUFFIX}")} == kept
    for document in notes.documents:
        known = {
            entry.id for entry in ledger.load(CORPUS / f"{document.id}{ledger.SUFFIX}", document.id).facts
        }
        assert {fact.id for fact in document.facts} == known


def test_in_a_clean_checkout_the_build_changed_no_ledger() -> None:
    """scripts/test builds first: a ledger that it had to write was forgotten in the commit."""
    asked = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True)
    if asked.returncode != 0:
        pytest.skip("no git checkout")
    tracked = [
        line[3:] for line in asked.stdout.splitlines() if not line.startswith("??") or "corpus/" in line
    ]
    ledgers = [path for path in tracked if path.endswith(ledger.SUFFIX)]
    assert not ledgers or len(tracked) > len(ledgers), f"commit {ledgers}"


@every_note
def test_a_note_says_what_it_was_checked_against(document: Document) -> None:
    given = front(document)
    assert given["id"] == Path(document.path).stem == document.id
    assert given["title"] == document.title
    assert document.tags
    sources = given["sources"]
    assert isinstance(sources, list)
    assert sources
    assert all(re.fullmatch(r"https://\S+", source) for source in sources)
    assert len(set(sources)) == len(sources)
    assert re.search(r"\d", str(given["version"]))


@every_note
def test_a_fact_is_short(document: Document) -> None:
    long = {fact.text for fact in document.facts if len(fact.text) > LONGEST}
    assert long - set(LONG) == set()


def dead_links(document: Document, notes: dict[str, Document]) -> list[str]:
    """Links to a note or heading of ours that isn't there; `notes` are by path."""
    hrefs = [
        str(token.attrs.get("href", ""))
        for block in markdown.parser().parse(document.source)
        for token in block.children or ()
        if token.type == "link_open"
    ]
    return [href for href in hrefs if not urlsplit(href).scheme and not _leads(href, document, notes)]


def _leads(href: str, document: Document, notes: dict[str, Document]) -> bool:
    path, _, fragment = href.partition("#")
    beside = posixpath.dirname(document.path)
    target = posixpath.normpath(posixpath.join(beside, unquote(path))) if path else document.path
    if target not in notes:
        return False
    return not fragment or HEADING_PREFIX + unquote(fragment) in {
        heading.id for heading in render(notes[target]).headings
    }


@every_note
def test_no_internal_link_is_dead(document: Document) -> None:
    assert dead_links(document, {each.path: each for each in documents}) == []


def test_dead_links_are_seen() -> None:
    text = (
        "# 볼륨\n\n- [산](a.md#볼륨), [여기](#볼륨), [밖](https://example.com), [죽음](b.md), [없음](#없음)\n"
    )
    note = parse_note(text, "a.md")
    assert [unquote(href) for href in dead_links(note, {"a.md": note})] == ["b.md", "#없음"]


@pytest.mark.parametrize("text", named(fences("dockerfile")))
def test_a_dockerfile_pleases_hadolint(text: str) -> None:
    ignored = [argument for rule in STYLE for argument in ("--ignore", rule)]
    done = subprocess.run(
        [TOOLS / "hadolint", "--no-color", *ignored, "-"], input=f"{text}\n", capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.real
@pytest.mark.parametrize("rule", STYLE)
def test_hadolint_would_complain_of_what_we_let_pass(rule: str) -> None:
    done = [
        subprocess.run([TOOLS / "hadolint", "-"], input=f"{code.text}\n", capture_output=True, text=True)
        for _, code in fences("dockerfile")
    ]
    assert any(rule in each.stdout for each in done), f"{rule} need not be ignored any more"


@pytest.mark.real
@pytest.mark.parametrize(
    "text", named(pair for pair in fences("yaml", "yml") if pair[0].document not in WORKFLOW)
)
def test_compose_itself_takes_a_compose_file(text: str, tmp_path: Path) -> None:
    for name, content in PROJECT.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    needed = dict.fromkeys(re.findall(r"\$\{(\w+):?\?", text), "given")
    done = subprocess.run(
        [TOOLS / "docker-compose", "-f", "-", "config", "--quiet"],
        input=f"{text}\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **needed},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("text", named(pair for pair in fences("yaml") if pair[0].document in WORKFLOW))
def test_a_workflow_fragment_is_yaml_and_no_compose_file(text: str) -> None:
    loaded = yaml.safe_load(text)
    assert isinstance(loaded, dict)
    assert "services" not in loaded


@pytest.mark.parametrize("text", named(fences("json")))
def test_json_is_json(text: str) -> None:
    assert isinstance(json.loads(text), dict)


@pytest.mark.parametrize("text", named(fences("bash", "sh")))
def test_bash_can_read_a_script(text: str) -> None:
    done = subprocess.run(["bash", "-n"], input=f"{text}\n", capture_output=True, text=True)
    assert done.stderr == ""


def test_every_fence_belongs_to_a_fact_and_names_a_language_that_is_checked() -> None:
    checked = {"dockerfile", "yaml", "json", "bash", "text"}
    seen = Counter(code.language for document in documents for fact in document.facts for code in fact.code)
    written = sum(document.source.count("```") for document in documents)
    assert set(seen) <= checked
    assert 2 * seen.total() == written
