from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from service.interfaces.slack import blocks
from service.interfaces.slack.mrkdwn import SECTION, WHOLE, clip, escape, fit, size
from tests.interfaces.slack import checker

_words = st.text(alphabet="가나다 .`<>&|*_a1😀\n", max_size=400)
_code = st.text(alphabet="ab<>&`$ \n", max_size=2000).filter(lambda text: "```" not in text)
_fence = _code.map(lambda text: f"\n```bash\n{text}\n```\n")
_markdown = st.lists(_words.map(lambda text: text.replace("```", "``")) | _fence, max_size=12).map("".join)


@settings(max_examples=150, deadline=None)
@given(_markdown)
def test_any_text_becomes_sections_that_slack_takes(markdown: str) -> None:
    sections, _ = fit(markdown)
    built = [blocks.section(text) for text in sections]
    odd_spans = [why for why in checker.problems({"blocks": built, "text": "x"}) if "code span" not in why]
    assert odd_spans == []
    assert sum(map(size, sections)) <= WHOLE


@settings(max_examples=100, deadline=None)
@given(_code.filter(str.strip))
def test_code_is_shown_whole_and_in_order(code: str) -> None:
    sections, shortened = fit(f"앞\n```sh\n{code}\n```\n뒤")
    assert not shortened
    shown = "\n".join(re.findall(r"```\n(.*?)\n```", "\n".join(sections), re.DOTALL))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", escape(code))


def test_a_fence_loses_its_language_and_keeps_its_text() -> None:
    assert fit("이렇게 합니다.\n```bash\ndocker run <image>\n```\n끝입니다.") == (
        ["이렇게 합니다.\n```\ndocker run &lt;image&gt;\n```\n끝입니다."],
        False,
    )


def test_a_code_block_with_a_fence_inside_stays_one_block() -> None:
    [section], _ = fit("````md\n```sh\nls\n```\n````")
    assert section.count("```") == 2


def test_a_long_code_block_is_cut_between_lines_and_closed() -> None:
    line = "docker build --no-cache ."
    sections, shortened = fit("```\n" + "\n".join([line] * 1000) + "\n```")
    assert shortened
    for section in sections:
        assert section.startswith("```\n")
        assert section.endswith("\n```")
        assert size(section) <= SECTION
        assert set(section.split("\n")[1:-1]) == {line}


def test_a_long_sentence_is_not_cut_within_a_code_span() -> None:
    sections, _ = fit("가" * 2990 + " `docker run --rm alpine` " + "나" * 100)
    assert all(section.count("`") % 2 == 0 for section in sections)
    assert any("`docker run --rm alpine`" in section for section in sections)


def test_clip_counts_an_emoji_twice() -> None:
    assert clip("짧은 글", 75) == "짧은 글"
    for text in ("가" * 100, "😀" * 100, "가😀" * 60):
        clipped = clip(text, 75)
        assert clipped.endswith("…")
        assert 70 <= size(clipped) <= 75
