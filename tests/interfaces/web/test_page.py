"""The page as a whole: how much it loads, how soon it can be used, for whom, and what it forbids."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.conftest import ROOT
from tests.interfaces.web.conftest import EVERY_LOOK, KEY, Look, Watched, context_of, watch

pytestmark = pytest.mark.real

MOST_BYTES = 150_000
MOST_SECONDS = 1.0
AXE = (ROOT / "tests" / "interfaces" / "web" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}


def test_the_first_load_is_small_and_soon_ready(web: Watched) -> None:
    web.open()  # the server has answered once
    web.page.context.clear_cookies()
    loaded: list[Response] = []
    web.page.on("response", lambda response: loaded.append(response))
    web.page.goto("about:blank")
    start = time.perf_counter()
    web.page.goto(web.url)
    web.page.wait_for_selector("html[data-ready]")
    seconds = time.perf_counter() - start
    web.page.wait_for_load_state("networkidle")  # nothing stays open
    size = sum(len(response.body()) for response in loaded if response.status == 200)
    print(f"{web.look.name}: {size:,} bytes, {seconds:.2f} s")  # noqa: T201
    assert size <= MOST_BYTES
    assert seconds < MOST_SECONDS


def test_everything_can_be_reached_with_the_keyboard(web: Watched) -> None:
    page = web.open("#/read")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.goto(f"{web.url}/#/ask")
    web.ask("컨테이너를 지우면 볼륨은 어떻게 되나요?")
    page.locator(".chip").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#side .cited").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#side a").first).to_be_focused()


def test_buttons_are_large_enough_to_touch(web: Watched) -> None:
    page = web.open()
    web.ask("컨테이너를 지우면 볼륨은 어떻게 되나요?")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, nav a, textarea")]
          .filter((each) => each.checkVisibility() && !each.classList.contains("chip"))
          .map((each) => [each.textContent || each.id, each.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"""
    )
    assert small == []


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_serious(look: Look, browser: Browser, url: str) -> None:
    context = context_of(browser, look, bypass_csp=True)  # for axe itself, which isn't the page's
    web = watch(context, look, url)
    found = {}
    web.open()
    web.page.locator("#suggestions button").first.wait_for()
    found["welcome"] = axe(web)
    web.ask("볼륨은 어떻게 백업하나요?")
    web.ask("오늘 저녁 김치찌개 맛있게 끓이는 법 알려줘")
    found["answers"] = axe(web)
    web.page.locator(".chip").first.click()
    web.page.locator("#side .cited").first.wait_for()
    found["source"] = axe(web)
    for name, place, ready in (
        ("tree", "#/read", "#tree a"),
        ("note", "#/read/storage?lines=9-9", "#reading .cited"),
        ("table", "#/read/network", "#reading table"),
        ("learn", "#/learn", "#learn h1"),
        ("door", "#/care", "#key"),
    ):
        web.open(place).locator(ready).first.wait_for()
        found[name] = axe(web)
    web.page.fill("#key", KEY)
    web.page.press("#key", "Enter")
    web.page.locator("#questions > *").first.wait_for()
    found["care"] = axe(web)
    context.close()
    assert {name: issues for name, issues in found.items() if issues} == {}


def axe(web: Watched) -> list[str]:
    web.page.evaluate(f"() => {{ {AXE} }}")
    result: dict[str, Any] = web.page.evaluate("() => axe.run()")
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in result["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]
