"""The official Pulumi installer, run through the Automation API, with a short time limit if it cannot be reached.

It runs in its own process, since neither of its two steps (fetch the install script, run it) has a time limit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reconciler.engine.environment import ordinary
from reconciler.engine.toolchain.location import PINNED
from reconciler.engine.toolchain.process import follow
from reconciler.progress import Progress

_REACH = 10.0
"""Seconds within which the install script must be fetched."""

_DOWNLOAD = 600.0
"""Seconds for the whole installation after that: the archive has more than 100 MB."""

_REACHED = "install script fetched"

# The script is fetched to a temporary file and then started: a start of anything but `<root>/bin/pulumi` (which
# `install` tries first) means that the network works and the longer limit applies.
_CHILD = f"""
import sys
def watch(event, args):
    if event == "subprocess.Popen" and not str(args[0]).endswith("/bin/pulumi"):
        print({_REACHED!r}, flush=True)
import semver
from pulumi.automation import PulumiCommand
sys.addaudithook(watch)
try:
    PulumiCommand.install(root=sys.argv[1], version=semver.VersionInfo.parse(sys.argv[2]))
except Exception as error:
    output = getattr(error, "output", None) or b""
    sys.exit("\\n".join(filter(None, [output.decode(errors="replace").strip(), str(error)])))
"""


def official_installer(root: Path, progress: Progress) -> None:
    """Install the pinned CLI into `root` (`root/bin/pulumi` with its language hosts).

    Raises `ProcessFailed` within about ten seconds if the installer can't be reached.
    """
    progress.say("trying the official installer")
    reached = False

    def on_line(line: str) -> None:
        nonlocal reached
        if line == _REACHED:
            reached = True
            progress.say("downloading the official release")

    follow(
        [sys.executable, "-c", _CHILD, str(root), str(PINNED)],
        on_line=on_line,
        limit=lambda: _DOWNLOAD if reached else _REACH,
        env=ordinary(),
    )
