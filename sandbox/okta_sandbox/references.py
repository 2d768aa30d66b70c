"""References between objects: an id that does not exist is refused, as in Okta.

Okta's text for a policy with an unknown group is recorded in okta/terraform-provider-okta#1302.
"""

from collections.abc import Iterable

from okta_sandbox.errors import invalid, invalid_field
from okta_sandbox.json_types import Json
from okta_sandbox.tenant import Tenant


def require(tenant: Tenant, kind: str, identifiers: Json, field: str, displayed_kind: str = "") -> None:
    """Refuse ids that do not exist. `displayed_kind` is the name of the kind in Okta's refusal."""
    unknown = [each for each in _ids(identifiers) if tenant.store.get(kind, each) is None]
    if unknown:
        raise invalid_field(field, f"Resource(s) not found: {', '.join(unknown)} ({displayed_kind or kind})")


def require_people(tenant: Tenant, conditions: Json, field: str = "conditions.people") -> None:
    """Require the users and groups of `conditions.people` of a policy or rule."""
    people = conditions.get("people") if isinstance(conditions, dict) else None
    for kind, name in (("User", "users"), ("UserGroup", "groups")):
        part = people.get(name) if isinstance(people, dict) else None
        for side in ("include", "exclude"):
            if isinstance(part, dict) and part.get(side):
                require(tenant, kind, part[side], f"{field}.{name}.{side}")


def require_zones(tenant: Tenant, conditions: Json) -> None:
    """Require the network zones of `conditions.network` of a rule."""
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
    """Require the device assurance policies of `conditions.device` of a rule."""
    device = conditions.get("device") if isinstance(conditions, dict) else None
    assurance = device.get("assurance") if isinstance(device, dict) else None
    if isinstance(assurance, dict):
        require(tenant, "DeviceAssurancePolicyEntity", assurance.get("include"), "conditions.device.assurance.include")


def require_named(tenant: Tenant, body: Json, references: Iterable[tuple[str, str]], within: str) -> None:
    """Require the objects that `references` name: pairs of a dotted path within a body and a kind."""
    for path, kind in references:
        require(tenant, kind, _at(body, path.split(".")), f"{within}.{path}")


def _at(value: Json, steps: list[str]) -> list[Json]:
    """The values at a path; a list on the way stands for each of its items."""
    if isinstance(value, list):
        return [found for each in value for found in _at(each, steps)]
    if not steps:
        return [value]
    return _at(value[steps[0]], steps[1:]) if isinstance(value, dict) and steps[0] in value else []


def _ids(identifiers: Json) -> Iterable[str]:
    return [each for each in identifiers if isinstance(each, str)] if isinstance(identifiers, list) else []
