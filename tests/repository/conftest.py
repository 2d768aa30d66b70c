"""New repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli import run


@pytest.fixture
def repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A repository with a local tenant, staging and production."""
    folder = tmp_path / "okta"
    arguments = ["--environment", "staging=https://acme-staging.oktapreview.com"]
    arguments += ["--environment", "production=https://acme.okta.com", "--local"]
    assert run(["init", str(folder), *arguments, "--team", "@acme/identity", "--action", "acme/okta-reconciler"]) == 0
    capsys.readouterr()
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-workflows", action="store_true", help="write our own workflows anew")
