"""Policies and policy rules: `/api/v1/policies`, `/api/v1/policies/{id}/rules`.

The differences between policy types are in `policy_types`.
"""

from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import OktaError, forbidden, invalid, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.policy_bodies import Policy, Rule
from okta_sandbox.families.policy_types import POLICY_TYPES, PolicyType
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link, standard_links
from okta_sandbox.paging import Paging
from okta_sandbox.priorities import CONTIGUOUS, GAPPED, Numbering
from okta_sandbox.references import require_devices, require_named, require_people, require_zones
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

CATCH_ALL = "Catch-all Rule"
CATCH_ALL_PRIORITY = 99
POLICY = "Policy"
RULE = "PolicyRule"
# Policy types that are assigned to apps, with the private field of the app that holds the policy id.
APP_MEMBERS = {"ACCESS_POLICY": "accessPolicy", "PROFILE_ENROLLMENT": "profileEnrollment"}

# Where a rule names other objects, apart from people, zones and device assurance policies.
NAMED_IN_CONDITIONS = (
    ("risk.behaviors", "BehaviorRule"),
    ("userType.include", "UserType"),
    ("userType.exclude", "UserType"),
    ("identityProvider.idpIds", "IdentityProvider"),
)
NAMED_IN_ACTIONS = (
    ("idp.providers.id", "IdentityProvider"),
    ("profileEnrollment.targetGroupIds", "UserGroup"),
    ("profileEnrollment.preRegistrationInlineHooks.inlineHookId", "InlineHook"),
)


def _type_named(tenant: Tenant, name: str) -> PolicyType:
    found = POLICY_TYPES.get(name)
    if found is None or (found.identity_engine_only and tenant.pipeline == "v1"):
        # As quoted in okta/terraform-provider-okta#1311.
        raise OktaError(400, "E0000002", "The request was not valid", "Invalid policy type specified.")
    return found


def _initial_status(call: Call) -> str:
    """A new policy or rule is ACTIVE unless the query has `activate=false`; a status in the body is ignored."""
    return "INACTIVE" if call.query.get("activate") == "false" else "ACTIVE"


