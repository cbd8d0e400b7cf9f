from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.interfaces.web.conftest import Watched

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (ROOT / "service" / "cards").is_dir(), reason="no cards in this tree"),
]


def test_the_deck_shows_topics_and_flips_through_one(web: Watched) -> None:
    page = web.open("#/learn")
    expect(page.locator(".topics li", has_text="저장소")).to_contain_text(re.compile(r"\d+장"))
    web.shot("11-learn")
    page.get_by_role("button", name="저장소 넘겨 보기").click()
    first = page.locator(".front").inner_text()
    page.keyboard.press(" ")
    expect(page.locator(".card-back, mark").first).to_be_visible()
    web.shot("12-flip")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".front")).not_to_have_text(first)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".front")).to_have_text(first)
    page.get_by_role("button", name="그만하기").click()
    expect(page.locator(".topics")).to_be_visible()


def test_no_heading_gives_the_answer_away(web: Watched) -> None:
    page = web.open("#/learn")
    page.get_by_role("button", name="저장소 넘겨 보기").click()
    asked = page.locator(".front", has_text="저장 공간은 무엇인가")
    for _ in range(10):
        page.locator(".front").wait_for()
        if asked.count():
            break
        page.keyboard.press("ArrowRight")
    expect(page.locator(".card-face")).not_to_contain_text("볼륨")
    page.keyboard.press(" ")
    expect(page.locator(".card-face .muted").first).to_contain_text("볼륨")


def test_a_review_is_rated_with_the_keyboard_and_remembered(web: Watched) -> None:
    page = web.open("#/learn")
    before = page.locator(".today p").inner_text()
    page.get_by_role("button", name="복습 시작").click()
    expect(page.locator(".front")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.locator(".rating")).to_have_count(4)
    web.shot("13-review")
    with page.expect_response("**/reviews") as sent:
        page.keyboard.press("4")
    assert sent.value.json()["seconds"] > 86400
    page.reload()
    expect(page.locator(".today p")).not_to_have_text(before)
    expect(page.locator(".today p")).to_contain_text("오늘 1장을 보았습니다")


def test_reviewing_ends_when_every_card_is_known(web: Watched) -> None:
    page = web.open("#/learn")
    page.get_by_role("button", name="복습 시작").click()
    page.locator(".card-face").wait_for()
    for _ in range(40):
        page.locator(".card-face, .today").first.wait_for()
        if page.locator(".today").count():
            break
        page.keyboard.press(" ")
        with page.expect_response("**/reviews"):
            page.keyboard.press("4")
        page.wait_for_timeout(60)
    expect(page.locator(".today")).to_contain_text("모두 보았습니다")


def test_an_answer_is_saved_as_a_card_and_taken_home(web: Watched, tmp_path: Path) -> None:
    page = web.open()
    web.ask("바인드 마운트가 무엇인가요?")
    page.get_by_role("button", name="카드로 저장").click()
    expect(page.get_by_role("button", name="저장됨")).to_be_disabled()
    page.goto(f"{web.url}/#/learn")
    expect(page.locator(".saved li")).to_have_count(1)
    with page.expect_download() as started:
        page.get_by_role("link", name="내 카드 받기").click()
    assert started.value.suggested_filename.endswith(".apkg")
    path = tmp_path / "saved.apkg"
    started.value.save_as(path)
    assert any(name.startswith("collection.anki2") for name in zipfile.ZipFile(path).namelist())
    page.get_by_role("button", name=re.compile("^지우기")).click()
    expect(page.locator(".saved li")).to_have_count(0)


@pytest.mark.parametrize("name", ["전체 덱 받기", "저장소 .apkg 받기"])
def test_decks_are_downloaded(web: Watched, name: str) -> None:
    page = web.open("#/learn")
    with page.expect_download() as started:
        page.get_by_role("link", name=name).click()
    assert started.value.suggested_filename == "도커.apkg"


def test_how_to_bring_a_deck_to_anki_is_three_steps(web: Watched) -> None:
    page = web.open("#/learn")
    expect(page.locator(".how ol")).to_have_count(2)
    for steps in page.locator(".how ol").all():
        expect(steps.locator("li")).to_have_count(3)
