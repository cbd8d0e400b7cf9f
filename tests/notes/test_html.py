from __future__ import annotations

import re

import pytest

from service.notes.corpus import parse_note
from service.notes.html import render
from tests.conftest import ROOT


def html(text: str, name: str = "a.md", paths: dict[str, str] | None = None) -> str:
    return render(parse_note(text, name), paths).html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "글 <img src=x onerror=alert(1)> 글",
        "<div onclick=alert(1)>글</div>",
        "<iframe src='https://example.com'></iframe>",
        "[글](javascript:alert(1))",
        "[글](JaVaScRiPt&#58;alert(1))",
        "[글](data:text/html,<script>alert(1)</script>)",
        '![글](x" onerror="alert(1))',
        "# 제목 <svg onload=alert(1)>",
        "| <style>*{}</style> | b |\n|--|--|\n| <a href=javascript:alert(1)>c</a> | d |",
        '```bash" onclick="alert(1)\n</code></pre><script>alert(1)</script>\n```',
        "글 <!-- <script>alert(1)</script> -->",
        "[글](//example.com/x)",
    ],
)
def test_nothing_that_acts_gets_out(attack: str) -> None:
    out = html(f"# 노트\n\n{attack}\n")
    tags = re.findall(r"<(\w+)([^>]*)>", out)
    allowed = set("h1 p a br code pre div table thead tbody tr th td img span ul li".split())
    assert {tag for tag, _ in tags} <= allowed
    assert not re.search(
        r"\son\w+=", " ".join(rest.replace('"', " ") for _, rest in tags if "data-language" not in rest)
    )
    for target in re.findall(r'(?:href|src)="([^"]*)"', out):
        assert target.startswith(("#/read", "/read/a/images?src="))


def test_raw_html_stands_as_text() -> None:
    out = html("# 노트\n\n`docker run <image>` 는 <image> 를 실행함 <script>x</script>\n")
    assert "&lt;image&gt; 를" in out
    assert "&lt;script&gt;x&lt;/script&gt;" in out
    assert "<code>docker run &lt;image&gt;</code>" in out


def test_a_break_is_one_and_a_comment_vanishes() -> None:
    assert "가<br>나 다" in html("# 노트\n\n가<br/>나<!-- 몰래 --> 다\n")


def test_blocks_know_their_lines() -> None:
    out = html(
        "---\ntitle: 노트\n---\n# 제목\n\n- 하나\n  - 둘\n- 셋\n\n  ```sh\n  x\n  ```\n\n| a |\n|--|\n| b |\n"
    )
    assert '<h1 data-lines="4-4" id="s-제목">' in out
    assert '<p data-lines="6-6">하나</p>' in out
    assert '<span data-lines="7-7">둘</span>' in out
    assert '<pre data-lines="10-12" data-language="sh">' in out
    assert '<tr data-lines="16-16">' in out


def test_headings_have_ids_of_their_own() -> None:
    rendered = render(parse_note("# 볼륨\n\n## 볼륨\n\n## `-v` 옵션!\n", "a.md"))
    assert [(heading.id, heading.level, heading.line) for heading in rendered.headings] == [
        ("s-볼륨", 1, 1),
        ("s-볼륨--2", 2, 3),
        ("s-v-옵션", 2, 5),
    ]
    assert all(f'id="{heading.id}"' in rendered.html for heading in rendered.headings)


def test_links_lead_to_other_notes_and_to_other_sites() -> None:
    paths = {"저장/volumes.md": "vol", "a.md": "a"}
    out = html(
        "# 노트\n\n[가](../저장/volumes.md#s-백업) [나](https://docs.docker.com) [[볼륨|다]]\n",
        "b/c.md",
        paths,
    )
    assert '<a href="#/read/vol?at=s-백업"' in out or '<a href="#/read/vol?at=s-%EB%B0%B1%EC%97%85"' in out
    assert '<a href="https://docs.docker.com" rel="noopener noreferrer">나</a>' in out
    assert " 다</p>" in out


def test_an_image_comes_from_here_or_not_at_all() -> None:
    out = html(
        "# 노트\n\n![구조](img/a b.png) ![밖](https://example.com/1.png) ![속](data:image/png;base64,AA)\n"
    )
    assert '<a href="https://example.com/1.png" rel="noopener noreferrer">밖</a> 속' in out
    assert out.count("<img") == 0 or 'src="/read/a/images?src=' in out


def test_every_note_of_the_corpus_renders_whole() -> None:
    for path in sorted((ROOT / "corpus").glob("*.md")):
        document = parse_note(path.read_text(encoding="utf-8"), path.name)
        rendered = render(document)
        assert [heading.line for heading in rendered.headings] == [
            section.lines[0]
            for section in document.sections
            if section.lines[0] > 1 or not document.source.startswith("---")
        ]
        for fact in document.facts:
            assert any(
                f'data-lines="{first}-' in rendered.html for first in range(fact.lines[0], fact.lines[1] + 1)
            ), fact
