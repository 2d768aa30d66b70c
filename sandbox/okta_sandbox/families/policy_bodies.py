"""Request bodies of policies and rules. Fields that the sandbox does not check are kept as sent.

The values of enumerations are those of Okta's OpenAPI document, of the provider (CHROMEOS, MACOS, ON_NETWORK,
OFF_NETWORK, CHALLENGE) and of recordings (LINUX).
"""

from typing import Any, Literal

from pydantic import Field

from okta_sandbox.body import OpenBody, absent, required_text

Status = Literal["ACTIVE", "INACTIVE"]
Access = Literal["ALLOW", "DENY"]
Level = Literal["ANY", "LOW", "MEDIUM", "HIGH"]


class _Sides(OpenBody):
    include: list[Any] | None = absent()
    exclude: list[Any] | None = absent()


class _People(OpenBody):
    users: _Sides | None = absent()
    groups: _Sides | None = absent()


class _Network(OpenBody):
    connection: Literal["ANYWHERE", "ZONE", "ON_NETWORK", "OFF_NETWORK"] | None = absent()
    include: list[str] | None = absent()
    exclude: list[str] | None = absent()


class _OperatingSystem(OpenBody):
    type: Literal["ANY", "ANDROID", "CHROMEOS", "IOS", "LINUX", "MACOS", "OSX", "OTHER", "WINDOWS"] | None = absent()


class _OnePlatform(OpenBody):
    type: Literal["ANY", "DESKTOP", "MOBILE", "OTHER"] | None = absent()
    os: _OperatingSystem | None = absent()


class _Platform(OpenBody):
    include: list[_OnePlatform] | None = absent()
    exclude: list[_OnePlatform] | None = absent()


class _AuthContext(OpenBody):
    authType: Literal["ANY", "LDAP_INTERFACE", "RADIUS"] | None = absent()


class _Behaviours(OpenBody):
    behaviors: list[str] | None = absent()


class _Risk(OpenBody):
    level: Level | None = absent()
    minRiskLevel: Level | None = absent()


class _Provider(OpenBody):
    provider: Literal["ANY", "OKTA", "SPECIFIC_IDP"] | None = absent()
    idpIds: list[str] | None = absent()


class _Pattern(OpenBody):
    matchType: Literal["CONTAINS", "EQUALS", "EXPRESSION", "STARTS_WITH", "SUFFIX"] | None = absent()


class _UserIdentifier(OpenBody):
    type: Literal["ATTRIBUTE", "IDENTIFIER", ""] | None = absent()
    patterns: list[_Pattern] | None = absent()


class _Conditions(OpenBody):
    people: _People | None = absent()
    network: _Network | None = absent()
    platform: _Platform | None = absent()
    userType: _Sides | None = absent()
    authContext: _AuthContext | None = absent()
    risk: _Behaviours | None = absent()
    riskScore: _Risk | None = absent()
    entityRisk: _Risk | None = absent()
    identityProvider: _Provider | None = absent()
    userIdentifier: _UserIdentifier | None = absent()


class _Enrolment(OpenBody):
    self: Literal["NOT_ALLOWED", "OPTIONAL", "REQUIRED"] | None = absent()


class _Enrolled(OpenBody):
    enroll: _Enrolment | None = absent()


class _Settings(OpenBody):
    authenticators: list[_Enrolled] | None = absent()
    factors: dict[str, _Enrolled] | None = absent()


class Policy(OpenBody):
    """The body of a policy."""

    status: Status = "ACTIVE"
    name: str = required_text()
    description: str | None = None
    priority: int | None = None
    conditions: _Conditions | None = None
    settings: _Settings | None = None
    type: str = required_text()


class _SignOn(OpenBody):
    access: Literal["ALLOW", "CHALLENGE", "DENY"] | None = absent()
    primaryFactor: Literal["PASSWORD_IDP", "PASSWORD_IDP_ANY_FACTOR"] | None = absent()
    factorPromptMode: Literal["ALWAYS", "DEVICE", "SESSION"] | None = absent()


class _VerificationMethod(OpenBody):
    type: Literal["ASSURANCE", "AUTH_METHOD_CHAIN", "ID_PROOFING"] = "ASSURANCE"
    factorMode: Literal["1FA", "2FA"] | None = absent()
    constraints: list[dict[str, Any]] | None = absent()


class _AppSignOn(OpenBody):
    access: Access | None = absent()
    verificationMethod: _VerificationMethod | None = absent()


class _Enroll(OpenBody):
    self: Literal["CHALLENGE", "LOGIN", "NEVER"] | None = absent()


class _IdentityProvider(OpenBody):
    providers: list[dict[str, Any]] | None = absent()
    idpSelectionType: Literal["DYNAMIC", "SPECIFIC"] | None = absent()
    matchCriteria: list[dict[str, Any]] | None = absent()


class _Hook(OpenBody):
    inlineHookId: str | None = absent()


class _ProfileEnrolment(OpenBody):
    access: Access | None = absent()
    unknownUserAction: Literal["DENY", "REGISTER"] | None = absent()
    profileAttributes: list[dict[str, Any]] | None = absent()
    targetGroupIds: list[str] | None = absent()
    preRegistrationInlineHooks: list[_Hook] | None = absent()


class _AfterSignOn(OpenBody):
    action: Literal["RUN_WORKFLOW", "TERMINATE_SESSION"]


class _PostAuthSession(OpenBody):
    failureActions: list[_AfterSignOn] | None = absent()


class _AtRisk(OpenBody):
    action: Literal["RUN_WORKFLOW", "TERMINATE_ALL_SESSIONS"]


class _EntityRisk(OpenBody):
    actions: list[_AtRisk] | None = absent()


class _SelfService(OpenBody):
    access: Access | None = absent()


class _Actions(OpenBody):
    signon: _SignOn | None = absent()
    appSignOn: _AppSignOn | None = absent()
    enroll: _Enroll | None = absent()
    idp: _IdentityProvider | None = absent()
    profileEnrollment: _ProfileEnrolment | None = absent()
    postAuthSession: _PostAuthSession | None = absent()
    entityRisk: _EntityRisk | None = absent()
    passwordChange: _SelfService | None = absent()
    selfServicePasswordReset: _SelfService | None = absent()
    selfServiceUnlock: _SelfService | None = absent()


class Rule(OpenBody):
    """The body of a rule."""

    status: Status = "ACTIVE"
    name: str = required_text(100)
    priority: int | None = Field(default=None, ge=0)
    conditions: _Conditions | None = None
    actions: _Actions = _Actions()
    type: str | None = None
