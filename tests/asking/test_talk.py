from __future__ import annotations

import pytest
import yaml

from service.asking import talk
from tests.conftest import ROOT, MakeIndex

TALK = {
    "greeting": [
        "안녕",
        "안녕하세요",
        "안녕하세요!",
        "안녕하세요~ 튜터님",
        "안녕하십니까",
        "하이",
        "하이요 ㅎㅎ",
        "ㅎㅇ",
        "ㅎㅇㅎㅇ",
        "헬로",
        "hello",
        "Hi there!",
        "반가워요 ^^",
        "처음 뵙겠습니다",
        "만나서 반갑습니다.",
        "굿모닝 😀",
        "안뇽하세용ㅋㅋㅋ",
    ],
    "thanks": [
        "고마워",
        "고마워요",
        "감사합니다!!",
        "정말 감사합니다 ㅠㅠ",
        "땡큐 도움됐어",
        "알려줘서 고마워",
        "친절한 설명 감사드립니다",
        "덕분에 해결됐어요",
        "아하 이해했어요 고맙습니다",
        "thank you so much",
        "ㄱㅅㄱㅅ",
        "ㄱㅅ",
        "네 알겠습니다",
        "도움이 많이 됐어요",
        "오 대박 ㅋㅋㅋㅋ",
        "ㅋㅋㅋㅋ",
        "감사",
        "ok",
        "안녕하세요 감사합니다",
    ],
    "goodbye": [
        "잘 가",
        "바이바이",
        "안녕히 계세요",
        "수고하세요~",
        "고마워 다음에 또 올게요",
        "감사합니다 수고하세요!",
        "오늘은 여기까지 할게요",
        "ㅂㅂ",
        "bye bye",
    ],
    "about": [
        "뭘 물어볼 수 있어?",
        "무엇을 물어볼 수 있나요?",
        "뭐 물어보면 돼요?",
        "뭘물어볼수있어",
        "무슨 질문을 할 수 있어?",
        "어떤 걸 물어봐도 되나요?",
        "넌 누구야?",
        "너는 뭐 하는 봇이야?",
        "누구세요?",
        "너 뭐 할 수 있어?",
        "너 AI야?",
        "당신은 누구입니까?",
        "네 이름이 뭐야?",
        "어떻게 써?",
        "이거 어떻게 쓰는 거야?",
        "사용법 좀 알려줘",
        "도움말",
        "help",
        "안녕하세요 뭘 물어볼 수 있어요?",
        "자기소개 해줘",
        "이거 뭐야?",
        "이 서비스는 뭐야?",
        "도커 튜터야 넌 뭘 할 수 있어?",
    ],
}
QUESTIONS = [
    "안녕히 지우는 명령이 뭐야?",
    "감사 로그는 어디에 남아?",
    "hello-world 이미지가 뭐야?",
    "hello world 컨테이너 실행해 줘",
    "Hello from Docker! 이 메시지가 나오면 정상인가요",
    "안녕하세요라고 출력하는 컨테이너를 만들려면?",
    "하이퍼바이저가 뭐야?",
    "네트워크가 뭐야?",
    "네임스페이스가 뭔가요",
    "바이너리만 복사해도 돼?",
    "서비스가 뭐야?",
    "도커가 뭐야?",
    "도커 어떻게 써?",
    "볼륨은 어떻게 써?",
    "컨테이너 이름은 어떻게 지어?",
    "이미지 사용법",
    "왜?",
    "수고스럽게 매번 빌드해야 해?",
    "이해가 안 돼요",
    "설명 좀",
    "더 자세히 설명해 줘",
    "예시 보여줘",
    "docker compose help 옵션",
    "ok 사인이 안 나와요",
    "도움이 필요해요",
    "누구나 접속할 수 있게 하려면?",
    "누가 컨테이너를 지웠는지 볼 수 있어?",
    "어떤 이미지를 써야 돼?",
    "뭐가 더 나아?",
    "AI 모델을 도커로 돌리려면?",
    "그건 어떻게 지워?",
    "이 서비스 컨테이너는 왜 꺼져?",
    "방법이 뭐가 있어 볼륨 백업하는 거",
    "사용하지 않는 이미지는 어떻게 지워?",
    "질문: 컨테이너는 왜 꺼져?",
]
LEFT = {
    "안녕하세요 도커 볼륨이 뭔가요?": "도커 볼륨이 뭔가요?",
    "안녕하세요도커 볼륨이 뭔가요?": "도커 볼륨이 뭔가요?",
    "안녕하세요~ 튜터님, 볼륨이 뭔가요?": "튜터님, 볼륨이 뭔가요?",
    "ㅎㅇ 컨테이너 지우는 법": "컨테이너 지우는 법",
    "고마워 근데 이미지는 어떻게 지워?": "근데 이미지는 어떻게 지워?",
    "네 감사합니다! 그럼 볼륨은요?": "그럼 볼륨은요?",
    "컨테이너 로그 보는 법 알려주세요 감사합니다": "컨테이너 로그 보는 법 알려주세요",
    "안녕하세요 docker ps 가 뭔가요? 감사합니다 ㅎㅎ": "docker ps 가 뭔가요?",
    "hi, what is docker volume": "what is docker volume",
    "정말 고마워요! 포트는 어떻게 열어?": "포트는 어떻게 열어?",
}


