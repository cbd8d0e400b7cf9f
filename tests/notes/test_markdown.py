from __future__ import annotations

import pytest

from service.notes.markdown import is_label, parse
from service.types import Code, Fact


def facts(text: str) -> list[Fact]:
    return [fact for section in parse(text, "note").sections for fact in section.facts]


def texts(text: str) -> list[str]:
    return [fact.text for fact in facts(text)]


def test_a_bullet_is_a_fact_under_its_heading_path_with_its_lines() -> None:
    (fact,) = facts("# 도커\n\n## 볼륨\n\n- 볼륨은 **컨테이너**를 지워도 남습니다.\n")
    assert fact.text == "볼륨은 컨테이너를 지워도 남습니다."
    assert fact.heading_path == ("도커", "볼륨")
    assert fact.lines == (5, 5)
    assert fact.kind == "bullet"


def test_a_notion_export_with_four_space_nesting_keeps_parent_bullets() -> None:
    found = facts("## 저장\n\n- 호스트 디스크를 마운트해서 보존함\n    - 마운트: 디스크를 연결한 상태\n")
    assert [fact.text for fact in found] == [
        "호스트 디스크를 마운트해서 보존함",
        "마운트: 디스크를 연결한 상태",
    ]
    assert found[1].parents == ("호스트 디스크를 마운트해서 보존함",)


def test_a_label_is_no_fact_but_a_parent() -> None:
    (fact,) = facts("- 가상화 기술\n  - 가상의 물리 서버를 생성\n")
    assert (fact.text, fact.parents) == ("가상의 물리 서버를 생성", ("가상화 기술",))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("가상화 기술", True),
        ("설치 순서:", True),
        ("도커 엔진을 우분투에 설치하는 순서는 아래와 같습니다:", True),
        ("컨테이너는 리눅스 환경으로 구성됨", False),
        ("컨테이너를 지우면 데이터도 함께 사라집니다.", False),
    ],
)
def test_labels(text: str, label: bool) -> None:
    assert is_label(text) is label


def test_a_paragraph_is_cut_into_sentences_with_their_own_lines() -> None:
    found = facts("도커는 컨테이너를 실행합니다. 이미지는\n읽기 전용입니다.\n")
    assert [(fact.text, fact.lines) for fact in found] == [
        ("도커는 컨테이너를 실행합니다.", (1, 1)),
        ("이미지는 읽기 전용입니다.", (1, 2)),
    ]


def test_numbered_lists_are_steps_under_the_sentence_that_leads_to_them() -> None:
    found = facts("볼륨을 백업하는 순서입니다.\n\n1. 컨테이너를 멈춥니다.\n2. 볼륨을 묶습니다.\n")
    assert [(fact.kind, fact.text) for fact in found] == [
        ("step", "컨테이너를 멈춥니다."),
        ("step", "볼륨을 묶습니다."),
    ]
    assert found[0].parents == ("볼륨을 백업하는 순서입니다.",)


def test_code_belongs_to_the_bullet_that_introduces_it() -> None:
    (fact,) = facts("- 볼륨을 만듭니다.\n\n  ```bash\n  docker volume create data\n  ```\n")
    assert fact.code == (Code("bash", "docker volume create data"),)
    assert fact.lines == (1, 5)


def test_code_without_an_introduction_is_a_fact_named_by_its_heading() -> None:
    (fact,) = facts("## 볼륨 만들기\n\n```bash\ndocker volume create data\n```\n")
    assert (fact.kind, fact.text) == ("code", "볼륨 만들기")
    assert fact.code[0].text == "docker volume create data"


def test_a_table_row_names_its_cells_by_their_columns() -> None:
    table = (
        "| 방식 | 위치 | 삭제 |\n|---|---|---|\n| 볼륨 | 도커가 관리 | 남음 |\n| tmpfs | 메모리 | 사라짐 |\n"
    )
    assert texts(table) == ["볼륨 - 위치: 도커가 관리, 삭제: 남음", "tmpfs - 위치: 메모리, 삭제: 사라짐"]


def test_inline_code_and_placeholders_survive_and_markup_goes() -> None:
    (text,) = texts(
        "- `docker rm -f <id> [[gpu]]`는 ~~멈춘~~ [컨테이너](http://x)를 *지웁니다*. <none> 이미지와 <br>다름<b>!</b>\n"
    )
    assert text == "`docker rm -f <id> [[gpu]]`는 멈춘 컨테이너를 지웁니다. <none> 이미지와 다름!"


def test_obsidian_wikilinks_embeds_and_callouts() -> None:
    parsed = parse(
        "> [!note] 참고\n> [[볼륨|볼륨 노트]]와 [[네트워크#DNS]]를 봅니다.\n\n![[그림.png]]\n", "note"
    )
    found = [fact.text for section in parsed.sections for fact in section.facts]
    assert found == ["참고 볼륨 노트와 네트워크 DNS를 봅니다."]
    assert ("그림.png", 4) in parsed.images


def test_images_belong_to_the_fact_before_them() -> None:
    parsed = parse("- 도커의 구조입니다.\n\n![](docs/36.png)\n", "note")
    assert parsed.images == (("docs/36.png", 3),)
    assert parsed.sections[0].facts[0].images == ("docs/36.png",)


def test_html_blocks_give_their_visible_text_only() -> None:
    html = "<details><summary>더 보기</summary>\n볼륨은 남습니다.<script>alert(1)</script></details>\n"
    assert texts(html) == ["더 보기 볼륨은 남습니다."]


def test_headings_keep_their_words_without_markup() -> None:
    parsed = parse("# [12/26] **Docker** (`용어`)\n\n## A\n\n### B\n\n## C\n\n- 다\n", "note")
    assert [section.heading_path for section in parsed.sections] == [
        ("[12/26] Docker (용어)",),
        ("[12/26] Docker (용어)", "A"),
        ("[12/26] Docker (용어)", "A", "B"),
        ("[12/26] Docker (용어)", "C"),
    ]
    assert parsed.heading == "[12/26] Docker (용어)"


def test_text_before_any_heading_stands_under_the_title() -> None:
    parsed = parse("- 도커는 오픈 소스입니다.\n", "note", title="도커")
    assert parsed.sections[0].heading_path == ("도커",)


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\n", "---\n", "- \n- \n", "→ …\n", "```\n```\n", "| a |\n|---|\n"]
)
def test_nothing_said_gives_no_fact(text: str) -> None:
    assert facts(text) == []


def test_a_long_bullet_is_cut_into_sentences() -> None:
    text = "- " + " ".join(f"도커 문장 번호 {number}번은 이렇게 길게 적혀 있습니다." for number in range(20))
    assert len(facts(text)) == 20


@pytest.mark.real
def test_deep_nesting_and_hostile_input_end_quickly() -> None:
    assert facts("- " * 5000 + "x") is not None
    assert facts(">" * 5000 + "x") is not None
    assert facts("[[" * 20000) is not None
    assert facts("<" * 20000) is not None
