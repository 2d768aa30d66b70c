"""New repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.repository.stores import STORES


@pytest.fixture
def repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A repository with a local tenant, staging and production."""
    return created(tmp_path / "okta", capsys)


@pytest.fixture
def with_stores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A repository whose workflows sign in to every store that they can."""
    return created(tmp_path / "okta", capsys, *(option for store in STORES for option in ("--store", store)))


def created(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Path:
    arguments = ["--environment", "staging=https://acme-staging.oktapreview.com"]
    arguments += ["--environment", "production=https://acme.okta.com", "--local"]
    arguments += ["--team", "@acme/identity", "--action", "acme/okta-reconciler", *options]
    assert run(["init", str(folder), *arguments]) == 0
    capsys.readouterr()
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-workflows", action="store_true", help="write our own workflows anew")
