from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.interfaces.web.conftest import Watched

pytestmark = pytest.mark.real

KEPT = "컨테이너를 지우면 볼륨은 어떻게 되나요?"
MISSED = "오늘 저녁 김치찌개 맛있게 끓이는 법 알려줘"


def test_a_first_visit_suggests_questions_that_can_be_asked_by_touching_them(web: Watched) -> None:
    page = web.open()
    suggestion = page.locator("#suggestions button").first
    text = suggestion.inner_text()
    web.shot("1-welcome")
    suggestion.click()
    expect(page.locator(".turn .asked")).to_contain_text(text)
    expect(page.locator(".turn .chip").first).to_be_visible()


def test_the_question_box_is_the_first_text_field(web: Watched) -> None:
    page = web.open()
    assert page.locator("input, textarea").first.get_attribute("id") == "question"
    if not web.look.phone:
        expect(page.locator("#question")).to_be_focused()


def test_a_chip_opens_the_note_beside_the_answer_at_the_cited_lines(web: Watched) -> None:
    page = web.open()
    web.ask(KEPT)
    expect(page.locator(".said").first).to_contain_text("볼륨은 컨테이너를 지워도 남는 저장 공간입니다.")
    web.shot("2-answer")
    page.locator(".chip").first.click()
    cited = page.locator("#side .cited")
    expect(cited.first).to_have_text("볼륨은 컨테이너를 지워도 남는 저장 공간임")
    expect(cited.first).to_be_in_viewport()
    web.shot("3-source")
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    expect(page.locator(".chip").first).to_be_focused()


def test_enter_sends_but_not_while_a_syllable_is_composed(web: Watched) -> None:
    page = web.open()
    page.fill("#question", "볼륨이 뭐")
    for composing in ({"key": "Enter", "isComposing": True}, {"key": "Enter", "keyCode": 229}):
        page.eval_on_selector(
            "#question",
            "(box, event) => box.dispatchEvent(new KeyboardEvent('keydown', {...event, bubbles: true, cancelable: true}))",
            composing,
        )
    page.press("#question", "Shift+Enter")
    page.wait_for_timeout(200)
    expect(page.locator(".turn")).to_have_count(0)
    assert page.input_value("#question") == "볼륨이 뭐\n"
    page.press("#question", "Enter")
    expect(page.locator(".turn")).to_have_count(1)
    assert page.input_value("#question") == ""


