"""`reconciler demo`: the whole workflow, on two local tenants."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

import click

from reconciler.cli.demo.commands import Commands
from reconciler.cli.demo.console_changes import CHANGES, make_console_changes
from reconciler.cli.demo.workplace import ENVIRONMENTS, Workplace
from reconciler.cli.extras import LOCAL_TENANT
from reconciler.cli.messages import say
from reconciler.cli.settings import Settings, pass_settings

NOTHING, FOUND = 0, 2


@click.command()
@click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/demo"),
    show_default=True,
    help="The folder for the drift reports.",
)
@pass_settings
def demo(settings: Settings, reports: Path) -> None:
    """Show the whole workflow on two local tenants.

    Applies the definitions to a staging and a production tenant on this machine, changes production outside the
    repository, and shows how the drift is detected and repaired. Every step runs another command; the demo fails if one
    does not end as expected. It contacts no other machine and does not change the checkout.
    """
    with LOCAL_TENANT.needed():
        from okta_sandbox import process

    began = time.monotonic()
    reports = reports.resolve()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reconciler-demo-")))
        tenants = {name: stack.enter_context(process.start()) for name in ENVIRONMENTS}
        workplace = Workplace.prepare(folder, settings.definitions, {name: t.url for name, t in tenants.items()})
        environment = workplace.secrets({name: t.token for name, t in tenants.items()})
        run = Commands(folder, environment)

        run("Check the definitions", "validate")
        for name in ENVIRONMENTS:
            run(f"Preview the changes in {name}", "preview", name, show=run.LAST_LINE)
            run(f"Apply the definitions to {name}", "up", name, "--yes", show=run.LAST_LINE)
        run("Check that nothing is left to apply", "preview", "production", "--expect-no-changes", show=run.LAST_LINE)
        run("Check production for drift", "drift", "production", show=run.LAST_LINE)

        say("")
        say("Change production outside the repository", bold=True)
        for description in make_console_changes(tenants["production"].url):
            say(f"  · {description}")
        files = ["-", str(reports / "drift.json"), str(reports / "drift.html")]
        outputs = [word for file in files for word in ("--output", file)]
        run("Detect the drift of production", "drift", "production", *outputs, expect=FOUND)
        run.expect_findings(reports / "drift.json", {change.finding for change in CHANGES})
        run("Repair production", "repair", "production", "--yes", "--remove-unmanaged")
        run("Check production for drift again", "drift", "production", expect=NOTHING)
    say("")
    say(f"Done in {time.monotonic() - began:.0f} s. See {os.path.relpath(reports / 'drift.html')}", bold=True)
