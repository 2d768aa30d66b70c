"""An environment as commands use it: its definitions, its stack and its tenant."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from reconciler.baseline import Baselines
from reconciler.cli.loading import loaded
from reconciler.cli.settings import Settings
from reconciler.cli.strict_credentials import check_credentials
from reconciler.definitions import Desired
from reconciler.definitions.files import environment_files
from reconciler.definitions.secrets import secrets_of
from reconciler.engine import passphrase
from reconciler.engine.project import PROJECT_FILE
from reconciler.engine.stack import Stack
from reconciler.errors import EngineError, FileNotWritten, ReconcilerError
from reconciler.progress import Progress
from reconciler.provider import provider_of
from reconciler.reconciler import Reconciler
from reconciler.tenant import Tenant

STATE_FOLDER = ".state"
_VARIABLE = re.compile(r"\benv:(\w+)")

provider_option = click.option(
    "--provider",
    type=click.Choice(["auto", "official", "stand-in"]),
    default="auto",
    show_default=True,
    help="The Pulumi provider: the official plugin, or the stand-in for a sandbox.",
)


refresh_option = click.option(
    "--refresh/--no-refresh",
    default=True,
    show_default=True,
    help="Compare with the tenant and restore what was changed or deleted there, or compare with the state only.",
)


@contextmanager
def opened(
    settings: Settings,
    name: str,
    provider: str,
    progress: Progress,
    *,
    desired: Desired | None = None,
    changes: bool = True,
    writes: bool = True,
    strict: bool | None = False,
) -> Iterator[Reconciler]:
    """The environment of this name, with a provider.

    `changes` says whether the run changes the tenant: otherwise it asks only for scopes to read. `writes` says whether
    it writes the state: otherwise it needs no passphrase. A run that has loaded the definitions passes them on.
    `strict` is the option `--strict-credentials`.
    """
    progress.say("checking the definitions")
    desired = desired or loaded(settings, name)
    root = project_root(settings.definitions)
    tenant = tenant_of(settings, desired)
    with provider_of(tenant, provider, changes=changes) as provider_settings:
        environment = {**provider_settings, **engine_settings(root, tenant, changes=writes)}
        check_credentials(tenant, strict)
        stack = Stack(name, root, environment, progress, referred(settings.definitions, desired))
        yield Reconciler(desired, stack, tenant, baselines(root), progress, settings.definitions, secret=tenant.secrets)


def reading(
    settings: Settings, name: str, progress: Progress, *, stateless: bool = False, strict: bool | None = False
) -> Reconciler:
    """The environment of this name, for commands that only read and need no provider.

    A `stateless` command also works for a real tenant that has no state yet. `strict` is the option
    `--strict-credentials`.
    """
    desired = loaded(settings, name)
    root = project_root(settings.definitions)
    tenant = tenant_of(settings, desired)
    environment = engine_settings(root, tenant, changes=False, stateless=stateless)
    check_credentials(tenant, strict)
    stack = Stack(name, root, environment, progress, referred(settings.definitions, desired))
    return Reconciler(desired, stack, tenant, baselines(root), progress, settings.definitions, secret=tenant.secrets)


def tenant_of(settings: Settings, desired: Desired) -> Tenant:
    """The tenant of an environment, for this run."""
    return Tenant(desired.environment, settings.known, settings.sign_ins)


def referred(definitions: Path, desired: Desired) -> frozenset[str]:
    """The variables with secrets of this environment's definitions and with the credentials of all environments.

    The program passes these secrets to the provider; the engine and plugins do not get the variables.
    """
    references = {reference for reference, _ in desired.environment.secrets}
    for declaration in desired.declarations.values():
        references |= {reference for _, reference, _ in secrets_of(declaration)}
    texts = [path.read_text("utf-8", errors="replace") for path in environment_files(definitions).values()]
    return frozenset(_VARIABLE.findall("\n".join([*sorted(references), *texts])))


def baselines(root: Path) -> Baselines:
    """The location of baselines: `RECONCILER_BASELINES` (a path or URL), or beside the local state."""
    return Baselines(os.environ.get("RECONCILER_BASELINES") or str(root / STATE_FOLDER / "baselines"))


def project_root(definitions: Path) -> Path:
    """The folder with `Pulumi.yaml`: the definitions' folder or its nearest parent."""
    folder = definitions.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / PROJECT_FILE).is_file():
            return candidate
    raise ReconcilerError(
        f"no {PROJECT_FILE} in {folder} or its parents",
        hint="run the command in a repository, which `reconciler init` creates, or name its folder: --definitions",
    )


def location_is_set() -> bool:
    """Whether `PULUMI_BACKEND_URL` says where the states are."""
    return bool(os.environ.get("PULUMI_BACKEND_URL"))


def backend_url(root: Path) -> str:
    """The location of the state: `PULUMI_BACKEND_URL`, or a folder beside `Pulumi.yaml`."""
    return os.environ.get("PULUMI_BACKEND_URL") or (root / STATE_FOLDER).as_uri()


class BackendNotSet(EngineError):
    """Raised when `PULUMI_BACKEND_URL` is not set, and the tenant is a real one.

    A state in the checkout would be lost with it: an `up` in CI would then delete nothing that was removed from the
    definitions, and `--expect-no-changes` would find nothing.
    """

    def __init__(self, environment: str) -> None:
        super().__init__(
            f"PULUMI_BACKEND_URL is not set: the state of {environment} has no location that outlives this checkout",
            hint="set it to a bucket (s3://, gs://, azblob://) or to Pulumi Cloud (https://api.pulumi.com); "
            "for a folder on this machine, set it to that folder: file:///srv/okta-state",
        )


def engine_settings(root: Path, tenant: Tenant, *, changes: bool = True, stateless: bool = False) -> dict[str, str]:
    """The location of the state and its passphrase. Reading the state needs none.

    The state of a local tenant holds no real secrets, so its passphrase is a constant, and its default location is in
    the checkout. Raises `BackendNotSet` for a real tenant without a location, unless the command is `stateless`.
    """
    if not (tenant.is_local or stateless or location_is_set()):
        raise BackendNotSet(tenant.environment.name)
    backend = backend_url(root)
    if changes and not os.environ.get("PULUMI_BACKEND_URL"):
        _make(root / STATE_FOLDER)
    settings = {"PULUMI_BACKEND_URL": backend}
    given = any(os.environ.get(name) for name in passphrase.VARIABLES)
    if given or backend.startswith("https://"):
        return settings
    if tenant.is_local:
        return settings | {"PULUMI_CONFIG_PASSPHRASE": passphrase.KNOWN}
    if not changes:
        return settings
    raise EngineError(
        "the state of a real tenant needs a passphrase that encrypts its secrets",
        hint="set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or use Pulumi Cloud (PULUMI_BACKEND_URL)",
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise FileNotWritten(folder, error) from error
