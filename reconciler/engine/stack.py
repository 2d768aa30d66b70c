"""One stack: the Pulumi engine, driven through the Automation API."""

from __future__ import annotations

import json
import logging
import os
import secrets
import tempfile
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler import interrupts
from reconciler.engine import toolchain
from reconciler.engine.changes import Changes
from reconciler.engine.checkpoints import keep_copy
from reconciler.engine.failures import Failures
from reconciler.engine.journal import recover_checkpoint
from reconciler.engine.leftovers import clear_leftovers
from reconciler.engine.local_state import LocalState, without_credentials
from reconciler.engine.project import copy_project, project_name
from reconciler.engine.recording import recorded
from reconciler.engine.set_aside import SetAside, completed, recorded_in
from reconciler.engine.state import (
    EMPTY,
    Deployment,
    State,
    checked,
    parse,
    with_outputs,
    without,
    without_pending,
    without_priorities,
)
from reconciler.engine.watchdog import Program, watching
from reconciler.errors import EngineError, ReconcilerError, Refused
from reconciler.progress import SILENT, Progress

if TYPE_CHECKING:
    from pulumi import automation

_PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
_NO_STACK = "no stack named"
"""What the engine says of a stack that the backend does not have."""
_RECORDED = "what was done is recorded; run the same command again"


class NotPutBack(EngineError):
    """Raised when what a run set aside cannot be put back into the state."""

    def __init__(self, name: str, error: ReconcilerError) -> None:
        super().__init__(
            f"the state of {name} could not be written at the end of this run: {error.message}",
            hint="nothing is lost: the state records what is missing; the next drift, accept, repair or up restores it",
        )

    def explanations(self) -> Iterator[tuple[str, str]]:
        """This error, and the error that was raised before it, if there was one."""
        yield self.message, self.hint
        before = self.__cause__
        while before := before and before.__context__:
            if isinstance(before, ReconcilerError) and before is not self.__cause__:
                yield from before.explanations()
                return


