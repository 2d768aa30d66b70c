"""Request body of an app. Fields that the sandbox does not check are kept as sent."""

from typing import Any, Literal

from pydantic import Field, model_validator

from okta_sandbox.body import OpenBody, absent, required_text

Scheme = Literal[
    "SHARED_USERNAME_AND_PASSWORD",
    "EXTERNAL_PASSWORD_SYNC",
    "EDIT_USERNAME_AND_PASSWORD",
    "EDIT_PASSWORD_ONLY",
    "ADMIN_SETS_CREDENTIALS",
]
AuthenticationMethod = Literal[
    "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"
]
GrantType = Literal[
    "authorization_code",
    "implicit",
    "password",
    "refresh_token",
    "client_credentials",
    "interaction_code",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:openid:params:grant-type:ciba",
    "urn:okta:params:oauth:grant-type:oob",
    "urn:okta:params:oauth:grant-type:otp",
    "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
]


class _Visibility(OpenBody):
    appLinks: dict[str, bool] | None = absent()


class _UserNameTemplate(OpenBody):
    type: Literal["NONE", "BUILT_IN", "CUSTOM"] = "BUILT_IN"
    pushStatus: Literal["PUSH", "DONT_PUSH", "NOT_CONFIGURED"] | None = absent()


class _OAuthClient(OpenBody):
    client_id: str | None = absent()
    client_secret: str | None = absent()
    token_endpoint_auth_method: AuthenticationMethod | None = absent()
    pkce_required: bool | None = absent()


class _Secret(OpenBody):
    value: str | None = absent()


class _Signing(OpenBody):
    kid: str | None = absent()


class _Credentials(OpenBody):
    userNameTemplate: _UserNameTemplate | None = absent()
    oauthClient: _OAuthClient | None = absent()
    signing: _Signing | None = absent()
    scheme: Scheme | None = absent()
    revealPassword: bool | None = absent()
    userName: str | None = absent()
    password: _Secret | None = absent()


class _RefreshToken(OpenBody):
    rotation_type: Literal["ROTATE", "STATIC"] | None = absent()
    leeway: int | None = Field(default=None, ge=0, le=60, exclude_if=lambda value: value is None)


class _KeySet(OpenBody):
    keys: list[dict[str, Any]] | None = absent()


class _OAuthSettings(OpenBody):
    application_type: Literal["web", "native", "browser", "service"] | None = absent()
    grant_types: list[GrantType] | None = absent()
    redirect_uris: list[str] | None = absent()
    response_types: list[Literal["code", "token", "id_token"]] | None = absent()
    refresh_token: _RefreshToken | None = absent()
    jwks: _KeySet | None = absent()
    wildcard_redirect: Literal["DISABLED", "SUBDOMAIN"] | None = absent()
    consent_method: Literal["TRUSTED", "REQUIRED"] | None = absent()
    issuer_mode: Literal["ORG_URL", "CUSTOM_URL", "DYNAMIC"] | None = absent()


class _Certificate(OpenBody):
    x5c: list[str] = Field([])


class _SingleLogout(OpenBody):
    enabled: bool = False


class _SignOn(OpenBody):
    ssoAcsUrl: str | None = absent()
    spCertificate: _Certificate | None = absent()
    slo: _SingleLogout | None = absent()
    attributeStatements: list[dict[str, Any]] | None = absent()
    acsEndpoints: list[dict[str, Any]] | None = absent()
    inlineHooks: list[dict[str, Any]] | None = absent()


class _Settings(OpenBody):
    app: dict[str, Any] | None = absent()
    notes: dict[str, Any] | None = absent()
    signOn: _SignOn | None = absent()
    oauthClient: _OAuthSettings | None = absent()


class App(OpenBody):
    """The body of an app."""

    name: str | None = None
    label: str = required_text(100)
    signOnMode: str | None = None
    accessibility: dict[str, Any] = Field({})
    visibility: _Visibility = _Visibility()
    features: list[str] = Field([])
    credentials: _Credentials = _Credentials()
    settings: _Settings = _Settings()
    licensing: dict[str, Any] | None = absent()
    profile: dict[str, Any] | None = absent()

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, sent: Any) -> Any:
        return {name: value for name, value in sent.items() if value is not None} if isinstance(sent, dict) else sent
