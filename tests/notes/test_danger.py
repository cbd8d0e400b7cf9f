from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from service.notes.corpus import read_corpus
from service.notes.danger import Danger, Loss, Reach, danger_of, of_command
from service.notes.warning import is_warning, unwarned, warning
from service.types import Code, Fact
from tests.conftest import ROOT, read_notes

CORPUS = ROOT / "corpus"
REVIEWED = Path(__file__).with_name("dangers.json")
"""Every fact of ours that destroys something or looks like it, with what it destroys: read one by one."""
SUSPICIOUS = re.compile(
    r"rm -r|prune|--volumes|down [^\n`]*-v|volume rm|purge|mkfs|\bdd\b|chmod [^ ]*(777|666)|--privileged"
    r"|docker rm|rmi |image rm|swarm leave|factory|apt remove|service rm|stack rm|network rm|--rmi|2375"
    r"|unconfined|docker\.sock|truncate|compose rm|지우려면|삭제하려면|제거하려면|초기화|모두 지|unregister|uninstall",
    re.IGNORECASE,
)


def fact(text: str, *code: str, language: str = "bash") -> Fact:
    return Fact(
        "a", "note", ("제목",), text, "bullet", (1, 1), code=tuple(Code(language, each) for each in code)
    )


def losses(danger: Danger | None) -> list[str]:
    return [f"{loss.thing} {loss.reach.name}" for loss in sorted(danger or ())]


def test_every_fact_that_may_destroy_something_was_reviewed(tmp_path: Path) -> None:
    """A new one: read it, see that `danger_of` is right, and add it to dangers.json with what it destroys."""
    reviewed: dict[str, list[str]] = json.loads(REVIEWED.read_text(encoding="utf-8"))
    facts = [each for document in read_notes(CORPUS, tmp_path).documents for each in document.facts]
    looks = [
        each
        for each in facts
        if danger_of(each) or SUSPICIOUS.search("\n".join((each.text, *(code.text for code in each.code))))
    ]
    assert {each.id: each.text for each in looks if each.id not in reviewed} == {}
    assert {each.id: losses(danger_of(each)) for each in looks} == {
        each.id: reviewed[each.id] for each in looks
    }


@pytest.mark.parametrize(
    ("command", "lost"),
    [
        ("sudo rm -rf /var/lib/docker", ["store ALL"]),
        ("rm -rf ./data", ["files ONE"]),
        ("docker rm web", ["container ONE"]),
        ("docker rm -f $(docker ps -aq)", ["container ALL"]),
        ("docker ps -aq | xargs docker rm", ["container ALL"]),
        ("docker rm -v web", ["container ONE", "volume ONE"]),
        ("docker rmi $(docker images -q)", ["image ALL"]),
        ("docker image prune -a -f", ["image ALL_UNUSED"]),
        ("docker image prune -af", ["image ALL_UNUSED"]),
        ("docker volume prune", ["volume UNUSED"]),
        ("docker volume rm $(docker volume ls -q)", ["volume ALL"]),
        ("docker compose -f a.yaml down -v", ["project ONE"]),
        ("docker-compose down --volumes", ["project ONE"]),
        ("docker compose down", []),
        ("docker run --rm -v data:/data alpine ls", []),
        ("sudo apt-get purge -y docker-ce", ["engine ONE"]),
        ("mkfs.ext4 /dev/sda1", ["files ONE"]),
        ("dd if=/dev/zero of=/dev/sda", ["files ONE"]),
        ("chmod 777 /var/run/docker.sock", ["host ONE"]),
        ("chmod -R 777 .", ["host ONE"]),
        ("docker run --privileged alpine", ["host ONE"]),
        ("docker run -v /var/run/docker.sock:/var/run/docker.sock app", ["host ONE"]),
        ("docker swarm leave --force", ["cluster ONE"]),
        ("wsl --unregister docker-desktop", ["everything ALL"]),
        ("docker image ls -a", []),
    ],
)
def test_what_a_command_destroys(command: str, lost: list[str]) -> None:
    assert losses(of_command(command)) == lost
    assert losses(danger_of(fact("다음을 실행합니다.", command))) == lost


def test_a_command_that_is_only_spoken_of_destroys_nothing() -> None:
    for text in (
        "`docker system prune -a`는 쓰지 않는 이미지를 모두 지웁니다.",
        "`docker volume rm`으로 지운 볼륨은 되살릴 수 없습니다.",
        "`chmod 666 /var/run/docker.sock`으로 풀면 안 됩니다.",
        "`docker rm`으로 컨테이너를 삭제해도 볼륨은 남습니다.",
    ):
        assert danger_of(fact(text)) is None
    assert losses(danger_of(fact("`docker container prune`과 `docker image prune`으로 지웁니다."))) == [
        "container UNUSED",
        "image UNUSED",
    ]


def test_a_block_may_remove_what_it_made_and_a_dockerfile_its_own_files() -> None:
    made = "docker create --name tmp nginx\ndocker cp tmp:/a .\ndocker rm tmp"
    assert danger_of(fact("꺼냅니다.", made)) is None
    again = "docker rm web\ndocker run -d --name web nginx"
    assert losses(danger_of(fact("다시 만듭니다.", again))) == ["container ONE"]
    assert danger_of(fact("줄입니다.", "RUN rm -rf /var/lib/apt/lists/*", language="dockerfile")) is None
    assert losses(danger_of(fact("엽니다.", "privileged: true", language="yaml"))) == ["host ONE"]


def test_a_warning_names_what_is_lost() -> None:
    lost = frozenset({Loss("image", Reach.ALL_UNUSED), Loss("container", Reach.UNUSED)})
    said = warning(lost)
    assert said == (
        "주의: 멈춘 컨테이너 전부와 그 안에만 있던 데이터, 컨테이너가 쓰지 않는 이미지 전부가 "
        "지워지고 되돌릴 수 없습니다."
    )
    assert is_warning(said)
    assert unwarned(f"{said} `docker system prune -a`") == "`docker system prune -a`"


def test_every_danger_of_our_notes_has_a_warning() -> None:
    for document in read_corpus(CORPUS).documents:
        for each in document.facts:
            if danger := danger_of(each):
                assert is_warning(warning(danger))
