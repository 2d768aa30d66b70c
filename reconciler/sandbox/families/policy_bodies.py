"""Request bodies of policies and rules. Fields that the sandbox does not check are kept as sent."""

from typing import Any, Literal

from pydantic import Field

from reconciler.sandbox.body import OpenBody, absent, required_text

Status = Literal["ACTIVE", "INACTIVE"]


class _Sides(OpenBody):
    include: list[Any] | None = absent()
    exclude: list[Any] | None = absent()


class _People(OpenBody):
    users: _Sides | None = absent()
    groups: _Sides | None = absent()


class _Network(OpenBody):
    connection: str | None = absent()
    include: list[str] | None = absent()
    exclude: list[str] | None = absent()


class _Platform(OpenBody):
    include: list[dict[str, Any]] | None = absent()
    exclude: list[dict[str, Any]] | None = absent()


class _Conditions(OpenBody):
    people: _People | None = absent()
    network: _Network | None = absent()
    platform: _Platform | None = absent()
    userType: _Sides | None = absent()


class _Settings(OpenBody):
    authenticators: list[dict[str, Any]] | None = absent()
    factors: dict[str, dict[str, Any]] | None = absent()


class Policy(OpenBody):
    """The body of a policy."""

    status: Status = "ACTIVE"
    name: str = required_text()
    description: str | None = None
    priority: int | None = None
    conditions: _Conditions | None = None
    settings: _Settings | None = None
    type: str = required_text()


class _VerificationMethod(OpenBody):
    type: str = "ASSURANCE"
    constraints: list[dict[str, Any]] | None = absent()


class _AppSignOn(OpenBody):
    verificationMethod: _VerificationMethod | None = absent()


class _IdentityProvider(OpenBody):
    providers: list[dict[str, Any]] | None = absent()
    matchCriteria: list[dict[str, Any]] | None = absent()


class _ProfileEnrolment(OpenBody):
    profileAttributes: list[dict[str, Any]] | None = absent()


class _Actions(OpenBody):
    signon: dict[str, Any] | None = absent()
    appSignOn: _AppSignOn | None = absent()
    idp: _IdentityProvider | None = absent()
    profileEnrollment: _ProfileEnrolment | None = absent()


class Rule(OpenBody):
    """The body of a rule."""

    status: Status = "ACTIVE"
    name: str = required_text(100)
    priority: int | None = Field(default=None, ge=0)
    conditions: _Conditions | None = None
    actions: _Actions = _Actions()
    type: str | None = None
