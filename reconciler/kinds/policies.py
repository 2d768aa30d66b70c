"""What policies and their rules have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, create_model, model_validator

from reconciler.kinds.conditions import is_not
from reconciler.kinds.fields import Api, Argument, Checked, Int, Name, OnDelete, Purpose, Relates, SetOf
from reconciler.kinds.group import GroupRef
from reconciler.kinds.kind import Kind, SystemObject
from reconciler.kinds.network_zone import ZoneRef
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import LookUp, Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, Risk, appeared, changed, gone
from reconciler.kinds.shapes import DefaultItem, Listed, Shape
from reconciler.kinds.threats import CONDITIONS_CHANGED, ORDER_CHANGED, PEOPLE_EXEMPTED, RULE_ADDED, RULE_SWITCHED_OFF

SCOPE = "okta.policies"
PATH = "/api/v1/policies"

FIRST_PARTY_POLICIES = frozenset(
    {
        "Okta Account Management Policy",
        "Okta Admin Console",
        "Okta Browser Plugin",
        "Okta Dashboard",
        "Okta End User Settings",
    }
)
"""Authentication policies of Okta's own apps. Okta does not mark them as system (recordings of new tenants)."""


def is_system(item: Json) -> bool:
    """Whether the policy or rule was created by Okta."""
    return item.get("system") is True or item["name"] in FIRST_PARTY_POLICIES


SWITCHED_OFF = (changed(RULE_SWITCHED_OFF, "status", when=is_not("ACTIVE")), gone(RULE_SWITCHED_OFF))
"""The risks of policies and rules that are objects of their own."""


def _is_other_condition(change: Change) -> bool:
    return "conditions.people." not in change.field


OTHER_CONDITIONS = (
    changed(PEOPLE_EXEMPTED, "*conditions.people.*"),
    changed(CONDITIONS_CHANGED, "conditions.*", "*].conditions.*", when=_is_other_condition),
)
"""The risks of conditions that definitions cannot state, such as behaviors."""
DECIDES = (
    *SWITCHED_OFF,
    changed(ORDER_CHANGED, "priority"),
    appeared(RULE_ADDED),
)
"""The risks of policies and rules that take effect as soon as they exist."""

RESERVED_POLICY_NAME = Refusal(
    "name",
    lambda policy: policy.name == "Default Policy",
    "this policy exists in every tenant: refer to it as `default`, or choose another name",
    Phase.WRITE | Phase.DELETE,
)
RESERVED_RULE_NAME = Refusal(
    "name",
    lambda rule: rule.name == "Default Rule",
    "this rule exists in every default policy: choose another name",
    Phase.WRITE | Phase.DELETE,
)


def policies(policy_type: str, *, ordered: bool = True) -> Shape:
    """The policies of one type. The default one is among them, as an object that Okta created."""
    return Listed(path=PATH, scope=SCOPE, query=f"type={policy_type}", built_in=is_system, ordered=ordered)


def policies_besides_default(policy_type: str) -> Shape:
    """The policies of one type, without the default one, which is of another kind."""
    return Listed(
        path=PATH,
        scope=SCOPE,
        query=f"type={policy_type}",
        claims=lambda item: not _is_default(item),
        built_in=is_system,
        ordered=True,
    )


def only_default(policy_type: str) -> Shape:
    """The default policy of one type."""
    return DefaultItem(path=PATH, scope=SCOPE, query=f"type={policy_type}", claims=_is_default, imported_by=".")


def default_written(policy_type: str) -> Provider:
    """How the provider writes the default policy of one type: it looks up the group of all people, too."""
    return Provider(
        fixed={"type": policy_type},
        keeps=("name", "description", "priority", "conditions"),
        looks_up=(LookUp(request="/api/v1/groups?q=Everyone", scope="okta.groups"),),
        takes_over=lambda policy, item: True,
        deletes_nothing=True,
    )


FRESH_DEFAULT = {
    "system": (True,),
    "name": ("Default Policy",),
    "description": ("The default policy applies in all situations if no other policy applies.",),
    "status": ("ACTIVE",),
    "priority": (1,),
}
"""The values in the default policy of a new tenant, of members that are no fields."""
OF_DEFAULT = ("conditions.people.groups.include",)
"""What a default policy has with ids of its own: the group of all people."""


def _is_default(item: Json) -> bool:
    return item.get("system") is True


