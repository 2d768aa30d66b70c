"""`reconciler doctor --ci`: what a job for one environment needs, and what it must not have."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx

from reconciler.cli.checks import GRANT, Check
from reconciler.cli.environment import backend_url, engine_settings, project_root, tenant_of
from reconciler.cli.loading import loaded
from reconciler.cli.protection import protection
from reconciler.cli.settings import Settings
from reconciler.definitions import Desired
from reconciler.definitions.secrets import SecretMissing, secrets_of
from reconciler.engine import toolchain
from reconciler.engine.backend import check_passphrase, has_state
from reconciler.engine.local_state import without_credentials
from reconciler.engine.passphrase import VARIABLES
from reconciler.engine.stack import Stack
from reconciler.engine.toolchain.plugin import INSTALL, PLUGIN_VERSION, check_plugin, official_plugin, recorded_checksum
from reconciler.errors import ReconcilerError
from reconciler.kinds import scopes
from reconciler.least_privilege import Needs, needs
from reconciler.okta.sign_in import PrivateKey
from reconciler.superfluous import DANGEROUS, granted, to_do_more_than_read
from reconciler.tenant import Tenant

Job = Literal["preview", "drift", "up"]


def ci_checks(settings: Settings, name: str, job: Job) -> Iterator[Check]:
    """The checks of a job for one environment. Raises `DefinitionsError` if its definitions are not valid."""
    desired = loaded(settings, name)
    yield Check(True, f"{name}: {len(desired.declarations)} objects declared")
    tenant = tenant_of(settings, desired)
    yield from _programs(tenant)
    yield from _state(name, project_root(settings.definitions), tenant, job)
    if job == "up":
        yield from _secrets(desired, tenant)
    yield from _credentials(tenant, job, needs(job, desired.kinds, desired.managed_kinds))
    if job == "up":
        yield from protection(name, approval=desired.environment.pins.approval, environ=os.environ)


def _secrets(desired: Desired, tenant: Tenant) -> Iterator[Check]:
    """The secrets that an `up` would send and cannot read."""
    found = [(one, secret) for one in desired.managed.values() for secret in secrets_of(one)]
    tenant.secrets.begin((reference, source) for _, (_, reference, source) in found)
    for declaration, (path, reference, source) in found:
        try:
            tenant.secrets(reference, source)
        except SecretMissing as error:
            what = f"{desired.environment.name}: {path} of {declaration.address}: {error.message}"
            yield Check(False, what, error.hint)


def _programs(tenant: Tenant) -> Iterator[Check]:
    engine = toolchain.find()
    what = f"Pulumi: {engine}" if engine else f"Pulumi {toolchain.PINNED} or newer is not installed"
    yield Check(engine is not None, what, f"run `{INSTALL}`")
    plugin = official_plugin()
    if plugin is None:
        what = f"Okta provider plugin {PLUGIN_VERSION} is not installed"
        yield Check(False, what, f"run `{INSTALL}`", needed=not tenant.is_local)
        return
    try:
        checked = check_plugin(plugin)
    except ReconcilerError as error:
        yield Check(False, error.message, error.hint)
        return
    yield Check(True, f"Okta provider plugin {PLUGIN_VERSION}: {plugin}")
    if not checked and recorded_checksum() is None:
        hint = "on a machine you trust, run `python -m reconciler.engine.toolchain --plugin --record`, and commit it"
        yield Check(False, "the checksum of the plugin is not recorded for this platform", hint, not tenant.is_local)


def _state(name: str, root: Path, tenant: Tenant, job: Job) -> Iterator[Check]:
    backend = backend_url(root)
    location = f"{name}: the state is in {without_credentials(backend)}"
    try:
        stack = Stack(name, root, engine_settings(root, tenant, changes=job == "up"))
        begun = has_state(stack)
        if begun:
            check_passphrase(stack) if job == "up" else stack.export_existing()
    except ReconcilerError as error:
        message = error.message.replace(backend, without_credentials(backend))
        yield Check(False, f"{location}; it cannot be opened: {message}", error.hint)
        return
    yield Check(True, location if begun else f"{location}; the first `up` creates it")
    if job != "up" and (given := [variable for variable in VARIABLES if os.environ.get(variable)]):
        hint = f"a {job} needs no passphrase: remove the secret from this job"
        yield Check(False, f"{name}: {given[0]} is set, which decrypts the state", hint)


def _credentials(tenant: Tenant, job: Job, found: Needs) -> Iterator[Check]:
    name, url = tenant.environment.name, tenant.environment.url
    more = DANGEROUS - scopes.to_change() if job == "up" else to_do_more_than_read()

    async def ask(auth: httpx.Auth) -> None:
        async with tenant.client_with(auth) as client:
            await client.get(f"{scopes.PROBED.path}?limit=1")

    try:
        auth = tenant.auth(scopes.to_change() if job == "up" else scopes.to_read(), found.useful)
        asyncio.run(ask(auth))
        too_many = granted(tenant, more)
    except ReconcilerError as error:
        yield Check(False, f"{name}: {error.message}", error.hint)
        return
    yield Check(True, f"{name}: {url} accepts the credentials")
    if not isinstance(auth, PrivateKey):
        hint = "use a service app with a private key, and grant it only the scopes that the job needs"
        yield Check(False, f"{name}: an API token can do whatever its owner can", hint, needed=False)
        return
    if lacking := set(found.needed) - auth.granted:
        yield Check(False, f"{name}: the service app lacks {', '.join(sorted(lacking))}", GRANT)
    if unseen := found.all - auth.granted - lacking:
        what = f"{name}: `{job}` will not see everything: the service app lacks {', '.join(sorted(unseen))}"
        yield Check(False, what, GRANT, needed=False)
    if too_many:
        what = f"{name}: the service app has scopes that `{job}` does not need: {', '.join(sorted(too_many))}"
        yield Check(False, what, "revoke them in the Admin Console: Applications > the app > Okta API Scopes")
    elif not lacking:
        count = len(found.needed)
        yield Check(True, f"{name}: the service app has the {count} scopes that `{job}` needs, and no other known one")
