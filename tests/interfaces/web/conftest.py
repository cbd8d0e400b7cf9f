"""The page in a real Chromium, against a real server on loopback with tiny notes and the real encoder."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
import yaml
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from service.build import build
from service.index import load_index
from service.interfaces.app import create_app
from service.settings import Settings, load_settings
from tests.conftest import ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "no Chromium here: apt-get install chromium fonts-noto-cjk"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KEY = "owner-key-0123456789"
SCREENSHOTS = ROOT / "data" / "screenshots"

STORAGE = """---
title: 저장
tags: [저장소]
---
# 저장

## 볼륨

- 볼륨은 컨테이너를 지워도 남는 저장 공간임
- 볼륨은 `tar`로 묶어 백업함

  ```bash
  docker run --rm -v app-data:/data:ro -v "$(pwd)":/backup alpine:3.22 tar czf /backup/app-data-2026-11-24-with-a-very-long-name.tar.gz -C /data .
  ```

## 바인드 마운트

- 바인드 마운트는 호스트의 디렉터리를 컨테이너에 그대로 연결하는 방식임
"""
NETWORK = """---
tags: [네트워크]
---
# 네트워크

## 브리지

- 기본 브리지에서는 컨테이너 이름으로 통신할 수 없음

| 드라이버 | 쓰는 때 | 이름으로 찾기 | 호스트와 분리 | 여러 호스트 | 비고 | 아주 긴 제목의 열 | 또 하나의 긴 제목의 열 |
|---|---|---|---|---|---|---|---|
| bridge | 한 호스트의 컨테이너끼리 | 사용자 정의 브리지에서만 됨 | 됨 | 안 됨 | 기본값 | 한국어로 적은 꽤 긴 설명이 들어가는 칸 | `com.docker.network.bridge.enable_icc` |
"""
HOSTILE = """# 적대적 <img src=x onerror="document.body.dataset.owned=1">

## 스크립트

- 이 문장에는 <script>document.body.dataset.owned=1</script> 스크립트가 들어 있음
- [누르지 마십시오](javascript:document.body.dataset.owned=1) 하고 말함

<div onclick="document.body.dataset.owned=1">덩어리</div>
<iframe src="https://example.com"></iframe>

