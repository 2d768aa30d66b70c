"""What every test gets: no way to the state, the plugins and the secrets of the person who runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_FOREIGN = ("PULUMI_", "OKTA_", "RECONCILER_", "NO_COLOR", "FORCE_COLOR")


@pytest.fixture(autouse=True, scope="session")
def _nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings of the user are not seen, and Pulumi's home is a temporary folder."""
    home = tmp_path_factory.mktemp("pulumi-home")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(_FOREIGN):
                patch.delenv(name)
        patch.setenv("PULUMI_HOME", str(home))
        yield home
