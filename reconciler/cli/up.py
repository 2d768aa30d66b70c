"""`reconciler up`: apply the definitions to the tenant."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click

from reconciler import interrupts
from reconciler.cli.audit import audited, break_lock_option
from reconciler.cli.completion import environment_argument
from reconciler.cli.console import paused, progress
from reconciler.cli.environment import opened, provider_option, refresh_option
from reconciler.cli.messages import confirm
from reconciler.cli.output import formats_of, outputs_option, plan_format_option, show_plan
from reconciler.cli.overrides import guard_settings, overrides_option
from reconciler.cli.plan_files import check_saved, check_target, is_stated, plan_options, read_plan
from reconciler.cli.plans import assessed
from reconciler.cli.settings import Settings, pass_settings
from reconciler.engine.changes import Changes
from reconciler.last_up import mark_clean
from reconciler.plan import Override, Plan
from reconciler.planning import apply_plan, make_plan
from reconciler.reconciler import Reconciler
from reconciler.report import PLAN_FORMATS, ComparedWith

yes_option = click.option("--yes", is_flag=True, help="Do not ask before changing the tenant.")


@click.command()
@environment_argument
@yes_option
@plan_options
@plan_format_option
@outputs_option(PLAN_FORMATS)
@refresh_option
@break_lock_option
@provider_option
@overrides_option
@pass_settings
def up(
    settings: Settings,
    environment: str,
    yes: bool,
    plan_file: Path | None,
    max_age: timedelta,
    form: str | None,
    outputs: tuple[Path, ...],
    refresh: bool,
    break_lock: bool,
    provider: str,
    overrides: tuple[Override, ...],
) -> None:
    """Apply the definitions to the tenant of ENVIRONMENT, and undo changes made there since the last `up`.

    Shows the plan and asks, then applies exactly this plan: later changes of the definitions or the tenant do not
    become part of it. With --plan, applies a plan that `preview --save-plan` made, if nothing has changed since.

    The report at the end lists what was done, what failed and what was not tried. Exits with 1 if anything failed, with
    4 if the plan was refused, and with 130 (SIGINT) or 143 (SIGTERM, SIGHUP) if interrupted.
    """
    wanted = formats_of(outputs, form, PLAN_FORMATS)
    if not plan_file and is_stated("max_age"):
        raise click.UsageError("--max-age limits the age of a saved plan: pass --plan, too")
    saved = read_plan(plan_file, settings, max_age) if plan_file else None
    if saved and overrides:
        raise click.UsageError("--allow belongs to the plan: pass it to `preview --save-plan`")
    if saved and refresh != saved.refresh and is_stated("refresh"):
        raise click.UsageError("--refresh and --no-refresh belong to the plan: pass them to `preview --save-plan`")
    if saved:
        overrides = tuple(one.override for one in saved.overrides)
    if not (yes or saved):
        require_terminal()
    with audited("up", overrides) as run:
        with progress() as shown, opened(settings, environment, provider, shown) as reconciler:
            run.begin(reconciler)
            if break_lock:
                run.break_locks(reconciler)
            if plan_file and saved:
                run.plan = saved.digest
                check_target(plan_file, saved, reconciler)
            guards = guard_settings(settings, environment, reconciler.commit)
            plan = make_plan(reconciler, refresh=saved.refresh if saved else refresh)
            plan = assessed(reconciler, plan, guards, overrides, applies=True, saved=saved is not None)
            run.planned = plan.changes
            compared_with = ComparedWith(plan.refresh, plan.state.written)
            with paused(shown):
                if not _can_be_applied(plan):
                    show_plan(reconciler, plan.changes, wanted, compared_with=compared_with, plan=plan)
                    plan.raise_if_refused()
                elif saved:
                    check_saved(saved, settings, reconciler, plan)
                elif len(plan.changes) and not yes:
                    show_plan(reconciler, plan.changes, compared_with=compared_with, plan=plan)
                    confirm(f"Change the tenant of {environment}?")
            interrupts.raise_if_lost()
            run.changes = _applied(reconciler, plan)
        show_plan(reconciler, run.changes, wanted, applied="up", compared_with=compared_with, plan=plan)


def _can_be_applied(plan: Plan) -> bool:
    return not plan.changes.failures and not any(result.refuses for result in plan.guards)


def _applied(reconciler: Reconciler, plan: Plan) -> Changes:
    try:
        changes = apply_plan(reconciler, plan)
        mark_clean(reconciler.stack, changes)
        return changes
    except KeyboardInterrupt:  # before the engine began
        return Changes(interrupted=True)


def require_terminal(purpose: str = "change the tenant") -> None:
    """Raise `click.UsageError` without a terminal to ask on: the error says what `--yes` would allow."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"no terminal to ask on: pass --yes to {purpose}")
