"""Resource sets: `/api/v1/iam/resource-sets`. They limit custom roles.

A resource is given by its API URL or its ORN. It is shown with both where the URL is known.
"""

import re
from urllib.parse import unquote_plus, urlsplit

from okta_sandbox import system_log
from okta_sandbox.body import Body, absent, read, required_text
from okta_sandbox.collection import Collection, Events, Family, Unique
from okta_sandbox.errors import already_exists, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.custom_roles import PAGING, find_by_label
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

DIRECTORY = {"users", "groups", "devices"}  # all others are in the service `idp`
KINDS = {"users": "User", "groups": "UserGroup", "apps": "AppInstance", "authorizationServers": "AuthorizationServer"}


class _ResourceSet(Body):
    label: str = required_text()
    description: str = required_text(1000)
    resources: list[str] | None = absent()


class _Additions(Body):
    additions: list[str]


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    resources = body.pop("resources", None) or []
    return {**body, "_private": {"resources": resources}}


def _add_initial_resources(call: Call, resource_set: Record) -> None:
    for resource in resource_set.private["resources"]:
        _add_resource(call, resource_set, resource)


def _links(tenant: Tenant, resource_set: Record) -> JsonObject:
    path = f"{RESOURCE_SETS.path}/{resource_set.id}"
    return {
        "bindings": link(tenant, f"{path}/bindings"),
        "resources": link(tenant, f"{path}/resources"),
        "self": link(tenant, path),
    }


RESOURCE_SETS = Collection(
    kind="ResourceSet",
    path="/api/v1/iam/resource-sets",
    item="set",
    prefix="iam",
    model=_ResourceSet,
    events=Events("RESOURCE_SET", "iam.resourceset.create", "iam.resourceset.update", "iam.resourceset.delete"),
    paging=PAGING,
    unique=Unique(lambda body: str(body["label"]), lambda name: already_exists("label")),
    title=lambda body: str(body["label"]),
    alias=find_by_label("ResourceSet"),
    complete=_complete,
    created=_add_initial_resources,
    links=_links,
    wrapped_in="resource-sets",
)


def record_event(call: Call, event: str, resource_set: Record) -> None:
    """Record a System Log event of a resource set."""
    target = system_log.target(resource_set.id, "RESOURCE_SET", RESOURCE_SETS.title(resource_set.body))
    system_log.record(call, f"iam.resourceset.{event}", target)


def _record_removal(call: Call, resource: Record) -> None:
    record_event(call, "resources.delete", RESOURCE_SETS.named_in(call))


RESOURCES = Collection(
    kind="ResourceSetResource",
    path="/api/v1/iam/resource-sets/{set}/resources",
    item="resource",
    prefix="ire",
    model=Body,
    events=Events("RESOURCE"),
    parent=RESOURCE_SETS,
    operations=("list", "read", "delete"),
    paging=PAGING,
    removed=_record_removal,
    links=lambda tenant, resource: {"self": {"href": resource.private["href"]}} if resource.private["href"] else {},
    wrapped_in="resources",
)


def _add_resource(call: Call, resource_set: Record, resource: str) -> None:
    tenant, now = call.tenant, call.tenant.now()
    orn, href = _named(tenant, resource)
    if any(each.body["orn"] == orn for each in tenant.store.all(RESOURCES.kind, resource_set.id)):
        return
    body = {"orn": orn, "created": now, "lastUpdated": now}
    identifier = tenant.identifiers.new(RESOURCES.prefix)
    tenant.store.add(RESOURCES.kind, identifier, body, resource_set.id, {"href": href})


def _named(tenant: Tenant, resource: str) -> tuple[str, str]:
    """ORN and URL of a resource; the URL is empty if only the ORN is known."""
    if re.fullmatch(r"orn:\w+:\w+:\w+:[\w:.*-]+", resource):
        return resource, ""
    address = urlsplit(resource)
    steps = address.path.removeprefix("/api/v1/").split("/")
    if not address.path.startswith("/api/v1/") or not all(steps):
        raise invalid_field("resources", f"{resource} is neither an ORN nor the address of a resource.")
    if len(steps) > 1 and steps[0] in KINDS and tenant.store.get(KINDS[steps[0]], steps[1]) is None:
        raise invalid_field("resources", f"Resource not found: {steps[1]} ({KINDS[steps[0]]})")
    if len(steps) > 2 and steps[0] == "groups":
        steps[2:] = ["contained_resources"]
    service = "directory" if steps[0] in DIRECTORY else "idp"
    steps[0] = re.sub(r"(?=[A-Z])", "_", steps[0]).lower()
    if named := re.search(r'name eq "(\w+)"', unquote_plus(address.query)):
        steps.append(named[1])
    return ":".join(("orn:okta", service, str(tenant.org["id"]), *steps)), resource


def _add_resources(call: Call) -> Answer:
    resource_set = RESOURCE_SETS.named_in(call)
    for resource in read(_Additions, call.json())["additions"]:
        _add_resource(call, resource_set, resource)
    record_event(call, "resources.add", resource_set)
    return Answer(200, RESOURCE_SETS.view(call.tenant, resource_set))


FAMILY = Family(
    (RESOURCE_SETS, RESOURCES),
    (Route("PATCH", RESOURCES.path, _add_resources),),
    scope="okta.roles",
)
