"""Finds and installs the official provider plugin, in the pinned version and with a checksum.

The engine downloads it to `~/.pulumi/plugins` (below `PULUMI_HOME` if that is set). Its own check of the archive
(`--checksum`, 3.256.0) fails for servers that send the end of the file with its last bytes. So the installed program is
checked, which also finds a program that was replaced in a cache.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from importlib.resources import files
from pathlib import Path
from typing import Final

from reconciler.engine.environment import ordinary
from reconciler.engine.toolchain.install import ensure
from reconciler.engine.toolchain.process import ProcessFailed, follow
from reconciler.errors import EngineMissing
from reconciler.progress import SILENT, Progress

PLUGIN_VERSION: Final = "6.8.0"
"""The version of the plugin: that of the Python package `pulumi_okta`, which makes its arguments."""
INSTALL: Final = "reconciler doctor --install"
"""The command that installs the engine and the plugin."""
SERVER: Final = "RECONCILER_PLUGIN_SERVER"
"""The environment variable with the address of a mirror to download the plugin from."""
CHECKSUMS: Final = Path(str(files(__package__).joinpath("plugin.sha256")))
"""The checksums of the program, one line for each platform."""
_PROGRAM: Final = "pulumi-resource-okta"
_DOWNLOAD: Final = 600.0
"""Seconds for the download: the archive has about 30 MB."""


class PluginMissing(EngineMissing):
    """Raised when the official plugin is not installed and cannot be installed."""


def plugin_home() -> Path:
    """The folder with all plugins of the engine."""
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"


def official_plugin() -> Path | None:
    """The folder of the official plugin in the pinned version, if it is installed."""
    folder = plugin_home() / f"resource-okta-v{PLUGIN_VERSION}"
    return folder if (folder / _PROGRAM).exists() else None


def ensure_plugin(progress: Progress = SILENT) -> Path:
    """Return the folder of the official plugin; install it first if it is missing. Raises `PluginMissing`.

    A plugin with another checksum than the recorded one is removed, and is an error.
    """
    found = official_plugin()
    if found is None:
        _install(progress)
        found = official_plugin()
    if found is None:
        raise PluginMissing(f"the engine installed no Okta provider plugin {PLUGIN_VERSION} in {plugin_home()}", _HINT)
    check_plugin(found)
    return found


def check_plugin(folder: Path) -> bool:
    """Whether the program has the recorded checksum; False if none is recorded for this platform.

    Another program is removed. Raises `PluginMissing`.
    """
    expected = recorded_checksum()
    if expected is None:
        return False
    actual = checksum(folder)
    if actual != expected:
        shutil.rmtree(folder)
        raise PluginMissing(
            f"the Okta provider plugin in {folder} is not the pinned one, and was removed: "
            f"its SHA-256 is {actual}, not {expected}",
            f"find out where it came from, such as a cache or a mirror; then run `{INSTALL}`",
        )
    return True


def checksum(folder: Path) -> str:
    """The SHA-256 of the program."""
    with (folder / _PROGRAM).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recorded_checksum() -> str | None:
    """The SHA-256 of the program for this platform, if it is recorded."""
    for line in CHECKSUMS.read_text("utf-8").splitlines():
        if not line.startswith("#") and line.split()[1:] == [_name()]:
            return line.split()[0]
    return None


def record_checksum(folder: Path) -> str:
    """Record the checksum of the installed program, for this platform and version. Returns the line."""
    line = f"{checksum(folder)}  {_name()}"
    kept = [one for one in CHECKSUMS.read_text("utf-8").splitlines() if one.split()[1:] != [_name()]]
    CHECKSUMS.write_text("\n".join([*kept, line]) + "\n", "utf-8")
    return line


def _name() -> str:
    """The name of the archive without its ending, as the publisher names it."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{_PROGRAM}-v{PLUGIN_VERSION}-{sys.platform}-{machine}"


_HINT = f"""\
Run `{INSTALL}` on a machine that reaches get.pulumi.com or github.com, or set {SERVER} to a mirror that has
{_name()}.tar.gz. A local tenant needs no plugin."""


def _install(progress: Progress) -> None:
    engine = ensure(progress)
    server = os.environ.get(SERVER)
    progress.say(f"installing the Okta provider plugin {PLUGIN_VERSION}" + (f" from {server}" if server else ""))
    arguments = ["plugin", "install", "resource", "okta", f"v{PLUGIN_VERSION}", "--exact", "--non-interactive"]
    arguments += ["--server", server] if server else []
    home = {name: value for name, value in os.environ.items() if name == "PULUMI_HOME"}
    try:
        follow(
            [engine, *arguments],
            on_line=lambda line: None,
            limit=lambda: _DOWNLOAD,
            env={**ordinary(), **home, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except ProcessFailed as failure:
        reason = str(failure).splitlines()[-1]
        raise PluginMissing(
            f"the Okta provider plugin {PLUGIN_VERSION} could not be installed: {reason}", _HINT
        ) from failure