def policies_written(policy_type: str, *, ordered: bool = False) -> Provider:
    """How the provider writes the policies of one type."""
    return Provider(fixed={"type": policy_type}, lifecycle=True, priority_must_match=ordered)


class SystemPolicy(Part):
    """A policy that every tenant has once."""

    name: Name
    """Name of the policy."""


def system_policy(name: str, policy_type: str, meaning: str) -> Kind:
    """The only policy of its type, which holds all rules of a kind (see `Kind.within`)."""
    shape = replace(policies(policy_type), claims=is_system)
    fields = create_model(name, __base__=SystemPolicy, __doc__=meaning)
    return Kind(name=name, resource="", fields=fields, shape=shape, provider=policies_written(policy_type))


RULES = Listed(path="rules", scope=SCOPE, built_in=is_system, ordered=True)
"""The rules of a policy, each an object of its own."""


def rules_written(rule_type: str, *, delete_fails_if_missing: bool = False) -> Provider:
    """How the provider writes the rules of a policy, each an object of its own."""
    return Provider(
        fixed={"type": rule_type},
        lifecycle=True,
        priority_must_match=True,
        delete_fails_if_missing=delete_fails_if_missing,
    )


def default_policy(meaning: str) -> SystemObject:
    """The policy of a type that applies if no other policy does."""
    return SystemObject("default", _is_default, meaning)


GroupsIncluded = Annotated[
    SetOf[GroupRef],
    Relates(Purpose.PEOPLE),
    Api("conditions.people.groups.include"),
    Argument("groups_includeds"),
]
GroupsExcluded = Annotated[
    SetOf[GroupRef],
    Relates(Purpose.EXCEPTION),
    Api("conditions.people.groups.exclude"),
    Argument("groups_excludeds"),
]
PeopleIncluded = Annotated[GroupsIncluded, Field(min_length=1)]
RuleName = Annotated[Name, Field(max_length=100)]
"""The name of a policy rule: at most 100 characters."""
Position = Annotated[Int, Field(ge=1)]


class ForGroups(Part):
    """What policies have in common that apply to the people of groups, in the order of a priority."""

    name: Name
    """Name of the policy, unique among policies of its type."""
    priority: Position
    """Priority among policies of its type; 1 is evaluated first."""
    description: str = ""
    """Description of the policy."""
    groups_included: PeopleIncluded
    """Groups that the policy applies to."""


def zones_needed(rule: Spec, *, denies: bool, asks_more: bool = False) -> Iterator[tuple[str, str]]:
    """The zones that a rule needs in order to deny users, or to ask them for more.

    A rule that allows users from anywhere except some zones needs these zones.
    """
    if rule.get("status") != "ACTIVE":
        return
    inside = rule.get("network_includes") if denies or asks_more else None
    outside = None if denies else rule.get("network_excludes")
    yield from (("network-zone", zone) for zone in (*(inside or ()), *(outside or ())))


_IN_RULES = Relates(Purpose.ZONE, OnDelete.KEEPS_ONE)
"""Okta's help, "Edit or delete a network zone": deleting a zone removes it from all rules, and is refused if it is the
only zone of a rule."""


class FromNetwork(Part):
    """The network condition, which rules of several kinds share."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(CONDITIONS_CHANGED, "network_connection", "network_includes", "network_excludes"),
    )

    network_connection: Annotated[
        Literal["ANYWHERE", "ZONE", "ON_NETWORK", "OFF_NETWORK"], Api("conditions.network.connection"), Checked()
    ] = "ANYWHERE"
    """Network that users connect from; `ZONE` for the zones named below."""
    network_includes: Annotated[SetOf[ZoneRef], _IN_RULES, Api("conditions.network.include")] = frozenset()
    """Network zones that the rule applies to (with `ZONE`)."""
    network_excludes: Annotated[SetOf[ZoneRef], _IN_RULES, Api("conditions.network.exclude")] = frozenset()
    """Network zones that the rule does not apply to (with `ZONE`)."""

    @model_validator(mode="after")
    def _zones_only_with_zone(self) -> Self:
        named = bool(self.network_includes) + bool(self.network_excludes)
        if self.network_connection == "ZONE" and named != 1:
            raise ValueError("network_connection: ZONE needs either network_includes or network_excludes")
        if self.network_connection != "ZONE" and named:
            raise ValueError("network_includes and network_excludes need network_connection: ZONE")
        return self
