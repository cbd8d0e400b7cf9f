from __future__ import annotations

from pathlib import Path

import pytest

from service.asking import compound
from service.asking.tutor import Tutor
from service.encoder.serve import OnnxEncoder
from service.index import build_index, load_background
from tests.conftest import read_notes

TWO = {
    "볼륨이 뭐고 어떻게 백업해?": ("볼륨이 뭐야?", "볼륨 어떻게 백업해?"),
    "도커 설치 어떻게 하고 이미지는 어디서 받아?": ("도커 설치 어떻게 하", "이미지는 어디서 받아?"),
    "이미지가 뭔지랑 컨테이너가 뭔지 알려줘": ("이미지가 뭐야?", "컨테이너가 뭐야?"),
    "도커 허브가 뭐예요? 로그인은 어떻게 해요?": ("도커 허브가 뭐예요", "로그인은 어떻게 해요?"),
    "도커 컴포즈가 뭐야? 그리고 어떻게 실행해?": ("도커 컴포즈가 뭐야", "도커 컴포즈 어떻게 실행해?"),
    "멀티 스테이지 빌드가 뭐야, 왜 써?": ("멀티 스테이지 빌드가 뭐야", "멀티 스테이지 빌드 왜 써?"),
    "기본값이 뭐고, 대신 뭘 쓰라고 하나요?": ("기본값이 뭐야?", "대신 뭘 쓰라고 하나요?"),
}
ONE = [
    "볼륨은 어떻게 백업해?",
    "컨테이너가 자꾸 죽고 로그도 안 남는데 왜 그래?",
    "이게 뭐라고 나오는데 어떻게 해?",
    "로그를 어떻게 보고 있어요? 왜 안 보이죠?",
    "왜 안 돼요? 뭐가 문제죠?",
    "이미지 말고 컨테이너는 어떻게 지워?",
    "pause랑 stop 중에 뭘 써야 해요? 잠깐 쉬게 하고 싶은데 뭐가 나아?",
    "컨테이너를 멈추고 지우려면?",
    "뭐고 뭐고 " * 60,
    "?",
    "",
]
NOTE = (
    "# 도커\n\n## 볼륨\n\n- 볼륨은 도커가 관리하는 저장 공간임\n\n## 백업\n\n- 볼륨 백업은 tar로 묶어서 함\n\n"
    "## 이미지\n\n- 이미지는 컨테이너를 만드는 읽기 전용 틀임\n\n## 포트\n\n- 포트 게시는 호스트 포트를 컨테이너에 잇는 것임\n"
)
BANK = {
    "볼륨은": ["볼륨이 뭐야?", "도커 볼륨이란?"],
    "볼륨 백업은": ["볼륨은 어떻게 백업해?", "볼륨 백업 방법"],
    "이미지는": ["이미지가 뭐야?", "도커 이미지란 무엇인가요?"],
    "포트 게시는": ["포트 게시가 뭐야?", "포트는 어떻게 열어?"],
}


@pytest.mark.parametrize(("question", "two"), TWO.items())
def test_two_questions_in_one(question: str, two: compound.Two) -> None:
    assert compound.asked(question) == two


@pytest.mark.parametrize("question", ONE)
def test_one_question_stays_one(question: str) -> None:
    assert compound.asked(question) is None


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("이미지랑 컨테이너 차이", ("이미지", "컨테이너")),
        ("CMD와 ENTRYPOINT의 차이점은 무엇인가요?", ("CMD", "ENTRYPOINT")),
        ("docker save vs docker export 비교", ("docker save", "docker export")),
        ("볼륨하고 바인드 마운트는 뭐가 다른가요?", ("볼륨", "바인드 마운트")),
        ("이 컨테이너가 원본이랑 비교해서 뭐가 달라졌는지 보여줘", None),
        ("dind랑 소켓을 넘겨주는 거랑 뭐가 달라?", None),
        ("차이가 뭐야?", None),
    ],
)
def test_the_sides_of_a_comparison(question: str, sides: compound.Two | None) -> None:
    assert compound.sides(question) == sides


@pytest.fixture(scope="module")
def tutor(
    tmp_path_factory: pytest.TempPathFactory, real_encoder: OnnxEncoder, real_encoder_folder: Path
) -> Tutor:
    folder = tmp_path_factory.mktemp("parts")
    (folder / "docker.md").write_text(NOTE, encoding="utf-8")
    notes = read_notes(folder, folder / "ledgers")
    lines = ["document: docker", "facts:"]
    for fact in notes.documents[0].facts:
        asked = next(asked for start, asked in BANK.items() if fact.text.startswith(start))
        lines += [f"- id: {fact.id}", f"  text: {fact.text}", f"  questions: {asked}".replace("'", '"')]
    (folder / "docker.questions.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    notes = read_notes(folder, folder / "ledgers")
    background = load_background(real_encoder, real_encoder_folder, notes.documents[0].facts)
    index = build_index(notes.documents, notes.keys(), notes.aliases(), real_encoder, background=background)
    return Tutor(index, real_encoder)


@pytest.mark.real
@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("볼륨이 뭐고 어떻게 백업해?", ("저장 공간", "tar")),
        ("이미지가 뭐예요? 그리고 포트는 어떻게 열어요?", ("읽기 전용 틀", "호스트 포트")),
    ],
)
def test_both_are_answered_in_their_order(tutor: Tutor, question: str, points: tuple[str, str]) -> None:
    answer = tutor.ask(question)
    assert answer.status == "answered"
    assert -1 < answer.text.find(points[0]) < answer.text.find(points[1])
    assert all(sentence.citations for sentence in answer.sentences)


@pytest.mark.real
def test_a_comparison_that_no_fact_makes_is_answered_from_both_sides(tutor: Tutor) -> None:
    text = tutor.ask("이미지랑 볼륨 차이").text
    assert "읽기 전용 틀" in text
    assert "저장 공간" in text


@pytest.mark.real
def test_where_one_of_two_has_no_answer_the_question_is_taken_as_a_whole(tutor: Tutor) -> None:
    question = "볼륨이 뭐고 김치찌개는 어떻게 끓여?"
    cited = [citation.fact for citation in tutor.ask(question).citations]
    assert not cited or cited[0] == tutor.search(question)[0].fact.id
