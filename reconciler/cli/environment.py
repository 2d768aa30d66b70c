"""One environment, opened: its definitions, its stack and its tenant, as commands use them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from reconciler.apply import Reconciler
from reconciler.baseline import Baselines
from reconciler.cli.loading import loaded
from reconciler.cli.settings import Settings
from reconciler.engine.project import PROJECT_FILE
from reconciler.engine.stack import Stack
from reconciler.errors import EngineError, ReconcilerError
from reconciler.progress import Progress
from reconciler.tenant import Tenant

STATE_FOLDER = ".state"

provider_option = click.option(
    "--provider",
    type=click.Choice(["auto", "official", "stand-in"]),
    default="auto",
    show_default=True,
    help="The provider: the official plugin, or the stand-in for a sandbox.",
)


refresh_option = click.option(
    "--refresh/--no-refresh",
    default=True,
    show_default=True,
    help="Compare with the tenant as well, and undo what somebody changed or deleted there; or with the state only.",
)


@contextmanager
def opened(
    settings: Settings, name: str, provider: str, progress: Progress, *, changes: bool = True
) -> Iterator[Reconciler]:
    """The environment of this name, ready for the engine, which `changes` the tenant or only looks."""
    progress.say("checking the definitions")
    desired = loaded(settings, name)
    root = project_root(settings.definitions)
    tenant = Tenant(desired.environment, settings.known)
    with tenant.provider(provider, changes=changes) as provider_settings:
        stack = Stack(name, root, {**provider_settings, **engine_settings(root, tenant)}, progress)
        yield Reconciler(desired, stack, tenant, baselines(root), progress)


def reading(settings: Settings, name: str, progress: Progress) -> Reconciler:
    """The environment of this name, for work that changes nothing and needs no provider."""
    desired = loaded(settings, name)
    root = project_root(settings.definitions)
    tenant = Tenant(desired.environment, settings.known)
    stack = Stack(name, root, engine_settings(root, tenant), progress)
    return Reconciler(desired, stack, tenant, baselines(root), progress)


def baselines(root: Path) -> Baselines:
    """Where baselines are kept: `RECONCILER_BASELINES` (a path or URL), or beside the local state."""
    return Baselines(os.environ.get("RECONCILER_BASELINES") or str(root / STATE_FOLDER / "baselines"))


def project_root(definitions: Path) -> Path:
    """The folder with `Pulumi.yaml`: the definitions' folder, or the nearest one around it."""
    folder = definitions.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / PROJECT_FILE).is_file():
            return candidate
    raise ReconcilerError(
        f"no {PROJECT_FILE} in {folder} or around it",
        hint="run this in a checkout, or give --definitions a folder inside one",
    )


def backend_url(root: Path) -> str:
    """Where the state is kept: `PULUMI_BACKEND_URL`, or a folder beside `Pulumi.yaml`."""
    return os.environ.get("PULUMI_BACKEND_URL") or (root / STATE_FOLDER).as_uri()


def engine_settings(root: Path, tenant: Tenant) -> dict[str, str]:
    """Where the state is kept, and what encrypts the secrets in it.

    The state of a local tenant is worth nothing to anybody, so that its passphrase may be known to all.
    """
    backend = backend_url(root)
    if not os.environ.get("PULUMI_BACKEND_URL"):
        (root / STATE_FOLDER).mkdir(exist_ok=True)
    settings = {"PULUMI_BACKEND_URL": backend}
    given = any(os.environ.get(name) for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"))
    if given or backend.startswith("https://"):
        return settings
    if tenant.is_local:
        return settings | {"PULUMI_CONFIG_PASSPHRASE": "sandbox"}
    raise EngineError(
        "the state of a real tenant needs a passphrase for the secrets in it",
        hint="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or use Pulumi Cloud (PULUMI_BACKEND_URL)",
    )
