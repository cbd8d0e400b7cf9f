"""Whether a fact that destroys something goes no further than a question asks for.

A fact that takes more is no answer, however near it is: it is left out, and the narrower one is said.
"""

from __future__ import annotations

from collections.abc import Callable

from service.asking.wish import ALL, COMPOSE, DATABASE, NAMES, STOPS, UNUSED, Wish, read, words
from service.notes.danger import Danger, Loss, Reach, Thing, danger_of
from service.types import Fact

_IDLE = words(r"쓰지\s?않|사용\s?(?:하지\s?않|안)|안\s?(?:쓰|써|사용)|미사용|불필요|필요\s?없")
_AGED = words(r"오래된|며칠|지난|넘은|until")
_UPROOTED = words(r"완전|깨끗|싹|흔적|찌꺼기|/var/lib|폴더|남아|남은|데이터")
"""How Docker is removed with all that it kept."""
_HAPPENS = words(r"바로|자마자|자꾸|계속|해도|했는데|했더니|돼요|됩니다|됨|됐|되어|돼서|돼$|이유|왜")
"""What tells of stopping instead of wanting it."""
_RENEWS = words(
    r"옛|예전\s?데이터|이전\s?데이터|그대로|남아|남은|남는|새로\s?시작|처음부터|\binit|초기화|비우|비워"
)
"""What wants data gone without saying so: old data stays, it should begin anew."""
_RENAMES = words(r"이름|태그|\btag|rename|바꾸|변경")
_DATA = words(
    r"""데이터(?!베이스)|볼륨|volume|\.sql|\bsql|\binit|스크립트|
    (?:db|디비|데이터베이스|mysql|postgres\S*)\S*\s?(?:\S+\s)?(?:초기화|비우|비워|리셋|날리|지우|처음부터|새로)"""
)
"""What is kept in a volume, named or told by what is to become of it."""
_TESTS = words(
    r"(?<![a-z])ci(?![a-z])|파이프라인|테스트\s?자동|통합\s?테스트|테스트.*(?:db|디비|compose|컴포즈)|(?:db|compose|컴포즈).*테스트"
)
_DESKTOP = words(r"데스크톱|데스크탑|desktop|purge")
_PURGE = words(r"purge")
_COMPUTER = words(r"데스크톱|데스크탑|desktop|맥|\bmac|윈도우|windows")
"""Where Docker is Docker Desktop, which takes its data along when it goes."""
_ENGINE = words(
    r"""(?:도커|docker)(?:[-\s]?(?:엔진|engine|ce|데스크톱|데스크탑|desktop|패키지|프로그램|자체|io))*\s?(?:를|을|좀|만|도)?\s?
    (?:(?:완전|깨끗|싹|모두|전부|아예|다)\S*\s)*(?:삭제|제거|지우|지워|없애|언인스톨|uninstall|remove|purge|재설치)|
    (?:apt|dnf|yum|brew)\S*\s(?:purge|remove)|충돌|conflict|broken\spackage"""
)
_EXHAUSTED = words(r"pool|subnet|대역|겹치|겹쳐|겹침|너무\s?많|쌓")
_LEAVES = words(r"나가|떠나|탈퇴|빠지|빠져|빼|leave|해체|해산|해제|끄기|비활성|내리|종료")
_OPENS = words(
    r"""privileged|docker\.sock|소켓|qemu|binfmt|멀티|에뮬|아키텍처|플랫폼|\barm|platform|docker\.raw|reclaim|회수|젠킨스|jenkins|
    (?:맥|mac).*용량"""
)


def wording(question: str, joined: str, instead: bool = False) -> str:
    """What tells the wish of a follow-up: its own words where it names a thing, else the joined ones.

    A thing that stands `instead` of another in the joined ones inherits their wish unless it has one itself.
    """
    own = read(question)
    if instead and not (own.deletes or own.tidies or own.commands):
        return joined
    return question if own.named else joined


def within(question: str, fact: Fact) -> bool:
    """Whether a fact destroys nothing, or no more than a question asks for."""
    danger = danger_of(fact)
    return danger is None or allows(question, danger)


