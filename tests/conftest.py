"""What every test gets: no way to the state, the plugins and the secrets of the person who runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import official_plugin

_FOREIGN = ("PULUMI_", "OKTA_", "RECONCILER_", "NO_COLOR", "FORCE_COLOR")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--provider",
        choices=("stand-in", "official"),
        default="stand-in",
        help="what the end-to-end tests change the local tenant with; the official plugin has to be installed",
    )
    parser.addoption(
        "--sign-in",
        choices=("token", "service-app"),
        default="token",
        help="how the end-to-end tests sign in, where a test does not say so itself",
    )
    parser.addoption(
        "--kills",
        type=int,
        default=0,
        help="how often to kill acceptances and adoptions at random moments, besides the moments that count",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--provider") == "official":
        official_plugin.require()


@pytest.fixture(autouse=True, scope="session")
def _nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Settings of the user are not seen; Pulumi's home is temporary, with the official plugin if it was asked for."""
    home = tmp_path_factory.mktemp("pulumi-home")
    if request.config.getoption("--provider") == "official":
        official_plugin.install(official_plugin.require(), home)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(_FOREIGN):
                patch.delenv(name)
        patch.setenv("PULUMI_HOME", str(home))
        yield home
