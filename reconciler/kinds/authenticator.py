"""Authenticators: what people can prove who they are with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from reconciler.kinds.authenticator_threats import (
    AUTHENTICATOR_DISABLED,
    AUTHENTICATOR_ENABLED,
    AUTHENTICATOR_REDIRECTED,
    AUTHENTICATOR_WEAKENED,
)
from reconciler.kinds.conditions import became
from reconciler.kinds.fields import (
    JSON_TEXT,
    Api,
    Argument,
    Bool,
    Int,
    ListOf,
    Name,
    Only,
    Owns,
    ProviderOnly,
    Purpose,
    Ref,
    Relates,
    Replaces,
    SecretRef,
    ServerFilled,
    SetOf,
    Status,
)
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.push_provider import PushProviderRef
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Change, When, appeared, changed, gone
from reconciler.kinds.shapes import Adopted
from reconciler.kinds.webauthn_fields import CustomAaguid

SCOPE: Final = "okta.authenticators"
WEBAUTHN: Final = "webauthn"
"""The key of the authenticator for security keys and passkeys."""
SEVERAL: Final = ("custom_app", "external_idp")
"""Keys that several authenticators of a tenant can have. Their names tell them apart."""
_UNCHANGEABLE: Final = ("custom_otp", "duo", "onprem_mfa", "rsa_token", "yubikey_token")
"""Keys of authenticators that the provider can create and cannot change."""
_SETTINGS_OF: Final = {
    "okta_email": ("allowed_for", "token_lifetime_minutes"),
    "phone_number": ("allowed_for",),
    "security_question": ("allowed_for",),
    "custom_app": ("app", "user_verification"),
    "okta_verify": (
        "channel_binding",
        "channel_binding_style",
        "fips",
        "enrollment_security_level",
        "user_verification",
        "user_verification_methods",
    ),
}
"""The members that the settings of an authenticator can have, by its key."""
_TYPES: Final = ("app", "email", "federated", "password", "phone", "security_key", "security_question", "tac")
"""What the API calls the authenticators with some keys: the key says more."""
_IN_PROVIDER: Final = "the provider does not send it when it creates an authenticator: `provider` says the same"


class AuthenticatorSettings(Part):
    """The settings of an authenticator. Which ones it has depends on its key; a setting left out keeps its value."""

    allowed_for: Annotated[Literal["any", "none", "recovery", "sso"] | None, ServerFilled()] = None
    """What an e-mail, a phone or a security question can be used for: to sign in (`sso`), to recover the account, or
    both (`any`)."""
    token_lifetime_minutes: Annotated[
        Int | None, Field(ge=1, le=1440), Api("tokenLifetimeInMinutes"), ServerFilled()
    ] = None
    """How long a code or link in an e-mail is valid."""
    user_verification: Annotated[Literal["DISCOURAGED", "PREFERRED", "REQUIRED"] | None, ServerFilled()] = None
    """Whether an app asks people for their PIN or biometrics."""
    user_verification_methods: Annotated[
        SetOf[Literal["BIOMETRICS", "PIN"]] | None, Field(min_length=1), ServerFilled()
    ] = None
    """How Okta Verify verifies them."""
    channel_binding: Annotated[
        Literal["ALWAYS", "HIGH_RISK_ONLY", "NEVER"] | None, Api("channelBinding.required"), ServerFilled()
    ] = None
    """When a push notification of Okta Verify asks for a number that the sign-in page shows."""
    channel_binding_style: Annotated[
        Literal["NUMBER_CHALLENGE"] | None, Api("channelBinding.style"), ServerFilled()
    ] = None
    """How a push notification is bound to the sign-in page."""
    fips: Annotated[Literal["OPTIONAL", "REQUIRED"] | None, Api("compliance.fips"), ServerFilled()] = None
    """Whether Okta Verify only works on devices that comply with FIPS."""
    enrollment_security_level: Annotated[Literal["ANY", "HIGH"] | None, ServerFilled()] = None
    """`HIGH`: people can enroll another device only with a phishing-resistant authenticator."""
    app: Annotated[
        Annotated[str, Ref("oidc-app"), Relates(Purpose.USE)] | None, Api("appInstanceId"), ServerFilled()
    ] = None
    """The app of a custom authenticator."""


_IdpRef = Annotated[str, Ref("idp-oidc", "idp-saml", "idp-social", plain_id=True), Relates(Purpose.USE)]
_Text = Annotated[str, StringConstraints(min_length=1)]


class AuthenticatorProvider(Part):
    """The service behind an authenticator, and the secrets with which Okta signs in there."""

    type: Literal["CLAIMS", "DEL_OATH", "DUO", "PUSH"]
    """`DUO`, a RADIUS server (`DEL_OATH`), push services (`PUSH`) or an identity provider (`CLAIMS`)."""
    host: Annotated[_Text | None, Api("configuration.host")] = None
    """Host of Duo's API."""
    integration_key: Annotated[SecretRef | None, Api("configuration.integrationKey")] = None
    """Integration key of Duo."""
    secret_key: Annotated[SecretRef | None, Api("configuration.secretKey")] = None
    """Secret key of Duo."""
    host_name: Annotated[_Text | None, Api("configuration.hostName")] = None
    """Host of the RADIUS agent."""
    auth_port: Annotated[Int | None, Field(ge=1, le=65535), Api("configuration.authPort")] = None
    """Port of the RADIUS server."""
    shared_secret: Annotated[SecretRef | None, Api("configuration.sharedSecret")] = None
    """Secret of the RADIUS server."""
    user_name_template: Annotated[_Text | None, Api("configuration.userNameTemplate.template")] = None
    """Expression that makes the user name at the service."""
    identity_provider: Annotated[_IdpRef | None, Api("configuration.idpId")] = None
    """The identity provider that authenticates people."""
    fcm: Annotated[PushProviderRef | None, Api("configuration.fcm.id")] = None
    """The push provider of Firebase."""
    apns: Annotated[PushProviderRef | None, Api("configuration.apns.id")] = None
    """The push provider of Apple."""
    app_bundle_id: Annotated[_Text | None, Api("configuration.apns.appBundleId")] = None
    """Bundle id of the app at Apple."""
    debug_app_bundle_id: Annotated[_Text | None, Api("configuration.apns.debugAppBundleId")] = None
    """Bundle id of the app's development version."""


