"""Digests of what `ignore.yaml` covers are stored; a file that cannot be read is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.ignored_states import IgnoredStates

STATES = {"entry": {"finding": "digest"}}


def test_states_are_read_back_per_environment(tmp_path: Path):
    folder = str(tmp_path / "baselines")
    assert IgnoredStates(folder, "production").load() == {}
    IgnoredStates(folder, "production").save(STATES)
    assert IgnoredStates(folder, "production").load() == STATES
    assert IgnoredStates(folder, "staging").load() == {}


@pytest.mark.parametrize("content", ["", "[]", '{"version": 1}', '{"version": 1, "entries": {"x": 1}}'])
def test_invalid_content_is_refused(tmp_path: Path, content: str):
    (tmp_path / "production.ignored.json").write_text(content)
    with pytest.raises(ReconcilerError, match="cannot be read") as caught:
        IgnoredStates(str(tmp_path), "production").load()
    assert "delete it" in str(caught.value.hint)


def test_an_unwritable_folder_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ReconcilerError, match="cannot be written"):
        IgnoredStates(str(tmp_path / "file"), "production").save(STATES)