@dataclass
class Stack:
    """The stack of one environment. `root` is the folder with `Pulumi.yaml`.

    `environment` is for the engine and the provider: backend, passphrase, tenant and token.
    """

    name: str
    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    progress: Progress = SILENT
    withheld: Collection[str] = ()
    """Variables of this process that the engine does not get, because definitions refer to them."""
    original: Stack | None = None
    """The original of a copied stack: failures name the files of the original, which remain."""
    _opened: automation.Stack | None = field(default=None, init=False, repr=False)
    _state: State | None = field(default=None, init=False, repr=False)
    _holds_set_aside: bool = field(default=False, init=False, repr=False)
    _had_pending: bool = field(default=False, init=False, repr=False)
    _broken: list[str] | None = field(default=None, init=False, repr=False)

    @cached_property
    def project(self) -> str:
        """The name of the Pulumi project: part of every URN and of the location of the state."""
        return project_name(self.root)

    @property
    def location(self) -> str:
        """The location of the state, without credentials."""
        backend = self.environment.get("PULUMI_BACKEND_URL", "")
        shown = ("file://" if backend.startswith("file://") else "") + without_credentials(backend)
        return f"{shown or 'the default backend of Pulumi'} (project {self.project}, stack {self.name})"

    def preview(self, program: Program) -> Changes:
        """What `up` would change. The result includes the failures."""
        changes = Changes()
        stack = self._open()
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder) / "plan.json"
            self._run(
                changes,
                lambda: stack.preview(program=program, on_event=changes.observe, color="never", plan=str(plan)),
            )
            if plan.exists():  # not after a failure
                changes.update_plan = json.loads(plan.read_bytes())
        return changes

    def up(self, program: Program, *, targets: Sequence[str] | None = None) -> Changes:
        """Apply the program. The result includes the failures; the state has everything that was done."""
        changes = Changes()

        stack = self._open()
        self._state = None
        with interrupts.held(), watching() as watchdog, recorded(self._readable, changes.failures) as journal:

            def observe(event: Any) -> None:
                watchdog.observe(event)
                journal.record(event)
                if not (watchdog.cancelled and event.diagnostic_event):  # a consequence of ending the program
                    changes.observe(event)
                self.progress.count(changes.done, len(changes) or None)

            self._run(
                changes,
                lambda: stack.up(
                    program=watchdog.wrap(program),
                    on_event=observe,
                    color="never",
                    suppress_outputs=True,
                    target=list(targets) if targets else None,
                    # One failed object must not prevent the changes of others.
                    continue_on_error=True,
                ),
                _RECORDED,
            )
            changes.interrupted = interrupts.settle()
        return changes

    def refresh(self, urns: Sequence[str]) -> None:
        """Update these resources in the state from the tenant. If that fails, the state stays unchanged.

        Resources that are not in the state are skipped, because the engine would refuse them: the lists of an owner
        that was set aside went with it.
        """
        changes = Changes()
        stack = self._open()
        earlier = self.export()
        in_state = {resource["urn"] for resource in earlier.get("resources") or ()}
        urns = [urn for urn in urns if urn in in_state]
        if not urns:
            return
        self._state = None
        self._keep()
        try:
            self._run(changes, lambda: stack.refresh(target=urns, on_event=changes.observe, color="never"))
            if changes.failures:
                raise NotRefreshed(changes)
        except BaseException:
            self.restore(earlier)
            raise

    def break_locks(self, broken: list[str]) -> None:
        """From now on, remove locks of other runs, which are known to have ended; add their holders to `broken`.

        The lock of an engine that runs on this machine stays.
        """
        self._broken = broken

    def state(self) -> State:
        """The state, as last read or changed by this run. Empty for a stack that was never applied."""
        if local := self._local:
            clear_leftovers(local, self._broken)
        if self._state is None:
            self._state = parse(self._with_set_aside(self._read()))
        return self._state

    def deployment(self) -> Deployment:
        """The state as it is recorded, with what an interrupted run left in it."""
        if local := self._local:
            clear_leftovers(local)
        return self._read()

    def deployment_in_run(self) -> Deployment:
        """The same while the engine of this run has locked the state."""
        local = self._readable
        return local.deployment() if local else self._export(self._opened or self._open())

    def use_empty_state(self) -> None:
        """Continue without a state that cannot be read, as if nothing had been applied."""
        self._state = EMPTY

    @property
    def unverified(self) -> bool:
        """Whether the state may contain objects that a killed run deleted in the tenant."""
        return self._had_pending or bool((local := self._local) and local.unverified.exists())

    def mark_verified(self) -> None:
        """Record that all objects in the state exist in the tenant."""
        self._had_pending = False
        if local := self._local:
            local.unverified.unlink(missing_ok=True)

    def _read(self) -> Deployment:
        """The state: read from its file without the engine, or exported by the engine if it is not local."""
        local = self._readable
        if local is None:
            return self.export()
        recover_checkpoint(local)
        return local.deployment()

    def _keep(self) -> None:
        """Keep a copy of a local state before a change: the engine may fail while it writes."""
        if local := self._readable:
            keep_copy(local)

    @property
    def _local(self) -> LocalState | None:
        return LocalState.of(self.environment.get("PULUMI_BACKEND_URL", ""), self.root, self.project, self.name)

    @property
    def _readable(self) -> LocalState | None:
        """The local state, unless the engine compresses it: then only the engine can read it."""
        local = self._local
        compresses = any(os.environ.get(f"PULUMI_DIY_BACKEND_{name}") for name in ("GZIP", "ZSTD"))
        return None if local is None or compresses or local.is_compressed else local

    def clear_pending(self) -> None:
        """Remove the pending operations of an interrupted run, and restore what it had set aside."""
        deployment = self._read()
        pending = bool(deployment.get("pending_operations"))
        self._had_pending |= pending
        if pending or self._with_set_aside(deployment) is not deployment:
            self.restore(without_pending(self._with_set_aside(self.export())))
        else:
            self._state = parse(deployment)

    def _with_set_aside(self, deployment: Deployment) -> Deployment:
        """With what an interrupted run had set aside. What this run has set aside stays out."""
        kept = None if self._holds_set_aside else SetAside.from_interrupted_run(deployment)
        return kept.restored(deployment) if kept else deployment

    @contextmanager
    def copied(self, change: Callable[[Deployment], Deployment] = completed) -> Iterator[Stack]:
        """A copy of the stack in a temporary folder, with a changed state: this one stays as it is."""
        deployment = change(self.export())
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            copy_project(self.root, root, self.name)
            backend = root / "state"
            environment = {**self.environment, "PULUMI_BACKEND_URL": backend.as_uri()}
            if not any({**os.environ, **environment}.get(name) for name in _PASSPHRASES):
                environment["PULUMI_CONFIG_PASSPHRASE"] = secrets.token_hex()  # a state in a folder needs one
            copy = Stack(self.name, root, environment, self.progress, self.withheld, original=self)
            if self._readable:  # encrypted as the engine encrypts in a folder
                LocalState(backend, copy.project, copy.name).create(deployment)
            else:
                backend.mkdir()
                copy.restore(deployment)
            yield copy

    @property
    def set_aside_outputs(self) -> Mapping[str, str]:
        """The record of `set_aside`: a program has to export it, so that a killed run loses nothing."""
        return recorded_in(self.state().outputs) if self._holds_set_aside else {}

    def forget(self, urns: Collection[str]) -> None:
        """Remove resources from the state; they stay in the tenant."""
        if urns:
            self.restore(without(self.export(), urns))

    def forget_priorities(self, urns: Collection[str]) -> None:
        """Make the next `up` send the priorities of these resources, even unchanged ones."""
        if urns:
            self.restore(without_priorities(self.export(), urns))

    def set_aside(self, parts: SetAside, urns: Collection[str]) -> None:
        """Remove these resources from the state, and record in it what to put back: a killed run loses nothing."""
        self.replace(parts, without(self.export(), urns))

    def replace(self, parts: SetAside, deployment: Deployment) -> None:
        """Replace the state temporarily, and record in it what to put back: a killed run loses nothing."""
        self._holds_set_aside = True
        self.restore(parts.recorded(deployment))

    def put_back(self, parts: Callable[[], SetAside]) -> None:
        """Restore these parts of the earlier state, if `set_aside` was called. Raises `NotPutBack`."""
        if self._holds_set_aside:
            try:
                self.restore(parts().restored(self.export()))
            except ReconcilerError as error:
                raise NotPutBack(self.name, error) from error
            self._holds_set_aside = False

    def record(self, outputs: Mapping[str, Any]) -> None:
        """Add outputs to those of the last program."""
        self.restore(with_outputs(self._read(), outputs))

    def export(self) -> Deployment:
        """The state as the engine writes it, with encrypted secrets. The stack is created if it does not exist.

        The engine is started (`pulumi stack export`) only if it has to create the stack, or if the state is not local.
        """
        if (local := self._readable) and local.checkpoint.exists():
            clear_leftovers(local, self._broken)
            return self._read()
        return self._export(self._open())

    def _export(self, stack: automation.Stack) -> Deployment:
        try:
            return checked(dict(stack.export_stack().deployment or {}), self.location)
        except _command_errors() as error:
            raise self._failure(error) from error

    def export_existing(self) -> Deployment:
        """The same; empty if the backend has no such stack, which is not created. Needs no passphrase."""
        from reconciler.engine.command import EngineCommand

        command = EngineCommand(toolchain.ensure(self.progress), self.withheld)
        try:
            arguments = ["stack", "export", "--stack", self.name]
            exported = command.run(arguments, str(self.root), _ENGINE | dict(self.environment))
        except _command_errors() as error:
            if _NO_STACK in str(error):
                return {}
            raise self._failure(error) from error
        return checked(dict(json.loads(exported.stdout).get("deployment") or {}), self.location)

    def restore(self, deployment: Deployment) -> None:
        """Replace the state (`pulumi stack import`)."""
        from pulumi import automation

        stack = self._open()
        self._state = None
        self._keep()
        try:
            self._unlocked(lambda: stack.import_stack(automation.Deployment(version=3, deployment=deployment)))
        except _command_errors() as error:
            raise self._failure(error) from error

    def _open(self) -> automation.Stack:
        if local := self._local:
            clear_leftovers(local, self._broken)
        if local := self._readable:
            recover_checkpoint(local)
        if self._opened is None:
            from reconciler.engine import workspace

            # After a failed update, the engine may end before the SDK reports the program's end: no message needed.
            logging.getLogger("grpc._server").setLevel(logging.CRITICAL)
            # A killed engine truncates its events: no message needed either.
            warnings.filterwarnings("ignore", "Error in event stream", UserWarning)
            binary = toolchain.ensure(self.progress)
            environment = _ENGINE | _checkpoints(local) | dict(self.environment)
            try:
                exists = local.checkpoint.exists() if local else None
                opened = workspace.open_stack(self.name, self.root, environment, binary, self.withheld, exists)
            except _command_errors() as error:
                raise self._failure(error) from error
            self._opened = _without_queries(opened)
        return self._opened

    def _run(self, changes: Changes, work: Callable[[], object], hint: str = "") -> None:
        """Run an operation of the engine. Raises only errors that are not already among the failures in `changes`."""
        try:
            self._unlocked(work)
        except _command_errors() as error:
            if not changes.failures and not interrupts.pending():
                raise self._failure(error, hint) from error

    def _unlocked(self, work: Callable[[], object]) -> None:
        """Run an operation of the engine; once more, if the lock that refused it could be removed.

        The engine of a killed run may lock a state in a folder after our check of the locks, and end by itself.
        """
        from pulumi.automation.errors import ConcurrentUpdateError

        try:
            work()
        except ConcurrentUpdateError as error:
            if local := self._local:
                clear_leftovers(local, self._broken)
            elif self._broken is None or self._failures.runs_here(_words(error)):
                raise
            else:
                self._broken += self._failures.holders(_words(error)) or ["unknown"]
                self._open().cancel()
            work()

    @property
    def _failures(self) -> Failures:
        stack = self.original or self
        return Failures(stack.name, stack.project, stack.environment.get("PULUMI_BACKEND_URL", ""), stack.root)

    def _failure(self, error: Exception, hint: str = "") -> EngineError | Refused:
        """The error for the engine's own message, without the text that the Automation API adds."""
        from pulumi.automation.errors import ConcurrentUpdateError

        words, failures = _words(error), self._failures
        if isinstance(error, ConcurrentUpdateError):
            return failures.lock_held(words)
        return failures.explained(words, hint)


