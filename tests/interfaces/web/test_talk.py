from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.interfaces.web.conftest import Watched

pytestmark = pytest.mark.real


def test_a_greeting_is_returned_with_questions_to_touch_and_nothing_to_rate(web: Watched) -> None:
    page = web.open()
    web.ask("안녕하세요!")
    turn = page.locator(".turn.chat")
    expect(turn).to_contain_text("노트에서 답을 찾아 출처와 함께 알려 드립니다.")
    expect(turn.get_by_role("button", name="도움됐어요")).to_have_count(0)
    web.shot("17-talk")
    turn.locator(".suggestions button").first.click()
    expect(page.locator(".turn >> nth=1")).to_be_visible()
