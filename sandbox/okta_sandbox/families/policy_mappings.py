"""Policy mappings and policy clones: `/api/v1/policies/{id}/mappings`, `/api/v1/policies/{id}/clone`.

A mapping is not stored. It follows from the policies of an app, and its id from the ids of policy and app.
"""

import hashlib
from typing import Literal

from okta_sandbox import system_log
from okta_sandbox.body import Body, read, required_text
from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid_field, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.apps import APPS
from okta_sandbox.families.policies import APP_MEMBERS, POLICIES, apps_of, copy_rules, default_policy, map_app
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

PATH = f"{POLICIES.item_path}/mappings"
ITEM = f"{PATH}/{{mapping}}"
MAPPING = "PolicyMapping"


class _Mapping(Body):
    resourceId: str = required_text()
    resourceType: Literal["APP"] = "APP"


def _id(policy: Record, app: Record) -> str:
    return f"map{hashlib.sha256(f'{policy.id} {app.id}'.encode()).hexdigest()[:17]}"


def _show(tenant: Tenant, policy: Record, app: Record) -> JsonObject:
    path = f"{POLICIES.path}/{policy.id}"
    return {
        "id": _id(policy, app),
        "_links": {
            "application": link(tenant, f"{APPS.path}/{app.id}", "GET"),
            "policy": link(tenant, path, "GET"),
            "self": link(tenant, f"{path}/mappings/{_id(policy, app)}", "GET", "DELETE"),
        },
    }


def _named_in(call: Call) -> tuple[Record, Record]:
    policy, wanted = POLICIES.named_in(call), call.params["mapping"]
    for app in apps_of(call.tenant, policy):
        if _id(policy, app) == wanted:
            return policy, app
    raise not_found(wanted, MAPPING)


def list_mappings(call: Call) -> Answer:
    """GET of all mappings of a policy."""
    policy = POLICIES.named_in(call)
    return Answer(200, [_show(call.tenant, policy, app) for app in apps_of(call.tenant, policy)])


def read_one(call: Call) -> Answer:
    """GET of a mapping."""
    return Answer(200, _show(call.tenant, *_named_in(call)))


def create(call: Call) -> Answer:
    """POST: replace the policy of that type of the app."""
    policy, sent = POLICIES.named_in(call), read(_Mapping, call.json())
    if policy.body["type"] not in APP_MEMBERS:
        raise invalid_field("policyId", "The policy cannot be mapped to an application.")
    app = APPS.find(call.tenant, sent["resourceId"])
    map_app(call.tenant, app, policy)
    system_log.record(call, "policy.mapping.create", POLICIES.as_target(policy), APPS.as_target(app))
    return Answer(200, _show(call.tenant, policy, app))


def delete(call: Call) -> Answer:
    """DELETE: the app gets the default policy of that type."""
    policy, app = _named_in(call)
    map_app(call.tenant, app, default_policy(call.tenant, policy.body["type"]))
    return NO_CONTENT


def clone(call: Call) -> Answer:
    """POST .../clone: a copy of an access policy, with its rules."""
    policy = POLICIES.named_in(call)
    if policy.body["type"] != "ACCESS_POLICY":
        raise invalid_field("policyId", "Only access policies can be cloned.")
    copied = {name: policy.body.get(name) for name in ("type", "description")}
    copy = POLICIES.add(call, {**copied, "name": f"[cloned] {policy.body['name']}"})
    copy_rules(call, policy, copy)
    return Answer(200, POLICIES.view(call.tenant, copy))


FAMILY = Family(
    endpoints=(
        Route("GET", PATH, list_mappings),
        Route("POST", PATH, create),
        Route("GET", ITEM, read_one),
        Route("DELETE", ITEM, delete),
        Route("POST", f"{POLICIES.item_path}/clone", clone),
    ),
    scope="okta.policies",
)