def _in(change: Change, *path: str) -> tuple[Any, Any]:
    """The expected and the actual value of a member of the settings, or of the whole field."""
    values = [change.expected, change.actual]
    for name in path:
        values = [one.get(name) if isinstance(one, dict) else None for one in values]
    return values[0], values[1]


def _left(name: str, *strong: str) -> When:
    """Whether a setting no longer has one of its strong values."""

    def holds(change: Change) -> bool:
        before, now = _in(change, name)
        return before in strong and now not in strong[: strong.index(before) + 1]

    return holds


def _longer(change: Change) -> bool:
    before, now = _in(change, "token_lifetime_minutes")
    return isinstance(before, int) and isinstance(now, int) and now > before


def _more_uses(change: Change) -> bool:
    """Whether it can be used for something that it could not be used for."""
    uses: dict[Any, set[str]] = {"any": {"sso", "recovery"}, "sso": {"sso"}, "recovery": {"recovery"}, "none": set()}
    before, now = _in(change, "allowed_for")
    return now in uses and bool(uses[now] - uses.get(before, uses["any"]))


def _other_app(change: Change) -> bool:
    before, now = _in(change, "app")
    return bool(before != now)


def _fewer_methods(change: Change) -> bool:
    before, now = _in(change, "user_verification_methods")
    return "PIN" in (now or ()) and "PIN" not in (before or ("PIN",))


_WEAKER: Final = (
    _left("user_verification", "REQUIRED", "PREFERRED"),
    _left("channel_binding", "ALWAYS", "HIGH_RISK_ONLY"),
    _left("fips", "REQUIRED"),
    _left("enrollment_security_level", "HIGH"),
    _longer,
    _more_uses,
    _fewer_methods,
)


