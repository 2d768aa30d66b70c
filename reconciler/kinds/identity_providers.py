"""What identity providers of all protocols have in common: whose accounts people get, and what they get with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from reconciler.kinds.conditions import became, fewer, larger, more
from reconciler.kinds.fields import Api, Argument, Bool, Int, Name, Purpose, Relates, SetOf
from reconciler.kinds.group import GroupRef
from reconciler.kinds.idp_saml_key import IDP_SCOPE
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, Risk, appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import (
    ACCOUNT_MATCHING_CHANGED,
    IDENTITY_PROVIDER_ADDED,
    IDENTITY_PROVIDER_CHANGED,
    MFA_WEAKENED,
    PROOF_WEAKENED,
    PROVIDER_GROUPS_WIDENED,
    PROVISIONING_WIDENED,
)

Binding = Literal["HTTP-POST", "HTTP-REDIRECT"]
_OTHER: Final = "identity provider"
_STATUS: Final = (
    "the provider cannot activate or deactivate an identity provider: do it in the Admin Console, and drift detection "
    "reports it"
)
WRITE_ONLY_SECRET: Final = "Pulumi keeps no write-only arguments: `client_secret` is encrypted in the state instead"


def _attribute_without_type(provider: Any) -> bool:
    return bool(provider.subject_match_attribute) and provider.subject_match_type != "CUSTOM_ATTRIBUTE"


def attribute_without_type(phase: Phase) -> Refusal:
    """The refusal of an attribute to match that would not be used."""
    return Refusal(
        "subject_match_attribute", _attribute_without_type, "needs subject_match_type: CUSTOM_ATTRIBUTE", phase
    )


_TYPE_WITHOUT_ATTRIBUTE = Refusal(
    "subject_match_type",
    lambda provider: provider.subject_match_type == "CUSTOM_ATTRIBUTE" and not provider.subject_match_attribute,
    "needs subject_match_attribute",
    Phase.VALIDATE,
)


def _matches_more(change: Change) -> bool:
    """Whether more accounts are candidates for a link: an empty list does not limit them."""
    return bool(change.added if change.actual else change.removed)


class IdentityProvider(Part):
    """The fields of every identity provider (`/api/v1/idps`)."""

    refusals: ClassVar[tuple[Refusal, ...]] = (attribute_without_type(Phase.WRITE), _TYPE_WITHOUT_ATTRIBUTE)
    risks: ClassVar[tuple[Risk, ...]] = (
        appeared(IDENTITY_PROVIDER_ADDED, new=True),
        changed(IDENTITY_PROVIDER_ADDED, "status*", when=became("ACTIVE")),
        changed(
            ACCOUNT_MATCHING_CHANGED,
            "subject_match_type",
            "subject_match_attribute",
            "username_template",
            "policy.transformedUsernameMatching*",
        ),
        changed(ACCOUNT_MATCHING_CHANGED, "account_link_action", when=became("AUTO")),
        changed(ACCOUNT_MATCHING_CHANGED, "account_link_groups", when=_matches_more),
        changed(ACCOUNT_MATCHING_CHANGED, "policy.accountLink.filter.*"),
        changed(PROVISIONING_WIDENED, "provisioning_action", when=became("AUTO")),
        changed(PROVISIONING_WIDENED, "deprovisioned_action", when=became("REACTIVATE")),
        changed(PROVISIONING_WIDENED, "suspended_action", when=became("UNSUSPEND")),
        changed(PROVISIONING_WIDENED, "profile_master", when=became(True)),
        changed(PROVIDER_GROUPS_WIDENED, "groups_action", when=became("APPEND", "SYNC", "ASSIGN")),
        changed(PROVIDER_GROUPS_WIDENED, "groups_assignments", "groups_filters", when=more),
        changed(PROVIDER_GROUPS_WIDENED, "groups_filters", when=fewer),
        changed(PROVIDER_GROUPS_WIDENED, "groups_attribute"),
        changed(PROOF_WEAKENED, "max_clock_skew", when=larger),
    )

    name: Annotated[Name, Field(max_length=100)]
    """Name of the identity provider, unique in the tenant."""
    provisioning_action: Annotated[Literal["AUTO", "DISABLED"], Api("policy.provisioning.action")] = "AUTO"
    """`AUTO` creates an account for people who have none (just-in-time provisioning), `DISABLED` refuses them."""
    profile_master: Annotated[Bool, Api("policy.provisioning.profileMaster")] = False
    """Whether the identity provider overwrites profiles at each sign-in."""
    deprovisioned_action: Annotated[
        Literal["NONE", "REACTIVATE"], Api("policy.provisioning.conditions.deprovisioned.action")
    ] = "NONE"
    """What happens when people with a deactivated account sign in."""
    suspended_action: Annotated[
        Literal["NONE", "UNSUSPEND"], Api("policy.provisioning.conditions.suspended.action")
    ] = "NONE"
    """What happens when people with a suspended account sign in."""
    groups_action: Annotated[Literal["NONE", "APPEND", "SYNC", "ASSIGN"], Api("policy.provisioning.groups.action")] = (
        "NONE"
    )
    """How people get into groups: `ASSIGN` to `groups_assignments`; `APPEND` and `SYNC` to the groups in
    `groups_attribute`, of which `SYNC` also removes them."""
    groups_assignments: Annotated[
        SetOf[GroupRef], Relates(Purpose.MEMBERSHIP), Api("policy.provisioning.groups.assignments")
    ] = frozenset()
    """Groups that everyone who signs in joins (with `ASSIGN`)."""
    groups_attribute: Annotated[str, Api("policy.provisioning.groups.sourceAttributeName")] = ""
    """Attribute from the identity provider with the names of groups (with `APPEND` and `SYNC`)."""
    groups_filters: Annotated[
        SetOf[GroupRef], Relates(Purpose.MEMBERSHIP), Api("policy.provisioning.groups.filter")
    ] = frozenset()
    """Groups that the identity provider may assign (with `APPEND` and `SYNC`)."""
    account_link_action: Annotated[Literal["AUTO", "DISABLED"], Api("policy.accountLink.action")] = "AUTO"
    """`AUTO` links people to the existing account that matches, `DISABLED` links nobody."""
    account_link_groups: Annotated[
        SetOf[GroupRef],
        Relates(Purpose.PEOPLE),
        Api("policy.accountLink.filter.groups.include"),
        Argument("account_link_group_includes"),
    ] = frozenset()
    """Groups whose members can be linked; empty for everyone."""
    username_template: Annotated[str, Field(min_length=1), Api("policy.subject.userNameTemplate.template")] = (
        "idpuser.email"
    )
    """Okta expression for the user name, made from the profile at the identity provider."""
    subject_match_type: Annotated[
        Literal["USERNAME", "EMAIL", "USERNAME_OR_EMAIL", "CUSTOM_ATTRIBUTE"], Api("policy.subject.matchType")
    ] = "USERNAME"
    """Attribute of accounts that must equal the user name."""
    subject_match_attribute: Annotated[str, Api("policy.subject.matchAttribute")] = ""
    """Attribute of the Okta profile to match, only with `CUSTOM_ATTRIBUTE`."""
    max_clock_skew: Annotated[Int, Field(ge=0), Api("policy.maxClockSkew")] = 0
    """Difference between the clocks of both sides that Okta accepts, in milliseconds."""


class EnterpriseProvider(IdentityProvider):
    """The fields of identity providers of your own or of partners: not those of social networks."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(MFA_WEAKENED, "trust_claims", when=became(True), new=True),
        changed(ACCOUNT_MATCHING_CHANGED, "subject_filter"),
        changed(PROOF_WEAKENED, "request_signature_scope", when=became("NONE")),
    )

    subject_filter: Annotated[str, Api("policy.subject.filter")] = ""
    """Regular expression that user names must match; empty for all. Without it, the identity provider can sign in
    anybody, administrators too."""
    trust_claims: Annotated[Bool, Api("policy.trustClaims")] = False
    """Whether factors that people used at the identity provider count in Okta's policies."""
    request_signature_scope: Annotated[
        Literal["REQUEST", "NONE"], Api("protocol.algorithms.request.signature.scope")
    ] = "REQUEST"
    """Whether Okta signs its requests."""


