"""What a run that died leaves behind in a state that is kept in files: its lock, and files that it did not finish."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from typing import Any

from reconciler.errors import Refused


def clear_up(backend: Path, project: str, stack: str) -> None:
    """Remove the locks of runs that died on this machine, and mend what they wrote; `Refused` while one is alive."""
    folder = backend / ".pulumi"
    locks = folder / "locks" / "organization" / project / stack
    for lock in locks.glob("*.json") if locks.is_dir() else ():
        holder = _read_lock(lock)
        if holder is None:
            continue
        if holder.get("hostname") == socket.gethostname() and not _alive(holder.get("pid")):
            mend(folder / "stacks" / project / f"{stack}.json")
            lock.unlink(missing_ok=True)
        else:
            raise Refused(
                f"another run holds the stack {stack}: process {holder.get('pid')} on "
                f"{holder.get('hostname')}, since {holder.get('timestamp')}",
                hint="wait for it to end; if that machine is gone, remove " + str(lock),
            )


def mend(checkpoint: Path) -> None:
    """Make a checkpoint readable again.

    The engine writes the attributes of a file (`.attrs`, which it can do without) in place: a kill leaves them empty.
    The checkpoint itself it replaces, after a copy to `.bak`: only a machine that stops leaves it empty. What the lost
    one knew more is recognised in the tenant, as after any kill.
    """
    backup = checkpoint.with_name(f"{checkpoint.name}.bak")
    for file in (checkpoint, backup):
        attributes = file.with_name(f"{file.name}.attrs")
        if attributes.is_file() and not _is_json(attributes):
            attributes.unlink()
    if not _is_json(checkpoint) and backup.is_file():
        restored = checkpoint.with_name(f"{checkpoint.name}.restored")
        shutil.copyfile(backup, restored)
        restored.replace(checkpoint)


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _read_lock(lock: Path) -> dict[str, Any] | None:
    """Who holds it; nothing is known of one that is half written, and None means that it is no longer there."""
    try:
        holder = json.loads(lock.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _alive(pid: object) -> bool:
    """Whether an engine with this process id runs here. One that ended and was not waited for yet is dead."""
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return True  # no such file system: believe the signal
    return "pulumi" in name and rest.split()[0] != "Z"
