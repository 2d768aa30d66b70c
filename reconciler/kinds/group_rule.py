"""Group rules: group membership based on user attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from reconciler.kinds.conditions import became, both, fewer, gained, is_not, more
from reconciler.kinds.expression_functions import unknown_functions, valid_expression
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Checked,
    OnDelete,
    ProviderOnly,
    Purpose,
    Relates,
    Replaces,
    SetOf,
    Status,
    Warns,
)
from reconciler.kinds.group import GroupRef, holds_admin_role
from reconciler.kinds.implication import implies
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.people import People
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import Change, KnownObject, appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import (
    ADMIN_GROUP_FILLED,
    ASSIGNED_TO_EVERYONE,
    MEMBERSHIP_WIDENED,
    PEOPLE_EXEMPTED,
    RULE_SWITCHED_OFF,
)
from reconciler.kinds.user_conditions import EXCLUDED


def _groups(change: Change) -> Iterator[KnownObject]:
    """The groups that the rule assigns users to; for a changed `groups`, only the added ones."""
    names = change.added if change.field == "groups" else change.spec.get("groups") or ()
    found = (change.others.named("group", name) for name in names if isinstance(name, str))
    return (group for group in found if group is not None)


def _fills_managed_groups(change: Change) -> bool:
    """Whether an undeclared rule assigns users to a declared group."""
    return any(group.declared for group in _groups(change))


def _makes_administrators(change: Change) -> bool:
    return any(holds_admin_role(group) for group in _groups(change))


def _others_fit(change: Change) -> bool:
    """Whether the expression may match users that it did not match before."""
    before, now = change.expected, change.actual
    return not (isinstance(before, str) and isinstance(now, str) and implies(now, before))


class GroupRule(Part):
    """Assigns users to groups if an expression is true for them (`/api/v1/groups/rules`).

    If one of its groups is deleted, Okta sets the status of the rule to `INVALID`, which is reported as drift.
    Changing `groups` replaces the rule. Users whom a rule assigned stay in its groups when it is deleted or replaced,
    unless `remove_assigned_users` is true.
    """

    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups", when=gained("everyone"), new=True),
        changed(RULE_SWITCHED_OFF, "status", when=is_not("ACTIVE")),
        gone(RULE_SWITCHED_OFF),
        changed(PEOPLE_EXEMPTED, "users_excluded", "*conditions.people.*"),
        changed(MEMBERSHIP_WIDENED, "users_excluded", when=fewer),
        changed(MEMBERSHIP_WIDENED, "expression", when=_others_fit),
        changed(MEMBERSHIP_WIDENED, "groups", when=more),
        changed(MEMBERSHIP_WIDENED, "status", when=became("ACTIVE")),
        appeared(MEMBERSHIP_WIDENED, when=_fills_managed_groups),
        changed(ADMIN_GROUP_FILLED, "expression", when=both(_others_fit, _makes_administrators)),
        changed(ADMIN_GROUP_FILLED, "groups", when=_makes_administrators),
        changed(ADMIN_GROUP_FILLED, "status", when=both(became("ACTIVE"), _makes_administrators)),
        changed(ADMIN_GROUP_FILLED, "users_excluded", "*conditions.people.*", when=_makes_administrators),
        appeared(ADMIN_GROUP_FILLED, when=_makes_administrators, new=True),
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=50), Checked()]
    """Name of the rule."""
    expression: Annotated[
        str,
        StringConstraints(min_length=1),
        AfterValidator(valid_expression),
        Warns(unknown_functions),
        Api("conditions.expression.value"),
        Argument("expression_value"),
    ]
    """Okta Expression Language expression over the user profile, such as `user.department == "Engineering"`."""
    groups: Annotated[
        SetOf[GroupRef],
        Relates(Purpose.MEMBERSHIP, OnDelete.INVALID),
        Field(min_length=1),
        Api("actions.assignUserToGroups.groupIds"),
        Argument("group_assignments"),
        Replaces(),
    ]
    """Groups that matching users are assigned to."""
    users_excluded: Annotated[People, Api(EXCLUDED), Argument("users_excludeds")] = frozenset()
    """Logins of users whom the rule never assigns."""
    remove_assigned_users: Annotated[
        Bool | None, ProviderOnly("the provider uses it when it deletes the rule, and Okta does not keep it")
    ] = None
    """Whether users whom the rule assigned leave its groups when the rule is deleted or replaced."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule does not run; users whom it assigned stay in the groups."""


def _delete_query(rule: Spec) -> str:
    return "removeUsers=true" if rule.get("remove_assigned_users") else ""


_ATTRIBUTE = re.compile(r"\buser\.([A-Za-z_][A-Za-z0-9_]*)")


def _attributes(rule: Spec) -> list[tuple[str, str]]:
    """The attributes in the expression, which must exist before the rule."""
    return [("user-schema-property", name) for name in _ATTRIBUTE.findall(rule.get("expression") or "")]


GROUP_RULE = register(
    Kind(
        name="group-rule",
        resource="okta:group/rule:Rule",
        fields=GroupRule,
        shape=Listed(path="/api/v1/groups/rules", scope="okta.groups", query="limit=200"),
        provider=Provider(
            fixed={"type": "group_rule", "conditions.expression.type": "urn:okta:expression:1.0"},
            lifecycle=True,
            inactive_to_update=True,
            inactive_to_delete=True,
            delete_query=_delete_query,
        ),
        events=(
            "group.user_membership.rule.deactivated",
            "group.user_membership.rule.invalidate",
            "group.user_membership.rule.add_exclusion",
        ),
        unlogged=(
            "Okta logs no event when a group rule is created, updated or deleted: the event shown is a related one, "
            "such as the deactivation before an update"
        ),
        not_declarable={
            "expression_type": "Okta has one type of expressions, which is the provider's default",
        },
        requires=_attributes,
        lost_on_replace=("the memberships it gave, until the new rule has run",),
    )
)
