"""`reconciler accept`: edit the definitions to match the tenant."""

from __future__ import annotations

from collections.abc import Sequence

import click

from reconciler.accept import Acceptance, prepare
from reconciler.accept import accept as make_it_so
from reconciler.adopt.run import read
from reconciler.cli.completion import environment_argument, findings_argument
from reconciler.cli.console import progress, show_failure
from reconciler.cli.drift import UNREADABLE
from reconciler.cli.environment import opened, provider_option, reading
from reconciler.cli.gaps import lacks_a_needed_part, report_gaps
from reconciler.cli.messages import confirm, say, show
from reconciler.cli.output import redactor_of
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.strict_credentials import strict_option
from reconciler.cli.up import require_terminal
from reconciler.detect import detect
from reconciler.drift import DRIFT, Comparison, Verdict, behind
from reconciler.drift.selection import NoSuchFinding, selected
from reconciler.matching import Match
from reconciler.report.values import plural

REFUSED = 4


@click.command()
@environment_argument
@findings_argument
@click.option("--yes", is_flag=True, help="Do not ask before editing the definitions.")
@click.option("--dry-run", is_flag=True, help="Print the edits as a diff. Change nothing.")
@click.option("--everywhere", is_flag=True, help="Edit the values that all environments of a document share.")
@provider_option
@strict_option
@pass_settings
@click.pass_context
def accept(
    context: click.Context,
    settings: Settings,
    environment: str,
    finding: Sequence[str],
    yes: bool,
    dry_run: bool,
    everywhere: bool,
    provider: str,
    strict: bool | None,
) -> None:
    """Edit the definitions of ENVIRONMENT to match its tenant. Does not change the tenant.

    Accepts the given FINDINGs (ids, beginnings of ids, or a kind and a name), or all drift. The values of other
    environments stay as they are. Exits with 4 if a finding cannot be accepted, and with 3 if it accepts all drift and
    an object of the kinds in use could not be read.
    """
    if not (yes or dry_run):
        require_terminal("edit the definitions")
    with progress() as shown:
        reconciler = reading(settings, environment, shown, strict=strict)
        detection = detect(reconciler)
        report, comparison = detection.report, detection.comparison
        unfinished = behind(comparison)
        try:
            findings = selected(report.findings, finding, report.ignored)
        except NoSuchFinding as missing:
            if not unfinished:
                raise
            say(f"{missing.message}: completing an interrupted accept", err=True)
            findings = []  # an earlier run was interrupted after it had edited the definitions
        if not finding:
            findings = [one for one in findings if one.verdict in DRIFT]
        if unfinished.unknown or any(one.verdict is Verdict.UNMANAGED for one in findings):
            comparison = Comparison.of(Match.of(comparison.match.in_state, read(reconciler)))
        finds = redactor_of(reconciler).finds
        acceptance = prepare(settings.definitions, comparison, findings, everywhere=everywhere, holds_secret=finds)
    if dry_run:
        show(acceptance.diff())
    else:
        if not yes and acceptance.accepted:
            show(acceptance.diff())
            confirm(f"Edit the definitions of {environment}?")
        desired = comparison.match.desired
        with (
            progress() as shown,
            opened(settings, environment, provider, shown, desired=desired, changes=False) as reconciler,
        ):
            finished = make_it_so(reconciler, acceptance)
        _report(acceptance, finished, environment)
    for one, error in acceptance.refused:
        show_failure(f"{one.subject} ({one.id}) cannot be accepted: {error}", error.hint)
    if not finding:
        report_gaps(report)
    incomplete = not finding and lacks_a_needed_part(report, comparison.match.desired.kinds)
    context.exit(REFUSED if acceptance.refused else UNREADABLE if incomplete else 0)


def _report(acceptance: Acceptance, finished: int, environment: str) -> None:
    if finished:
        say(f"recorded {plural(finished, 'object')} in the state of {environment}: the tenant matches the definitions")
    elif not (acceptance.accepted or acceptance.refused):
        say(f"no drift in {environment}: nothing to accept")
    for one, change in acceptance.accepted:
        say(f"accepted {one.id}  {one.subject}")
        say(f"    {change}")
