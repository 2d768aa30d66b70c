"""Authentication policies (ACCESS_POLICY): what an app asks for before it lets people in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic.fields import FieldInfo

from reconciler.kinds.conditions import became, fewer, is_not, more
from reconciler.kinds.durations import longer
from reconciler.kinds.fields import (
    JSON_TEXT,
    Api,
    Argument,
    Bool,
    Checked,
    ListOf,
    Name,
    Only,
    Owns,
    Prioritised,
    Ref,
    ServerFilled,
    SetOf,
    Status,
    each,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.kind import Collection, Kind, Part, Spec, register
from reconciler.kinds.policies import (
    OTHER_CONDITIONS,
    SCOPE,
    FromNetwork,
    RuleName,
    default_policy,
    is_system,
    policies,
    zones_needed,
)
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.sign_in_strength import admits_more, asked_less_often, demands, pairs, undeclared, weaker
from reconciler.kinds.threats import (
    ASKED_LESS_OFTEN,
    CONDITIONS_CHANGED,
    MFA_WEAKENED,
    RULE_ADDED,
    RULE_SWITCHED_OFF,
)

AuthenticationPolicyRef = Annotated[str, Ref("authentication-policy")]

Duration = Annotated[str, StringConstraints(pattern=r"^P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$")]
"""An ISO 8601 duration, such as `PT2H`; `PT0S` for every time."""
Need = Literal["REQUIRED", "OPTIONAL"]
_VERIFICATION = "actions.appSignOn.verificationMethod"


class AuthenticationMethod(Part):
    """One way to prove who one is."""

    key: str
    """The authenticator, such as `okta_verify`."""
    method: str
    """Its method, such as `push`."""


class NonEmpty(Part):
    """A structure that says something: Okta forgets one that is empty."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        fields = type(self).model_fields
        if not any(getattr(self, name) != info.default for name, info in fields.items() if self._is_said(name, info)):
            raise ValueError("must state at least one requirement: add one, or leave it out")
        return self

    def _is_said(self, name: str, info: FieldInfo) -> bool:
        """Whether a value is given, and does not just follow from others."""
        return info.default_factory is None or name in self.model_fields_set


class Knowledge(NonEmpty):
    """Something people know."""

    types: SetOf[str] = frozenset()
    """Kinds of authenticators, such as `password`."""
    reauthenticate_in: Duration | None = None
    """How long it counts."""
    authentication_methods: SetOf[AuthenticationMethod] = frozenset()
    """Only these."""
    excluded_authentication_methods: SetOf[AuthenticationMethod] = frozenset()
    """All but these."""
    required: Annotated[Bool, Field(default_factory=lambda data: not data.get("excluded_authentication_methods"))]
    """Whether this is asked for at all; left out, as Okta takes it: yes, unless methods are excluded."""


class Possession(Knowledge):
    """Something people have."""

    required: Bool = False
    """Whether this is asked for at all; the provider says so in either case."""
    device_bound: Need | None = None
    """Whether the key must not leave the device."""
    hardware_protection: Need | None = None
    """Whether the key must be held by hardware."""
    phishing_resistant: Need | None = None
    """Whether it must withstand phishing."""
    user_presence: Need | None = None
    """Whether people must touch or confirm it."""
    user_verification: Need | None = None
    """Whether it must check a fingerprint, a face or a PIN."""


class Constraint(NonEmpty):
    """One set of factors that satisfies a rule."""

    knowledge: Knowledge | None = None
    """Something people know."""
    possession: Possession | None = None
    """Something people have."""


class Platform(Part):
    """A kind of device."""

    type: Annotated[Literal["ANY", "DESKTOP", "MOBILE"], Checked()] = "ANY"
    """Desktop or mobile."""
    os_type: Annotated[
        Literal["ANDROID", "CHROMEOS", "IOS", "LINUX", "MACOS", "OTHER", "WINDOWS"], Api("os.type"), Checked()
    ]
    """The operating system. Name each one: the provider refuses `ANY`."""
    os_expression: Annotated[
        str,
        Api("os.expression"),
        Only(lambda platform: platform.os_type == "OTHER", "only the os_type OTHER has an expression"),
    ] = ""
    """With `OTHER`: an expression for it."""


