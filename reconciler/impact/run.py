"""Adds the effects to a plan, after reading what they need."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from reconciler.impact.effects import effects
from reconciler.impact.reading import NOTHING_READ, WhatWasRead, read, wanted
from reconciler.plan import Plan
from reconciler.progress import SILENT, Progress
from reconciler.tenant import Tenant


def with_effects(plan: Plan, tenant: Tenant, progress: Progress = SILENT) -> Plan:
    """The plan with its effects. Only a plan that removes or relates something sends requests (see `reading`).

    What could not be read becomes a note of the changes.
    """
    needed, found = wanted(plan), NOTHING_READ
    if needed:
        progress.say("reading affected people and objects")

        async def work() -> WhatWasRead:
            async with tenant.client(progress) as client:
                return await read(client, plan, needed, progress)

        found = asyncio.run(work())
    plan.changes.notes += found.notes
    return replace(plan.with_effects(effects(plan, found)), gaps=(*plan.gaps, *found.gaps))
