from __future__ import annotations

from service.cards import checks, kinds
from service.notes.warning import is_warning
from tests.cards.conftest import MakeCards

NOTE = """# 정리

## 볼륨 삭제

- 쓰지 않는 볼륨을 모두 지웁니다

  ```bash
  docker volume prune -a
  ```

## 이미지 삭제

- 쓰지 않는 이미지는 `docker image prune -a`로 지웁니다

## 볼륨 목록

- 볼륨의 목록을 봅니다

  ```bash
  docker volume ls
  ```
"""


def test_a_card_that_destroys_something_warns_before_the_command(make_cards: MakeCards) -> None:
    cards = {card.heading_path[-1]: card for card in make_cards({"a.md": NOTE}).shelf.cards}
    command = cards["볼륨 삭제"]
    assert command.kind == "command"
    assert is_warning(command.back)
    front, back, _ = kinds.fields(command)
    assert "주의" not in front
    assert back.index("주의: 쓰지 않는 볼륨") < back.index("<pre><code") < back.index("prune -a")
    assert cards["이미지 삭제"].cloze
    assert is_warning(cards["이미지 삭제"].extra)
    assert cards["볼륨 목록"].back == "docker volume ls"


def test_a_warning_is_no_fault_of_a_card(make_cards: MakeCards) -> None:
    for card in make_cards({"a.md": NOTE}).shelf.cards:
        assert checks.reasons(card) == ()
