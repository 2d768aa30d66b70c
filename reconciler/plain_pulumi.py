"""The program of a plain `pulumi up`: the engine, the state and the provider come from Pulumi itself."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reconciler.actor import actor
from reconciler.commit import commit_of
from reconciler.definitions import load
from reconciler.engine.state import EMPTY
from reconciler.last_up import LastUp
from reconciler.matching.look_up import look_up_referred
from reconciler.plan.protection import protection_outputs
from reconciler.program import Found, declare
from reconciler.tenant import Tenant


def standalone(definitions: Path, environment: str) -> None:
    """Declare the resources of an environment, in the running Pulumi program.

    Objects that exist in the tenant but not in the state are not recognised: only `reconciler up` imports them.
    """
    desired = load(definitions, environment)
    tenant = Tenant(desired.environment)

    async def look() -> Found:
        async with tenant.client() as client:
            return await look_up_referred(desired, client)

    with ThreadPoolExecutor(1) as thread:  # the SDK runs programs inside its own event loop
        found = thread.submit(lambda: asyncio.run(look())).result()
    last_up = LastUp.now(desired, commit_of(definitions), actor())
    declare(desired, found, tenant.secrets, {**last_up.outputs, **protection_outputs(desired, EMPTY)})
