"""What is no question: greetings, thanks, goodbyes, and "뭘 물어볼 수 있어?".

"안녕하세요 도커 볼륨이 뭔가요?" is a question: the greeting is taken off it, and only where nothing is
left is a greeting all that was said. It goes by words, not by a list of sentences: talk is made of
social words alone, and a question about us of a small vocabulary in which no subject occurs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service import messages
from service.index import Index
from service.types import Answer, Sentence

Talk = Literal["goodbye", "thanks", "greeting", "about"]

SUGGESTIONS = 3
LONGEST_SUGGESTION = 40
LONGEST = 400
"""Characters; who says more than that says more than hello, and the greeting drowns in it anyway."""

_SOCIAL: dict[Talk, re.Pattern[str]] = {
    "goodbye": re.compile(
        r"안녕히(계|가|주무)(세요|십시오)|잘(가|자)요?|굿나잇|굿밤|바이(바이)?|빠이(빠이)?|ㅂㅂ|ㅂㅇ|bye|수고(하(세요|십시오|셨습니다|셨어요)|했어요?|링)?"
    ),
    "thanks": re.compile(
        r"(감사|고맙)(합니다|습니다|해요|드려요|드립니다|했습니다|했어요|하겠습니다|겠습니다|네요|다|당)|고마(워|웡|웠어)(요|용)?"
        r"|감사(요|용|함|염)|(ㄱㅅ)+|땡큐|쌩큐|땡스|thanks|thank|thx|도움됐\S{0,4}|도움되었\S{0,4}"
    ),
    "greeting": re.compile(
        r"(안녕|안뇽)(하(세요|세여|세용|십니까|신가요|심))?|하이(요|루|욤)?|헬로우?|ㅎㅇ(ㅎㅇ|여|요)?|방가(방가)?|hello|hi|hey"
        r"|반가(워|웠어)(요)?|반갑(습니다|네요)|굿모닝|뵙겠습니다|여보세요|저기요"
    ),
}
"""Words that a question loses at its beginning and end."""
_ACKNOWLEDGING: dict[Talk, re.Pattern[str]] = {
    "goodbye": re.compile(r"(또|이만)?(올게|갈게|볼게|봐|봬|뵐게|만나)요?|여기까지만?|들어가세요"),
    "thanks": re.compile(
        r"감사|(됐|되었)(어요?|습니다|네요?|음|다)|(해결|이해|성공)(됐|되었|했|완료)\S{0,3}|알겠(어요?|습니다|네요?|음)|그렇(군요?|구나)"
        r"|네|넵|넹|예|응|ㅇㅇ|ㅇㅋ|오케이|오키|okay|ok|좋아요?|좋네요?|좋습니다|그래요?|아하|최고(예요|에요|야|입니다|다)?"
        r"|대박|굿|good|짱(이에요|이야|이다)?|완벽(해요?|합니다|하네요?)|ㅋ|ㅎ|ㅠ|ㅜ"
    ),
}
"""Words that make talk where nothing else is said, and are a part of a question otherwise."""
_COURTESY = re.compile(
    r"정말로?|진짜로?|너무|많이|아주|매우|완전|넘|무척|항상|늘|답변|대답|설명|친절(하게|한|히)?|자세(하게|한|히)?|빠르게|빠른|큰|도움이?"
    r"|(알려|가르쳐|설명해|답변해|답해|도와)?(줘서|주셔서|주시니|준|주신)|알려|가르쳐|설명해|답변해|도와|덕분(에|이에요|입니다)?|바로|쉽게"
    r"|아|오|와|우와|음|어|그럼|이제|근데|그런데|다음에|또|나중에|먼저|오늘은?|할게요?|다|잘|처음|만나서|좋은|아침(이에요|입니다)?|하루"
    r"|보내세요|되세요|you|so|much|very|there|튜터(님|야)?|(챗)?봇(아|님)?|도커튜터(님|야)?|선생님|쌤|님|친구야?|여러분|저는?|그리고"
)
"""Words that go along with the others and say nothing alone."""

_YOU = re.compile(
    r"(너|당신|그쪽|얘|챗?봇|튜터|네|니)(은|는|이|가|의|한테|에게|도|를|을)?|넌|널|(이|도커)(챗?봇|튜터)\S?"
)
_HERE = re.compile(
    r"이|이거|이건|이게|여기(서|서는|는)?|여긴|이(서비스|사이트|프로그램)\S?|이름(이|은)?|기능(이|은)?"
)
_WHAT = re.compile(
    r"(뭐|모|머|무엇|누구|어디)\S{0,6}|뭘|뭔\S{0,3}|무얼|무슨|어떤|어떻게|어케|사용법\S?|방법\S?|도움말|help|자기소개\S{0,4}"
)
_ASK = re.compile(r"(물어|질문|여쭤|여쭈|문의)\S{0,9}")
_DO = re.compile(
    r"할(수\S{0,4}|까요?|래)?|해(도|줘|야|요|주세요|줄래)?|하(는|나요|니|냐|세요|면|려면|고)?|알(아|고|려)?(는|요|니|줘|주세요|줄래)?|아(는|니|나요)"
    r"|도와\S{0,3}|줄(수\S{0,4}|래)?|주(나요|세요|실|니|는|십시오)?|줘요?|수|있\S{0,4}|되(나요|니|는|죠|지)|돼요?|될까요?|가능\S{0,4}"
    r"|써(요|야)?|쓰(는|나요|니|면|죠)|쓸|(사용|이용|소개)\S{0,4}|대?답\S{0,4}|거(야|예요|에요|니|냐|죠|지|임)?|건(가요|지|데)?|것|걸|게"
    r"|봐(요|도|야)?|볼(수\S{0,4}|까요?)?|보(면|나요|고)|말\S{0,3}|좀|일|내용\S?|주제\S?|종류\S?|나|내가|제가|대체|도대체|정확히"
)
_BEING = re.compile(
    r"(사람|ai|인공지능|챗?gpt|chatgpt|로봇|기계|챗?봇)(이|인)?(야|니|냐|가요|에요|예요|요|가|임|세요|입니까|거야)?"
)
_WHO = re.compile(r"누구(세요|십니까|신가요|니|야|냐|임|예요|에요)?|도움말|help|자기소개\S{0,4}")

_RUN_ON = re.compile(
    r"(안녕하세요|안녕하십니까|감사합니다|고맙습니다)(?=[^\W_])(?!라|를|가|는|란|이라|만)"
    r"|(?<![^\W_])(뭘|뭐|넌|무엇을|누구)(?=물어|할|질문|도와|알려|뭐|누구)"
)
"""Where a space was left out."""
_TOGETHER = re.compile(
    r"(?<![^\W_])(잘 (?=[가자])|안녕히 (?=[계가주])|이 (?=서비스|사이트|프로그램|챗?봇|튜터)"
    r"|도커 (?=튜터|챗?봇)|hello (?=world|from))",
    re.IGNORECASE,
)
"""Two words that are one here."""
_WORD = re.compile(r"\S+")
_MARKS = re.compile(r"[^\w-]+|_+|-$|^-|(?<=[가-힣])-(?=[가-힣])")
_LAUGHTER = re.compile(r"(?<=[가-힣])[ㅋㅎㅠㅜ]+$|(?<=([ㅋㅎㅠㅜ]))\1+$")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said: `talk` when it was no question, and the `question` without greeting or thanks."""

    talk: Talk | None
    question: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A word with its place in the text, and what kind of word it is."""

    text: str
    start: int
    end: int
    social: Talk | None
    acknowledging: Talk | None
    courtesy: bool

    @property
    def is_talk(self) -> bool:
        return self.social is not None or self.acknowledging is not None or self.courtesy


def hear(said: str, *, first: bool) -> Heard:
    """Tell talk from a question; `first` says that nothing was asked before in the conversation."""
    if len(said) > LONGEST:
        return Heard(None, said)
    text = _RUN_ON.sub(r"\g<0> ", said)
    words = [_said(found) for found in _WORD.finditer(_TOGETHER.sub(_joined, text))]
    spoken = [word for word in words if word.text]
    if all(word.is_talk for word in spoken) and (talk := _talk(spoken)):
        return Heard(talk, said)
    left = _without_greeting(spoken)
    if left and _is_about([word.text for word in left], first=first):
        return Heard("about", said)
    if len(left) == len(spoken):
        return Heard(None, said)
    return Heard(None, text[left[0].start : left[-1].end])


def answer(talk: Talk, said: str, index: Index) -> Answer:
    """A short reply, with a few things that the notes can be asked; which, differs by what was said."""
    sentences = tuple(Sentence(text, ()) for text in messages.CHAT[talk])
    return Answer("chat", 1.0, sentences, (), () if talk == "goodbye" else examples(index, len(said)))


def examples(index: Index, start: int = 0) -> tuple[str, ...]:
    """Questions of people, each answered in another note; headings where the notes have no bank."""
    notes = index.documents
    step = max(1, len(notes) // SUGGESTIONS)
    order = sorted(range(len(notes)), key=lambda number: ((number - start) % step, number))
    chosen = (_example(index, number) for number in order)
    return tuple(dict.fromkeys(filter(None, chosen)))[:SUGGESTIONS]


def _example(index: Index, number: int) -> str:
    facts = index.documents[number].facts
    asked = (text for fact in facts for text in index.asked.get(fact.id, ()))
    good = (text for text in asked if len(text) <= LONGEST_SUGGESTION and text.endswith("?"))
    return next(good, facts[0].heading_path[-1] if facts else "")


def _said(found: re.Match[str]) -> _Said:
    word = _LAUGHTER.sub("", _MARKS.sub("", found.group().lower()))
    return _Said(
        word,
        found.start(),
        found.end(),
        _kind(word, _SOCIAL),
        _kind(word, _ACKNOWLEDGING),
        bool(_COURTESY.fullmatch(word)),
    )


def _joined(found: re.Match[str]) -> str:
    """The first of two words with a hyphen for the space: places in the text stay as they were."""
    return found.group()[:-1] + "-"


def _kind(word: str, kinds: dict[Talk, re.Pattern[str]]) -> Talk | None:
    return next((talk for talk, pattern in kinds.items() if pattern.fullmatch(word)), None)


def _talk(words: Sequence[_Said]) -> Talk | None:
    """What it is when several are said: '고마워 잘 가' is a goodbye, '안녕 고마워' thanks."""
    social = [word.social for word in words if word.social]
    kinds = [*social, *(word.acknowledging for word in words if word.acknowledging)]
    if "greeting" in social and "thanks" not in social and "goodbye" not in kinds:
        return "greeting"
    order: tuple[Talk, ...] = ("goodbye", "thanks", "greeting")
    return next((talk for talk in order if talk in kinds), None)


def _without_greeting(words: list[_Said]) -> list[_Said]:
    """The words between the social ones at the beginning and those at the end."""
    begin, end = 0, len(words)
    for place, word in enumerate(words):
        if not word.is_talk:
            break
        begin = place + 1 if word.social else begin
    for place in range(len(words) - 1, begin - 1, -1):
        if not words[place].is_talk:
            break
        end = place if words[place].social else end
    return words[begin:end]


def _is_about(words: list[str], *, first: bool) -> bool:
    """Whether a question is about us: after one about something else, "어떻게 써?" is about that."""
    you = any(_YOU.fullmatch(word) for word in words)
    what = any(_WHAT.fullmatch(word) for word in words)
    ask = any(_ASK.fullmatch(word) for word in words)
    being = any(_BEING.fullmatch(word) for word in words)
    known = (_YOU, _HERE, _WHAT, _ASK, _DO, _BEING, _COURTESY)
    if not all(any(pattern.fullmatch(word) for pattern in known) for word in words):
        return False
    alone = len(words) <= 2 and any(_WHO.fullmatch(word) for word in words)
    return (you and (what or being)) or (what and (ask or first)) or alone or (being and first)
