"""A conversation goes on for whoever sends its id; what is kept stays its owner's."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.conftest import MakeService
from tests.interfaces.conftest import KEY, NOTES, problem, running
from tests.interfaces.http.test_streaming import STREAM, events

pytestmark = pytest.mark.real

FIRST = "컨테이너를 지우면 볼륨은 어떻게 되나요?"
NEXT = "그건 왜요?"
AS_KEY = {"Authorization": f"Bearer {KEY}"}
AS_PROFILE = {"Cookie": f"profile={'p' * 22}"}
AS_ANOTHER = {"Cookie": f"profile={'q' * 22}"}
AS_NOBODY: dict[str, str] = {}
CALLERS = [AS_KEY, AS_PROFILE, AS_ANOTHER, AS_NOBODY]
NAMES = ["key", "profile", "another profile", "neither"]


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, make_service: MakeService, real_encoder_folder: Path
) -> Iterator[str]:
    """With the real encoder: how sure an answer is decides whether a question leans on the one before."""
    folder = tmp_path_factory.mktemp("conversations")
    with running(make_service(folder, NOTES, real_encoder_folder, api_keys=f"ci:{KEY}")) as address:
        yield address


def ask(
    server: str, question: str, who: Mapping[str, str], conversation: str | None = None
) -> httpx.Response:
    body = {"question": question} | ({"conversation_id": conversation} if conversation else {})
    return httpx.post(
        f"{server}/ask", json=body, headers=dict(who)
    )  # a client of its own: no cookies are kept


@pytest.mark.parametrize("second", CALLERS, ids=NAMES)
@pytest.mark.parametrize("first", CALLERS, ids=NAMES)
def test_whoever_sends_the_id_asks_on(server: str, first: dict[str, str], second: dict[str, str]) -> None:
    begun = ask(server, FIRST, first).json()
    on = ask(server, NEXT, second, begun["conversation_id"]).json()
    assert on["status"] == "answered"
    assert on["conversation_id"] == begun["conversation_id"]
    assert ask(server, NEXT, second).json()["status"] == "not_found"  # it was the id that told


def test_a_stream_asks_on_too(server: str) -> None:
    begun = ask(server, FIRST, AS_NOBODY).json()
    on = ask(server, NEXT, STREAM, begun["conversation_id"])
    assert events(on.text)[-1][1]["status"] == "answered"


@pytest.mark.parametrize("second", [AS_KEY, AS_ANOTHER, AS_NOBODY], ids=["key", "another profile", "neither"])
def test_an_id_of_one_s_own_making_is_read_by_its_owner_alone(server: str, second: dict[str, str]) -> None:
    ask(server, FIRST, AS_PROFILE, "my-conversation-number")
    assert ask(server, NEXT, AS_PROFILE, "my-conversation-number").json()["status"] == "answered"
    assert ask(server, NEXT, second, "my-conversation-number").json()["status"] == "not_found"


def test_ids_are_random_and_never_repeat(server: str) -> None:
    answers = [ask(server, "안녕", AS_NOBODY).json() for _ in range(20)]
    ids = [answer[name] for answer in answers for name in ("question_id", "conversation_id")]
    assert len(set(ids)) == 40
    assert {len(base64.urlsafe_b64decode(f"{each}==")) for each in ids} == {16}


@pytest.mark.parametrize("who", [AS_KEY, AS_ANOTHER, AS_NOBODY], ids=["key", "another profile", "neither"])
def test_the_ids_alone_read_back_change_and_delete_nothing(server: str, who: dict[str, str]) -> None:
    asked = ask(server, FIRST, AS_PROFILE).json()
    ask(server, NEXT, who, asked["conversation_id"])  # whoever took part in it since
    with httpx.Client(base_url=server, headers=who) as client:
        for each in (asked["question_id"], asked["conversation_id"]):
            body = {"question_id": each}
            assert problem(client.get(f"/answers/{each}"))["status"] == 404
            assert problem(client.get(f"/shared/{each}"))["status"] == 404
            assert problem(client.post(f"/answers/{each}/share"))["status"] == 404
            assert problem(client.post("/feedback", json={**body, "helpful": False}))["status"] == 404
            assert problem(client.post("/cards", json=body))["status"] == 404
        client.delete("/me")
    assert httpx.get(f"{server}/answers/{asked['question_id']}", headers=AS_PROFILE).json() == asked


def test_who_deletes_takes_their_own_part_out_of_a_conversation(server: str) -> None:
    mine, yours = {"Cookie": f"profile={'m' * 22}"}, {"Cookie": f"profile={'y' * 22}"}
    conversation = ask(server, FIRST, mine).json()["conversation_id"]
    ask(server, "고마워요", yours, conversation)
    assert httpx.delete(f"{server}/me", headers=mine).json() == {"deleted": 1}
    assert ask(server, NEXT, yours, conversation).json()["status"] == "not_found"


def test_a_shared_answer_does_not_hand_its_conversation_over(server: str) -> None:
    asked = ask(server, FIRST, AS_PROFILE).json()
    assert httpx.post(f"{server}/answers/{asked['question_id']}/share", headers=AS_PROFILE).status_code == 204
    again = httpx.get(f"{server}/answers/{asked['question_id']}", headers=AS_ANOTHER).json()
    shown = httpx.get(f"{server}/shared/{asked['question_id']}", headers=AS_ANOTHER).json()["answer"]
    for seen in (again, shown):
        assert seen["conversation_id"] != asked["conversation_id"]
        assert {**seen, "conversation_id": asked["conversation_id"]} == asked
        assert ask(server, NEXT, AS_ANOTHER, seen["conversation_id"]).json()["status"] == "not_found"
    mine = httpx.get(f"{server}/shared/{asked['question_id']}", headers=AS_PROFILE).json()["answer"]
    assert mine == asked


@pytest.mark.parametrize("who", [AS_KEY, AS_PROFILE], ids=["key", "profile"])
def test_the_same_caller_keeps_a_card_of_an_answer(server: str, who: dict[str, str]) -> None:
    asked = ask(server, FIRST, who).json()
    saved = httpx.post(f"{server}/cards", json={"question_id": asked["question_id"]}, headers=who)
    assert saved.status_code == 201, saved.text
    listed = httpx.get(f"{server}/cards", params={"saved": True}, headers=who).json()["cards"]
    assert saved.json()["id"] in [card["id"] for card in listed]
    others = httpx.get(f"{server}/cards", params={"saved": True}, headers=AS_ANOTHER).json()["cards"]
    assert saved.json()["id"] not in [card["id"] for card in others]
