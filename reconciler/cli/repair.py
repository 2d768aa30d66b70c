"""`reconciler repair`: bring the tenant back to what is declared."""

from __future__ import annotations

from dataclasses import replace

import click

from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option, reading
from reconciler.cli.output import show_drift, show_plan
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.up import require_terminal, yes_option
from reconciler.drift import Verdict
from reconciler.drift.choose import chosen
from reconciler.repair import repair as bring_back
from reconciler.repair import repairable

_NOT_OURS = "of a kind that this environment does not change, or not delete (modes), or an expired entry of ignore.yaml"


@click.command()
@click.argument("environment")
@click.argument("finding", nargs=-1)
@yes_option
@click.option("--remove-unmanaged", is_flag=True, help="Also delete what nobody declared. Otherwise it stays.")
@provider_option
@pass_settings
def repair(
    settings: Settings, environment: str, finding: tuple[str, ...], yes: bool, remove_unmanaged: bool, provider: str
) -> None:
    """Bring the tenant of ENVIRONMENT back to what is declared, where drift shows that it is not.

    With FINDINGs, only these: ids, beginnings of ids, or kind and name. Other changes are then left alone, also those
    of the definitions that were not applied yet.
    """
    if not yes:
        require_terminal()
    with progress() as shown:
        reconciler = reading(settings, environment, shown)
        report, live = reconciler.drift()
    if not report.findings:
        click.echo(f"{environment} is as declared: nothing to repair")
        return
    findings, left = repairable(chosen(report.findings, finding), reconciler.desired, live)
    unmanaged = [one for one in findings if one.verdict is Verdict.UNMANAGED]
    if finding and left:
        raise click.UsageError(f"{left[0].subject} ({left[0].verdict}): {_NOT_OURS}")
    if finding and unmanaged and not remove_unmanaged:
        raise click.UsageError(f"nobody declared {unmanaged[0].subject}: say --remove-unmanaged to delete it")
    if not findings:
        click.echo(f"nothing to repair in {environment}; {len(left)} left: {_NOT_OURS}")
        return
    if not yes:
        show_drift(reconciler, replace(report, findings=findings))
        click.confirm(f"Bring the tenant of {environment} back?", abort=True)
    with progress() as shown, opened(settings, environment, provider, shown) as reconciler:
        changes = bring_back(reconciler, findings, live, remove_unmanaged=remove_unmanaged, targeted=bool(finding))
    show_plan(reconciler, changes, applied=True)
    if left:
        click.echo(f"{len(left)} left: {_NOT_OURS}", err=True)