def allows(question: str, danger: Danger) -> bool:
    """Whether a question asks for at least what `danger` takes."""
    wish = read(question)
    return all(_named(wish, loss) or _allowed(wish, loss) for loss in danger)


def _named(wish: Wish, loss: Loss) -> bool:
    return any(named.thing == loss.thing and named.reach >= loss.reach for named in wish.commands)


def _allowed(wish: Wish, loss: Loss) -> bool:
    return _RULES[loss.thing](wish, loss)


def _some(wish: Wish, loss: Loss) -> bool:
    return _one(wish, loss) if loss.reach == Reach.ONE else _taken(wish, loss)


def _one(wish: Wish, loss: Loss) -> bool:
    """Whether one may go: a container goes on the way to much, but not where it is only to stop."""
    if loss.thing != "container":
        is_meant = loss.thing in wish.named or not wish.named
        return is_meant and (wish.deletes or wish.says(_RENAMES))
    if wish.deletes:
        return not wish.named or "container" in wish.named or not wish.says(UNUSED)
    return not wish.says(STOPS) or wish.says(_HAPPENS)


def _taken(wish: Wish, loss: Loss) -> bool:
    """Whether as many of a thing are wanted gone; a general wish takes volumes only where it takes all."""
    if loss.thing == "network" and wish.says(NAMES["network"], _EXHAUSTED):
        return True
    if not wish.deletes:
        return False
    if wish.is_whole:
        limited = not (wish.says(ALL) or wish.says(_AGED))
        reach = min(wish.reach, Reach.UNUSED) if limited else wish.reach
        return loss.reach <= reach and (loss.thing != "volume" or _wants_all(wish))
    return loss.thing in wish.named and (loss.thing == "cache" or loss.reach <= wish.reach)


def _wants_all(wish: Wish) -> bool:
    if wish.tidies:
        return wish.says(_PURGE)
    return wish.says(_DESKTOP) or wish.reach == Reach.ALL


def _volume(wish: Wish, loss: Loss) -> bool:
    """Whether volumes may go: they are named, or for one its data, and not only what nobody uses."""
    if loss.reach > Reach.ONE:
        return _taken(wish, loss)
    if "volume" not in wish.named and (not wish.says(_DATA) or wish.tidies or wish.says(_IDLE)):
        return False
    return wish.deletes or wish.says(_RENEWS)


def _project(wish: Wish, _: Loss) -> bool:
    """Whether the volumes of a Compose project are wanted gone, or are those of a test."""
    gone = wish.deletes or wish.says(_RENEWS)
    if wish.says(COMPOSE) and gone and (wish.says(_DATA) or wish.says(ALL)):
        return True
    return wish.says(DATABASE, _RENEWS, _DATA) or (wish.says(_TESTS) and not wish.deletes)


def _named_gone(wish: Wish, loss: Loss) -> bool:
    return loss.thing in wish.named and (wish.deletes or wish.says(_LEAVES))


def _engine(wish: Wish, _: Loss) -> bool:
    return wish.says(_ENGINE)


def _store(wish: Wish, _: Loss) -> bool:
    return wish.says(_UPROOTED) and (wish.says(_ENGINE) or "/var/lib" in wish.text)


def _everything(wish: Wish, _: Loss) -> bool:
    return wish.says(_ENGINE, _COMPUTER) or (wish.deletes and wish.is_whole and _wants_all(wish))


def _host(wish: Wish, _: Loss) -> bool:
    return wish.says(_OPENS)


def _never(_wish: Wish, _loss: Loss) -> bool:
    return False


_RULES: dict[Thing, Callable[[Wish, Loss], bool]] = {
    "container": _some,
    "image": _some,
    "network": _some,
    "cache": _taken,
    "volume": _volume,
    "project": _project,
    "log": _named_gone,
    "cluster": _named_gone,
    "engine": _engine,
    "store": _store,
    "everything": _everything,
    "host": _host,
    "files": _never,
}