class KeepMeSignedIn(Part):
    """Whether people may stay signed in."""

    post_auth: Annotated[Literal["ALLOWED", "NOT_ALLOWED"], Checked()] = "NOT_ALLOWED"
    """Whether they are asked after they signed in."""
    post_auth_prompt_frequency: Duration | None = None
    """How often they are asked."""


def _not_the_catch_all_rule(name: str) -> str:
    if name == "Catch-all Rule":
        raise ValueError("this rule is in every authentication policy: give a rule of your own another name")
    return name


def _demand_less(change: Change) -> bool:
    before, now = change.expected or (), change.actual or ()
    return demands(now) < demands(before) or admits_more(before, now)


def _last_longer(change: Change) -> bool:
    return longer(change.expected, change.actual)


def _stay_signed_in(change: Change) -> bool:
    return isinstance(change.actual, dict) and change.actual.get("post_auth") == "ALLOWED"


def _weaker_rules(change: Change) -> bool:
    return weaker(change.expected or (), change.actual or ())


def _rules_ask_less_often(change: Change) -> bool:
    return any(asked_less_often(before, now) for before, now in pairs(change.expected or (), change.actual or ()))


def _rules_added(change: Change) -> bool:
    """Whether there is a rule that decides and is not declared, under this name or another."""
    return bool(undeclared(change.expected or (), change.actual or ()))


def _expression_changed(change: Change) -> bool:
    """Whether an expression is another one: nobody can tell on which sign-ins its rule decides now."""
    both = pairs(change.expected or (), change.actual or ())
    return any(before.get(_EXPRESSION) != now.get(_EXPRESSION) for before, now in both)


def _chain_of_methods(change: Change) -> bool:
    """Whether a rule asks for a chain of methods, of which definitions cannot tell how strong it is."""
    both = pairs(change.expected or (), change.actual or ())
    return any(before.get("type") == "ASSURANCE" != now.get("type") for before, now in both)


_EXPRESSION = "custom_expression"
_CONDITIONS = (
    "groups_included",
    "groups_excluded",
    "device_is_registered",
    "device_is_managed",
    "platforms",
    "risk_score",
    _EXPRESSION,
)


def _have_a_name_in_common(policy: Any) -> bool:
    names = [_name(rule) for rule in policy.rules or ()]
    return len(names) > len(set(names))


def _name(rule: Any) -> str:
    return str(rule["name"] if isinstance(rule, dict) else rule.name)


