"""Preview, apply, detect drift: one environment's definitions, its stack and its tenant, brought together."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reconciler import drift
from reconciler.definitions.model import Desired
from reconciler.definitions.secrets import resolve
from reconciler.drift import Finding
from reconciler.engine.changes import Changes
from reconciler.engine.stack import Stack
from reconciler.engine.state import State
from reconciler.lookup import look_up
from reconciler.okta import snapshot
from reconciler.okta.snapshot import Snapshot
from reconciler.program import Found, declare
from reconciler.progress import SILENT, Progress
from reconciler.tenant import Tenant


@dataclass(frozen=True)
class Reconciler:
    """What every verb works on."""

    desired: Desired
    stack: Stack
    tenant: Tenant
    progress: Progress = SILENT

    def preview(self) -> Changes:
        """What `up` would change. Nothing is changed, neither the tenant nor the state."""
        found = self.look_up(self.desired)
        self.progress.say("comparing with what was applied")
        return self.stack.preview(self.program(self.desired, found))

    def up(self) -> Changes:
        """Make the tenant as declared.

        What is there already but not in the state (a killed run had created it) is first taken into the state as
        it is, and then made as declared: two passes, so that no difference is lost on the way.
        """
        self.stack.mend()
        found = self.look_up(self.desired)
        self.progress.say("applying")
        changes = self.stack.up(self.program(self.desired, found))
        if found.imports:
            self.progress.say("making as declared what was taken into the state")
            changes.add(self.stack.up(self.program(self.desired, Found(found.system_ids))))
        return changes

    def drift(self) -> tuple[list[Finding], Snapshot]:
        """What is not as declared, and the snapshot that shows it."""
        self.progress.say("reading the state")
        state = self.stack.state()
        self.progress.say("reading the tenant")
        live = self.snapshot(state)
        return drift.compare(self.desired, state, live), live

    def snapshot(self, state: State) -> Snapshot:
        """The tenant as it is now: every collection, and what managed objects own."""

        async def read() -> Snapshot:
            async with self.tenant.client(self.progress) as client:
                return await snapshot.read(client, owners=drift.owners(self.desired, state), progress=self.progress)

        return asyncio.run(read())

    def look_up(self, desired: Desired) -> Found:
        """What the program has to know of the tenant."""
        self.progress.say("looking up what is there already")
        state = self.stack.state()

        async def look() -> Found:
            async with self.tenant.client(self.progress) as client:
                return await look_up(desired, state, client, self.progress)

        return asyncio.run(look())

    def program(self, desired: Desired, found: Found) -> partial[None]:
        """The Pulumi program; its outputs say which definitions and which commit were applied."""
        return partial(declare, desired, found, resolve, self._outputs())

    def _outputs(self) -> Mapping[str, str]:
        return {"commit": commit(self.stack.root)}


def commit(folder: Path) -> str:
    """The commit that a folder is at; empty outside a repository."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
