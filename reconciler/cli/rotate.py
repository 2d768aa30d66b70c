"""`reconciler rotate`: renew client secrets and key pairs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import click

from reconciler.cli.audit import audited
from reconciler.cli.columns import aligned
from reconciler.cli.completion import environment_argument, rotatable
from reconciler.cli.console import paused, progress
from reconciler.cli.drift import UNREADABLE
from reconciler.cli.duration import Duration
from reconciler.cli.environment import reading
from reconciler.cli.formats import format_option
from reconciler.cli.messages import confirm, say, show
from reconciler.cli.settings import Settings, pass_settings
from reconciler.cli.up import require_terminal, yes_option
from reconciler.errors import ChangesFound
from reconciler.kinds import scopes
from reconciler.printable import printable, printable_json
from reconciler.reconciler import Reconciler
from reconciler.report.values import plural
from reconciler.rotation.due import DueReport, find_due
from reconciler.rotation.request import Request, Wanted
from reconciler.rotation.run import Run, prepared
from reconciler.watched.administration import API_TOKENS

_GRACE: Final = "7d"
_AGE: Final = Duration(timedelta(), timedelta(days=3650))


@click.command()
@environment_argument
@click.argument("app", required=False, shell_complete=rotatable)
@click.option("--own", is_flag=True, help="Rotate the key or API token with which the reconciler signs in.")
@click.option(
    "--to",
    metavar="REFERENCE",
    help="Where to write the new credential, such as vault:kv/apps/console#secret.  [default: where the definition "
    "refers to]",
)
@click.option(
    "--beside",
    metavar="REFERENCE",
    help="Where the next private key waits until Okta has its public key, and an old API token until it is revoked.  "
    "[default: beside the present one, with `_next` or `_old` after the key or file name]",
)
@click.option(
    "--new-token",
    metavar="REFERENCE",
    help="With --own: the new API token, which you created in the Admin Console, such as env:NEW_OKTA_TOKEN.",
)
@click.option(
    "--grace",
    type=_AGE,
    default=_GRACE,
    show_default=True,
    help="How long the old credential stays valid after the new one is in the store.",
)
@click.option("--due", "age", type=_AGE, help="List credentials of at least this age. With APP: rotate only if it is.")
@click.option("--overwrite", is_flag=True, help="Replace a value in the store that is no credential of the app.")
@click.option("--dry-run", is_flag=True, help="Show the steps. Change nothing.")
@yes_option
@format_option("text", "json", description="The format of the list of --due.")
@pass_settings
@click.pass_context
def rotate(
    context: click.Context,
    settings: Settings,
    environment: str,
    app: str | None,
    own: bool,
    to: str | None,
    beside: str | None,
    new_token: str | None,
    grace: timedelta,
    age: timedelta | None,
    overwrite: bool,
    dry_run: bool,
    yes: bool,
    form: str,
) -> None:
    """Renew the client secret or the key pair of APP in ENVIRONMENT, or list what is due.

    A rotation takes several runs of the same command. First, the new credential is made and written to the store, and
    both are valid. When the grace period is over, the old one is deactivated. Each run finds out where the rotation
    is: a run that was interrupted is continued by the next one.

    With --due and without APP, lists the old credentials: exits with 2 if there are any, and with 3 if some could not
    be read.
    """
    now = current_time()
    if app and own:
        raise click.UsageError("--own rotates the credential of the reconciler itself: leave out APP")
    if not (app or own):
        if age is None:
            raise click.UsageError("name an APP, or pass --own, or --due for a list")
        context.exit(_list_due(settings, environment, age, now, form))
    if not (yes or dry_run):
        require_terminal()
    wanted = Wanted(now, grace, age or timedelta(), overwrite)
    request = Request(wanted, app, to, beside, new_token)
    edits: list[str] = []
    with audited("rotate") as record:

        def done(step: str, diff: str) -> None:
            record.steps.append(step)
            edits.append(diff)

        try:
            with progress() as shown:
                reconciler = reading(settings, environment, shown)
                run = prepared(reconciler, request)
                with paused(shown):
                    _show_plan(run, environment)
                    if run.steps.steps and not (yes or dry_run):
                        confirm(f"Rotate the {run.rotation.word} of {run.rotation.of} in {environment}?")
                if run.steps.steps and not dry_run:
                    record.rotates = run.rotation.of
                    record.begin(reconciler)
                    run.carry_out(done)
        finally:  # whatever failed, these steps were done
            for step in record.steps:
                say(f"done: {step}")
            for diff in edits:
                show(diff)
    say(_sentence(run.steps.then))


def current_time() -> datetime:
    """The time by which credentials are due."""
    return datetime.now(UTC)


def _list_due(settings: Settings, environment: str, age: timedelta, now: datetime, form: str) -> int:
    """Print what is due, and return the exit code."""
    with progress() as shown:
        report = _due(reading(settings, environment, shown), age, now)
    show((as_json if form == "json" else as_text)(report, environment, age, now))
    for one in report.unreadable:
        say(f"not read: {one}", err=True)
    if report.without_tokens:
        say(f"API tokens are not listed: {report.without_tokens}", err=True)
    if report.unreadable:
        return UNREADABLE
    return ChangesFound.exit_code if report.due else 0


def _show_plan(run: Run, environment: str) -> None:
    say(f"{environment}: {run.rotation.word} of {run.rotation.of}")
    for number, step in enumerate(run.texts, start=1):
        say(f"  {number}. {step}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _due(reconciler: Reconciler, age: timedelta, now: datetime) -> DueReport:
    reconciler.progress.say("reading credentials")
    asked = [scope for scope in scopes.to_rotate() if scope.endswith(".read")]

    async def look() -> DueReport:
        async with reconciler.tenant.client(reconciler.progress, asked, [f"{API_TOKENS.scope}.read"]) as okta:
            return await find_due(reconciler, okta, age, now)

    return asyncio.run(look())


def as_text(report: DueReport, environment: str, age: timedelta, now: datetime) -> str:
    """Each credential on a line, with the command that rotates it below."""
    lines = [
        f"{environment}: {len(report.due)} of {plural(report.looked_at, 'credential')} at least {age.days} days old; "
        f"{plural(report.requests, 'request')}"
    ]
    rows = [(f"{one.age(now)} days", one.what, one.of, one.id, f"created {one.created:%Y-%m-%d}") for one in report.due]
    for line, one in zip(aligned([[*map(printable, row)] for row in rows]), report.due, strict=True):
        lines.append(f"  {line}")
        how = f"reconciler rotate {one.command}" if one.command else "replace it in the Admin Console"
        lines.append(f"      {how}")
    return "".join(f"{line}\n" for line in lines)


def as_json(report: DueReport, environment: str, age: timedelta, now: datetime) -> str:
    """All details."""
    return printable_json(
        {
            "environment": environment,
            "at_least_days": age.days,
            "looked_at": report.looked_at,
            "requests": report.requests,
            "due": [
                {
                    "of": one.of,
                    "what": one.what,
                    "id": one.id,
                    "created": one.created.isoformat(),
                    "age_days": one.age(now),
                    "command": f"reconciler rotate {one.command}" if one.command else None,
                }
                for one in report.due
            ],
            "unreadable": list(report.unreadable),
            "api_tokens_not_listed": report.without_tokens or None,
        }
    )
