"""`reconciler doctor`: check the setup, and say how to fix it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from reconciler.cli.checks import Check
from reconciler.cli.completion import environments as complete_environments
from reconciler.cli.console import progress
from reconciler.cli.doctor_ci import Job, ci_checks
from reconciler.cli.doctor_tenant import tenant
from reconciler.cli.environment import BackendNotSet, backend_url, engine_settings, project_root, tenant_of
from reconciler.cli.formats import format_option
from reconciler.cli.loading import know_referred, loaded
from reconciler.cli.messages import say, show
from reconciler.cli.settings import Settings, pass_settings
from reconciler.definitions import DefinitionsError, environment_names
from reconciler.definitions.files import ENVIRONMENTS
from reconciler.definitions.model import Environment
from reconciler.engine import toolchain
from reconciler.engine.backend import check_passphrase, has_state
from reconciler.engine.local_state import without_credentials
from reconciler.engine.stack import Stack
from reconciler.engine.toolchain.plugin import INSTALL, PLUGIN_VERSION, ensure_plugin, official_plugin
from reconciler.errors import ReconcilerError
from reconciler.printable import printable_json
from reconciler.report.values import plural
from reconciler.tenant import Tenant


@click.command()
@format_option("text", "json")
@click.option("--install", is_flag=True, help="Install Pulumi and the official provider plugin first.")
@click.option(
    "--ci",
    "environment",
    metavar="ENVIRONMENT",
    shell_complete=complete_environments,
    help="Check only what a job needs to change this environment, and how GitHub protects it.",
)
@click.option(
    "--job",
    type=click.Choice(["up", "preview", "drift"]),
    default="up",
    show_default=True,
    help="What the job of --ci does: change the environment, or only read it.",
)
@pass_settings
@click.pass_context
def doctor(
    context: click.Context, settings: Settings, form: str, install: bool, environment: str | None, job: Job
) -> None:
    """Check Pulumi, the definitions, and the state, secrets and tenant of each environment.

    Changes nothing in a tenant or a state. Exits with 1 if something is missing that commands need.
    """
    checks: list[Check] = []
    know_referred(settings)
    if install:
        with progress() as shown:
            toolchain.ensure(shown)
            ensure_plugin(shown)
    for check in ci_checks(settings, environment, job) if environment else all_checks(settings):
        checks.append(check)
        if form == "text":
            say(f"{check.status.ljust(7)}  {check.what}")
            if not check.ok and check.hint:
                say(f"         {check.hint}")
    if form == "json":
        show(printable_json([check.as_json for check in checks]))
    context.exit(int(any(check.status == "missing" for check in checks)))


def all_checks(settings: Settings) -> Iterator[Check]:
    """The checks of this machine, then those of each environment."""
    yield from machine()
    root: Path | None = None
    try:
        root = project_root(settings.definitions)
        yield Check(True, f"Pulumi project: {root}")
    except ReconcilerError as error:
        yield Check(False, error.message, error.hint)
    yield from environments(settings, root)


def machine() -> Iterator[Check]:
    """The engine and the provider."""
    cli = toolchain.find()
    yield Check(
        cli is not None,
        f"Pulumi: {cli}" if cli else f"Pulumi {toolchain.PINNED} or newer",
        f"run `{INSTALL}`; validate, schema, kinds, sandbox and drift work without it",
    )
    plugin = official_plugin()
    yield Check(
        plugin is not None,
        f"Okta provider plugin {PLUGIN_VERSION}" + (f": {plugin}" if plugin else " is not installed"),
        f"only real tenants need it; local tenants use the stand-in. To install it: `{INSTALL}`",
        needed=False,
    )


def environments(settings: Settings, root: Path | None) -> Iterator[Check]:
    """The definitions, the state, the secrets and the tenant of each environment."""
    names = environment_names(settings.definitions)
    if not names:
        folder = settings.definitions / ENVIRONMENTS
        hint = (
            f"write one, such as {folder / 'staging.yaml'} (docs/definitions.md), or pass another folder: --definitions"
        )
        yield Check(False, f"no environment is defined in {folder}", hint)
    for name in names:
        try:
            desired = loaded(settings, name)
        except DefinitionsError as error:
            what = f"{name}: the definitions have {plural(len(error.problems), 'problem')}"
            yield Check(False, what, "run `reconciler validate` to list them")
            continue
        yield Check(True, f"{name}: {len(desired.declarations)} objects declared")
        if root:
            yield from state(desired.environment, root)
        yield from tenant(tenant_of(settings, desired), desired)


def state(environment: Environment, root: Path) -> Iterator[Check]:
    """Where the state is, and whether it can be opened: with Pulumi, the passphrase, and no lock held."""
    name, backend = environment.name, backend_url(root)
    location = f"{name}: the state is in {without_credentials(backend)}"
    if toolchain.find() is None:
        yield Check(False, f"{location}; Pulumi is needed to open it", "install Pulumi first: see above")
        return
    try:
        stack = Stack(name, root, engine_settings(root, Tenant(environment)))
        begun = has_state(stack)
        resources = len(stack.state().resources) if begun else 0
        if begun:
            check_passphrase(stack)
    except BackendNotSet as error:
        yield Check(False, f"{name}: {error.message}", error.hint)
        return
    except ReconcilerError as error:
        message = error.message.replace(backend, without_credentials(backend))
        yield Check(False, f"{location}; it cannot be opened: {message}", error.hint)
        return
    yield Check(True, f"{location}: {resources} objects" if begun else f"{location}; the first `up` creates it")