class AuthenticationRule(FromNetwork):
    """A rule of an authentication policy."""

    risks = (
        changed(MFA_WEAKENED, "factor_mode", when=became("1FA")),
        changed(MFA_WEAKENED, "access", when=became("ALLOW")),
        changed(MFA_WEAKENED, "constraints", when=_demand_less),
        changed(MFA_WEAKENED, "type", when=is_not("ASSURANCE")),
        changed(ASKED_LESS_OFTEN, "re_authentication_frequency", "inactivity_period", when=_last_longer),
        changed(ASKED_LESS_OFTEN, "keep_me_signed_in", when=_stay_signed_in),
        changed(CONDITIONS_CHANGED, *_CONDITIONS),
    )

    name: Annotated[RuleName, AfterValidator(_not_the_catch_all_rule)]
    """The name of the rule, unique in its policy."""
    access: Annotated[Literal["ALLOW", "DENY"], Api("actions.appSignOn.access"), Checked()] = "ALLOW"
    """Whether people get in."""
    factor_mode: Annotated[Literal["1FA", "2FA"], Api(f"{_VERIFICATION}.factorMode"), Checked()] = "2FA"
    """How many factors are asked for."""
    type: Annotated[Literal["ASSURANCE"], Api(f"{_VERIFICATION}.type")] = "ASSURANCE"
    """How the factors are chosen: by `constraints`. Chains of methods cannot be declared, and are drift."""
    constraints: Annotated[
        ListOf[Constraint],
        Api(f"{_VERIFICATION}.constraints"),
        Argument("constraints", each(JSON_TEXT), as_api=True),
    ] = ()
    """Sets of factors; one of them is enough. None for any factors."""
    re_authentication_frequency: Annotated[Duration, Api(f"{_VERIFICATION}.reauthenticateIn"), ServerFilled()] = "PT2H"
    """How long a sign-in counts; `PT0S` to ask every time."""
    inactivity_period: Annotated[Duration | None, Api(f"{_VERIFICATION}.inactivityPeriod")] = None
    """How long it counts while people do nothing."""
    groups_included: Annotated[
        SetOf[GroupRef], Api("conditions.people.groups.include"), Argument("groups_includeds")
    ] = frozenset()
    """Only for these people."""
    groups_excluded: Annotated[
        SetOf[GroupRef], Api("conditions.people.groups.exclude"), Argument("groups_excludeds")
    ] = frozenset()
    """Not for these people."""
    device_is_registered: Annotated[Bool | None, Api("conditions.device.registered")] = None
    """Only from devices that Okta knows."""
    device_is_managed: Annotated[Bool | None, Api("conditions.device.managed")] = None
    """Only from devices that we manage; needs `device_is_registered: true`."""
    platforms: Annotated[SetOf[Platform], Api("conditions.platform.include"), Argument("platform_includes")] = (
        frozenset()
    )
    """Only from these kinds of devices."""
    risk_score: Annotated[
        Literal["ANY", "LOW", "MEDIUM", "HIGH"], Api("conditions.riskScore.level"), Checked(), ServerFilled()
    ] = "ANY"
    """How risky Okta finds the sign-in."""
    custom_expression: Annotated[str | None, Api("conditions.elCondition.condition")] = None
    """An Okta expression that must be true."""
    keep_me_signed_in: Annotated[KeepMeSignedIn, Api("actions.appSignOn.keepMeSignedIn")] = KeepMeSignedIn()
    """Whether people may stay signed in."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """An `INACTIVE` rule is passed over."""


class AuthenticationRules(Kind):
    """All rules of one authentication policy, but for the catch-all rule, which Okta made.

    One resource for the whole list, because the provider's single rules cannot keep an order.
    """

    kind = "authentication-policy-rules"
    resource = "okta:app/signonPolicyRules:SignonPolicyRules"
    collection = Collection(
        "rules", scope=SCOPE, built_in=is_system, fixed={"type": "ACCESS_POLICY"}, list_key="name", importable=False
    )
    events = ("policy.rule.", "application.policy.sign_on.")
    label_field = "rules"
    identity_engine = True
    parents = ("authentication-policy",)
    parent_arguments = ("policy_id",)
    risks = (
        changed(MFA_WEAKENED, "rules", when=_weaker_rules),
        changed(MFA_WEAKENED, "rules", when=_chain_of_methods),
        changed(MFA_WEAKENED, "*verificationMethod.chains*"),
        changed(RULE_ADDED, "rules", when=_rules_added),
        changed(RULE_ADDED, "rules[]", when=more),
        changed(RULE_SWITCHED_OFF, "rules[]", when=fewer),
        changed(ASKED_LESS_OFTEN, "rules", when=_rules_ask_less_often),
        changed(CONDITIONS_CHANGED, "rules", when=_expression_changed),
        *OTHER_CONDITIONS,
    )
    refusals = (Refusal("rules", _have_a_name_in_common, "each rule needs a name of its own", Phase.PREVIEW),)

    rules: Annotated[ListOf[AuthenticationRule], Prioritised()]
    """The rules, the first one that fits decides."""

    @classmethod
    def restricts_by(cls, spec: Spec) -> Iterable[tuple[str, str]]:
        """The zones from which rules let nobody in, or ask for two factors."""
        for rule in spec.get("rules") or ():
            yield from zones_needed(rule, denies=rule["access"] == "DENY", asks_more=rule["factor_mode"] == "2FA")


@register
class AuthenticationPolicy(Kind):
    """What an app asks for before it lets people in (`/api/v1/policies?type=ACCESS_POLICY`).

    Apps name the policy that they use. Deleting a policy moves its apps to the default one.
    """

    kind = "authentication-policy"
    resource = "okta:index/appSignonPolicy:AppSignonPolicy"
    collection = policies("ACCESS_POLICY", prioritised=False)
    events = ("policy.lifecycle.", "application.policy.sign_on.")
    system = (default_policy("the policy of apps that name no other"),)
    additional_scopes = ("okta.apps",)  # a deleted policy leaves its apps to the default one
    identity_engine = True

    name: Name
    """The name that Okta shows, unique among the policies of the type."""
    description: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    """What the policy is for; the provider asks for it."""
    rules: Annotated[
        ListOf[AuthenticationRule] | None,
        Field(min_length=1),
        Owns("authentication-policy-rules", whole=True),
    ] = None
    """The rules, the first one that fits decides; the catch-all rule of Okta comes last."""


register(AuthenticationRules)
