"""`_links` of an object: related addresses and their methods."""

from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant


def link(tenant: Tenant, path: str, *methods: str) -> JsonObject:
    """One link; `methods` become `hints.allow`."""
    href: JsonObject = {"href": tenant.url(path)}
    return {**href, "hints": {"allow": list(methods)}} if methods else href


def lifecycle_link(tenant: Tenant, path: str, status: str, *methods: str) -> JsonObject:
    """The link to the other status: `deactivate` while ACTIVE, `activate` otherwise."""
    verb = "deactivate" if status == "ACTIVE" else "activate"
    return {verb: link(tenant, f"{path}/lifecycle/{verb}", *methods)}


def standard_links(tenant: Tenant, record: Record, path: str) -> JsonObject:
    """`self` and the lifecycle link, as most kinds have. A system object has no DELETE."""
    methods = ("GET", "PUT") if record.body.get("system") else ("GET", "PUT", "DELETE")
    return {
        "self": link(tenant, path, *methods),
        **lifecycle_link(tenant, path, str(record.body.get("status")), "POST"),
    }
