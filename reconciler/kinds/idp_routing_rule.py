"""Routing rules (IDP_DISCOVERY): which identity provider people sign in with."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.conditions import became, both
from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    ListOf,
    OnDelete,
    Only,
    Purpose,
    Ref,
    Relates,
    Replaces,
    ServerFilled,
    SetOf,
    Status,
    WriteOnly,
)
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.policies import DECIDES, OTHER_CONDITIONS, RULES, FromNetwork, Position, RuleName, system_policy
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, appeared, changed
from reconciler.kinds.threats import CONDITIONS_CHANGED, SIGN_INS_REROUTED

_TYPE: Final = "IDP_DISCOVERY"
_CRITERIA: Final = "matchCriteria"
_MATCH: Final = "match"
"""The member in which `_read_api` puts the first of the criteria."""
_IDENTIFIER: Final = "conditions.userIdentifier"
_OKTA: Final[Json] = {"type": "OKTA"}


class RoutedTo(Part):
    """An identity provider that people can sign in with."""

    type: Literal[
        "OKTA",
        "AMAZON",
        "APPLE",
        "DISCORD",
        "FACEBOOK",
        "GITHUB",
        "GITLAB",
        "GOOGLE",
        "IDV_CLEAR",
        "IDV_INCODE",
        "IDV_PERSONA",
        "LINKEDIN",
        "LOGINGOV",
        "LOGINGOV_SANDBOX",
        "MICROSOFT",
        "OIDC",
        "PAYPAL",
        "PAYPAL_SANDBOX",
        "SALESFORCE",
        "SAML2",
        "SPOTIFY",
        "X509",
        "XERO",
        "YAHOO",
        "YAHOOJP",
    ] = "OKTA"
    """Type of the identity provider; `OKTA` for Okta itself."""
    idp: Annotated[
        Annotated[str, Ref("idp-oidc", "idp-saml", "idp-social", plain_id=True)] | None,
        Relates(Purpose.OTHER, OnDelete.REFUSED),
        Api("id"),
        Argument("id"),
        Only(lambda one: one.type != "OKTA", "Okta itself is no identity provider of the tenant"),
    ] = None
    """The identity provider, such as `idp-saml partners`."""

    @model_validator(mode="after")
    def _names_it(self) -> Self:
        if self.type != "OKTA" and not self.idp:
            raise ValueError("needs idp: the identity provider of the type")
        return self


class RoutedApp(Part):
    """An app, or all apps of one type."""

    refusals = (
        Refusal("type", lambda one: one.type == "APP" and not one.app, "needs app", Phase.WRITE),
        Refusal("type", lambda one: one.type == "APP_TYPE" and not one.name, "needs name", Phase.WRITE),
    )

    type: Literal["APP", "APP_TYPE"] = "APP"
    """`APP` for one app, `APP_TYPE` for all apps made from an entry of Okta's catalogue."""
    app: Annotated[
        Annotated[str, Ref("app", plain_id=True)] | None,
        Relates(Purpose.OTHER),
        Api("id"),
        Argument("id"),
        Only(lambda one: one.type == "APP", "only type: APP is one app"),
    ] = None
    """The app, such as `saml-app payroll`."""
    name: Annotated[
        str | None, Only(lambda one: one.type == "APP_TYPE", "only type: APP_TYPE names an entry of the catalogue")
    ] = None
    """Name of the entry in Okta's catalogue, such as `salesforce`."""


class RoutedPlatform(Part):
    """A device platform."""

    type: Literal["ANY", "DESKTOP", "MOBILE"] = "ANY"
    """Type of the platform."""
    os_type: Annotated[Literal["ANY", "ANDROID", "IOS", "OSX", "OTHER", "WINDOWS"], Api("os.type")] = "ANY"
    """Operating system."""
    os_expression: Annotated[
        str | None,
        Api("os.expression"),
        Only(lambda platform: platform.os_type == "OTHER", "only os_type: OTHER has an expression"),
    ] = None
    """Expression that matches the operating system; only with `OTHER`."""