![밖의 그림](https://example.com/1.png)
"""
QUESTIONS = {
    "볼륨은 컨테이너를 지워도 남는 저장 공간임": [
        "컨테이너를 지우면 볼륨은 어떻게 되나요?",
        "도커 볼륨이 뭐야?",
    ],
    "볼륨은 `tar`로 묶어 백업함": ["볼륨은 어떻게 백업하나요?"],
    "바인드 마운트는 호스트의 디렉터리를 컨테이너에 그대로 연결하는 방식임": ["바인드 마운트가 무엇인가요?"],
    "기본 브리지에서는 컨테이너 이름으로 통신할 수 없음": ["기본 브리지에서 컨테이너 이름으로 통신되나요?"],
}
CARDS: dict[str, dict[str, str]] = {
    "볼륨은 컨테이너를 지워도 남는 저장 공간임": {
        "kind": "question",
        "front": "컨테이너를 지워도 데이터가 남게 하는 저장 공간은 무엇인가?",
        "back": "볼륨",
    },
    "볼륨은 `tar`로 묶어 백업함": {"kind": "cloze", "cloze": "도커 볼륨은 {{c1::`tar`}}로 묶어 백업한다."},
    "바인드 마운트는 호스트의 디렉터리를 컨테이너에 그대로 연결하는 방식임": {
        "kind": "term",
        "front": "바인드 마운트(bind mount)",
        "back": "호스트의 디렉터리를 컨테이너에 그대로 연결하는 방식",
    },
}


@dataclass(frozen=True)
class Look:
    """A size and a colour scheme."""

    name: str
    width: int
    height: int
    dark: bool

    @property
    def phone(self) -> bool:
        return self.width < 500


LOOKS = [
    Look("desktop-light", 1280, 800, False),
    Look("desktop-dark", 1280, 800, True),
    Look("phone-light", 375, 740, False),
    Look("phone-dark", 375, 740, True),
]


@pytest.fixture(scope="session")
def web_settings(tmp_path_factory: pytest.TempPathFactory, real_encoder_folder: Path) -> Settings:
    folder = tmp_path_factory.mktemp("web")
    corpus = folder / "corpus"
    corpus.mkdir()
    (folder / "data").mkdir()
    for name, text in {"storage": STORAGE, "network": NETWORK, "hostile": HOSTILE}.items():
        (corpus / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "data" / "encoder").symlink_to(real_encoder_folder)
    settings = load_settings(corpus_dir=corpus, data_dir=folder / "data", api_keys=f"me:{KEY}")
    build(settings)
    _write_bank(settings)
    build(settings)
    return settings


def _write_bank(settings: Settings) -> None:
    """Questions for the facts, whose ids the first build gave."""
    from service.encoder.serve import load_encoder

    for document in load_index(settings.index_dir, load_encoder(settings.encoder_dir)).documents:
        entries = [
            {"id": fact.id, "text": fact.text, "questions": QUESTIONS[fact.text], "cards": _cards(fact.text)}
            for fact in document.facts
            if fact.text in QUESTIONS
        ]
        if entries:
            bank = yaml.safe_dump({"document": document.id, "facts": entries}, allow_unicode=True)
            (settings.corpus_dir / f"{document.id}.questions.yaml").write_text(bank, encoding="utf-8")


def _cards(fact: str) -> list[dict[str, str]]:
    return [{"id": "a", **CARDS[fact]}] if fact in CARDS else []


@pytest.fixture(scope="session")
def url(web_settings: Settings) -> Iterator[str]:
    """A server that answers on loopback."""
    config = uvicorn.Config(create_app(web_settings), port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page with everything that may not happen on it."""

    page: Page
    look: Look
    url: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def open(self, place: str = "") -> Page:
        """Go to a place of the page, as somebody does who follows a link, and wait until it is ready."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}/{place}")
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def ask(self, question: str) -> None:
        """Ask and wait for the answer."""
        before = self.page.locator(".turn").count()
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        self.page.locator(f".turn:not([aria-busy]) >> nth={before}").wait_for()

    def shot(self, name: str) -> None:
        """Save what is seen, for people to look at; nothing may stick out sideways."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{self.look.name}.png")
        overflow = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px too wide"

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(each in message.text for each in self.expected):
            self.errors.append(message.text)

    def requested(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", "data:", "about:")):
            self.foreign.append(request.url)


def context_of(browser: Browser, look: Look, bypass_csp: bool = False) -> BrowserContext:
    return browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme="dark" if look.dark else "light",
        locale="ko-KR",
        has_touch=look.phone,
        is_mobile=look.phone,
        permissions=["clipboard-read", "clipboard-write"],
        bypass_csp=bypass_csp,
    )


def watch(context: BrowserContext, look: Look, url: str) -> Watched:
    context.set_default_timeout(10_000)
    watched = Watched(context.new_page(), look, url)
    watched.page.on("console", watched.heard)
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    watched.page.on("request", watched.requested)
    return watched


EVERY_LOOK = [
    # Both sizes and both schemes each time; the crossed ones with the long tests.
    pytest.param(look, id=look.name, marks=() if look.dark == look.phone else pytest.mark.long)
    for look in LOOKS
]


@pytest.fixture(params=EVERY_LOOK)
def web(request: pytest.FixtureRequest, browser: Browser, url: str) -> Iterator[Watched]:
    """A fresh browser profile; no error on the console and no request elsewhere may happen in it."""
    context = context_of(browser, request.param)
    watched = watch(context, request.param, url)
    yield watched
    context.close()
    assert watched.errors == []
    assert watched.foreign == []
