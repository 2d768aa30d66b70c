"""Access policies of an authorization server and their rules: `/api/v1/authorizationServers/{id}/policies`.

Both are numbered from 1 without gaps, as policies of v1 types are.
"""

from typing import Literal

from pydantic import Field

from reconciler.sandbox.body import Body, absent, required_text
from reconciler.sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from reconciler.sandbox.errors import invalid
from reconciler.sandbox.exchange import Call
from reconciler.sandbox.families.authorization_servers import SERVERS, Status, path_of, refuse_system
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.links import link, usual_links
from reconciler.sandbox.priorities import CONTIGUOUS
from reconciler.sandbox.references import require, require_people
from reconciler.sandbox.store import Record
from reconciler.sandbox.tenant import Tenant

# Without users these grant types make no sense; the refusal is quoted in okta/okta-developer-docs#1622.
GRANTS_WITH_USERS = ("authorization_code", "implicit", "password")
USERS_NEEDED = (
    "At least one of 'conditions.people.users.include' or 'conditions.people.groups.include' must contain a "
    "valid user or group when 'conditions.grantTypes' contains one or more of "
    "[authorization_code, implicit, password]."
)


class Clients(Body):
    include: list[str] = Field([])


class PolicyConditions(Body):
    clients: Clients = Clients()


class ServerPolicy(Body):
    status: Status = "ACTIVE"
    name: str = required_text()
    description: str = required_text()
    priority: int | None = None
    conditions: PolicyConditions
    type: Literal["OAUTH_AUTHORIZATION_POLICY"] = "OAUTH_AUTHORIZATION_POLICY"


def complete_policy(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    clients = [each for each in body["conditions"]["clients"]["include"] if each != "ALL_CLIENTS"]
    require(call.tenant, "AppInstance", clients, "conditions.clients.include", "PublicClientApp")
    return {**body, "system": bool(before and before.body["system"])}


def policy_links(tenant: Tenant, policy: Record) -> JsonObject:
    path = f"{path_of(tenant, policy.parent)}/policies/{policy.id}"
    return {**usual_links(tenant, policy, path), "rules": link(tenant, f"{path}/rules", "GET")}


POLICIES = Collection(
    kind="AuthorizationServerPolicy",
    path="/api/v1/authorizationServers/{server}/policies",
    item="policy",
    prefix="00p",
    model=ServerPolicy,
    events=Events.lifecycle("PolicyEntity", "policy.lifecycle."),
    parent=SERVERS,
    created_status=201,
    lifecycle=Lifecycle("nothing"),
    unique=Unique(),
    numbering=lambda call, body: CONTIGUOUS,
    complete=complete_policy,
    guard_delete=refuse_system,
    links=policy_links,
    select=lambda call, policies: sorted(policies, key=lambda policy: int(policy.body["priority"])),
)


class Values(Body):
    include: list[str] = Field([])


class People(Body):
    include: list[str] | None = absent()
    exclude: list[str] | None = absent()


class UsersAndGroups(Body):
    users: People = People(exclude=[])
    groups: People = People(include=[])


class RuleConditions(Body):
    people: UsersAndGroups = UsersAndGroups()
    grantTypes: Values
    scopes: Values = Values()


class Hook(Body):
    id: str | None = absent()


class Token(Body):
    accessTokenLifetimeMinutes: int = 60
    refreshTokenLifetimeMinutes: int = 0
    refreshTokenWindowMinutes: int = 10080
    inlineHook: Hook | None = absent()


class RuleActions(Body):
    token: Token = Token()


class ServerRule(Body):
    status: Status = "ACTIVE"
    name: str = required_text()
    priority: int | None = None
    system: bool = False
    conditions: RuleConditions
    actions: RuleActions = RuleActions()
    type: Literal["RESOURCE_ACCESS"] = "RESOURCE_ACCESS"


def complete_rule(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
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


def rule_links(tenant: Tenant, rule: Record) -> JsonObject:
    policy = next(
        found
        for server in tenant.store.all(SERVERS.kind)
        if (found := tenant.store.get(POLICIES.kind, rule.parent, server.id))
    )
    path = f"{path_of(tenant, policy.parent)}/policies/{policy.id}/rules/{rule.id}"
    return usual_links(tenant, rule, path)


RULES = Collection(
    kind="AuthorizationServerPolicyRule",
    path="/api/v1/authorizationServers/{server}/policies/{policy}/rules",
    item="rule",
    prefix="0pr",
    model=ServerRule,
    events=Events(
        "PolicyRule",
        *(f"policy.rule.{verb}" for verb in ("add", "update", "delete", "activate", "deactivate")),
    ),
    parent=POLICIES,
    created_status=201,
    lifecycle=Lifecycle("nothing"),
    unique=Unique(),
    numbering=lambda call, body: CONTIGUOUS,
    complete=complete_rule,
    guard_delete=refuse_system,
    links=rule_links,
    select=lambda call, rules: sorted(rules, key=lambda rule: int(rule.body["priority"])),
)

FAMILY = Family(
    (
        POLICIES,
        RULES,
    )
)
