"""`reconciler repair`: bring the tenant back to what is declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import click

from reconciler.cli.console import progress
from reconciler.cli.environment import opened, provider_option, reading
from reconciler.cli.output import show_drift, show_plan
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.up import require_terminal, yes_option
from reconciler.detect import detect
from reconciler.drift import Finding, Verdict
from reconciler.drift.choose import chosen
from reconciler.repair import repair as bring_back
from reconciler.repair import repairable

_LEFT = {
    Verdict.PENDING: "the definitions changed: reconciler up applies them",
    Verdict.BEYOND: "no definition can state it: put it right in the tenant, or accept it",
    Verdict.EXPIRED: "renew the entry of ignore.yaml, or take it out",
    Verdict.UNREADABLE: "nothing is known of it: reconciler drift says why",
    Verdict.UNMANAGED: "nobody declared it: --remove-unmanaged deletes it, where the kind is authoritative",
}
_OBSERVED = "its kind is only observed here (modes)"


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

    With FINDINGs, only these: ids, beginnings of ids, or kind and name. Only what drifted is touched: definitions that
    were not applied yet stay so.
    """
    if not yes:
        require_terminal()
    with progress() as shown:
        reconciler = reading(settings, environment, shown)
        report, live = detect(reconciler)
    if not report.findings and not finding:
        click.echo(f"{environment} is as declared: nothing to repair")
        return
    findings, left = repairable(chosen(report.findings, finding, report.ignored), reconciler.desired, live)
    if not remove_unmanaged:
        left += [one for one in findings if one.verdict is Verdict.UNMANAGED]
        findings = [one for one in findings if one.verdict is not Verdict.UNMANAGED]
    if finding and left:
        raise click.UsageError(f"{left[0].subject} cannot be repaired: {_why(left[0])}")
    if not findings:
        click.echo(f"nothing to repair in {environment}")
        _tell(left)
        return
    if not yes:
        show_drift(reconciler, replace(report, findings=findings))
        click.confirm(f"Bring the tenant of {environment} back?", abort=True)
    with progress() as shown, opened(settings, environment, provider, shown) as reconciler:
        changes = bring_back(reconciler, findings, live, remove_unmanaged=remove_unmanaged)
    show_plan(reconciler, changes, applied=True)
    _tell(left)


def _why(finding: Finding) -> str:
    return _LEFT.get(finding.verdict, _OBSERVED)


def _tell(left: Sequence[Finding]) -> None:
    """What stays, and what can be done about it."""
    for (verdict, why), count in Counter((one.verdict, _why(one)) for one in left).items():
        click.echo(f"{count} {verdict} left alone: {why}", err=True)
