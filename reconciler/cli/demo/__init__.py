"""`reconciler demo`: the main job from beginning to end, on two local tenants."""

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
    """Run the main job on two local tenants.

    Applies the definitions to a staging and a production tenant on this machine, lets somebody change production
    behind the repository's back, and shows that this is found and repaired. Every step is one of the other commands,
    and the demo fails if one does not do what it says. No other machine is asked, and the checkout stays as it is.
    """
    from reconciler.sandbox import process

    began = time.monotonic()
    reports = reports.resolve()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reconciler-demo-")))
        tenants = {name: stack.enter_context(process.start()) for name in ENVIRONMENTS}
        workplace = Workplace.prepare(folder, settings.definitions, {name: t.url for name, t in tenants.items()})
        environment = workplace.secrets({name: t.token for name, t in tenants.items()})
        run = Commands(folder, environment)

        run("Are the definitions right?", "validate")
        for name in ENVIRONMENTS:
            run(f"What would change in {name}?", "preview", name, show=run.LAST_LINE)
            run(f"Change it: apply the definitions to {name}", "up", name, "--yes", show=run.LAST_LINE)
        run("Is there anything left to do?", "preview", "production", "--expect-no-changes", show=run.LAST_LINE)
        run("Is production as declared?", "drift", "production", show=run.LAST_LINE)

        say("")
        say("Somebody changes production behind the repository's back", bold=True)
        for said in make_console_changes(tenants["production"].url):
            say(f"  · {said}")
        files = ["-", str(reports / "drift.json"), str(reports / "drift.html")]
        outputs = [word for file in files for word in ("--output", file)]
        run("Is production as declared?", "drift", "production", *outputs, expect=FOUND)
        run.expect_findings(reports / "drift.json", {change.finding for change in CHANGES})
        run("Bring it back", "repair", "production", "--yes", "--remove-unmanaged")
        run("Is production as declared?", "drift", "production", expect=NOTHING)
    say("")
    say(f"Done in {time.monotonic() - began:.0f} s. Look at {os.path.relpath(reports / 'drift.html')}", bold=True)
