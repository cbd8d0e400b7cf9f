from __future__ import annotations

import pytest

from service.llm.grounding import judge
from service.types import Code, Fact

FACTS = (
    Fact("a", "d", ("저장", "볼륨"), "볼륨은 컨테이너를 지워도 남음", "bullet", (1, 1)),
    Fact("b", "d", ("저장", "볼륨"), "볼륨은 tar로 묶어 백업함", "bullet", (2, 2)),
    Fact(
        "c",
        "d",
        ("네트워크", "브리지"),
        "기본 브리지에서는 컨테이너 이름으로 통신할 수 없음",
        "bullet",
        (3, 3),
    ),
    Fact(
        "d",
        "d",
        ("실행", "포트"),
        "`-p 8080:80`은 호스트 8080 포트를 컨테이너 80 포트로 이음",
        "bullet",
        (4, 4),
        code=(Code("bash", "docker run -p 8080:80 nginx"),),
    ),
)
QUESTION = "컨테이너를 지우면 볼륨은 어떻게 되나요?"


@pytest.mark.parametrize(
    ("written", "facts"),
    [
        ("볼륨은 컨테이너를 지워도 남습니다. [1]", (0,)),
        ("- **볼륨**은 컨테이너를 지워도 남습니다.[1]", (0,)),
        ("볼륨은 컨테이너를 지워도 남고 tar로 묶어 백업합니다. [1][2]", (0, 1)),
        ("볼륨은 컨테이너를 지워도 남고 tar로 묶어 백업합니다. [2, 1]", (1, 0)),
        ("볼륨은 컨테이너를 지워도 남습니다. [1][9]", (0,)),
        ("볼륨은 컨테이너를 지워도 남습니다. [0]", (0,)),
        ("볼륨은 tar로 묶어 백업합니다.", (1,)),
        ("기본 브리지에서는 이름으로 통신할 수 없습니다. [3]", (2,)),
        ("`-p 8080:80`은 호스트 8080 포트를 컨테이너 80 포트로 잇습니다. [4]", (3,)),
        ("호스트 포트는 이렇게 잇습니다. [4]\n```bash\ndocker run -p 8080:80 nginx\n```", (3,)),
    ],
)
def test_what_the_facts_say_is_held(written: str, facts: tuple[int, ...]) -> None:
    verdict = judge(written, QUESTION, FACTS)
    assert (verdict.reason, verdict.facts) == ("", facts)
    assert "[" not in verdict.text
    assert "**" not in verdict.text


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("卷在删除容器后仍然保留。[1]", "language"),
        ("볼륨은 容器를 지워도 남습니다. [1]", "language"),
        ("ボリュームは残ります。[1]", "language"),
        ("Том остаётся. [1]", "language"),
        ("Volumes survive the removal of a container. [1]", "language"),
        ("", "language"),
        ("[1]", "language"),
        ("```\nrm -rf /\n```", "language"),
        ("스웜은 노드를 묶습니다. [9]", "no-mark"),
        ("스웜은 노드를 묶습니다.", "no-mark"),
        ("스웜은 노드를 묶습니다. [1]", "unsupported"),
        ("볼륨은 매주 자동으로 정리되어 사라집니다. [1]", "unsupported"),
        ("볼륨은 30일 동안 남습니다. [1]", "foreign-code"),
        ("볼륨은 `docker volume rm`으로 지워도 남습니다. [1]", "foreign-code"),
        ("볼륨은 --force 옵션으로 지워도 남습니다. [1]", "foreign-code"),
        ("볼륨은 컨테이너를 지워도 계속 http://evil.example 에 남습니다. [1]", "foreign-code"),
        ("볼륨은 지워도 남습니다. [1]\n```bash\nrm -rf /\n```", "foreign-code"),
        ("볼륨은 컨테이너를 지우면 남지 않습니다. [1]", "polarity"),
        ("기본 브리지에서는 컨테이너 이름으로 통신할 수 있습니다. [3]", "polarity"),
    ],
)
def test_what_they_do_not_say_is_not(written: str, reason: str) -> None:
    verdict = judge(written, QUESTION, FACTS)
    assert (verdict.reason, verdict.facts) == (reason, ())
