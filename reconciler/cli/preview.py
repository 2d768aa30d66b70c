"""`reconciler preview`: what `up` would change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from reconciler.blind_preview import blind
from reconciler.cli.completion import environment_argument
from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option, refresh_option
from reconciler.cli.output import formats_of, outputs_option, plan_format_option, show_plan
from reconciler.cli.overrides import guard_settings, overrides_option
from reconciler.cli.plan_files import check_separate, save_plan_option
from reconciler.cli.plan_files import save_plan as write_plan
from reconciler.cli.plans import assessed
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.strict_credentials import strict_option
from reconciler.errors import ChangesFound
from reconciler.plan import Override
from reconciler.planning import make_plan
from reconciler.report import PLAN_FORMATS, ComparedWith
from reconciler.report.values import plural


@click.command()
@environment_argument
@click.option("--expect-no-changes", is_flag=True, help="Exit with 2 if there are changes.")
@plan_format_option
@outputs_option(PLAN_FORMATS)
@save_plan_option
@refresh_option
@provider_option
@overrides_option
@strict_option
@pass_settings
def preview(
    settings: Settings,
    environment: str,
    expect_no_changes: bool,
    form: str | None,
    outputs: tuple[Path, ...],
    save_plan: Path | None,
    refresh: bool,
    provider: str,
    overrides: tuple[Override, ...],
    strict: bool | None,
) -> None:
    """Show what `up` would change in ENVIRONMENT. Changes nothing in the tenant.

    Exits with 4 if a guard refuses the plan.
    """
    wanted = formats_of(outputs, form, PLAN_FORMATS)
    check_separate(save_plan, outputs)
    with (
        progress() as shown,
        opened(settings, environment, provider, shown, changes=False, writes=False, strict=strict) as seeing,
        blind(seeing) as copy,
    ):
        guards = guard_settings(settings, environment, seeing.commit)
        plan = make_plan(copy.reconciler, refresh=refresh)
        plan = replace(plan, secrets_not_compared=tuple(copy.uncompared))
        plan.changes.notes += map(str, copy.uncompared)
        plan = assessed(seeing, plan, guards, overrides, applies=False)
    compared_with = ComparedWith(refresh, plan.state.written)
    if save_plan and not plan.changes.failures:
        write_plan(save_plan, settings, seeing, plan, overrides)
    show_plan(seeing, plan.changes, wanted, compared_with=compared_with, plan=plan)
    plan.raise_if_refused()
    if expect_no_changes and (count := len(plan.changes)):
        raise ChangesFound(f"{plural(count, 'change')} where none were expected", hint="see the preview above")
