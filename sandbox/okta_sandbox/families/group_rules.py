"""Group rules: `/api/v1/groups/rules`.

A new rule is INACTIVE. A rule can only be changed or deleted while it is not ACTIVE. A delete is asynchronous and
answers 202.
"""

from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body, fill, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import OktaError, invalid
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import Paging
from okta_sandbox.references import require
from okta_sandbox.store import Record


class _Expression(Body):
    value: str = required_text(65535)
    type: Literal["urn:okta:expression:1.0"] = "urn:okta:expression:1.0"


class _Excluded(Body):
    exclude: list[str] = Field([])


class _People(Body):
    users: _Excluded = _Excluded()
    groups: _Excluded = _Excluded()


class _Conditions(Body):
    people: _People = _People()
    expression: _Expression


class _Assignment(Body):
    groupIds: list[str]


class _Actions(Body):
    assignUserToGroups: _Assignment


class _GroupRule(Body):
    type: Literal["group_rule"] = "group_rule"
    name: str = required_text(50)
    conditions: _Conditions
    actions: _Actions


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    groups = body["actions"]["assignUserToGroups"]["groupIds"]
    require(call.tenant, "UserGroup", groups, "actions.assignUserToGroups.groupIds")
    return {**body, "status": "INACTIVE", "allGroupsValid": True}


def _refuse_active(call: Call, rule: Record) -> None:
    if rule.body["status"] == "ACTIVE":
        raise invalid("rule", "rule: An active rule cannot be updated. Deactivate it first.")


def _cannot_delete(rule: Record) -> OktaError:
    return invalid("rule", "rule: An active rule cannot be deleted. Deactivate it first.")


def matching_search(call: Call, rules: list[Record]) -> list[Record]:
    """`search` matches part of the rule name."""
    wanted = call.query.get("search", "").lower()
    return [rule for rule in rules if wanted in rule.body["name"].lower()]


def show_with_groups(call: Call, rule: Record) -> JsonObject:
    """A rule; `expand=groupIdToGroupNameMap` adds the names of its groups."""
    view = GROUP_RULES.view(call.tenant, rule)
    if call.query.get("expand") == "groupIdToGroupNameMap":
        people = rule.body["conditions"]["people"]
        named = [*rule.body["actions"]["assignUserToGroups"]["groupIds"], *people["groups"]["exclude"]]
        groups = (call.tenant.store.get("UserGroup", each) for each in named)
        names = {group.id: group.body["profile"]["name"] for group in groups if group}
        view["_embedded"] = {"groupIdToGroupNameMap": names}
    return view


def read_one(call: Call) -> Answer:
    """GET of a rule."""
    return Answer(200, show_with_groups(call, GROUP_RULES.named_in(call)))


def activate(call: Call) -> Answer:
    """POST .../activate. The refusal is quoted in okta/terraform-provider-okta#16.

    Right after a group was deleted, Okta still deactivates its rules, as recorded: they become INVALID later.
    """
    if GROUP_RULES.named_in(call).body["status"] == "INVALID":
        raise invalid("updateRuleStatus", "Cannot activate or deactivate a Group Rule with the status INVALID.")
    return GROUP_RULES.activate(call)


GROUP_RULES = Collection(
    kind="GroupRule",
    path="/api/v1/groups/rules",
    item="rule",
    prefix="0pr",
    model=_GroupRule,
    # Okta has no event types for creating, changing, activating or deleting a rule.
    events=Events("GroupRule", deactivate="group.user_membership.rule.deactivated"),
    deleted=Answer(202, {}),
    lifecycle=Lifecycle("nothing", _cannot_delete),
    paging=Paging(default=50),
    unique=Unique(),
    complete=_complete,
    guard_replace=_refuse_active,
    select=matching_search,
    show_in_list=show_with_groups,
    show=lambda tenant, rule: fill({"type": "group_rule", "id": rule.id}, rule.body),
)

FAMILY = Family(
    (GROUP_RULES,),
    (
        Route("GET", GROUP_RULES.item_path, read_one),
        Route("POST", f"{GROUP_RULES.item_path}/lifecycle/activate", activate),
    ),
    scope="okta.groups",
)
