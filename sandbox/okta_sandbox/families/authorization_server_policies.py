"""Access policies of an authorization server and their rules: `/api/v1/authorizationServers/{id}/policies`.

Both have contiguous priorities from 1, like policies of the Classic types.
"""

from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import invalid
from okta_sandbox.exchange import Call
from okta_sandbox.families.authorization_servers import SERVERS, Status, path_of, refuse_system
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link, standard_links
from okta_sandbox.priorities import CONTIGUOUS
from okta_sandbox.references import require, require_people
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

# These grant types require users or groups; the refusal is quoted in okta/okta-developer-docs#1622.
GRANTS_WITH_USERS = ("authorization_code", "implicit", "password")
USERS_NEEDED = (
    "At least one of 'conditions.people.users.include' or 'conditions.people.groups.include' must contain a "
    "valid user or group when 'conditions.grantTypes' contains one or more of "
    "[authorization_code, implicit, password]."
)


class _Clients(Body):
    include: list[str] = Field([])


class _PolicyConditions(Body):
    clients: _Clients = _Clients()


class _ServerPolicy(Body):
    status: Status = "ACTIVE"
    name: str = required_text()
    description: str = required_text()
    priority: int | None = None
    conditions: _PolicyConditions
    type: Literal["OAUTH_AUTHORIZATION_POLICY"] = "OAUTH_AUTHORIZATION_POLICY"


def _complete_policy(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    clients = [each for each in body["conditions"]["clients"]["include"] if each != "ALL_CLIENTS"]
    require(call.tenant, "AppInstance", clients, "conditions.clients.include", "PublicClientApp")
    return {**body, "system": bool(before and before.body["system"])}


def _policy_links(tenant: Tenant, policy: Record) -> JsonObject:
    path = f"{path_of(tenant, policy.parent)}/policies/{policy.id}"
    return {**standard_links(tenant, policy, path), "rules": link(tenant, f"{path}/rules", "GET")}


POLICIES = Collection(
    kind="AuthorizationServerPolicy",
    path="/api/v1/authorizationServers/{server}/policies",
    item="policy",
    prefix="00p",
    model=_ServerPolicy,
    events=Events.lifecycle("PolicyEntity", "policy.lifecycle."),
    parent=SERVERS,
    created_status=201,
    lifecycle=Lifecycle("nothing"),
    unique=Unique(),
    numbering=lambda call, body: CONTIGUOUS,
    complete=_complete_policy,
    guard_delete=refuse_system,
    links=_policy_links,
    select=lambda call, policies: sorted(policies, key=lambda policy: int(policy.body["priority"])),
)


class _Values(Body):
    include: list[str] = Field([])


class _People(Body):
    include: list[str] | None = absent()
    exclude: list[str] | None = absent()


class _UsersAndGroups(Body):
    users: _People = _People(exclude=[])
    groups: _People = _People(include=[])


class _RuleConditions(Body):
    people: _UsersAndGroups = _UsersAndGroups()
    grantTypes: _Values
    scopes: _Values = _Values()


class _Hook(Body):
    id: str | None = absent()


class _Token(Body):
    accessTokenLifetimeMinutes: int = 60
    refreshTokenLifetimeMinutes: int = 0
    refreshTokenWindowMinutes: int = 10080
    inlineHook: _Hook | None = absent()


class _RuleActions(Body):
    token: _Token = _Token()


class _ServerRule(Body):
    status: Status = "ACTIVE"
    name: str = required_text()
    priority: int | None = None
    system: bool = False
    conditions: _RuleConditions
    actions: _RuleActions = _RuleActions()
    type: Literal["RESOURCE_ACCESS"] = "RESOURCE_ACCESS"


def _complete_rule(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    conditions = body["conditions"]
    require_people(call.tenant, conditions)
    people = conditions["people"]
    people["users"].setdefault("exclude", [])
    people["groups"].setdefault("include", [])
    named = people["users"].get("include") or people["groups"]["include"]
    if not named and set(conditions["grantTypes"]["include"]) & set(GRANTS_WITH_USERS):
        what = "conditions.people"
        raise invalid(what, f"{what}: {USERS_NEEDED}")
    if hook := (body["actions"]["token"].get("inlineHook") or {}).get("id"):
        require(call.tenant, "InlineHook", [hook], "actions.token.inlineHook.id")
    return {**body, "system": bool(before and before.body["system"])}


def _rule_links(tenant: Tenant, rule: Record) -> JsonObject:
    policy = next(
        found
        for server in tenant.store.all(SERVERS.kind)
        if (found := tenant.store.get(POLICIES.kind, rule.parent, server.id))
    )
    path = f"{path_of(tenant, policy.parent)}/policies/{policy.id}/rules/{rule.id}"
    return standard_links(tenant, rule, path)


RULES = Collection(
    kind="AuthorizationServerPolicyRule",
    path="/api/v1/authorizationServers/{server}/policies/{policy}/rules",
    item="rule",
    prefix="0pr",
    model=_ServerRule,
    events=Events(
        "PolicyRule",
        *(f"policy.rule.{verb}" for verb in ("add", "update", "delete", "activate", "deactivate")),
    ),
    parent=POLICIES,
    created_status=201,
    lifecycle=Lifecycle("nothing"),
    unique=Unique(),
    numbering=lambda call, body: CONTIGUOUS,
    complete=_complete_rule,
    guard_delete=refuse_system,
    links=_rule_links,
    select=lambda call, rules: sorted(rules, key=lambda rule: int(rule.body["priority"])),
)

FAMILY = Family(
    (
        POLICIES,
        RULES,
    ),
    scope="okta.authorizationServers",
)
