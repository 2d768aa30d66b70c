"""Group rules: membership that follows from people's attributes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from reconciler.kinds.conditions import gained, is_not
from reconciler.kinds.expression_functions import unknown_functions, valid_expression
from reconciler.kinds.fields import Api, Argument, Checked, Replaces, SetOf, Status, Warns
from reconciler.kinds.group import GroupRef
from reconciler.kinds.kind import Collection, Kind, register
from reconciler.kinds.risks import changed, gone
from reconciler.kinds.threats import ASSIGNED_TO_EVERYONE, PEOPLE_EXEMPTED, RULE_SWITCHED_OFF


@register
class GroupRule(Kind):
    """Puts the people for whom an expression is true into groups (`/api/v1/groups/rules`).

    Okta sets the status of a rule to `INVALID` when a group that it fills is deleted; that is drift here.
    Changing `groups` replaces the rule, and its members leave the groups until the new one has run.
    """

    kind = "group-rule"
    resource = "okta:group/rule:Rule"
    collection = Collection(
        "/api/v1/groups/rules",
        scope="okta.groups",
        query="limit=200",
        fixed={"type": "group_rule", "conditions.expression.type": "urn:okta:expression:1.0"},
        lifecycle=True,
        inactive_to_update=True,
        inactive_to_delete=True,
    )
    events = (
        "group.user_membership.rule.deactivated",
        "group.user_membership.rule.invalidate",
        "group.user_membership.rule.add_exclusion",
    )
    risks = (
        changed(ASSIGNED_TO_EVERYONE, "groups", when=gained("everyone")),
        changed(RULE_SWITCHED_OFF, "status", when=is_not("ACTIVE")),
        gone(RULE_SWITCHED_OFF),
        changed(PEOPLE_EXEMPTED, "*conditions.people.*"),
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=50), Checked()]
    """The name that Okta shows: at most 50 characters."""
    expression: Annotated[
        str,
        StringConstraints(min_length=1),
        AfterValidator(valid_expression),
        Warns(unknown_functions),
        Api("conditions.expression.value"),
        Argument("expression_value"),
    ]
    """An Okta expression over a person's profile, such as `user.department == "Engineering"`."""
    groups: Annotated[
        SetOf[GroupRef],
        Field(min_length=1),
        Api("actions.assignUserToGroups.groupIds"),
        Argument("group_assignments"),
        Replaces(),
    ]
    """The groups that the rule fills."""
    status: Status = "ACTIVE"
    """`INACTIVE` stops the rule; people whom it added leave the groups."""