def complete_policy(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    """Complete a policy. A change keeps type and status, and most fields of a system policy."""
    tenant = call.tenant
    kind = _type_named(tenant, str(before.body["type"] if before else body["type"]))
    if before is None and kind.fixed:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    require_people(tenant, body["conditions"])
    known = ("status", "name", "description", "priority", "conditions", "settings", "type")
    completed = {name: body[name] for name in known}
    completed |= {"system": False, "status": _initial_status(call)}
    if kind.conditions is not None:
        completed["conditions"] = {**kind.conditions, **(body["conditions"] or {})}
    completed["settings"] = kind.settings(tenant, body["settings"] or {})
    if not kind.ranked:
        completed["priority"] = 1
    if before:
        fixed = {name: before.body[name] for name in ("status", "type", "system")}
        if before.body["system"]:
            fixed |= {name: before.body.get(name) for name in ("name", "description", "priority", "conditions")}
        completed |= fixed
    if completed["description"] is None:
        del completed["description"]
    if not completed["settings"]:
        del completed["settings"]
    return completed


def _name_within_type(body: JsonObject) -> str:
    """The unique name; policies of the newer types may share one, as recorded."""
    return f"{body['type']} {body['name']}" if POLICY_TYPES[body["type"]].ranked else ""


def _policy_numbering(call: Call, body: JsonObject) -> Numbering:
    return CONTIGUOUS if POLICY_TYPES[body["type"]].ranked else GAPPED


def ranked_with(other: Record, body: JsonObject) -> bool:
    """Whether two policies are numbered together: same type, and not one of the newer types."""
    ranked = POLICY_TYPES[body["type"]].ranked
    return ranked and other.body["type"] == body["type"] and not other.body["system"]


def move_system_last(call: Call, policy: Record) -> None:
    """Give the default policy the last priority of its type."""
    alike = [each for each in call.tenant.store.all(POLICY) if each.body["type"] == policy.body["type"]]
    if POLICY_TYPES[policy.body["type"]].ranked:
        _put_system_last(call, alike)


def _put_system_last(call: Call, siblings: list[Record]) -> None:
    for system in siblings:
        if system.body["system"] and system.body["priority"] != len(siblings):
            call.tenant.store.change(system, {**system.body, "priority": len(siblings)})


def _policy_created(call: Call, policy: Record) -> None:
    move_system_last(call, policy)
    kind = POLICY_TYPES[policy.body["type"]]
    if kind.catch_all is not None:
        _add_system_rule(call, policy, CATCH_ALL, CATCH_ALL_PRIORITY, kind.catch_all)


def _add_system_rule(call: Call, policy: Record, name: str, priority: int, actions: JsonObject) -> Record:
    kind = POLICY_TYPES[policy.body["type"]]
    body = {
        "status": "ACTIVE",
        "name": name,
        "priority": priority,
        **RULES.stamps.on_create(call),
        "system": True,
        "conditions": None,
        "actions": actions,
        "type": kind.rule,
    }
    return call.tenant.store.add(RULE, call.tenant.identifiers.new(kind.prefixes[1]), body, policy.id)


def _refuse_system(call: Call, record: Record) -> None:
    if record.body["system"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


def apps_of(tenant: Tenant, policy: Record) -> list[Record]:
    """The apps assigned to a policy."""
    member = APP_MEMBERS.get(policy.body["type"])
    return [app for app in tenant.store.all("AppInstance") if member and app.private.get(member) == policy.id]


def map_app(tenant: Tenant, app: Record, policy: Record) -> None:
    """Replace the policy of that type of an app."""
    tenant.store.change(app, private={**app.private, APP_MEMBERS[policy.body["type"]]: policy.id})


def _refuse_system_or_used(call: Call, policy: Record) -> None:
    """Refuse to deactivate a system policy, or an authentication policy in use, as in salto-io/salto#4279; the text is
    ours.
    """
    _refuse_system(call, policy)
    if policy.body["type"] == "ACCESS_POLICY" and (apps := apps_of(call.tenant, policy)):
        raise invalid("policy", f"policy: The policy is assigned to {len(apps)} app(s). Assign another policy first.")


def assign_default_policy(call: Call, policy: Record) -> None:
    """Assign the default policy to the apps of a deleted one."""
    move_system_last(call, policy)
    for app in apps_of(call.tenant, policy):
        map_app(call.tenant, app, default_policy(call.tenant, policy.body["type"]))


def default_policy(tenant: Tenant, kind: str) -> Record:
    """The system policy of a type; each type of the pipeline has exactly one."""
    policies = tenant.store.all(POLICY)
    return next(each for each in policies if each.body["type"] == kind and each.body["system"])


def _policy_links(tenant: Tenant, policy: Record) -> JsonObject:
    path = f"/api/v1/policies/{policy.id}"
    shown = {**standard_links(tenant, policy, path), "rules": link(tenant, f"{path}/rules", "GET", "POST")}
    if policy.body["system"]:
        shown.pop("deactivate", None)
    else:
        shown["mappings"] = link(tenant, f"{path}/mappings", "GET", "POST")
    return shown


def of_type(call: Call, policies: list[Record]) -> list[Record]:
    """The policies of the required `type`, in evaluation order."""
    if not (kind := call.query.get("type")):
        raise invalid_field("type", "The field cannot be left blank")
    _type_named(call.tenant, kind)
    chosen = [policy for policy in policies if policy.body["type"] == kind]
    status = call.query.get("status")
    chosen = [policy for policy in chosen if status in (None, policy.body["status"])]
    return sorted(chosen, key=lambda policy: int(policy.body["priority"]))


def _show_in_list(call: Call, policy: Record) -> JsonObject:
    view = POLICIES.view(call.tenant, policy)
    embedded: JsonObject = {}
    if resource := POLICY_TYPES[policy.body["type"]].resource:
        embedded["resourceType"] = resource
    if call.query.get("expand") == "rules":
        embedded["rules"] = _views_of_rules(call, policy)
    return {**view, "_embedded": embedded} if embedded else view


def _views_of_rules(call: Call, policy: Record) -> list[JsonObject]:
    rules = call.tenant.store.all(RULE, policy.id)
    return [RULES.view(call.tenant, rule) for rule in _in_order(call, rules)]


def read_one(call: Call) -> Answer:
    """GET of a policy; `expand=rules` adds its rules."""
    policy = POLICIES.named_in(call)
    view = POLICIES.view(call.tenant, policy)
    if call.query.get("expand") == "rules":
        view["_embedded"] = {"rules": _views_of_rules(call, policy)}
    return Answer(200, view)


POLICIES = Collection(
    kind=POLICY,
    path="/api/v1/policies",
    item="policy",
    prefix="00p",
    model=Policy,
    events=Events.lifecycle("PolicyEntity", "policy.lifecycle."),
    lifecycle=Lifecycle("nothing", guard_deactivate=_refuse_system_or_used),
    paging=Paging(),
    query=lambda policy, wanted: str(policy.body["name"]).lower().startswith(wanted.lower()),
    unique=Unique(_name_within_type),
    numbering=_policy_numbering,
    numbered_with=ranked_with,
    identify=lambda call, body: call.tenant.identifiers.new(POLICY_TYPES[body["type"]].prefixes[0]),
    complete=complete_policy,
    guard_delete=_refuse_system,
    created=_policy_created,
    removed=assign_default_policy,
    links=_policy_links,
    select=of_type,
    show_in_list=_show_in_list,
)


def type_of(call: Call) -> PolicyType:
    """The type of the policy in the path."""
    return POLICY_TYPES[POLICIES.named_in(call).body["type"]]


def _complete_rule(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    tenant, kind = call.tenant, type_of(call)
    if before is None and kind.fixed_rules:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    if body["type"] not in (None, kind.rule):
        raise invalid_field("type", f"The rule type '{body['type']}' does not fit the policy.")
    require_people(tenant, body["conditions"])
    require_zones(tenant, body["conditions"])
    require_devices(tenant, body["conditions"])
    require_named(tenant, body["conditions"], NAMED_IN_CONDITIONS, "conditions")
    require_named(tenant, body["actions"], NAMED_IN_ACTIONS, "actions")
    completed = {
        "status": _initial_status(call),
        **{name: body[name] for name in ("name", "priority")},
        "type": kind.rule,
        "system": False,
        "actions": kind.actions(tenant, body["actions"]),
        "conditions": kind.rule_conditions(tenant, body["conditions"] or {}),
    }
    if before:
        completed["status"] = before.body["status"]
    if before and before.body["system"]:
        # Only the actions of a system rule can be changed.
        fixed = ("name", "priority", "system", "conditions")
        completed |= {name: before.body[name] for name in fixed}
    return completed


def _refuse_fixed_rule(call: Call, rule: Record) -> None:
    if rule.body["system"] or type_of(call).fixed_rules:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")


def _rule_numbering(call: Call, body: JsonObject) -> Numbering:
    return type_of(call).rule_numbering


def move_default_rule_last(call: Call, rule: Record) -> None:
    """With contiguous priorities, give the default rule the last one."""
    policy = call.tenant.store.get(POLICY, rule.parent)
    if policy and POLICY_TYPES[policy.body["type"]].rule_numbering is CONTIGUOUS:
        _put_system_last(call, call.tenant.store.all(RULE, rule.parent))


def _in_order(call: Call, rules: list[Record]) -> list[Record]:
    return sorted(rules, key=lambda rule: int(rule.body["priority"]))


def _rule_links(tenant: Tenant, rule: Record) -> JsonObject:
    shown = standard_links(tenant, rule, f"/api/v1/policies/{rule.parent}/rules/{rule.id}")
    if rule.body["system"]:
        shown.pop("deactivate", None)
    return shown


RULES = Collection(
    kind=RULE,
    path="/api/v1/policies/{policy}/rules",
    item="rule",
    prefix="0pr",
    model=Rule,
    events=Events(
        "PolicyRule",
        *(f"policy.rule.{verb}" for verb in ("add", "update", "delete", "activate", "deactivate")),
    ),
    parent=POLICIES,
    lifecycle=Lifecycle("nothing", guard_deactivate=_refuse_system),
    unique=Unique(),
    numbering=_rule_numbering,
    identify=lambda call, body: call.tenant.identifiers.new(type_of(call).prefixes[1]),
    complete=_complete_rule,
    guard_delete=_refuse_fixed_rule,
    created=move_default_rule_last,
    removed=move_default_rule_last,
    links=_rule_links,
    select=_in_order,
)


def copy_rules(call: Call, source: Record, copy: Record) -> None:
    """Replace the rules of a new policy with copies of the rules of another."""
    store, identifiers = call.tenant.store, call.tenant.identifiers
    for rule in store.all(RULE, copy.id):
        store.remove_tree(rule)
    for rule in store.all(RULE, source.id):
        prefix = POLICY_TYPES[source.body["type"]].prefixes[1]
        store.add(RULE, identifiers.new(prefix), {**rule.body, **RULES.stamps.on_create(call)}, copy.id)


FAMILY = Family(
    (
        POLICIES,
        RULES,
    ),
    (Route("GET", POLICIES.item_path, read_one),),
    scope="okta.policies",
)
