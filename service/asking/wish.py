"""What a question wants gone: which things, and how many of them.

"이미지 삭제하는 법" wants one image gone, "안 쓰는 이미지 정리" those that nothing uses, "도커 초기화"
everything. What is named for another reason (kept, lost, asked about) isn't wanted gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from service.notes.danger import Danger, Reach, Thing, of_command


def words(pattern: str) -> re.Pattern[str]:
    """A pattern of words in whatever case; a blank in it says nothing."""
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


_KEPT = words(
    r"""[^\s,]{1,40}?\s?(?:은|는|을|를|만|도|까지|까지는)?\s(?:안전하게\s)?(?:
        남기고|남겨|남긴|남아\s?있게|남도록|유지|보존|살리고|살려|살린|놔두고|놔둔|내버려|두고|둔\s?채|제외|빼고|
        안\s(?:지우고|지운|지우면서|지워지게|없애고|건드|날리고|날아가게|사라지게|없어지게)|
        (?:지우|없애|삭제하|제거하|건드리|손대|날리|날아가|지워지|사라지|없어지)지\s?(?:않|말|못하)|
        (?:없어지|날아가|지워지|사라지)면\s?안
    )\S*"""
)
"""What is to stay: "볼륨은 남기고", "데이터 안 날아가게"."""
_REST = words(r"나머지|말고는|외에|이외")
"""What is to go is of the kind that is to stay."""
_ORIGIN = words(r"(?<!\S)(?!compose|컴포즈)\S+(?:으로|로)\s?(?:만든|띄운|실행한|돌린)\s")
"""What tells which: "이미지로 만든 컨테이너"."""
_LOST = words(
    r"""(?:지우|삭제하|제거하|없애|날리)면(?!\s?(?:되|돼|될|좋))|(?:지워|삭제해|제거해|없애|날려)도|날아갔|날아가|사라졌|사라지|사라진|없어졌|없어지|없어진|지워졌|지워지|지워진|지워져|지워질|
    (?:삭제|제거|초기화|리셋)\s?(?:되|돼|됐|된|될)"""
)
"""What happens to things, has happened, or would if: nobody wants it."""
_STUCK = words(
    r"""(?:안|못)\s?(?:지워|삭제|제거|없어)|지워지지\s?(?:않|가)|(?:삭제|제거)(?:가|는)?\s?(?:안|못|되지)|지울\s?수가?\s?없|
    being\sused|must\sbe\sforced|referenced\sin|unable\sto\s(?:delete|remove)|cannot\s(?:delete|remove)"""
)
"""What does not go although somebody wants it gone."""
_DELETE = words(
    r"""지우|지워|지울|삭제|삭재|제거|없애|없앨|날리|날려|날릴|버리|버려|치우|치워|밀고|밀어|밀기|비우|비워|비울|
    초기화|리셋|언인스톨|갈아엎|(?:처음|원래|초기)\s?상태|직후처럼|공장|싹\s?다|
    \b(?:rm|rmi|remove|delete|purge|uninstall|clear|reset)\b"""
)
_TIDY = words(r"정리|청소|클린|가비지|쓰레기|찌꺼기|\b(?:prune|clean\s?-?up|clean|gc)\b|prune")
_SPACE = words(
    r"""no\s?space|공간이?\s?없|(?:디스크|용량|공간|하드|disk|overlay2|\d\s?gb?).{0,100}
    (?:꽉|가득|부족|없|확보|줄이|줄여|줄일|줄어|많이|너무|커|큼|큰|늘|풀|100|비우|비워|먹|차지|차서|찼|회수)|꽉\s?(?:찼|차|찬)"""
)
_FULL = words(r"no\s?space|꽉|부족|공간이?\s?없|100|풀")
_LEAST = words(r"dangling|댕글링|(?<![a-z])none(?![a-z])|태그\s?없|익명|anonymous")
UNUSED = words(
    r"""안\s?쓰|안\s?써|쓰지\s?않|안\s?사용|사용\s?하지\s?않|사용\s?안|미사용|불필요|필요\s?없|쓸모\s?없|쓸데\s?없|남은|남아|
    오래|오랜|옛날|예전|며칠|지난|넘은|달\s?전|주\s?전|붙은|연결\s?안|쌓인|쌓였|쌓여|잔뜩|나머지|고아|해시|이름\s?없|
    멈춘|멈춰\s?있|꺼진|죽은|(?:종료|정지|중지)(?:된|\s?상태|\s?중인)|exited|stopped|unused|orphan"""
)
_SOME = words(
    r"""여러|두\s?개|세\s?개|몇\s?개|몇몇|골라|조건|필터|filter|패턴|동시에|이라는|로\s?시작|시작하는|로\s?만든|별로|이미지별|들만"""
)
_SINGLE = words(r"하나(?=\s|만\b|를|$)|한\s?개")
ALL = words(
    r"""전부|모두|전체|모든|몽땅|통째|일괄|한꺼번|한\s?번에|한\s?방|싹|깨끗|완전|(?:^|\s)(?:다|올)\s|밀고|밀어|밀기|
    초기화|리셋|상태로|직후|공장|\b(?:all|everything|reset)\b"""
)
STOPS = words(
    r"""멈추|멈출|멈춰(?!\s?있|진|졌)|정지|중지|중단|종료|끄기|끄는|끄려|끄고|끄지|꺼\s?(?:줘|주|야)|끌\s|재시작|재기동|
    다시\s?(?:시작|켜)|일시|\b(?:stop|restart|pause)\b"""
)
_ONLY_STOPS = words(r"(?:멈추기|정지|중지|중단|종료|끄기|재시작|내리기)만")
DATABASE = words(r"db|디비|데이터베이스|mysql|mariadb|postgres|mongo|redis|sql|init|초기화\s?스크립트")
COMPOSE = words(r"compose|컴포즈|컴포스|\bdown\b|node_modules|package\.json")
"""What keeps its data in volumes, and how Compose is spoken of."""
NAMES: dict[Thing, re.Pattern[str]] = {
    "container": words(r"컨테이너|컨테이나|container|docker\sps"),
    "image": words(r"이미지|image|(?<![a-z])rmi(?![a-z])|(?<![a-z])none(?![a-z])"),
    "volume": words(r"볼륨|볼룸|volume"),
    "network": words(r"네트워크|network|브리지|bridge|address\spool|subnet|대역|\bpool\b"),
    "cache": words(r"캐시|캐쉬|cache|builder"),
    "log": words(r"로그(?!인|아웃)|\blogs?\b"),
    "cluster": words(r"swarm|스웜|서비스|service|스택|stack|클러스터"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is read off a question: its text without what is to stay, and what it wants gone."""

    text: str
    commands: Danger
    deletes: bool
    tidies: bool
    named: frozenset[Thing]

    def says(self, *patterns: re.Pattern[str]) -> bool:
        """Whether its words match every one of `patterns`."""
        return all(pattern.search(self.text) for pattern in patterns)

    @property
    def is_whole(self) -> bool:
        """Whether Docker as a whole is to be rid of things: no kind of thing is named, or many together."""
        if self.says(_FULL, _SPACE):
            return True
        return len(self.named) >= 3 or not (self.named or self.says(DATABASE) or self.says(COMPOSE))

    @property
    def reach(self) -> Reach:
        """How many are wanted gone."""
        if self.says(_SINGLE):
            return Reach.ONE
        if self.says(_LEAST):
            return Reach.UNUSED
        if self.says(UNUSED):
            return Reach.ALL_UNUSED
        if self.says(ALL):
            return Reach.ALL
        if self.tidies:
            return Reach.ALL_UNUSED
        return Reach.SOME if self.says(_SOME) or self.says(COMPOSE) else Reach.ONE


@lru_cache(1024)
def read(question: str) -> Wish:
    """What a question wants gone."""
    text = _ORIGIN.sub(" ", question if _REST.search(question) else _KEPT.sub(" ", question))
    stuck = bool(_STUCK.search(text))
    text = text if stuck else _LOST.sub(" ", text)
    tidies = bool(_TIDY.search(text) or _SPACE.search(text) or "prune" in question.lower())
    return Wish(
        text=text,
        commands=_commands(question.lower()),
        deletes=not _ONLY_STOPS.search(text) and (stuck or tidies or bool(_DELETE.search(text))),
        tidies=tidies,
        named=frozenset(thing for thing, name in NAMES.items() if name.search(text)),
    )


def _commands(question: str) -> Danger:
    """What the commands that a question names would take; people leave their first words out."""
    first = "docker compose " if re.search(r"\bdown\b", question) else "docker "
    return of_command(question) | (
        of_command(first + question) if re.search(r"\b(?:down|rmi?)\b", question) else frozenset()
    )