class Authenticator(Part):
    """Something that people can prove who they are with (`/api/v1/authenticators`).

    Okta has at most one authenticator of most keys. None can be deleted: `up` takes over an authenticator that the
    tenant has, and leaves it as it is when its definition is removed. An enrolment policy that uses an authenticator
    keeps it active.
    """

    refusals = (
        Refusal(
            "settings",
            lambda one: set(_stated(one.settings)) - set(_SETTINGS_OF.get(one.key, ())),
            "the authenticator has other settings: see the reference",
            Phase.VALIDATE,
        ),
        Refusal(
            "status",
            lambda one: one.key == "okta_password" and one.status == "INACTIVE",
            "Okta does not deactivate the password: leave it out",
            Phase.VALIDATE,
        ),
        Refusal(
            "custom_aaguids",
            lambda one: bool(one.custom_aaguids) and one.key != WEBAUTHN,
            "only `webauthn` has models of security keys: leave them out",
            Phase.VALIDATE,
        ),
        Refusal(
            "key",
            lambda one: one.key in _UNCHANGEABLE,
            "the provider cannot change such an authenticator: change it in Okta, then declare what it has there",
            Phase.UPDATE,
            of_definitions=False,
        ),
    )
    risks = (
        *(changed(AUTHENTICATOR_WEAKENED, "settings", when=weaker) for weaker in _WEAKER),
        changed(AUTHENTICATOR_REDIRECTED, "settings", when=_other_app),
        changed(AUTHENTICATOR_REDIRECTED, "provider", "provider.*"),
        changed(AUTHENTICATOR_ENABLED, "status", when=became("ACTIVE")),
        changed(AUTHENTICATOR_DISABLED, "status", when=became("INACTIVE")),
        appeared(AUTHENTICATOR_ENABLED),
        gone(AUTHENTICATOR_DISABLED),
    )

    key: Annotated[
        Literal[
            "custom_app",
            "duo",
            "external_idp",
            "google_otp",
            "okta_email",
            "okta_password",
            "okta_verify",
            "onprem_mfa",
            "phone_number",
            "rsa_token",
            "security_question",
            "smart_card_idp",
            "symantec_vip",
            "tac",
            "webauthn",
            "yubikey_token",
        ],
        Replaces(),
    ]
    """What it is, such as `phone_number` for text messages and calls. The provider can create `duo`, `onprem_mfa`,
    `rsa_token` and `yubikey_token`, and cannot change them."""
    name: Name
    """Name that people see."""
    settings: Annotated[AuthenticatorSettings | None, Argument("settings", JSON_TEXT, as_api=True), ServerFilled()] = (
        None
    )
    """Settings, which depend on the key. Left out: not managed."""
    provider: Annotated[
        AuthenticatorProvider | None, Argument("provider_json", JSON_TEXT, as_api=True), ServerFilled()
    ] = None
    """The service behind the authenticator. Left out: not managed."""
    agree_to_terms: Annotated[
        Bool | None,
        ProviderOnly("the provider sends it with every change"),
        Only(lambda one: one.key == "custom_app", "only a `custom_app` has terms"),
    ] = None
    """Whether you accept Okta's terms for a `custom_app`, which it requires."""
    status: Status = "ACTIVE"
    """Nobody can use or enroll an `INACTIVE` authenticator."""
    custom_aaguids: Annotated[ListOf[CustomAaguid], Owns("custom-aaguid")] = ()
    """Models of security keys that `webauthn` knows besides those of the FIDO Alliance."""


def _stated(settings: Any) -> Iterable[str]:
    """The names of the settings that have a value."""
    if settings is None:
        return ()
    values = settings if isinstance(settings, dict) else dict(settings)
    return (name for name, value in values.items() if value is not None)


def is_webauthn(item: Json) -> bool:
    """Whether an authenticator of the API is for security keys and passkeys."""
    return item.get("key") == WEBAUTHN


def _by_key(spec: Spec) -> str:
    """The key, unless there can be several authenticators with it."""
    key = str(spec.get("key"))
    return "" if key in SEVERAL else key


def _is_same(spec: Spec, item: Json) -> bool:
    """Whether the provider takes an authenticator for the declared one."""
    if spec["key"] == "custom_app":
        return bool(item.get("name") == spec.get("name"))
    return item.get("key") == spec["key"] or item.get("name") == spec.get("name")


AUTHENTICATOR = register(
    Kind(
        name="authenticator",
        resource="okta:index/authenticator:Authenticator",
        fields=Authenticator,
        shape=Adopted(
            path="/api/v1/authenticators",
            scope=SCOPE,
            in_every_tenant=lambda item: item.get("key") not in SEVERAL,
            creatable=True,
        ),
        provider=Provider(
            lifecycle=True,
            create_query=lambda spec: f"activate={'false' if spec.get('status') == 'INACTIVE' else 'true'}",
            takes_over=_is_same,
            deleted_by_deactivating=True,
        ),
        known_by=_by_key,
        fixed_arguments={"legacy_ignore_name": False},
        identity_engine=True,
        fresh={"type": _TYPES},
        generated=("provider.configuration.instanceId", "settings.oauthClientId"),
        events=("security.authenticator.lifecycle.",),
        not_declarable=dict.fromkeys(
            (
                "provider_auth_port",
                "provider_host",
                "provider_hostname",
                "provider_integration_key",
                "provider_secret_key",
                "provider_shared_secret",
                "provider_user_name_template",
            ),
            _IN_PROVIDER,
        ),
    )
)
