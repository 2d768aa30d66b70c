"""`_links`: where one can go from an object, and with which methods."""

from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant


def link(tenant: Tenant, path: str, *methods: str) -> JsonObject:
    """One link; `methods` are its `hints.allow`, and without methods it has no hints."""
    href: JsonObject = {"href": tenant.url(path)}
    return {**href, "hints": {"allow": list(methods)}} if methods else href


def switch(tenant: Tenant, path: str, status: str, *methods: str) -> JsonObject:
    """The link to the other state: `deactivate` while ACTIVE, `activate` otherwise."""
    verb = "deactivate" if status == "ACTIVE" else "activate"
    return {verb: link(tenant, f"{path}/lifecycle/{verb}", *methods)}


def usual_links(tenant: Tenant, record: Record, path: str) -> JsonObject:
    """`self` and the lifecycle: what most kinds have. A system object cannot be deleted."""
    methods = ("GET", "PUT") if record.body.get("system") else ("GET", "PUT", "DELETE")
    return {
        "self": link(tenant, path, *methods),
        **switch(tenant, path, str(record.body.get("status")), "POST"),
    }