class NotRefreshed(EngineError):
    """Raised when resources cannot be read from the tenant."""

    def __init__(self, changes: Changes) -> None:
        super().__init__(
            "objects could not be refreshed: " + "; ".join(changes.failures),
            hint="the state is unchanged; fix the failures, or select only other findings",
        )
        self.failures = changes.failures
        """The failures, each with the kind and name of the object."""
        self.failed = changes.failed
        """The URNs of these objects."""


_ENGINE = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    # The provider is installed separately: a run never downloads one.
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
}


def _checkpoints(local: LocalState | None) -> dict[str, str]:
    """The setting for a local state, which the engine writes once, at the end of a run; the journal has the steps.

    Writing the whole state at every step makes the cost grow with the square of its size.
    """
    name = "PULUMI_SKIP_CHECKPOINTS"
    return {name: "true"} if local and name not in os.environ else {}


def _without_queries(stack: automation.Stack) -> automation.Stack:
    """Without the three engine runs in which the API queries outputs and history after an `up`: nothing uses these."""
    from pulumi.automation import UpdateSummary

    unknown = UpdateSummary("update", datetime.now(UTC), "", {}, {}, "succeeded")
    stack.outputs = dict  # type: ignore[method-assign]
    stack.info = lambda show_secrets=True: unknown  # type: ignore[method-assign]
    return stack


def _words(error: Exception) -> str:
    """What the engine said, without the text that the Automation API adds."""
    _, _, stderr = str(error).partition("stderr: ")
    return (stderr or str(error)).strip()


def _command_errors() -> tuple[type[Exception], ...]:
    from pulumi.automation import CommandError, RuntimeError

    return (CommandError, RuntimeError)
