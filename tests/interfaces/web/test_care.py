from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.interfaces.web.conftest import KEY, Watched

pytestmark = pytest.mark.real


def enter(web: Watched) -> None:
    page = web.open("#/care")
    page.fill("#key", KEY)
    page.press("#key", "Enter")
    page.locator("#questions > *").first.wait_for()


def test_a_wrong_key_is_refused_in_words(web: Watched) -> None:
    web.expected.append("403")
    page = web.open("#/care")
    page.fill("#key", "not-the-key")
    page.press("#key", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("이 열쇠로는")
    web.shot("14-door")


def test_the_owner_sees_state_questions_and_feedback(web: Watched) -> None:
    web.open()
    web.ask("컨테이너를 지우면 볼륨은 어떻게 되나요?")
    web.page.get_by_role("button", name="도움됐어요").click()
    expect(web.page.locator("[aria-pressed=true]")).to_have_count(1)
    enter(web)
    page = web.page
    expect(page.locator(".facts")).to_contain_text("답할 수 있음")
    page.select_option("#which", "rated=true")
    expect(page.locator("#questions li").first).to_contain_text("도움됐어요")
    web.shot("15-care")
    page.get_by_role("button", name="열쇠 지우기").click()
    expect(page.locator("#key")).to_be_visible()


def test_a_note_is_previewed_before_it_is_added(web: Watched) -> None:
    enter(web)
    page = web.page
    page.fill("#note-name", "새-노트")
    page.fill("#note-text", "# 로그\n\n- 로그는 `docker logs`로 봄\n- <script>alert(1)</script> 도 글임\n")
    page.get_by_role("button", name="미리 보기").click()
    page.locator(".preview summary", has_text="사실 2개").click()
    expect(page.locator(".preview")).to_contain_text("로그는 docker logs로 봄")
    expect(page.locator(".preview .note")).to_contain_text("<script>alert(1)</script>")
    web.shot("16-preview")


def test_a_broken_note_is_refused_with_its_line(web: Watched) -> None:
    web.expected.append("422")
    enter(web)
    web.page.fill("#note-name", "broken")
    web.page.fill("#note-text", "---\ntitle: [\n---\n# 제목\n")
    web.page.get_by_role("button", name="미리 보기").click()
    expect(web.page.locator(".room .notice")).to_contain_text("번째 줄: front matter")


def test_the_owner_sees_what_the_notes_could_not_answer(web: Watched) -> None:
    web.open()
    web.ask("김치찌개 끓이는 법 알려줘")
    web.ask("김치찌개는 어떻게 끓여?")
    enter(web)
    gap = web.page.locator("#gaps li", has_text="김치찌개는 어떻게 끓여?").first
    expect(gap).to_contain_text("번")
    gap.locator("summary").click()
    expect(gap).to_contain_text("김치찌개 끓이는 법 알려줘")
    web.shot("18-gaps")
