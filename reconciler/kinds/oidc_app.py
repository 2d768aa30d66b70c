"""OpenID Connect apps: web, browser, native and service apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from reconciler.kinds.apps import (
    LOST_ON_REPLACE,
    NO_LOGO,
    NO_SKIPPED_POLICY,
    FederatedApp,
    PolicyOfApp,
    app_kind,
    apps,
    apps_written,
)
from reconciler.kinds.client_credentials import ClientCredentials, Proof
from reconciler.kinds.conditions import became, gained, larger, new_text, with_wildcard, without_tls
from reconciler.kinds.fields import (
    JSON_TEXT,
    Api,
    Argument,
    Bool,
    Checked,
    Codec,
    Int,
    ListOf,
    Only,
    Owns,
    ProviderDefault,
    ProviderOnly,
    Replaces,
    SecretRef,
    ServerFilled,
    SetOf,
    Uri,
)
from reconciler.kinds.kind import Detail
from reconciler.kinds.oauth_clients import (
    COMPULSORY_GRANT,
    EXCHANGES,
    GRANTS_OF_TYPE,
    ClientNetwork,
    GrantType,
    GroupsClaim,
    Jwk,
    LogoutUri,
    RedirectUri,
    ResponseType,
)
from reconciler.kinds.oidc_bodies import (
    CHOSEN_ID,
    CLIENT,
    client_id_of,
    read_api,
    shows_its_client,
    still_signs_in,
    write_api,
)
from reconciler.kinds.part import Spec
from reconciler.kinds.refusals import Refusal
from reconciler.kinds.risks import Change, appeared, changed
from reconciler.kinds.service_apps import ApiScope, AppAdminRole, may_manage
from reconciler.kinds.shapes import member
from reconciler.kinds.threats import (
    API_MANAGE_GRANTED,
    CONDITIONS_CHANGED,
    CONSENT_WAIVED,
    GRANTS_WIDENED,
    IDENTITY_CHANGED,
    IMPLICIT_FLOW,
    LASTS_LONGER,
    PLAIN_HTTP,
    PROOF_WEAKENED,
    REDIRECTS_WIDENED,
    SECRET_ROTATED,
    SERVICE_UNDECLARED,
    WILDCARD_URI,
)

_CREDENTIALS = "credentials.oauthClient"
_WITHOUT_EMPTY = Codec(decode=lambda profile: profile or None)

_SENT_TO = ("redirect_uris", "post_logout_redirect_uris", "login_uri", "frontchannel_logout_uri")
"""The addresses that the app redirects users to."""


_PROOFS = ("none", "client_secret_post", "client_secret_basic", "client_secret_jwt", "private_key_jwt")
"""The client authentication methods, the weakest first."""
_SECRETS = frozenset({"client_secret_post", "client_secret_basic"})
"""Two methods that send the same secret."""


def _proves_less(change: Change) -> bool:
    before, now = change.expected, change.actual
    known = before in _PROOFS and now in _PROOFS and {before, now} != _SECRETS
    return known and _PROOFS.index(now) < _PROOFS.index(before)


_GRANTS = "grants"
"""The list of the scopes of Okta's API that are granted to an app."""


def _from_elsewhere(change: Change) -> bool:
    """Whether the app can get tokens from networks that were ruled out."""
    before, now = change.expected or {}, change.actual or {}
    if before.get("connection") != "ZONE":
        return False
    added = set(now.get("includes") or ()) - set(before.get("includes") or ())
    allowed = set(before.get("excludes") or ()) - set(now.get("excludes") or ())
    no_longer_listed = bool(before.get("includes")) and not now.get("includes")
    return now.get("connection") != "ZONE" or bool(added or allowed) or no_longer_listed


def _may_manage(item: Mapping[str, Any]) -> bool:
    """Whether a scope that is granted to the app lets it change something."""
    return any(may_manage(member(grant, "scopeId")) for grant in member(item, f"_embedded.{_GRANTS}") or ())


_REFRESHING = Only(lambda app: "refresh_token" in (app.grant_types or ()), "grant_types does not include refresh_token")


