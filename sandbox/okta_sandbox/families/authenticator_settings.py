"""Values that Okta takes in the settings of authenticators and of their methods, from its OpenAPI document."""

from typing import Generic, Literal, TypeVar

from pydantic import Field

from okta_sandbox.body import OpenBody, absent, read
from okta_sandbox.json_types import Json

UserVerification = Literal["DISCOURAGED", "PREFERRED", "REQUIRED"]
S = TypeVar("S", bound=OpenBody)


class _Use(OpenBody):
    allowedFor: Literal["any", "none", "recovery", "sso"] | None = absent()


class _Email(_Use):
    tokenLifetimeInMinutes: int | None = Field(default=None, ge=1, exclude_if=lambda value: value is None)


class _ChannelBinding(OpenBody):
    style: Literal["NUMBER_CHALLENGE"] | None = absent()
    required: Literal["ALWAYS", "HIGH_RISK_ONLY", "NEVER"] | None = absent()


class _Compliance(OpenBody):
    fips: Literal["OPTIONAL", "REQUIRED"] | None = absent()


class _App(OpenBody):
    userVerification: UserVerification | None = absent()


class _OktaVerify(_App):
    channelBinding: _ChannelBinding | None = absent()
    compliance: _Compliance | None = absent()
    enrollmentSecurityLevel: Literal["ANY", "HIGH"] | None = absent()
    userVerificationMethods: list[Literal["BIOMETRICS", "PIN"]] | None = absent()


class _Otp(OpenBody):
    protocol: Literal["TOTP", "HOTP"] | None = absent()
    encoding: Literal["base32", "base64", "hexadecimal"] | None = absent()
    passCodeLength: Literal[6, 8, 10] | None = absent()


class _AaguidGroup(OpenBody):
    name: str = Field(min_length=1)
    aaguids: list[str]


class _WebAuthn(_App):
    attachment: Literal["ANY", "BUILT_IN", "ROAMING"] | None = absent()
    residentKeyRequirement: Literal["DISCOURAGED", "PREFERRED", "REQUIRED"] | None = absent()
    aaguidGroups: list[_AaguidGroup] | None = absent()


class _Settings(OpenBody, Generic[S]):
    settings: S | None = None


_OF_AUTHENTICATOR: dict[str, type[OpenBody]] = {
    "custom_app": _Settings[_App],
    "custom_otp": _Settings[_Otp],
    "okta_email": _Settings[_Email],
    "okta_verify": _Settings[_OktaVerify],
    "phone_number": _Settings[_Use],
    "security_question": _Settings[_Use],
}
_OF_METHOD: dict[str, type[OpenBody]] = {"webauthn": _Settings[_WebAuthn]}


def check_authenticator(key: str, settings: Json) -> None:
    """Raise OktaError for a value that the authenticator with this key does not take."""
    read(_OF_AUTHENTICATOR.get(key, OpenBody), {"settings": settings})


def check_method(kind: str, settings: Json) -> None:
    """Raise OktaError for a value that a method of this type does not take."""
    read(_OF_METHOD.get(kind, OpenBody), {"settings": settings})
