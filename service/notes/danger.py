"""What following a fact would destroy or open: told from the commands that it gives.

A command counts when the fact gives it to be run: in a block of code, or in a code span of which the
sentence says that something is done *with* it ("`docker image prune`으로 지웁니다"). A span that is
only spoken of ("`docker system prune -a`는 ... 지웁니다"), or warned of, destroys nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Literal

from service.types import Fact

Thing = Literal[
    "container", "image", "volume", "project", "network", "cache", "log",
    "cluster", "engine", "everything", "store", "files", "host",
]  # fmt: skip
"""What is lost: `project` the volumes of a Compose project, `engine` Docker itself, `everything` all that
Docker keeps, `store` the folder in which it does, `files` other files of the host. What is no loss but an
opening: `host`, root on the host."""


class Reach(IntEnum):
    """How many of a thing a command takes."""

    ONE = 1
    """What is named."""
    SOME = 2
    """What a filter or a project chooses."""
    UNUSED = 3
    """What is stopped, dangling or anonymous: what `prune` takes by itself."""
    ALL_UNUSED = 4
    """Whatever no container uses: `prune -a`."""
    ALL = 5


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """A thing, and how many of it."""

    thing: Thing
    reach: Reach = Reach.ONE


Danger = frozenset[Loss]
"""All that is lost at once; never empty where there is one."""

Reading = Callable[[str], Iterator[Loss]]

_SHELLS = frozenset({"", "bash", "sh", "shell", "console", "powershell", "text", "crontab", "cmd"})
_SPAN = re.compile(r"`(?P<code>[^`]+)`(?P<after>[^`.]*)")
_DONE_WITH = re.compile(r"\s?(?:으로|로)(?![가-힣])|\s?[을를]\s(?:실행|쓰면|써서|씁|등록)")
"""What follows a span that is given to be run."""
_SPOKEN_OF = re.compile(r"[^,]{0,80}?(?:[해워려]도|[우하]면|(?:지운|삭제한) (?!뒤|다음))")
"""... and what shows that it is not: "으로 지워도", "로 지우면", "로 지운 볼륨은"."""
_JOINED = re.compile(r"\s?(?:과|와|나|이나|또는|,)?\s*")
"""What stands between spans that share what is done with them."""
_WARNED = re.compile(r"안 됩니다|안 되|않아야|말아야|피해야|위험합니다")
_ALWAYS_OPEN = re.compile(
    r"--privileged|privileged: true|docker\.sock:|seccomp=unconfined|--pid[= ]host"
    r"|chmod (?:-R )?(?:a\+rw\S*|o\+w\S*|0?(?:777|666))|-H tcp://|tcp://0\.0\.0\.0:2375"
)
_IN_WORDS: tuple[tuple[re.Pattern[str], Danger], ...] = (
    (
        re.compile(r"Reset to factory defaults|Clean / Purge data"),
        frozenset({Loss("everything", Reach.ALL)}),
    ),
    (
        re.compile(r"Docker Desktop을 (?:제거|삭제)하려면"),
        frozenset({Loss("everything", Reach.ALL), Loss("engine")}),
    ),
    (re.compile(r"Docker Hub에 올린 이미지는 .*지우"), frozenset({Loss("image")})),
    (re.compile(r"소켓을 마운트(?:합니다|하거나|하고|해)"), frozenset({Loss("host")})),
)
"""What is told in words, for there is no command: buttons, pages, a mount that is only named."""
_MADE = re.compile(r"(?:--name[= ]|volume create )(?P<name>[\w.-]+)")
_SELECTED = re.compile(r"\$\([^)]*--filter")


@lru_cache(8192)
def danger_of(fact: Fact) -> Danger | None:
    """What is lost or opened when somebody does as the fact says; None where nothing is."""
    found = {loss for code in fact.code for loss in _of_block(code.language.lower(), code.text)}
    if fact.kind != "code" and not _WARNED.search(fact.text):
        found |= {loss for told in _told(fact.text) for loss in of_command(told)}
        found |= of_words(fact.text)
    if Loss("container", Reach.ALL) in found:  # what no container uses is then all there is
        found = {Loss(each.thing, Reach.ALL) if each.reach == Reach.ALL_UNUSED else each for each in found}
    return frozenset(found) or None


def of_words(text: str) -> Danger:
    """What a text tells to destroy or open without a command."""
    return frozenset(loss for told, danger in _IN_WORDS if told.search(text) for loss in danger)


def of_command(line: str) -> Danger:
    """What one command line destroys or opens; also where a question names it."""
    return frozenset(loss for reading in _READINGS for loss in reading(line))


def _told(text: str) -> Iterator[str]:
    """The code spans that are given to be run, last first: one joined to such a one is given with it."""
    given = False
    for span in reversed(list(_SPAN.finditer(text))):
        after = span["after"]
        if not _JOINED.fullmatch(after):
            given = bool(_DONE_WITH.match(after)) and not _SPOKEN_OF.match(after)
        if given:
            yield span["code"]


def _of_block(language: str, text: str) -> Iterator[Loss]:
    """What a block of code destroys, but for what it made itself."""
    if language not in _SHELLS:
        yield from _opened(text)
        return
    made: set[str] = set()
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        command = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if command and command.split()[-1] not in made:
            yield from of_command(command)
        made |= {found["name"] for found in _MADE.finditer(command)}


def _opened(line: str) -> Iterator[Loss]:
    if _ALWAYS_OPEN.search(line):
        yield Loss("host")


def _pruned(line: str) -> Iterator[Loss]:
    found = re.search(
        r"\b(container|image|volume|network|builder|buildx|system) prune\b(?P<options>.*)", line
    )
    if found is None:
        return
    kind, options = found[1], found["options"]
    reach = Reach.ALL_UNUSED if re.search(r"(?<!\S)-[a-z]*a|--all", options) else Reach.UNUSED
    if kind == "system":
        yield from (Loss("container", Reach.UNUSED), Loss("image", reach), Loss("network", Reach.UNUSED))
        yield Loss("cache", Reach.UNUSED)
        if "--volumes" in options:
            yield Loss("volume", Reach.UNUSED)
    elif kind in ("builder", "buildx"):
        yield Loss("cache", Reach.UNUSED)
    elif kind == "image":
        yield Loss("image", reach)
    elif kind == "volume":
        yield Loss("volume", reach)
    else:
        yield Loss("container" if kind == "container" else "network", Reach.UNUSED)


def _removed(line: str) -> Iterator[Loss]:
    found = re.search(
        r"\b(?:docker|podman) (?:(container|image|volume|network|service|stack) )?(rm|rmi|remove)\b(.*)", line
    )
    if found is None:
        return
    kind = found[1] or ("image" if found[2] == "rmi" else "container")
    many = "$(" in found[3] or "xargs" in line
    reach = Reach.ONE if not many else Reach.SOME if _SELECTED.search(found[3]) else Reach.ALL
    if kind in ("service", "stack"):
        yield Loss("cluster")
    elif kind == "image":
        yield Loss("image", reach)
    elif kind == "volume":
        yield Loss("volume", reach)
    elif kind == "network":
        yield Loss("network", reach)
    else:
        yield Loss("container", reach)
        if re.search(r"(?<!\S)-[a-z]*v|--volumes", found[3]):
            yield Loss("volume", Reach.ONE)


def _composed(line: str) -> Iterator[Loss]:
    found = re.search(r"\bcompose\b.*? (down|rm|up)\b(?P<options>.*)", line)
    if found is None:
        return
    if found[1] == "rm" or "--remove-orphans" in found["options"]:
        yield Loss("container")
    if found[1] in ("down", "rm") and re.search(r"(?<!\S)-[a-z]*v|--volumes", found["options"]):
        yield Loss("project")
    if found[1] == "up" and re.search(r"(?<!\S)-V|--renew-anon-volumes", found["options"]):
        yield Loss("project")
    if "--rmi" in found["options"]:
        yield Loss("image", Reach.SOME)


def _uninstalled(line: str) -> Iterator[Loss]:
    if re.search(
        r"\b(?:apt(?:-get)?|dnf|yum|brew|snap|pacman|zypper) (?:\S+ )*?"
        r"(?:purge|remove|uninstall|autoremove|-R\w*)\b.*(?:docker|containerd)",
        line,
    ):
        yield Loss("engine")


def _wiped(line: str) -> Iterator[Loss]:
    if found := re.search(r"(?:^|sudo |[;&|] ?)rm -[a-zA-Z]*[rf]\w* (?P<paths>.*)", line):
        docker = re.search(r"/var/lib/(?:docker|containerd)", found["paths"])
        yield Loss("store", Reach.ALL) if docker else Loss("files")
    if re.search(r"\bcurl .*DELETE\b.*/manifests/", line):
        yield Loss("image")
    if re.search(r"\bmkfs|\bdd \S*(?:if|of)=|\brsync\b.*--delete|\bkubectl delete\b", line):
        yield Loss("files")
    if re.search(r"--unregister\b", line):
        yield Loss("everything", Reach.ALL)
    if re.search(r"\btruncate -s ?0", line):
        yield Loss("log")


def _left(line: str) -> Iterator[Loss]:
    if re.search(r"\bswarm leave\b", line):
        yield Loss("cluster")


_READINGS: tuple[Reading, ...] = (_opened, _pruned, _removed, _composed, _uninstalled, _wiped, _left)
