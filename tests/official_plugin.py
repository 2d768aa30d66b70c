"""The official provider plugin that is installed on this machine, for a Pulumi home of the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.engine.toolchain.plugin import INSTALL, PLUGIN_VERSION, official_plugin

_FOUND = official_plugin()  # before any test changes PULUMI_HOME
_HOME = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def require() -> Path:
    """The plugin's folder. Ends the whole test run if the plugin is not installed."""
    if _FOUND is None:
        raise pytest.UsageError(
            f"--provider official: the Okta provider plugin {PLUGIN_VERSION} is not installed in {_HOME}/plugins; "
            f"run `{INSTALL}`"
        )
    return _FOUND


def install(folder: Path, home: Path) -> None:
    """Link an installed plugin into another Pulumi home.

    The plugin folder itself must not be a link; its files may be.
    """
    there = home / "plugins" / folder.name
    there.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        (there / file.name).symlink_to(file)
