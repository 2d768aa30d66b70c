"""The folder in which the tests write definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definitions.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "definitions")
