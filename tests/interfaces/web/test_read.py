from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.interfaces.web.conftest import Watched

pytestmark = pytest.mark.real


def test_the_tree_opens_a_note(web: Watched) -> None:
    page = web.open("#/read")
    expect(page.locator("#tree summary").first).to_be_visible()
    web.shot("6-tree")
    page.locator("#tree a", has_text="저장").click()
    expect(page.locator("#reading h1")).to_have_text("저장")
    web.shot("7-note")
    if web.look.phone:
        page.get_by_role("link", name="노트 목록").click()
        expect(page.locator("#tree a").first).to_be_visible()
    else:
        expect(page.locator("#tree a[aria-current]")).to_have_text("저장")


def test_search_finds_headings_at_once_and_text_by_meaning(web: Watched) -> None:
    page = web.open("#/read")
    page.locator("#tree a").first.wait_for()
    page.fill("#find", "백업")
    page.locator("#tree .hit", has_text="tar").first.click()
    expect(page.locator("#reading .cited").first).to_contain_text("볼륨은 tar로 묶어 백업함")
    expect(page.locator("#reading .cited").first).to_be_in_viewport()


def test_a_citations_link_opens_the_page_at_its_lines(web: Watched) -> None:
    page = web.open("documents/storage?lines=9-9")
    expect(page.locator("#reading .cited")).to_have_text("볼륨은 컨테이너를 지워도 남는 저장 공간임")


def test_headings_give_their_address_and_lead_to_it(web: Watched) -> None:
    page = web.open("#/read/storage")
    page.get_by_role("button", name="‘바인드 마운트’ 주소 복사").click()
    address = page.evaluate("() => navigator.clipboard.readText()")
    assert address == f"{web.url}/#/read/storage?at=s-%EB%B0%94%EC%9D%B8%EB%93%9C-%EB%A7%88%EC%9A%B4%ED%8A%B8"
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("#reading h2", has_text="바인드 마운트")).to_be_in_viewport()


def test_a_section_can_be_asked_about(web: Watched) -> None:
    page = web.open("#/read/storage")
    page.get_by_role("button", name="이 부분으로 질문하기: 볼륨").click()
    web.shot("8-about")
    page.locator("#dialog .suggestions button", has_text="백업").click()
    expect(page.locator(".turn .said").first).to_contain_text("tar")
    expect(page.locator("#ask")).to_be_visible()


def test_code_is_copied_whole(web: Watched) -> None:
    page = web.open("#/read/storage")
    page.get_by_role("button", name="코드 복사").click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("docker run --rm -v app-data:/data:ro")
    assert copied.endswith("-C /data .")


def test_wide_tables_and_long_code_scroll_by_themselves(web: Watched) -> None:
    page = web.open("#/read/network")
    page.locator("#reading table").wait_for()
    web.shot("9-table")
    page = web.open("#/read/storage")
    page.locator("#reading pre").wait_for()
    web.shot("9-code")


def test_a_hostile_note_is_text(web: Watched) -> None:
    page = web.open("#/read/hostile")
    note = page.locator("#reading .note")
    expect(note).to_contain_text("<script>document.body.dataset.owned=1</script>")
    expect(note).to_contain_text('<div onclick="document.body.dataset.owned=1">')
    expect(note).to_contain_text('<img src=x onerror="document.body.dataset.owned=1">')
    assert note.locator("script, iframe, img, [onclick], a[href^='javascript']").count() == 0
    web.shot("10-hostile")
    page.goto(f"{web.url}/#/ask")
    web.ask("스크립트가 들어 있는 문장은?")
    assert page.locator("body[data-owned]").count() == 0


def test_an_unknown_note_says_so(web: Watched) -> None:
    web.expected.append("404")
    page = web.open("#/read/nothing")
    expect(page.locator("#reading")).to_contain_text("노트를 찾을 수 없습니다")
