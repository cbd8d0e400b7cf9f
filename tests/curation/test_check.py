from __future__ import annotations

from pathlib import Path

import pytest

from service.curation import check
from service.loading import load_tutor
from service.notes.bank_file import load_entries
from service.settings import load_settings
from tests.conftest import ROOT, WriteCorpus, read_notes

NOTE = "# 볼륨\n\n- 볼륨은 컨테이너를 지워도 남습니다.\n- 익명 볼륨은 이름이 없습니다.\n"


def test_a_skeleton_names_every_fact_and_keeps_what_was_written(
    write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    (document,) = read_notes(folder, tmp_path / "ledgers").documents
    path = check.new(document, folder / document.path.replace(".md", ".questions.yaml"))
    path.write_text(
        path.read_text(encoding="utf-8").replace("questions: []", "questions: [남아?]", 1), encoding="utf-8"
    )
    check.new(document, folder / document.path.replace(".md", ".questions.yaml"))
    assert [entry.questions for entry in load_entries(path, "volumes")] == [("남아?",), ()]


def test_the_check_counts_what_is_wrong_and_what_is_thin(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    first, second = read_notes(folder, tmp_path / "ledgers").documents[0].facts
    questions = "[볼륨 지워져?, 컨테이너를 지우면 볼륨은 남나요?, 컨테이너 지우면 볼륨은 남나요?]"
    (folder / "volumes.questions.yaml").write_text(
        f"document: volumes\nfacts:\n- id: {first.id}\n  text: 옛 글입니다.\n  questions: {questions}\n"
        f"- id: {second.id}\n  text: {second.text}\n  questions: [볼륨 지워져?]\n- id: gone\n  text: 없음\n",
        encoding="utf-8",
    )
    found = check.check(read_notes(folder, tmp_path / "ledgers"), None)
    assert (len(found.orphans), len(found.changed), len(found.shared)) == (1, 1, 1)
    assert found.errors == 3
    assert [count for _, count in found.thin] == [3, 1]
    assert [(one, other) for _, one, other in found.near_duplicates] == [
        ("컨테이너를 지우면 볼륨은 남나요?", "컨테이너 지우면 볼륨은 남나요?")
    ]
    assert found.without_card == 2


@pytest.mark.parametrize(
    ("question", "register"),
    [
        ("볼륨은 어디에 저장되나요?", "formal"),
        ("볼륨 어디 저장돼?", "plain"),
        ("볼륨 저장 위치", "keywords"),
        ("지워지는 게 맞나요?", "confirm"),
        ("docker volume 위치", "latin"),
    ],
)
def test_registers(question: str, register: str) -> None:
    assert register in check.registers(question)


def test_the_shipped_bank_has_no_error_and_no_thin_fact(tmp_path: Path) -> None:
    found = check.check(read_notes(ROOT / "corpus", tmp_path / "ledgers"), None)
    assert (found.orphans, found.changed, found.broken, found.shared, found.thin) == ([], [], [], [], [])
    assert found.facts >= 500
    assert found.questions >= 3000
    assert found.near_duplicates == []


WITHOUT_CARD = set(
    # What a neighbour's card asks already.
    "jxsyzn9n2a 6cwyvxwjwt 7j262fey4w 263rq1x786 aswe7h0780 a0baje3n93 16vwfx99tx v6h3y8t3hx c389eyqs85 61zppdznah "
    "dry3fbd920 pcg3cbz791 "
    # Open lists of examples, and what nobody needs by heart.
    "tkk7gysv2d 464kfw9v04 7r77zce94k 6v89m7q3fb ns9smd04tb "
    # Facts whose cards are still to be written (2026-11-25), and two whose points have cards.
    "7pz591tqtb pzm20exj14 deeht4gy4b dydwp0fv8k 4ts6z0mbsp sbba4tnng4 s17p22rjkf cc2mnqeybv 9j66zbe780 "
    "8ga0jq9r7w jazqeytacn kt4jhgd3as z1qb60x3cr 502bkg45vc 050q3923w6 n7kdncggh6 myqf07w9ty d6q5bx3pkv "
    "ep0d1q8k1m atggwphmrb ea9qx2v20m yy66q4d900 5n4v7zev5k t9g016ncqd d8x391ba65 59cpnrm8q3 tpe3he0tkh "
    "1kahbfeyjs bf2gs242a2 nnb5q0sg8d ydcbyx4c3p 28h2vwwbx9 rgnf7rs4hw akt891yjb2 dgg10q1hnc rbnqfxpfsj "
    "zd05rsmmz7 76yh4nwag2 k2yswryf4z mkrr21a526 dtr88egp3b e9n88tg4qd 6qd430pg8z m2hnqxrep1 wngdkvb3bg "
    "h1gsq5hx89 d9k9x7qxz5 wvpfw1zn4b ysxhv9yfh7 w1vbajvdmz vmdanc3ztv e0vfwyptya 2c3xqbqvtn ftcn3dma7b "
    "6gv2mx5pff 72sj4j927k 2qk52gt7k5 2jsh70g4zz 4t8vy5pa0g 9svjm73ph8 5zhj7cg9zx yfh8vpasw8 2578g0yzhy "
    # Steps of a procedure that one of its cards stands for.
    "qytcs7bhy1 fxc5pr1k0f smaf5bd2v2 z7785sqgzc qr0sbvnj27 8wg4a9wanq n8qxdwcnf5 mkb30wr4w6".split()
)
"""Facts that are left without a card on purpose."""


def test_every_other_shipped_fact_has_a_card_or_is_a_step_of_one_that_has_a_list(tmp_path: Path) -> None:
    notes = read_notes(ROOT / "corpus", tmp_path / "ledgers")
    entries = notes.bank.entries
    facts = [fact for document in notes.documents for fact in document.facts]
    listed = {fact.text for fact in facts if any(card.kind == "list" for card in entries[fact.id].cards)}
    without = [fact for fact in facts if not entries[fact.id].cards]
    assert {fact.id for fact in without if not listed.intersection(fact.parents)} == WITHOUT_CARD


@pytest.mark.real
@pytest.mark.long
def test_no_shipped_question_is_answered_better_by_another_fact(tmp_path: Path) -> None:
    """Two to three minutes: every question is asked. scripts/test has built the index before."""
    tutor = load_tutor(load_settings(corpus_dir=ROOT / "corpus", data_dir=ROOT / "data"))
    notes = read_notes(ROOT / "corpus", tmp_path / "ledgers")
    assert tutor.index.questions == notes.keys(), "the index is of other notes: python -m service build"
    found = check.check(notes, tutor)
    assert found.errors == 0
    confusions = [
        f"{each.question.fact} {each.rank}: {each.question.text} -> {each.first.id} {each.first.text}"
        for each in found.confusions
    ]
    print(*confusions, sep="\n")  # noqa: T201 - with -s
    assert confusions == []