_RISKS_OF_OTHERS = (
    appeared(IDENTITY_PROVIDER_ADDED),
    changed(IDENTITY_PROVIDER_CHANGED, "*"),
    gone(IDENTITY_PROVIDER_CHANGED),
)
"""Identity providers of other types, such as smart cards, sign people in as well."""


def _stops(spec: Spec) -> str:
    """Who can no longer sign in."""
    return f"people can no longer sign in with the identity provider {spec['name']}"


def identity_provider(
    name: str, resource: str, fields: type[IdentityProvider], claims: Callable[[Json], bool], **facts: Any
) -> Kind:
    """A registered kind of identity providers. `facts` are those that others do not have."""
    provider = Provider(
        fixed=facts.pop("fixed", {}),
        derived=facts.pop("derived", ()),
        keeps=facts.pop("keeps", ()),
        inactive_to_delete=True,
    )
    fresh = {"policy.transformedUsernameMatchingEnabled": (False,), "status": ("ACTIVE",)} | facts.pop("fresh", {})
    not_declarable = {"status": _STATUS} | facts.pop("not_declarable", {})
    return register(
        Kind(
            name=name,
            resource=resource,
            fields=fields,
            shape=Listed(path="/api/v1/idps", scope=IDP_SCOPE, query="limit=200", claims=claims, others=_OTHER),
            provider=provider,
            events=("system.idp.lifecycle.",),
            fresh=fresh,
            not_declarable=not_declarable,
            not_read=("links to accounts", "profile mappings"),
            lost_on_replace=("redirect URI",),
            risks_of_others=_RISKS_OF_OTHERS,
            stops=_stops,
            **facts,
        )
    )