class IdentifierPattern(Part):
    """A pattern for the identifier or attribute of the person who signs in."""

    match_type: Literal["SUFFIX", "EQUALS", "STARTS_WITH", "CONTAINS", "EXPRESSION"]
    """How the pattern is matched; `EXPRESSION` for a regular expression."""
    value: Annotated[str, Field(min_length=1)]
    """The text or regular expression, such as `partner.example`."""


def _names_a_provider(change: Change) -> bool:
    """Whether people can be sent to another identity provider than declared, and not only to Okta itself."""
    return any(one.get("type") != "OKTA" for one in change.added)


def _routes_away(change: Change) -> bool:
    """Whether an active rule sends people to identity providers other than Okta itself."""
    rule = change.spec
    providers = rule.get("idp_providers") or ()
    away = rule.get("selection_type") == "DYNAMIC" or any(one.get("type") != "OKTA" for one in providers)
    return away and rule.get("status") == "ACTIVE"


def _is_dynamic(rule: Any) -> bool:
    return bool(rule.selection_type == "DYNAMIC")


_ONLY_DYNAMIC = Only(_is_dynamic, "only selection_type: DYNAMIC has an expression")
_ONLY_IDENTIFIED = Only(
    lambda rule: rule.user_identifier_type is not None, "the provider sends it only with user_identifier_type"
)


