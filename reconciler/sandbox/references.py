"""Objects that name other objects by id: a reference to nothing is refused, as Okta does.

Okta's text for a policy that names an unknown group is recorded in okta/terraform-provider-okta#1302.
"""

from collections.abc import Iterable

from reconciler.sandbox.errors import invalid, invalid_field
from reconciler.sandbox.json_types import Json
from reconciler.sandbox.tenant import Tenant


def require(tenant: Tenant, kind: str, identifiers: Json, field: str, spoken_of: str = "") -> None:
    """Refuse ids of a kind that do not exist; `spoken_of` is what Okta calls the kind in the refusal."""
    unknown = [each for each in _ids(identifiers) if tenant.store.get(kind, each) is None]
    if unknown:
        raise invalid_field(field, f"Resource(s) not found: {', '.join(unknown)} ({spoken_of or kind})")


def require_people(tenant: Tenant, conditions: Json, field: str = "conditions.people") -> None:
    """The users and groups of a policy's or a rule's `conditions.people`."""
    people = conditions.get("people") if isinstance(conditions, dict) else None
    for kind, name in (("User", "users"), ("UserGroup", "groups")):
        part = people.get(name) if isinstance(people, dict) else None
        for side in ("include", "exclude"):
            if isinstance(part, dict) and part.get(side):
                require(tenant, kind, part[side], f"{field}.{name}.{side}")


def require_zones(tenant: Tenant, conditions: Json) -> None:
    """The network zones of a rule's `conditions.network`."""
    network = conditions.get("network") if isinstance(conditions, dict) else None
    if not isinstance(network, dict) or network.get("connection") != "ZONE":
        return
    include, exclude = network.get("include"), network.get("exclude")
    if bool(include) == bool(exclude):
        reason = "You should either include or exclude network zones when you use zones in the policy rule."
        raise invalid("conditions.network", f"conditions.network: {reason}")
    for side, zones in (("include", include), ("exclude", exclude)):
        named = [zone for zone in zones or () if zone != "ALL_ZONES"]
        require(tenant, "NetworkZone", named, f"conditions.network.{side}")


def require_devices(tenant: Tenant, conditions: Json) -> None:
    """The device assurance policies of a rule's `conditions.device`."""
    device = conditions.get("device") if isinstance(conditions, dict) else None
    assurance = device.get("assurance") if isinstance(device, dict) else None
    if isinstance(assurance, dict):
        require(tenant, "DeviceAssurancePolicyEntity", assurance.get("include"), "conditions.device.assurance.include")


def _ids(identifiers: Json) -> Iterable[str]:
    return [each for each in identifiers if isinstance(each, str)] if isinstance(identifiers, list) else []
