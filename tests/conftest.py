"""Isolates every test from the state, the plugins and the secrets of the person who runs it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Imported before the local tenant. `typing` caches `Literal[…] | None` without regard to the order of the values: the
# first import decides it, and the specimens depend on it.
import reconciler.kinds  # noqa: F401
from tests import official_plugin

_FOREIGN = ("PULUMI_", "OKTA_", "RECONCILER_", "NO_COLOR", "FORCE_COLOR")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--provider",
        choices=("stand-in", "official"),
        default="stand-in",
        help="the provider of the end-to-end tests; the official plugin has to be installed",
    )
    parser.addoption(
        "--sign-in",
        choices=("token", "service-app"),
        default="token",
        help="how the end-to-end tests sign in, unless a test chooses itself",
    )
    parser.addoption(
        "--kills",
        type=int,
        default=0,
        help="how often to kill runs, acceptances and adoptions at random moments, besides the chosen ones",
    )


def pytest_configure(config: pytest.Config) -> None:
    profile = hypothesis.settings.get_profile(hypothesis.settings.get_current_profile_name())
    suppressed = [*profile.suppress_health_check, hypothesis.HealthCheck.too_slow]
    # no test may depend on the speed of the machine
    hypothesis.settings.register_profile("untimed", profile, deadline=None, suppress_health_check=suppressed)
    hypothesis.settings.load_profile("untimed")
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, by the commands under test as well
    if config.getoption("--provider") == "official":
        official_plugin.require()


@pytest.fixture(autouse=True, scope="session")
def _isolated_from_the_user(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Hide the user's settings, and use a temporary Pulumi home, with the official plugin if it was chosen."""
    home = tmp_path_factory.mktemp("pulumi-home")
    if request.config.getoption("--provider") == "official":
        official_plugin.install(official_plugin.require(), home)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(_FOREIGN):
                patch.delenv(name)
        patch.setenv("PULUMI_HOME", str(home))
        yield home
