"""Fixtures for running commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconciler.cli import reconciler
from tests.definitions.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "definitions")


@pytest.fixture
def invoke(folder):
    """Runs a command line that must succeed, on the definitions of the test."""

    def run(*arguments: str) -> Result:
        definitions = ["--definitions", str(folder.path)]
        return CliRunner().invoke(reconciler, [*definitions, *arguments], catch_exceptions=False)

    return run
