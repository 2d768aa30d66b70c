"""What a policy and a rule may hold, as far as the sandbox looks into it; the rest is kept as it was sent."""

from typing import Any, Literal

from pydantic import Field

from reconciler.sandbox.body import OpenBody, absent, required_text

Status = Literal["ACTIVE", "INACTIVE"]


class Sides(OpenBody):
    include: list[Any] | None = absent()
    exclude: list[Any] | None = absent()


class People(OpenBody):
    users: Sides | None = absent()
    groups: Sides | None = absent()


class Network(OpenBody):
    connection: str | None = absent()
    include: list[str] | None = absent()
    exclude: list[str] | None = absent()


class Platform(OpenBody):
    include: list[dict[str, Any]] | None = absent()
    exclude: list[dict[str, Any]] | None = absent()


class Conditions(OpenBody):
    people: People | None = absent()
    network: Network | None = absent()
    platform: Platform | None = absent()
    userType: Sides | None = absent()


class Settings(OpenBody):
    authenticators: list[dict[str, Any]] | None = absent()


class Policy(OpenBody):
    status: Status = "ACTIVE"
    name: str = required_text()
    description: str | None = None
    priority: int | None = None
    conditions: Conditions | None = None
    settings: Settings | None = None
    type: str = required_text()


class VerificationMethod(OpenBody):
    type: str = "ASSURANCE"


class AppSignOn(OpenBody):
    verificationMethod: VerificationMethod | None = absent()


class IdentityProvider(OpenBody):
    matchCriteria: list[dict[str, Any]] | None = absent()


class Actions(OpenBody):
    signon: dict[str, Any] | None = absent()
    appSignOn: AppSignOn | None = absent()
    idp: IdentityProvider | None = absent()


class Rule(OpenBody):
    status: Status = "ACTIVE"
    name: str = required_text(100)
    priority: int | None = Field(default=None, ge=0)
    conditions: Conditions | None = None
    actions: Actions = Actions()
    type: str | None = None
