from __future__ import annotations

from typing import Any

import pytest
import yaml

from service.interfaces.slack.app import SCOPES
from service.interfaces.slack.interactions import SHORTCUT
from service.interfaces.slack.route import PATH
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "slack" / "manifest.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_manifest_asks_for_what_is_used_and_no_more(manifest: dict[str, Any]) -> None:
    asked = set(manifest["oauth_config"]["scopes"]["bot"])
    assert asked == SCOPES | {"groups:history", "mpim:history"}
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_home_opened",
        "app_mention",
        *(f"message.{place}" for place in ("channels", "groups", "im", "mpim")),
    }


def test_the_manifest_names_our_shortcut_command_and_route(manifest: dict[str, Any]) -> None:
    [shortcut], [command] = manifest["features"]["shortcuts"], manifest["features"]["slash_commands"]
    assert (shortcut["callback_id"], shortcut["type"], command["command"]) == (SHORTCUT, "message", "/docker")
    settings = manifest["settings"]
    urls = [
        command["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
    ]
    assert urls == [f"https://YOUR-HOST{PATH}"] * 3


def test_the_manifest_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    information, features = manifest["display_information"], manifest["features"]
    assert len(information["name"]) <= 35
    assert len(information["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["shortcuts"][0]["name"]) <= 24
    assert len(features["shortcuts"][0]["description"]) <= 150
