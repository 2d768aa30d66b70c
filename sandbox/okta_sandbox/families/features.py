"""Self-service features: `/api/v1/features`."""

from okta_sandbox.body import Body
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family
from okta_sandbox.errors import invalid, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

STATUSES = {"ENABLE": "ENABLED", "DISABLE": "DISABLED"}


def _links(tenant: Tenant, feature: Record) -> JsonObject:
    path = f"{FEATURES.path}/{feature.id}"
    verb = "disable" if feature.body["status"] == "ENABLED" else "enable"
    return {
        verb: link(tenant, f"{path}/{verb}", "POST"),
        "self": link(tenant, path),
        "dependents": link(tenant, f"{path}/dependents"),
        "dependencies": link(tenant, f"{path}/dependencies"),
    }


FEATURES = Collection(
    kind="Feature",
    path="/api/v1/features",
    item="feature",
    prefix="ftr",
    model=Body,
    events=Events("Feature", activate="system.feature.enable", deactivate="system.feature.disable"),
    operations=("list", "read"),
    stamps=NO_STAMPS,
    links=_links,
)


def _dependencies(tenant: Tenant, feature: Record) -> list[Record]:
    """The features that a feature requires."""
    needed = feature.private["dependencies"]
    return [each for each in tenant.store.all(FEATURES.kind) if each.body["name"] in needed]


def _dependents(tenant: Tenant, feature: Record) -> list[Record]:
    """The features that require a feature."""
    others = tenant.store.all(FEATURES.kind)
    return [each for each in others if feature.body["name"] in each.private["dependencies"]]


def list_dependencies(call: Call) -> Answer:
    """GET .../dependencies."""
    needed = _dependencies(call.tenant, FEATURES.named_in(call))
    return Answer(200, [FEATURES.view(call.tenant, each) for each in needed])


def list_dependents(call: Call) -> Answer:
    """GET .../dependents."""
    needing = _dependents(call.tenant, FEATURES.named_in(call))
    return Answer(200, [FEATURES.view(call.tenant, each) for each in needing])


def update_lifecycle(call: Call) -> Answer:
    """POST .../enable or .../disable; `mode=force` also switches its dependencies or dependents."""
    feature, verb = FEATURES.named_in(call), call.params["lifecycle"].upper()
    if verb not in STATUSES:
        raise invalid_field("lifecycle", "The lifecycle has to be ENABLE or DISABLE.")
    _set(call, feature, verb, force=call.query.get("mode") == "force")
    return Answer(200, FEATURES.view(call.tenant, FEATURES.named_in(call)))


def _set(call: Call, feature: Record, verb: str, *, force: bool) -> None:
    related = (_dependencies if verb == "ENABLE" else _dependents)(call.tenant, feature)
    for other in (each for each in related if each.body["status"] != STATUSES[verb]):
        if not force:
            raise invalid("feature", f"feature: '{other.body['name']}' has to be {STATUSES[verb].lower()} first.")
        _set(call, other, verb, force=force)
    if feature.body["status"] != STATUSES[verb]:
        changed = call.tenant.store.change(feature, {**feature.body, "status": STATUSES[verb]})
        FEATURES.log(call, FEATURES.events.activate if verb == "ENABLE" else FEATURES.events.deactivate, changed)


FAMILY = Family(
    (FEATURES,),
    (
        Route("GET", f"{FEATURES.item_path}/dependencies", list_dependencies),
        Route("GET", f"{FEATURES.item_path}/dependents", list_dependents),
        Route("POST", f"{FEATURES.item_path}/{{lifecycle}}", update_lifecycle),
    ),
    scope="okta.features",
)
