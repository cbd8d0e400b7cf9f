"""`bank accept` from outside: what people marked as helpful, to the bank, to an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from service.build import build
from service.curation import accept
from service.curation.drafts import add_drafts, draft, load_drafts, review_path
from service.errors import BankError
from service.interfaces.app import create_app
from service.loading import load_tutor
from service.notes import ledger
from service.notes.bank_file import load_entries
from service.notes.folder import NotesFolder
from service.settings import Settings
from service.store import Asked, Store, new_id
from tests.conftest import read_notes
from tests.interfaces.cli.test_main import run

pytestmark = pytest.mark.real

KEPT, BACKUP = "볼륨은 컨테이너를 지워도 남음", "볼륨은 tar로 묶어 백업함"
NOTE = f"# 저장\n\n## 볼륨\n\n- {KEPT}\n- {BACKUP}\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "storage.md").write_text(NOTE, encoding="utf-8")
    return tmp_path / "corpus"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def ids(corpus: Path, data: Path) -> dict[str, str]:
    """Fact ids by text."""
    (document,) = read_notes(corpus, data / "ledgers").documents
    return {fact.text: fact.id for fact in document.facts}


def keep(data: Path, fact: str, meant: str, helpful: bool | None = True, days: float = 0) -> None:
    data.mkdir(exist_ok=True)
    store = Store(f"sqlite:///{data / 'store.db'}")
    asked_at = datetime.now(UTC) - timedelta(days=days)
    store.keep(
        Asked(new_id(), "me", "c", asked_at, meant, meant, "answered", 1.0, (fact,), "{}", False, helpful)
    )
    store.close()


def accepted(corpus: Path, data: Path, *arguments: str) -> dict[str, list[str]]:
    done = run("bank", "accept", *arguments, "--corpus", corpus, "--data", data, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_only_questions_that_can_be_keys_wait(corpus: Path, data: Path) -> None:
    facts = ids(corpus, data)
    bank = {
        "document": "storage",
        "facts": [{"id": facts[KEPT], "text": KEPT, "questions": ["컨테이너를 지우면 볼륨은 남나요?"]}],
    }
    (corpus / "storage.questions.yaml").write_text(yaml.safe_dump(bank, allow_unicode=True), encoding="utf-8")
    for meant in (
        "볼륨 데이터는 언제까지 살아 있어?",
        "볼륨 데이터는 언제까지  살아있어?",  # the same
        "컨테이너 지우면 볼륨은 남나요?",  # near to a key
        "컨테이너를 지우면, 볼륨은 남나요",  # a key
        "그건 왜 남아?",  # points back
        "왜?",
        "볼륨이 뭐고 어떻게 백업해?",  # two questions
        "볼륨은 남나요? 왜 남죠?",
        "볼륨이 " + "정말 " * 60 + "남나요?",  # too long
    ):
        keep(data, facts[KEPT], meant)
    keep(data, facts[KEPT], "볼륨은 안 지워지나요?", helpful=False)
    keep(data, facts[KEPT], "볼륨 내용은 그대로인가요?", days=91)
    keep(data, "gone", "사라진 사실을 물었나요?")
    done = run("bank", "accept", "--corpus", corpus, "--data", data)
    assert [line.partition("  ")[2] for line in done.stdout.splitlines()[::2]] == [
        "storage  (feedback) 볼륨 데이터는 언제까지  살아있어?".replace("  살", " 살")
    ]
    assert "기다리는 질문 1개" in done.stderr
    (entry,) = yaml.safe_load(review_path(data).read_text(encoding="utf-8"))
    assert set(entry) == {"id", "fact", "document", "text", "question", "from"}
    assert (entry["fact"], entry["document"], entry["text"], entry["from"]) == (
        facts[KEPT],
        "storage",
        KEPT,
        "feedback",
    )


def test_accepted_questions_go_to_the_bank_and_rejected_ones_never_come_back(
    corpus: Path, data: Path
) -> None:
    facts = ids(corpus, data)
    card = {"id": "a", "kind": "question", "front": "볼륨의 백업은?", "back": "tar"}
    entry = {
        "id": facts[BACKUP],
        "text": "옛 글",
        "questions": ["백업?"],
        "aliases": ["보관"],
        "cards": [card],
    }
    bank = corpus / "storage.questions.yaml"
    bank.write_text(
        yaml.safe_dump({"document": "storage", "facts": [entry]}, allow_unicode=True), encoding="utf-8"
    )
    keep(data, facts[KEPT], "볼륨 데이터는 언제까지 살아 있어?")
    keep(data, facts[BACKUP], "볼륨을 다른 곳에 보관하려면?")
    keep(data, facts[BACKUP], "볼륨 싫은 질문인가요?")
    waiting = {each["question"]: each["id"] for each in accepted(corpus, data)["waiting"]}  # type: ignore[index]
    assert len(waiting) == 3
    assert load_entries(bank, "storage")[0].questions == ("백업?",)

    unwanted = waiting["볼륨 싫은 질문인가요?"]
    first = accepted(corpus, data, waiting["볼륨을 다른 곳에 보관하려면?"], "--reject", unwanted)
    assert (len(first["accepted"]), first["rejected"], len(first["waiting"])) == (1, [unwanted], 1)
    assert len(accepted(corpus, data, "--all")["accepted"]) == 1
    assert accepted(corpus, data) == {"accepted": [], "rejected": [], "waiting": []}
    assert not review_path(data).exists()

    kept, backup = load_entries(bank, "storage")
    assert (kept.text, kept.questions) == (KEPT, ("볼륨 데이터는 언제까지 살아 있어?",))
    assert backup.questions == ("백업?", "볼륨을 다른 곳에 보관하려면?")
    assert (backup.text, backup.aliases, backup.cards[0].front) == ("옛 글", ("보관",), "볼륨의 백업은?")
    assert bank.read_text(encoding="utf-8").startswith("# 저장\ndocument: storage\n")


def test_a_models_drafts_wait_beside_them_and_stay(corpus: Path, data: Path) -> None:
    facts = ids(corpus, data)
    (document,) = read_notes(corpus, data / "ledgers").documents
    add_drafts([draft(document.facts[0], "볼륨은 언제 사라져?", "llm")], review_path(data))
    keep(data, facts[KEPT], "볼륨 데이터는 얼마나 가나요?")
    assert [each["from"] for each in accepted(corpus, data)["waiting"]] == ["llm", "feedback"]  # type: ignore[index]
    accept.forget_feedback(data)
    assert [each.question for each in load_drafts(review_path(data))] == ["볼륨은 언제 사라져?"]
    (llm, _) = accepted(corpus, data)["waiting"]
    accepted(corpus, data, "--reject", llm["id"])  # type: ignore[index]
    add_drafts([draft(document.facts[0], "볼륨은 언제 사라져?", "llm")], review_path(data))
    assert [each["from"] for each in accepted(corpus, data)["waiting"]] == ["feedback"]  # type: ignore[index]


def test_an_id_that_does_not_wait_changes_nothing(corpus: Path, data: Path) -> None:
    keep(data, ids(corpus, data)[KEPT], "볼륨 데이터는 얼마나 가나요?")
    done = run("bank", "accept", "nothing", "--corpus", corpus, "--data", data)
    assert done.returncode == 1
    assert "'nothing' 질문은 검토 목록에 없습니다" in done.stderr
    assert not (corpus / "storage.questions.yaml").exists()


def test_a_broken_bank_leaves_the_list_and_every_bank_as_they_were(corpus: Path, data: Path) -> None:
    (corpus / "other.md").write_text("# 다른 것\n\n- 이미지는 읽기 전용 틀임\n", encoding="utf-8")
    notes = read_notes(corpus, data / "ledgers")
    drafts = [
        draft(fact, f"{fact.text} 맞나요?", "llm") for document in notes.documents for fact in document.facts
    ]
    add_drafts(drafts, review_path(data))
    (corpus / "storage.questions.yaml").write_text("document: [", encoding="utf-8")
    with pytest.raises(BankError):
        accept.accept(drafts, notes, NotesFolder(corpus, data / "ledgers"), data)
    assert not (corpus / "other.questions.yaml").exists()
    assert len(load_drafts(review_path(data))) == len(drafts)


def test_a_folder_of_ones_own_keeps_its_ids_when_its_first_bank_is_written(corpus: Path, data: Path) -> None:
    facts = ids(corpus, data)
    (corpus / "storage.md").write_text(NOTE.replace("지워도 남음", "지워도 그대로 남음"), encoding="utf-8")
    before = ids(corpus, data)
    assert list(before.values()) == list(facts.values())
    keep(data, facts[KEPT], "볼륨 데이터는 언제까지 살아 있어?")
    accepted(corpus, data, "--all")
    assert ids(corpus, data) == before
    assert (corpus / f"storage{ledger.SUFFIX}").exists()


def test_from_a_helpful_answer_to_a_key_and_gone_with_its_asker(own: Settings) -> None:
    question = "컨테이너를 지워도 볼륨은 남아 있어?"
    with TestClient(create_app(own)) as client:
        for text in (f"안녕하세요 {question}", "볼륨은 tar로 어떻게 백업해?"):
            answer = client.post("/ask", json={"question": text}).json()
            assert answer["citations"], answer
            client.post("/feedback", json={"question_id": answer["question_id"], "helpful": True})
        found = accepted(own.corpus_dir, own.data_dir)["waiting"]
        waiting = {each["question"]: each["id"] for each in found}  # type: ignore[index]
        assert set(waiting) == {question, "볼륨은 tar로 어떻게 백업해?"}
        assert build(own).notes is None  # nothing has entered by itself
        accepted(own.corpus_dir, own.data_dir, waiting[question])
        client.delete("/me")
    assert not review_path(own.data_dir).exists()
    built = build(own)
    assert built.notes is not None
    assert question in built.notes.bank.questions(load_tutor(own).search(question)[0].fact.id)
    assert accepted(own.corpus_dir, own.data_dir)["waiting"] == []