class IdpRoutingRule(FromNetwork):
    """A routing rule: which identity provider people sign in with.

    The rules are those of the policy `type=IDP_DISCOVERY`, which every tenant has once. The first rule that matches
    applies. If none does, people sign in with Okta itself.
    """

    refusals = (
        Refusal(
            "network_excludes",
            lambda rule: rule.network_includes and rule.network_excludes,
            "set either network_includes or network_excludes",
            Phase.PREVIEW,
        ),
    )
    risks = (
        changed(SIGN_INS_REROUTED, "idp_providers", when=_names_a_provider, new=True),
        changed(SIGN_INS_REROUTED, "selection_type", when=became("DYNAMIC"), new=True),
        changed(SIGN_INS_REROUTED, "provider_expression", "property_name"),
        changed(SIGN_INS_REROUTED, "status", when=both(became("ACTIVE"), _routes_away)),
        changed(SIGN_INS_REROUTED, "actions.*"),
        appeared(SIGN_INS_REROUTED, when=_routes_away),
        changed(CONDITIONS_CHANGED, "idp_providers", "selection_type"),
        changed(
            CONDITIONS_CHANGED,
            "app_includes",
            "app_excludes",
            "platform_includes",
            "user_identifier_type",
            "user_identifier_attribute",
            "user_identifier_patterns",
        ),
        *DECIDES,
        *OTHER_CONDITIONS,
    )

    name: Annotated[RuleName, Replaces()]
    """Name of the rule, unique in the tenant."""
    priority: Position
    """Priority among routing rules; 1 is evaluated first."""
    selection_type: Annotated[Literal["SPECIFIC", "DYNAMIC"], Api("actions.idp.idpSelectionType")] = "SPECIFIC"
    """Whether the rule names the identity providers, or an expression finds one at each sign-in."""
    idp_providers: Annotated[
        ListOf[RoutedTo],
        Field(min_length=1),
        Api("actions.idp.providers"),
        Only(lambda rule: not _is_dynamic(rule), "the provider sends it only with selection_type: SPECIFIC"),
    ] = (RoutedTo(),)
    """Identity providers that people can sign in with, Okta itself if left out."""
    provider_expression: Annotated[str | None, Api(f"actions.idp.{_MATCH}.providerExpression"), _ONLY_DYNAMIC] = None
    """Okta expression that finds the identity provider, such as `login.identifier.substringAfter('@')`."""
    property_name: Annotated[str | None, Api(f"actions.idp.{_MATCH}.propertyName"), ServerFilled(), _ONLY_DYNAMIC] = (
        None
    )
    """Property of identity providers that the result of the expression must equal. Left out: `name`."""
    should_fall_back_to_okta: Annotated[
        Bool, Api("actions.idp.shouldFallBackToOkta"), WriteOnly("Okta does not return it")
    ] = False
    """Whether people sign in with Okta itself if the expression finds no identity provider."""
    app_includes: Annotated[SetOf[RoutedApp], Api("conditions.app.include")] = frozenset()
    """Apps that the rule applies to; empty for all."""
    app_excludes: Annotated[SetOf[RoutedApp], Api("conditions.app.exclude")] = frozenset()
    """Apps that the rule does not apply to."""
    platform_includes: Annotated[SetOf[RoutedPlatform], Api("conditions.platform.include")] = frozenset()
    """Device platforms that the rule applies to; empty for all."""
    user_identifier_type: Annotated[Literal["IDENTIFIER", "ATTRIBUTE"] | None, Api(f"{_IDENTIFIER}.type")] = None
    """What the patterns are for: the identifier that people enter, or an attribute of their profile. Left out: the rule
    applies to everyone."""
    user_identifier_attribute: Annotated[str | None, Api(f"{_IDENTIFIER}.attribute"), _ONLY_IDENTIFIED] = None
    """Attribute of the profile, only with `ATTRIBUTE`."""
    user_identifier_patterns: Annotated[SetOf[IdentifierPattern], Api(f"{_IDENTIFIER}.patterns"), _ONLY_IDENTIFIED] = (
        frozenset()
    )
    """Patterns, one of which must match; a single one with `EXPRESSION`."""
    status: Status = "ACTIVE"
    """An `INACTIVE` rule is not evaluated."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if _is_dynamic(self) and not self.provider_expression:
            raise ValueError("selection_type: DYNAMIC needs provider_expression")
        if self.user_identifier_type and not self.user_identifier_patterns:
            raise ValueError("user_identifier_type needs user_identifier_patterns")
        if self.user_identifier_type == "ATTRIBUTE" and not self.user_identifier_attribute:
            raise ValueError("user_identifier_type: ATTRIBUTE needs user_identifier_attribute")
        expressions = any(one.match_type == "EXPRESSION" for one in self.user_identifier_patterns)
        if expressions and len(self.user_identifier_patterns) > 1:
            raise ValueError("user_identifier_patterns: with match_type: EXPRESSION, there can be one pattern only")
        return self


def _idp(item: Json) -> Json:
    return dict((item.get("actions") or {}).get("idp") or {})


def _with_idp(item: Json, idp: Json) -> Json:
    return item | {"actions": (item.get("actions") or {}) | {"idp": idp}}


def _read_api(item: Json) -> Json:
    """The rule with the first of the criteria in a member, and without the names of identity providers."""
    idp = _idp(item)
    first, *more = idp.pop(_CRITERIA, None) or ({},)
    named = [{key: value for key, value in one.items() if key != "name"} for one in idp.get("providers") or ()]
    shaped = idp | {"providers": named} | ({_MATCH: first} if first else {}) | ({_CRITERIA: more} if more else {})
    return _with_idp(item, shaped)


def _write_api(body: Json) -> Json:
    """The inverse of `_read_api`. Without any identity providers, the provider sends Okta itself."""
    idp = _idp(body)
    criteria = [*([idp.pop(_MATCH)] if _MATCH in idp else []), *idp.pop(_CRITERIA, ())]
    providers = idp.get("providers") or ([] if idp.get("idpSelectionType") == "DYNAMIC" else [dict(_OKTA)])
    return _with_idp(body, idp | {"providers": providers} | ({_CRITERIA: criteria} if criteria else {}))


IDP_ROUTING_RULE = register(
    Kind(
        name="idp-routing-rule",
        resource="okta:policy/ruleIdpDiscovery:RuleIdpDiscovery",
        fields=IdpRoutingRule,
        shape=RULES,
        provider=Provider(fixed={"type": _TYPE}, lifecycle=True),
        within=system_policy(
            "routing-policy", _TYPE, "The policy with the routing rules, which every tenant has once."
        ),
        parent_arguments=("policy_id",),
        events=("policy.rule.",),
        generated=("actions.idp.providers.name",),
        read_api=_read_api,
        write_api=_write_api,
    )
)
