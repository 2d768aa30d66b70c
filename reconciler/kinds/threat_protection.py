"""Rules of Identity Threat Protection: what happens when a user, or a session, becomes risky."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from reconciler.kinds.conditions import became, is_not
from reconciler.kinds.fields import Api, Argument, Bool, Checked, Int, Status
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.people import People
from reconciler.kinds.policies import (
    DECIDES,
    OTHER_CONDITIONS,
    RULES,
    SCOPE,
    SWITCHED_OFF,
    FromNetwork,
    GroupsExcluded,
    GroupsIncluded,
    RuleName,
    is_system,
    system_policy,
)
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import Risk, changed
from reconciler.kinds.shapes import Adopted
from reconciler.kinds.threats import CONDITIONS_CHANGED, PEOPLE_EXEMPTED, THREAT_RESPONSE_REDUCED
from reconciler.kinds.user_conditions import EXCLUDED, INCLUDED

_RUN_WORKFLOW: Final = "RUN_WORKFLOW"
_ENDS: Final = "endsSessions"
"""The member in which `read_api` says whether sessions are ended."""
_WORKFLOW: Final = "workflowId"
"""The member in which `read_api` puts the id of the workflow."""
_DETAILS: Final = "details"
"""The member in which `read_api` puts what else these actions contain."""


WorkflowId = Annotated[str, Field(pattern=r"^[1-9][0-9]*$", max_length=18, examples=["1701", "1702"])]
"""The id of a workflow of Okta Workflows: a number."""


class ForPeople(Part):
    """The people that a rule applies to."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(CONDITIONS_CHANGED, "groups_included"),
        changed(PEOPLE_EXEMPTED, "groups_excluded", "users_excluded"),
    )

    groups_included: GroupsIncluded = frozenset()
    """Groups that the rule applies to; empty for everyone."""
    groups_excluded: GroupsExcluded = frozenset()
    """Groups that the rule does not apply to."""
    users_excluded: Annotated[People, Api(EXCLUDED), Argument("users_excludeds")] = frozenset()
    """Logins of users that the rule does not apply to."""


