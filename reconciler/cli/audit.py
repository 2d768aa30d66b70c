"""The audit of a command that may change a tenant: it begins before anything is changed and ends with the command."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.actor import actor
from reconciler.audit import Audit, AuditLine, AuditNotWritten, AuditOverride, as_json, counts, new_run
from reconciler.cli.console import show_error
from reconciler.cli.environment import STATE_FOLDER
from reconciler.cli.messages import say
from reconciler.cli.output import redactor_of
from reconciler.engine.changes import Changes
from reconciler.engine.leftovers import LockHeld
from reconciler.errors import ChangesFound, ReconcilerError, Refused
from reconciler.file_formats import NewerFormat
from reconciler.interrupts import BY_KEYBOARD, Interrupted
from reconciler.plan import Override
from reconciler.reconciler import Reconciler


@dataclass
class AuditedRun:
    """One run. What becomes known during the run is assigned to it."""

    command: str
    overrides: Sequence[Override] = ()
    """The overrides of guards that the run uses."""
    plan: str = ""
    """The digest of the saved plan that it applies."""
    planned: Changes | None = None
    """The changes that were planned, before the question."""
    changes: Changes | None = None
    """The changes that were made."""
    broken_locks: list[str] = field(default_factory=list)
    rotates: str = ""
    """The app whose credential is renewed."""
    steps: list[str] = field(default_factory=list)
    """What was done to renew it."""
    _reconciler: Reconciler | None = None
    _begun: AuditLine | None = None

    def begin(self, reconciler: Reconciler) -> None:
        """Write the first line, once. Raises `AuditNotWritten`; the run must then change nothing."""
        if self._begun:
            return
        self._reconciler, desired, who = reconciler, reconciler.desired, actor()
        line = AuditLine(
            event="begin",
            run=new_run(),
            time=datetime.now(UTC),
            command=self.command,
            environment=desired.environment.name,
            tenant=desired.environment.url,
            commit=reconciler.commit.id,
            dirty=reconciler.commit.dirty,
            definitions=desired.digest,
            documents=desired.documents,
            by=who.name,
            ci_run=who.run,
            tool=reconciler.this_up.tool,
            plan=self.plan,
            overrides=tuple(map(_override, self.overrides)),
            rotates=self.rotates,
        )
        self._write(line)
        self._begun = line

    def break_locks(self, reconciler: Reconciler) -> None:
        """Remove the locks of other runs, and record that."""
        self.begin(reconciler)
        reconciler.stack.break_locks(self.broken_locks)

    def report_unfinished(self) -> None:
        """Name the runs that began and did not end, according to the audit: one of them may hold the lock."""
        if self._reconciler is None or self._begun is None:
            return
        try:
            others = audit_of(self._reconciler.stack.root).unfinished(self._begun.environment)
        except AuditNotWritten:
            return  # it is only a help
        except NewerFormat as error:
            say(f"the runs that have not ended are not known: {error.message}", err=True)
            return
        for one in others:
            if one.run != self._begun.run:
                where = f" ({one.ci_run})" if one.ci_run else ""
                began = f"{one.time:%Y-%m-%d %H:%M} UTC"
                say(f"not ended according to the audit: `{one.command}` by {one.by} since {began}{where}", err=True)

    def end(self, error: BaseException | None) -> None:
        """Write the last line, if the run has begun. Raises `AuditNotWritten`."""
        if self._begun is None:
            return
        for holder in self.broken_locks:
            say(f"removed the lock of another run: {holder}", err=True)
        made = self.changes
        planned = self.planned if made is None else made
        end, code = _end(error)
        self._write(
            self._begun.model_copy(
                update={
                    "event": "end",
                    "time": datetime.now(UTC),
                    "plan": self.plan,
                    "overrides": tuple(map(_override, self.overrides)),
                    "broken_locks": tuple(self.broken_locks),
                    "steps": tuple(self.steps),
                    "planned": None if planned is None else counts(change.operation for change in planned),
                    "outcomes": None if made is None else counts(outcome for _, outcome in made.outcomes),
                    "end": end,
                    "exit": code,
                    "message": _message(error),
                }
            )
        )

    def _write(self, line: AuditLine) -> None:
        assert self._reconciler is not None
        redacted = AuditLine.model_validate(redactor_of(self._reconciler).redact(line.model_dump()))
        audit_of(self._reconciler.stack.root).add(redacted)
        if line.event == "end" and actor().ci and not os.environ.get("RECONCILER_AUDIT"):
            say(f"audit: {as_json(redacted)}", err=True)  # the checkout, and the file in it, may be deleted now


break_lock_option = click.option(
    "--break-lock",
    is_flag=True,
    help="Remove the lock of another run, which is known to have ended. The lock of a run on this machine that "
    "still runs stays.",
)


@contextmanager
def audited(command: str, overrides: Sequence[Override] = ()) -> Iterator[AuditedRun]:
    """A run of a command; `begin` it before anything is changed."""
    run = AuditedRun(command, overrides)
    try:
        yield run
    except BaseException as error:
        if isinstance(error, LockHeld):
            run.report_unfinished()
        try:
            run.end(error)
        except AuditNotWritten as not_written:
            show_error(not_written)  # besides the error that ended the run
        raise
    run.end(None)


def audit_of(root: Path) -> Audit:
    """The audit: at `RECONCILER_AUDIT` (a path or URL), or beside the local state."""
    return Audit(os.environ.get("RECONCILER_AUDIT") or str(root / STATE_FOLDER / "audit"))


def _override(one: Override) -> AuditOverride:
    return AuditOverride(rule=one.rule, object=one.object, reason=one.reason, by=one.by, at=one.at)


def _end(error: BaseException | None) -> tuple[str, int]:
    """How a run ended, and its exit code."""
    match error:
        case None:
            return "done", 0
        case click.Abort() if not isinstance(error.__cause__, Interrupted):
            return "declined", BY_KEYBOARD
        case click.Abort():
            return "interrupted", error.__cause__.exit_code  # type: ignore[union-attr]  # see the case above
        case Interrupted():
            return "interrupted", error.exit_code
        case KeyboardInterrupt():
            return "interrupted", BY_KEYBOARD
        case Refused():
            return "refused", error.exit_code
        case ChangesFound():
            return "done", error.exit_code
        case ReconcilerError():
            return "failed", error.exit_code
        case click.ClickException():
            return "failed", 64
        case _:
            return "failed", 1


def _message(error: BaseException | None) -> str:
    if isinstance(error, ReconcilerError):
        return "; ".join(_first_lines(message for message, _ in error.explanations()))
    return "" if error is None or isinstance(error, click.Abort) else str(error)


def _first_lines(texts: Iterable[str]) -> Iterator[str]:
    """The first lines: later ones may quote another program."""
    return (text.partition("\n")[0] for text in texts)
