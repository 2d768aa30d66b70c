"""The official provider plugin of the person who runs the tests, in a Pulumi home that is not theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.tenant import PLUGIN_VERSION, official_plugin

_FOUND = official_plugin()  # before any test changes PULUMI_HOME
_HOME = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def require() -> Path:
    """The plugin's folder; an error of the whole run if the plugin is not installed."""
    if _FOUND is None:
        raise pytest.UsageError(
            f"--provider official: the Okta provider plugin {PLUGIN_VERSION} is not installed in {_HOME}/plugins; "
            f"run: pulumi plugin install resource okta v{PLUGIN_VERSION}"
        )
    return _FOUND


def install(folder: Path, home: Path) -> None:
    """Put an installed plugin into another home.

    The engine takes only real folders for plugins, no links to folders; what is inside may be links.
    """
    there = home / "plugins" / folder.name
    there.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        (there / file.name).symlink_to(file)