class EntityRiskRule(ForPeople):
    """What happens when the risk of a user changes (`/api/v1/policies?type=ENTITY_RISK`).

    The policy exists in every tenant with Identity Threat Protection. The first rule that matches applies.
    """

    risks = (
        changed(THREAT_RESPONSE_REDUCED, "terminate_all_sessions", when=became(False)),
        changed(THREAT_RESPONSE_REDUCED, "workflow_id"),
        changed(CONDITIONS_CHANGED, "risk_level", "users_included"),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    name: RuleName
    """Name of the rule, unique in the tenant."""
    priority: Annotated[Int, Field(ge=0, lt=99)]
    """Priority among the rules; the lowest is evaluated first. Okta's own rule has 99."""
    risk_level: Annotated[Literal["ANY", "LOW", "MEDIUM", "HIGH"], Api("conditions.entityRisk.level"), Checked()]
    """Risk of the user that the rule applies to."""
    users_included: Annotated[People, Api(INCLUDED), Argument("users_includeds")] = frozenset()
    """Logins of users that the rule applies to; empty for everyone in the groups."""
    terminate_all_sessions: Annotated[Bool, Api(f"actions.entityRisk.{_ENDS}")] = False
    """Whether all sessions of the user are ended."""
    workflow_id: Annotated[WorkflowId | None, Api(f"actions.entityRisk.{_WORKFLOW}")] = None
    """Id of the workflow that runs."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""


class PostAuthSessionRule(ForPeople):
    """What happens to sessions that no longer meet the policies (`/api/v1/policies?type=POST_AUTH_SESSION`).

    Every tenant with Identity Threat Protection has exactly one such rule, besides one that cannot be changed.
    """

    risks = (
        changed(THREAT_RESPONSE_REDUCED, "terminate_session", when=became(False)),
        changed(THREAT_RESPONSE_REDUCED, "workflow_id", "actions.*"),
        *SWITCHED_OFF,
        *OTHER_CONDITIONS,
    )

    name: RuleName
    """Name of the rule."""
    terminate_session: Annotated[Bool, Api(f"actions.postAuthSession.{_ENDS}")] = False
    """Whether the session is ended."""
    workflow_id: Annotated[WorkflowId | None, Api(f"actions.postAuthSession.{_WORKFLOW}")] = None
    """Id of the workflow that runs."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""


_EVALUATION: Final = "actions.sessionViolationDetection.policyEvaluation.enabled"


class SessionViolationRule(FromNetwork):
    """When a changed session is checked again (`/api/v1/policies?type=SESSION_VIOLATION_DETECTION`).

    Every tenant with Identity Threat Protection has exactly one such rule, besides one that cannot be changed.
    """

    risks = (
        changed(THREAT_RESPONSE_REDUCED, "policy_evaluation_enabled", when=became(False)),
        changed(THREAT_RESPONSE_REDUCED, "min_risk_level", when=is_not("LOW")),
        *SWITCHED_OFF,
        *OTHER_CONDITIONS,
    )

    name: RuleName
    """Name of the rule."""
    min_risk_level: Annotated[Literal["LOW", "MEDIUM", "HIGH"], Api("conditions.riskScore.minRiskLevel"), Checked()]
    """Lowest risk of a session for which the rule applies."""
    policy_evaluation_enabled: Annotated[Bool, Api(_EVALUATION)] = True
    """Whether the policies of the session are evaluated again."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""


@dataclass(frozen=True, slots=True)
class _Actions:
    """The actions of a rule: a list in the API, members of their own in the canonical form."""

    above: str
    """The member of `actions` with the list."""
    listed: str
    ends: str
    """The action that ends sessions."""

    def read(self, item: Json) -> Json:
        """The rule with a member that says whether sessions are ended, and one with the workflow.

        What else these two actions contain is in `details`. Other actions stay in the list.
        """
        inner = dict((item.get("actions") or {}).get(self.above) or {})
        shaped = {name: value for name, value in inner.items() if name != self.listed}
        details: Json = {}
        rest: list[Json] = []
        for one in inner.get(self.listed) or ():
            more = {name: value for name, value in one.items() if name != "action" and value is not None}
            if one.get("action") == self.ends and _ENDS not in shaped:
                shaped[_ENDS] = True
            elif one.get("action") == _RUN_WORKFLOW and _WORKFLOW not in shaped:
                workflow = dict(more.pop("workflow", None) or {})
                shaped[_WORKFLOW] = str(workflow.pop("id", ""))
                more |= {"workflow": workflow} if workflow else {}
            else:
                rest.append(one)
                continue
            details |= {one["action"]: more} if more else {}
        shaped = {_ENDS: False} | shaped | ({_DETAILS: details} if details else {})
        return item | {
            "actions": (item.get("actions") or {}) | {self.above: shaped | ({self.listed: rest} if rest else {})}
        }

    def write(self, body: Json) -> Json:
        """The inverse of `read`."""
        actions = dict(body.get("actions") or {})
        inner = dict(actions.get(self.above) or {})
        details = inner.pop(_DETAILS, {})
        found: list[Json] = []
        if inner.pop(_ENDS, False):
            found.append({"action": self.ends, **details.get(self.ends, {})})
        if workflow := inner.pop(_WORKFLOW, None):
            more = details.get(_RUN_WORKFLOW, {})
            named = {"id": int(workflow), **more.get("workflow", {})}
            found.append({"action": _RUN_WORKFLOW, **more, "workflow": named})
        found += inner.pop(self.listed, None) or []
        return body | {"actions": actions | {self.above: inner | ({self.listed: found} if found else {})}}


_POST_AUTH = _Actions("postAuthSession", "failureActions", "TERMINATE_SESSION")
_ENTITY_RISK = _Actions("entityRisk", "actions", "TERMINATE_ALL_SESSIONS")


def _is_changeable(rule: Json) -> bool:
    return not is_system(rule)


def _written(rule_type: str) -> Provider:
    return Provider(
        fixed={"type": rule_type},
        keeps=("priority",),
        lifecycle=True,
        takes_over=lambda spec, rule: _is_changeable(rule),
    )


_ONE = Adopted(path="rules", scope=SCOPE, built_in=is_system, in_every_tenant=_is_changeable)
"""The one rule of a policy that can be changed. Okta's own, with the priority 99, cannot."""

ENTITY_RISK_POLICY_RULE = register(
    Kind(
        name="entity-risk-policy-rule",
        resource="okta:index/entityRiskPolicyRule:EntityRiskPolicyRule",
        fields=EntityRiskRule,
        shape=RULES,
        provider=Provider(fixed={"type": "ENTITY_RISK"}, lifecycle=True),
        within=system_policy(
            "entity-risk-policy", "ENTITY_RISK", "The policy about risky users, part of Identity Threat Protection."
        ),
        parent_arguments=("policy_id",),
        identity_engine=True,
        events=("policy.rule.",),
        read_api=_ENTITY_RISK.read,
        write_api=_ENTITY_RISK.write,
    )
)

POST_AUTH_SESSION_POLICY_RULE = register(
    Kind(
        name="post-auth-session-policy-rule",
        resource="okta:index/postAuthSessionPolicyRule:PostAuthSessionPolicyRule",
        fields=PostAuthSessionRule,
        shape=_ONE,
        known_by=lambda rule: "the rule",
        provider=_written("POST_AUTH_SESSION"),
        within=system_policy(
            "post-auth-session-policy",
            "POST_AUTH_SESSION",
            "The policy about sessions that no longer meet the policies, part of Identity Threat Protection.",
        ),
        parent_arguments=("policy_id",),
        identity_engine=True,
        events=("policy.rule.",),
        read_api=_POST_AUTH.read,
        write_api=_POST_AUTH.write,
    )
)

SESSION_VIOLATION_POLICY_RULE = register(
    Kind(
        name="session-violation-policy-rule",
        resource="okta:index/sessionViolationPolicyRule:SessionViolationPolicyRule",
        fields=SessionViolationRule,
        shape=_ONE,
        known_by=lambda rule: "the rule",
        provider=_written("SESSION_VIOLATION_DETECTION"),
        within=system_policy(
            "session-violation-policy",
            "SESSION_VIOLATION_DETECTION",
            "The policy about changed sessions, part of Identity Threat Protection.",
        ),
        parent_arguments=("policy_id",),
        identity_engine=True,
        not_declarable={"priority": "the rule is the only one that can be changed: its priority decides nothing"},
        events=("policy.rule.",),
    )
)
