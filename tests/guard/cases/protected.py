"""Plans for `protected`."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.plan import Plan
from tests.guard.worlds import groups, without, world_of
from tests.matches import with_outputs

GROUP = Address("group", "group-0")


def refused() -> Plan:
    """The document is gone, and with it the word `protect`."""
    return _removed(f"{GROUP}")


def passed() -> Plan:
    return _removed("group group-1")


def _removed(protected: str) -> Plan:
    plan = without(world_of(groups(3)), GROUP)
    return with_outputs(plan, {"protected": [protected]})