def _other_grants(kind: str) -> Callable[[Any], bool]:
    return lambda app: app.type == kind and bool(set(app.grant_types or ()) - GRANTS_OF_TYPE[kind])


def _lacks_grant(kind: str, grant: str) -> Callable[[Any], bool]:
    return lambda app: app.type == kind and bool(app.grant_types) and grant not in app.grant_types


def _default_grants(data: dict[str, Any]) -> frozenset[str]:
    return frozenset({"client_credentials" if data.get("type") == "service" else "authorization_code"})


def _default_responses(data: dict[str, Any]) -> frozenset[str]:
    return frozenset({"token" if data.get("type") == "service" else "code"})


def _default_authentication(data: dict[str, Any]) -> str:
    return "none" if data.get("type") in ("browser", "native") else "client_secret_basic"


def _proof(spec: Spec) -> Proof:
    if spec["token_endpoint_auth_method"].startswith("client_secret"):
        return Proof.SECRET
    return Proof.KEYS if spec["jwks"] else Proof.NOTHING


class OidcApp(FederatedApp):
    """An app that signs users in with OpenID Connect, or a service app that gets tokens for itself."""

    risks = (
        changed(REDIRECTS_WIDENED, *_SENT_TO, when=new_text),
        changed(WILDCARD_URI, *_SENT_TO, when=with_wildcard, new=True),
        changed(WILDCARD_URI, "wildcard_redirect", when=became("SUBDOMAIN"), new=True),
        changed(SECRET_ROTATED, "jwks", "jwks_uri"),
        changed(CONDITIONS_CHANGED, "network", when=_from_elsewhere),
        changed(IDENTITY_CHANGED, "profile", "user_name_template_suffix"),
        changed(GRANTS_WIDENED, "grant_types", when=gained(*EXCHANGES, "password", "client_credentials"), new=True),
        changed(GRANTS_WIDENED, "response_types", when=gained("token", "id_token"), new=True),
        changed(PROOF_WEAKENED, "token_endpoint_auth_method", when=_proves_less, new=True),
        changed(PROOF_WEAKENED, "pkce_required", "auto_key_rotation", when=became(False), new=True),
        changed(PLAIN_HTTP, *_SENT_TO, when=without_tls, new=True),
        changed(IMPLICIT_FLOW, "grant_types", when=gained("implicit", "password"), new=True),
        changed(PROOF_WEAKENED, "*.dpop_bound_access_tokens", when=became(False)),
        changed(CONSENT_WAIVED, "consent_method", when=became("TRUSTED")),
        changed(LASTS_LONGER, "grant_types", when=gained("refresh_token")),
        changed(LASTS_LONGER, "refresh_token_rotation", when=became("STATIC")),
        changed(LASTS_LONGER, "refresh_token_leeway", when=larger),
        changed(LASTS_LONGER, "participate_slo", when=became(False)),
        changed(PROOF_WEAKENED, "frontchannel_logout_session_required", when=became(False)),
        appeared(API_MANAGE_GRANTED, when=lambda change: _may_manage(change.object.item)),
        appeared(
            SERVICE_UNDECLARED, when=lambda change: "client_credentials" in (change.spec.get("grant_types") or ())
        ),
    )

    refusals = (
        *(
            Refusal(
                "grant_types",
                _other_grants(kind),
                f"type: {kind} allows only {', '.join(sorted(GRANTS_OF_TYPE[kind]))}",
            )
            for kind in GRANTS_OF_TYPE
        ),
        *(
            Refusal(
                "grant_types",
                _lacks_grant(kind, grant),
                f"type: {kind} needs {grant}",
            )
            for kind, grant in COMPULSORY_GRANT.items()
        ),
        Refusal(
            "response_types",
            lambda app: (
                "implicit" in (app.grant_types or ()) and not {"token", "id_token"} & set(app.response_types or ())
            ),
            "grant type implicit needs token or id_token",
        ),
        Refusal(
            "token_endpoint_auth_method",
            lambda app: app.token_endpoint_auth_method == "private_key_jwt" and not app.jwks and not app.jwks_uri,
            "needs jwks or jwks_uri",
        ),
        Refusal(
            "login_mode",
            lambda app: app.login_mode not in (None, "DISABLED") and not app.login_uri,
            "set login_uri, or login_mode: DISABLED",
        ),
        Refusal(
            "login_scopes",
            lambda app: app.login_mode == "OKTA" and not app.login_scopes,
            "must not be empty with login_mode: OKTA",
        ),
    )

    type: Annotated[Literal["web", "browser", "native", "service"], Api(f"{CLIENT}.application_type"), Replaces()]
    """Application type: `web` (server-side), `browser` (single-page), `native`, or `service` (no users)."""
    authentication_policy: Annotated[
        PolicyOfApp,
        Only(
            lambda app: app.type != "service",
            "users do not sign in to a service app, and the provider assigns it no policy",
        ),
    ] = "default"
    """Authentication policy of the app; not for a service app."""
    redirect_uris: Annotated[ListOf[RedirectUri], Api(f"{CLIENT}.redirect_uris")] = ()
    """Sign-in redirect URIs."""
    post_logout_redirect_uris: Annotated[SetOf[LogoutUri], Api(f"{CLIENT}.post_logout_redirect_uris")] = frozenset()
    """Sign-out redirect URIs."""
    grant_types: Annotated[
        SetOf[GrantType],
        Field(min_length=1, default_factory=_default_grants),
        Api(f"{CLIENT}.grant_types"),
        ServerFilled(),
    ]
    """Grant types that the app can use. Left out: `authorization_code`, or `client_credentials` for a service app."""
    response_types: Annotated[
        SetOf[ResponseType],
        Field(min_length=1, default_factory=_default_responses),
        Api(f"{CLIENT}.response_types"),
        Checked(),
        ServerFilled(),
    ]
    """Response types of the app. Left out: `code`, or `token` for a service app."""
    token_endpoint_auth_method: Annotated[
        Literal["none", "client_secret_post", "client_secret_basic", "client_secret_jwt", "private_key_jwt"],
        Field(default_factory=_default_authentication),
        Api(f"{_CREDENTIALS}.token_endpoint_auth_method"),
        ProviderDefault("client_secret_basic"),
    ]
    """Client authentication method. Left out: `client_secret_basic`, or `none` for a browser or native app."""
    client_id: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9$\-_.+!*'(),]{6,100}$")] | None,
        Api(f"{_CREDENTIALS}.{CHOSEN_ID}"),
        Replaces(),
        ServerFilled(),
    ] = None
    """Client ID of the app: 6 to 100 letters, digits or any of `$-_.+!*'(),`. Left out: Okta generates one."""
    client_secret: Annotated[
        SecretRef | None, Api(f"{_CREDENTIALS}.client_secret"), Argument("client_basic_secret")
    ] = None
    """Reference to the client secret. Left out: Okta generates one."""
    jwks: Annotated[
        ListOf[Jwk],
        Api(f"{CLIENT}.jwks.keys"),
    ] = ()
    """Public keys for `private_key_jwt`."""
    jwks_uri: Annotated[Uri | None, Api(f"{CLIENT}.jwks_uri")] = None
    """URL of the public keys, instead of `jwks`."""
    auto_key_rotation: Annotated[Bool, Api(f"{_CREDENTIALS}.autoKeyRotation")] = True
    """Whether Okta rotates the signing key of the app automatically."""
    pkce_required: Annotated[
        Bool,
        Field(default_factory=lambda data: data.get("type") in ("browser", "native")),
        Api(f"{_CREDENTIALS}.pkce_required"),
        ServerFilled(),
    ]
    """Whether PKCE is required. Left out: required for a browser or native app."""
    network: Annotated[ClientNetwork, Api(f"{CLIENT}.network")] = ClientNetwork()
    """Networks from which the app can get tokens. Left out: any."""
    consent_method: Annotated[Literal["TRUSTED", "REQUIRED"], Api(f"{CLIENT}.consent_method")] = "TRUSTED"
    """Whether users are asked for consent."""
    issuer_mode: Annotated[Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"], Api(f"{CLIENT}.issuer_mode")] = "ORG_URL"
    """Issuer in the `iss` claim: the Okta URL, the custom URL, or the URL of the request (`DYNAMIC`)."""
    login_uri: Annotated[Uri | None, Api(f"{CLIENT}.initiate_login_uri")] = None
    """URI at which the app starts a sign-in (Initiate login URI)."""
    login_mode: Annotated[Literal["DISABLED", "SPEC", "OKTA"], Api(f"{CLIENT}.idp_initiated_login.mode")] = "DISABLED"
    """Mode of sign-ins started from Okta. Other values than `DISABLED` need `login_uri`."""
    login_scopes: Annotated[SetOf[str], Api(f"{CLIENT}.idp_initiated_login.default_scope")] = frozenset()
    """Scopes of sign-ins started from Okta; with `login_mode: OKTA`."""
    participate_slo: Annotated[Bool, Api(f"{CLIENT}.participate_slo")] = False
    """Whether the app is signed out when the Okta session ends (front-channel logout). Needs
    `frontchannel_logout_uri` and type `web` or `browser`."""
    frontchannel_logout_uri: Annotated[Uri | None, Api(f"{CLIENT}.frontchannel_logout_uri")] = None
    """URI to which Okta sends the logout request."""
    frontchannel_logout_session_required: Annotated[Bool, Api(f"{CLIENT}.frontchannel_logout_session_required")] = False
    """Whether the logout request includes `iss` and `sid`. Needs `frontchannel_logout_uri`."""
    client_uri: Annotated[Uri | None, Api(f"{CLIENT}.client_uri")] = None
    """URL of the app's home page."""
    logo_uri: Annotated[Uri | None, Api(f"{CLIENT}.logo_uri")] = None
    """URL of the app's logo on the consent page."""
    policy_uri: Annotated[Uri | None, Api(f"{CLIENT}.policy_uri")] = None
    """URL of the app's privacy policy."""
    tos_uri: Annotated[Uri | None, Api(f"{CLIENT}.tos_uri")] = None
    """URL of the app's terms of service."""
    refresh_token_rotation: Annotated[
        Literal["STATIC", "ROTATE"], Api(f"{CLIENT}.refresh_token.rotation_type"), _REFRESHING
    ] = "STATIC"
    """Whether each use of a refresh token returns a new one; with grant type `refresh_token`."""
    refresh_token_leeway: Annotated[Int, Field(ge=0, le=60), Api(f"{CLIENT}.refresh_token.leeway"), _REFRESHING] = 0
    """Grace period for the previous refresh token after rotation, in seconds."""
    groups_claim: Annotated[
        GroupsClaim | None, ProviderOnly("a private endpoint has it, which OAuth 2.0 credentials cannot use")
    ] = None
    """Claim with the groups of a user in ID tokens. The provider sets it only with an API token."""
    profile: Annotated[dict[str, Any] | None, Api("profile", _WITHOUT_EMPTY), Argument("profile", JSON_TEXT)] = None
    """Attributes of the app's own profile, which expressions can use as `app.profile`."""
    user_name_template_suffix: Annotated[str | None, Api("credentials.userNameTemplate.userSuffix")] = None
    """Text after the user name, for a template that adds a suffix."""
    wildcard_redirect: Annotated[Literal["DISABLED", "SUBDOMAIN"], Api(f"{CLIENT}.wildcard_redirect")] = "DISABLED"
    """Whether redirect URIs can have `*` as the lowest subdomain: `https://*.example.com/callback`."""
    hide_ios: Annotated[Bool, Api("visibility.hide.iOS")] = True
    """Whether to hide the app in Okta's mobile app."""
    hide_web: Annotated[Bool, Api("visibility.hide.web")] = True
    """Whether to hide the app on the End-User Dashboard."""
    api_scopes: Annotated[SetOf[ApiScope] | None, Owns("app-api-scopes", whole=True)] = None
    """Scopes of Okta's API that are granted to a service app, such as `okta.users.read`. Left out: not managed."""
    admin_roles: Annotated[ListOf[AppAdminRole], Owns("app-admin-role")] = ()
    """Standard admin roles of a service app. It needs the client ID that Okta generates."""

    @model_validator(mode="after")
    def _wildcards_only_where_allowed(self) -> Self:
        if self.wildcard_redirect == "SUBDOMAIN":
            return self
        message = "* needs wildcard_redirect: SUBDOMAIN"
        found = [index for index, uri in enumerate(self.redirect_uris) if "*" in uri]
        return self.without_errors([self.error_at("redirect_uris", message, index) for index in found])

    @model_validator(mode="after")
    def _signed_out_at_an_address(self) -> Self:
        if self.participate_slo and self.type not in ("web", "browser"):
            raise ValueError(f"participate_slo is for apps of type web or browser, not {self.type}")
        if not self.frontchannel_logout_uri and (self.participate_slo or self.frontchannel_logout_session_required):
            raise ValueError("participate_slo and frontchannel_logout_session_required need frontchannel_logout_uri")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        grants = self.grant_types
        if self.api_scopes is not None and self.type != "service":
            raise ValueError(f"api_scopes are for apps of type service, not {self.type}")
        if self.admin_roles and (self.type != "service" or self.client_id):
            raise ValueError("admin_roles are for apps of type service without a client_id of their own")
        if self.type == "service" and self.redirect_uris:
            raise ValueError("a service app has no redirect_uris: leave them out")
        if grants & {"authorization_code", "implicit"} and not self.redirect_uris:
            raise ValueError("grant types authorization_code and implicit need redirect_uris")
        if self.refresh_token_leeway and self.refresh_token_rotation == "STATIC":
            raise ValueError("refresh_token_leeway needs refresh_token_rotation: ROTATE")
        with_keys = bool(self.jwks) or self.jwks_uri is not None
        if with_keys and self.token_endpoint_auth_method != "private_key_jwt":
            raise ValueError("jwks and jwks_uri need token_endpoint_auth_method: private_key_jwt")
        if self.jwks and self.jwks_uri:
            raise ValueError("set either jwks or jwks_uri")
        if self.client_secret and not self.token_endpoint_auth_method.startswith("client_secret"):
            raise ValueError(
                "client_secret needs token_endpoint_auth_method: client_secret_basic, client_secret_post "
                "or client_secret_jwt"
            )
        return self


OIDC_APP = app_kind(
    "oidc-app",
    "okta:app/oAuth:OAuth",
    OidcApp,
    apps("OPENID_CONNECT", claims=shows_its_client),
    apps_written("OPENID_CONNECT", name="oidc_client", keeps=("credentials.oauthClient.client_id",)),
    events=("application.lifecycle.", "app.oauth2.client.lifecycle.", "app.oauth2.credentials.lifecycle."),
    signs_in=True,
    side_effects={"auto_key_rotation": ("credentials.signing.kid",)},
    details=(Detail(_GRANTS, "okta.appGrants", of=f"{CLIENT}.application_type", value="service"),),
    lost_on_replace=(
        "client ID",
        "client secret",
        *LOST_ON_REPLACE,
    ),
    fixed_arguments={"omit_secret": True},
    not_declarable=NO_LOGO
    | NO_SKIPPED_POLICY
    | {
        "app_settings_json": "only apps from Okta's catalog have settings",
        "backchannel_custom_authenticator_id": "it refers to an authenticator, and authenticators refer to apps",
        "client_basic_secret_wo": "`client_secret` is the secret",
        "client_basic_secret_wo_version": "`client_secret` is the secret",
        "preconfigured_app": "Okta does not show the OAuth client of an app from its catalog",
    },
    client_id=client_id_of,
    client_credentials=ClientCredentials(
        proof=_proof,
        secret_field="client_secret",
        keys_field="jwks",
        secrets="credentials/secrets",
        keys="credentials/jwks",
    ),
    still_signs_in=still_signs_in,
    read_api=read_api,
    write_api=write_api,
)