def test_a_syllable_composed_by_an_input_method_arrives_whole(web: Watched) -> None:
    page = web.open()
    page.focus("#question")
    keyboard = page.context.new_cdp_session(page)
    for text in ("ㅂ", "보", "볼"):
        keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1})
    enter = {"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    keyboard.send("Input.dispatchKeyEvent", enter)
    expect(page.locator(".turn")).to_have_count(0)
    keyboard.send("Input.insertText", {"text": "볼"})
    assert page.input_value("#question") == "볼"


def test_a_conversation_survives_a_reload_and_begins_anew_when_asked(web: Watched) -> None:
    page = web.open()
    web.ask(KEPT)
    web.ask("볼륨은 어떻게 백업하나요?")
    first = json.loads(page.evaluate("() => localStorage.getItem('conversation')"))
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    page.locator(".chip").last.click()
    expect(page.locator("#side .cited").first).to_be_visible()
    page.keyboard.press("Escape")
    page.click("#new-conversation")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#suggestions button").first).to_be_visible()
    web.ask(KEPT)
    second = json.loads(page.evaluate("() => localStorage.getItem('conversation')"))
    assert first["id"] != second["id"]


def test_a_miss_suggests_what_can_be_answered(web: Watched) -> None:
    page = web.open()
    web.ask(MISSED)
    expect(page.locator(".turn.not_found .said")).to_contain_text("답을 찾지 못했습니다")
    web.shot("4-miss")
    page.locator(".next button").first.click()
    expect(page.locator(".turn")).to_have_count(2)


def test_an_answer_can_be_rated_and_copied(web: Watched) -> None:
    page = web.open()
    web.ask(KEPT)
    page.get_by_role("button", name="도움됐어요").click()
    expect(page.get_by_role("button", name="도움됐어요")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="아니에요").click()
    page.locator("#dialog textarea").fill("더 자세히")
    page.get_by_role("button", name="의견 보내기").click()
    expect(page.get_by_role("button", name="아니에요")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("button", name="아니에요")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="복사", exact=True).click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert "남는 저장 공간입니다." in copied
    assert "[1] 저장 › 볼륨, 9행" in copied


def test_only_an_explicit_act_shares_an_answer(web: Watched) -> None:
    page = web.open()
    web.ask(KEPT)
    answer = json.loads(page.evaluate("() => localStorage.getItem('conversation')"))["turns"][0]["answer"]
    stranger = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    assert stranger.request.get(f"{web.url}/shared/{answer['question_id']}").status == 404
    page.get_by_role("button", name="공유").click()
    web.shot("5-share")
    page.get_by_role("button", name="공유하고 주소 복사").click()
    expect(page.locator("#toast")).to_contain_text("복사했습니다")
    address = page.evaluate("() => navigator.clipboard.readText()")
    stranger.goto(address)
    expect(stranger.locator(".asked")).to_contain_text(KEPT)
    expect(stranger.locator(".said").first).to_contain_text("남는 저장 공간입니다.")
    expect(stranger.locator(".actions")).to_have_count(0)
    stranger.context.close()


def test_ones_records_can_be_deleted(web: Watched) -> None:
    page = web.open()
    web.ask(KEPT)
    page.click("#forget")
    page.get_by_role("button", name="모두 지우기").click()
    expect(page.locator("#toast")).to_contain_text(re.compile(r"기록 \d+개를 지웠습니다"))
    page.reload()
    expect(page.locator(".turn")).to_have_count(0)


def test_what_was_asked_is_shown_as_text(web: Watched) -> None:
    page = web.open()
    attack = '<img src=x onerror="document.body.dataset.owned=1"> 볼륨이 뭐야? `<b>`'
    web.ask(attack)
    expect(page.locator(".asked")).to_contain_text("<img src=x onerror")
    page.reload()
    assert page.locator("body[data-owned]").count() == 0


def test_a_refusal_says_why_and_can_be_tried_again(web: Watched) -> None:
    web.expected.append("422")
    page = web.open()
    web.ask("?!")
    expect(page.locator(".turn.failed .said")).to_contain_text("질문이 비어 있습니다")
    page.get_by_role("button", name="다시 묻기").click()
    expect(page.locator(".turn.failed")).to_have_count(1)


def test_a_lost_server_is_said_in_words(web: Watched) -> None:
    web.expected.append("ERR_")
    page = web.open()
    page.route("**/ask", lambda route: route.abort())
    web.ask(KEPT)
    expect(page.locator(".turn.failed .said")).to_contain_text("서버에 닿지 못했습니다")


def events(*blocks: str) -> str:
    return "".join(f"{block}\n\n" for block in blocks)


def test_a_streamed_answer_ends_as_the_whole_one(web: Watched) -> None:
    """Whatever way the server sends it: here events as POST /ask sends them, cut at odd places."""
    page = web.open()
    whole = page.request.post(f"{web.url}/ask", data={"question": KEPT}).json()
    body = events(
        "event: meta\ndata: {}",
        ": heartbeat",
        'event: delta\ndata: {"text": "볼륨은"}',
        f"event: done\ndata: {json.dumps(whole, ensure_ascii=False)}",
    )
    stream(page, body, "text/event-stream; charset=utf-8")
    web.ask(KEPT)
    expect(page.locator(".said").first).to_contain_text("남는 저장 공간입니다.")


def test_a_stream_that_breaks_says_so(web: Watched) -> None:
    page = web.open()
    stream(page, events('event: delta\ndata: {"text": "볼륨은"}'), "text/event-stream")
    web.ask(KEPT)
    expect(page.locator(".turn.failed .said")).to_contain_text("연결이 끊겼습니다")


def stream(page: Page, body: str, content_type: str) -> None:
    page.route("**/ask", lambda route: route.fulfill(body=body, content_type=content_type))
