from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.errors import StoreError, UnknownQuestion
from service.store import Asked, SavedCard, Store, new_id
from service.store.ids import is_ours

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def asked(
    question: str = "볼륨 남아?", *, owner: str = "me", conversation: str = "c", minutes: int = 0
) -> Asked:
    moment = NOW + timedelta(minutes=minutes)
    return Asked(
        new_id(), owner, conversation, moment, question, question, "answered", 0.9, ("f1", "f2"), "{}"
    )


def test_what_is_kept_is_read_back_also_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    one = asked()
    first = Store(url)
    first.keep(one)
    first.close()
    second = Store(url)
    assert second.question(one.id) == one
    second.close()


def test_a_conversation_of_our_own_id_is_read_whoever_asked(store: Store) -> None:
    ours = new_id()
    for minutes, owner in enumerate(("me", "you", "me")):
        store.keep(asked(f"질문 {minutes}", owner=owner, conversation=ours, minutes=minutes))
    listed = [each.question for each in store.conversation(ours, "somebody", NOW, 5)]
    assert listed == ["질문 0", "질문 1", "질문 2"]
    store.delete_owner("me")
    assert [each.question for each in store.conversation(ours, "somebody", NOW, 5)] == ["질문 1"]


def test_an_id_that_somebody_made_up_is_none_of_ours() -> None:
    assert all(is_ours(new_id()) for _ in range(100))
    made_up = ["", "1", "chat-1", "slack-C1-1764000000_000100", "my-conversation-number", "가" * 22, "A" * 23]
    assert not any(map(is_ours, made_up))


def test_a_conversation_of_another_id_is_one_owner_s_and_comes_oldest_first(store: Store) -> None:
    for minutes in (2, 0, 1):
        store.keep(asked(f"질문 {minutes}", minutes=minutes))
    store.keep(asked("남의 질문", owner="you", minutes=3))
    listed = store.conversation("c", "me", NOW, 2)
    assert [each.question for each in listed] == ["질문 1", "질문 2"]
    assert store.conversation("c", "me", NOW + timedelta(hours=1), 5) == []


def test_feedback_and_sharing_are_the_asker_s(store: Store) -> None:
    one = asked()
    store.keep(one)
    store.feedback(one.id, "me", True, "좋아요")
    store.share(one.id, "me")
    kept = store.question(one.id)
    assert (kept.helpful, kept.comment, kept.shared) == (True, "좋아요", True)
    assert store.helpful(10) == [kept]
    with pytest.raises(UnknownQuestion):
        store.feedback(one.id, "you", False, None)
    with pytest.raises(UnknownQuestion):
        store.share("none", "me")


def test_recent_filters_by_status_and_owner(store: Store) -> None:
    store.keep(asked(minutes=0))
    store.keep(asked(owner="you", minutes=1))
    assert [each.owner for each in store.recent(10)] == ["you", "me"]
    assert [each.owner for each in store.recent(10, owner="me")] == ["me"]
    assert store.recent(10, ["not_found"]) == []


def test_saved_cards_are_the_owner_s(store: Store) -> None:
    card = SavedCard(new_id(), "me", NOW, NOW, "볼륨은?", "남습니다", ("도커::볼륨",), "f1")
    store.save_card(card)
    store.save_card(card)
    assert store.saved_cards("me") == [card]
    assert store.saved_cards("you") == []


def test_everything_of_an_owner_can_be_deleted(store: Store) -> None:
    store.keep(asked())
    store.save_card(SavedCard(new_id(), "me", NOW, NOW, "앞", "뒤", ()))
    store.keep(asked(owner="you"))
    assert store.delete_owner("me") == 2
    assert [each.owner for each in store.recent(10)] == ["you"]


def test_what_is_older_than_the_retention_time_goes(store: Store) -> None:
    store.keep(asked(minutes=0))
    store.keep(asked(minutes=60 * 24 * 10))
    assert store.purge(NOW + timedelta(days=95), 90) == 1
    assert len(store.recent(10)) == 1


def test_hostile_text_is_kept_as_it_is(store: Store) -> None:
    one = asked("'; DROP TABLE questions; -- <script> 😀 \n")
    store.keep(one)
    assert store.question(one.id).question == one.question


def test_many_threads_lose_nothing(store: Store) -> None:
    def work() -> None:
        for _ in range(20):
            store.keep(asked())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.recent(1000)) == 160


def test_a_file_that_is_no_database_or_a_bad_url_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"not a database" * 100)
    for url in (
        f"sqlite:///{tmp_path / 'store.db'}",
        "nonsense",
        f"sqlite:///{tmp_path}/no/such/folder/store.db",
    ):
        with pytest.raises(StoreError):
            Store(url)