@pytest.mark.parametrize(
    ("kind", "said"), [(kind, said) for kind, all_said in TALK.items() for said in all_said]
)
def test_talk_is_told_by_its_words(kind: talk.Talk, said: str) -> None:
    assert talk.hear(said, first=True) == talk.Remark(kind, said)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_no_talk_and_stays_as_it_is(question: str, first: bool) -> None:
    assert talk.hear(question, first=first) == talk.Remark(None, question)


@pytest.mark.parametrize(("said", "question"), LEFT.items())
def test_a_question_loses_its_greeting_and_thanks(said: str, question: str) -> None:
    assert talk.hear(said, first=False) == talk.Remark(None, question)


@pytest.mark.parametrize("question", ["어떻게 써?", "이거 뭐야?", "사용법 알려줘", "뭐 할 수 있어?"])
def test_what_may_be_about_the_turn_before_is_a_question_after_it(question: str) -> None:
    assert talk.hear(question, first=True).talk == "about"
    assert talk.hear(question, first=False).talk is None


@pytest.mark.parametrize("said", ["넌 누구야?", "뭘 물어볼 수 있어?", "도움말", "고마워", "안녕"])
def test_what_is_about_us_is_so_at_any_time(said: str) -> None:
    assert talk.hear(said, first=False).talk is not None


def test_the_reply_suggests_questions_that_other_notes_answer(make_index: MakeIndex) -> None:
    index = make_index(
        {f"{name}.md": f"# {name}\n\n- {name}은 도구임\n" for name in ("가", "나", "다", "라")}
    )
    said = talk.answer("greeting", "안녕", index)
    assert (said.status, said.confidence, said.citations) == ("chat", 1.0, ())
    assert len(set(said.suggestions)) == talk.SUGGESTIONS
    assert talk.answer("goodbye", "잘 가", index).suggestions == ()


@pytest.mark.parametrize(
    "said", ["안녕" * 100, "ㅋ" * 399, "고마워 " * 90, "뭐" * 399, "-" * 300 + "안녕", "네" * 400]
)
def test_hostile_talk_ends_quickly(said: str) -> None:
    assert talk.hear(said, first=True) is not None


def test_more_fresh_phrases_are_told_than_words_alone_told() -> None:
    """Phrases that nothing was fitted on; the word lists that stood here before told 10 of the 40."""
    told = missed = alarms = 0
    kind = ""
    for line in (ROOT / "tests" / "evaluation" / "talk.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        elif kind == talk.QUESTION:
            alarms += talk.hear(line, first=True).talk is not None
        else:
            told += talk.hear(line, first=True).talk == kind
            missed += talk.hear(line, first=True).talk != kind
    assert (told + missed, alarms) == (40, 0)
    assert told >= 30


def test_hardly_any_question_of_ours_is_taken_for_talk() -> None:
    questions = [
        question
        for path in (ROOT / "corpus").rglob("*.yaml")
        for entry in ("facts", "needs")
        for each in yaml.load(path.read_bytes(), yaml.CSafeLoader).get(entry, ())
        for question in each.get("questions") or ()
    ]
    assert len(questions) > 20_000
    assert [each for each in questions[::5] if talk.hear(each, first=True).talk] == []
