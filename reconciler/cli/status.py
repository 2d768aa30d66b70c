"""`reconciler status`: what each environment has, and what it lacks. Sends no request to a tenant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from reconciler.cli.completion import environments as complete_environments
from reconciler.cli.environment import BackendNotSet, backend_url, location_is_set, project_root
from reconciler.cli.formats import format_option
from reconciler.cli.history import history_at, history_location
from reconciler.cli.loading import know_referred, loaded
from reconciler.cli.messages import show
from reconciler.cli.settings import Settings, pass_settings
from reconciler.commit import LogEntry, commit_named, log_since
from reconciler.definitions import DefinitionsError, Desired, environment_names
from reconciler.engine.recorded import recorded_state
from reconciler.engine.stack import Stack
from reconciler.errors import ReconcilerError
from reconciler.history import Run
from reconciler.last_up import LastUp, last_up_in
from reconciler.report import Redactor
from reconciler.report.status import STATUS_FORMATS, EnvironmentStatus, PromotionStatus, Status
from reconciler.report.values import plural
from reconciler.tenant import Tenant

_HEAD = "HEAD"


@click.command()
@click.argument("environments", nargs=-1, metavar="[ENVIRONMENT]...", shell_complete=complete_environments)
@format_option(*STATUS_FORMATS)
@click.option(
    "--ref",
    default=_HEAD,
    show_default=True,
    metavar="COMMIT",
    help="The commit to compare with, such as origin/main.",
)
@pass_settings
@click.pass_context
def status(context: click.Context, settings: Settings, environments: tuple[str, ...], form: str, ref: str) -> None:
    """Show what each ENVIRONMENT has: commit and digest applied, when, by whom, and the drift at the last check.

    Also shows what it lacks: the commits that change the definitions since then, and what waits for promotion.

    Reads the states, the history and git, and sends no request to a tenant. Exits with 1 if definitions or a state
    cannot be read.
    """
    known = environment_names(settings.definitions)
    if unknown := [name for name in environments if name not in known]:
        raise click.UsageError(f"unknown environment {unknown[0]}; the environments are {', '.join(known)}")
    commit = commit_named(settings.definitions, ref)
    if ref != _HEAD and not commit:
        raise click.UsageError(f"--ref {ref}: there is no such commit here; fetch it, or name another")
    know_referred(settings)
    gathering = _Gathering(settings, project_root(settings.definitions), ref)
    found = Status(ref, commit, [gathering.status(name) for name in environments or known])
    redactor = Redactor(settings.known)
    show(redactor.redact(STATUS_FORMATS[form](redactor.redact(found))))
    context.exit(int(any(one.problem for one in found.environments)))


class _Gathering:
    """Gathers the status of environments; each state is read once."""

    def __init__(self, settings: Settings, root: Path, ref: str) -> None:
        self._settings, self._root, self._ref = settings, root, ref
        self._states: dict[tuple[str, str], LastUp | ReconcilerError | None] = {}

    def status(self, name: str) -> EnvironmentStatus:
        """The status of one environment."""
        desired, problem = self._desired(name)
        last, unreadable = self._last(name, desired)
        drift, drift_problem = self._drift(name)
        return EnvironmentStatus(
            name,
            desired.environment.url if desired else "",
            "; ".join(filter(None, [problem, unreadable])),
            last,
            last.definitions != desired.digest if last and desired else None,
            self._log(last.commit.id, self._ref) if last else None,
            drift,
            drift_problem,
            self._promotion(desired, last) if desired else None,
        )

    def _desired(self, name: str) -> tuple[Desired | None, str]:
        try:
            return loaded(self._settings, name), ""
        except DefinitionsError as error:
            count = plural(len(error.problems), "problem")
            return None, f"the definitions have {count}: run `reconciler validate`"

    def _last(self, name: str, desired: Desired | None, backend: str = "") -> tuple[LastUp | None, str]:
        """The last `up` of an environment, or why its state cannot be read."""
        if not backend and desired and not (location_is_set() or Tenant(desired.environment).is_local):
            return None, BackendNotSet(name).message
        key = (name, backend)
        if key not in self._states:
            stack = Stack(name, self._root, {"PULUMI_BACKEND_URL": backend or backend_url(self._root)})
            try:
                state = recorded_state(stack)
                self._states[key] = last_up_in(state) if state else None
            except ReconcilerError as error:
                self._states[key] = error
        found = self._states[key]
        if isinstance(found, ReconcilerError):
            return None, f"the state cannot be read: {found.message}"
        return found, ""

    def _drift(self, name: str) -> tuple[Run | None, str]:
        location = history_location(self._root)
        if "://" not in location and not Path(location).exists():
            return None, ""
        try:
            runs = history_at(location).load(name, 1).runs
        except ReconcilerError as error:
            return None, error.message
        return (runs[-1] if runs else None), ""

    def _promotion(self, desired: Desired, last: LastUp | None) -> PromotionStatus | None:
        promotion = desired.environment.promotion
        if promotion is None:
            return None
        before, problem = self._last(promotion.after, None, promotion.backend)
        if problem:
            return PromotionStatus(promotion.after, "not ready", problem)
        if before is None or not before.documents:
            return PromotionStatus(promotion.after, "not ready", "it has never taken definitions")
        if not before.clean:
            return PromotionStatus(promotion.after, "not ready", "its last `up` failed, was interrupted or still runs")
        if last and last.documents == before.documents:
            return PromotionStatus(promotion.after, "taken")
        commits = self._log(last.commit.id, before.commit.id) if last and before.commit.id else None
        return PromotionStatus(promotion.after, "waiting", commits=commits)

    def _log(self, since: str, until: str) -> Sequence[LogEntry] | None:
        return log_since(self._settings.definitions, since, until)
