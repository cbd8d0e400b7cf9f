from __future__ import annotations

import re

import pytest

from service.errors import SettingsError
from service.settings import Settings, load_settings
from tests.conftest import ROOT


@pytest.mark.parametrize("page", ["settings.md", "settings.ko.md"])
def test_every_setting_has_its_row_in_the_docs(page: str) -> None:
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert {name.upper() for name in Settings.model_fields} == listed


def test_every_setting_says_what_it_does() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    with pytest.raises(SettingsError, match="PORT"):
        load_settings()
