"""What an app may hold, as far as the sandbox looks into it; the rest is kept as it was sent."""

from typing import Any

from pydantic import Field

from reconciler.sandbox.body import OpenBody, absent, required_text


class _Visibility(OpenBody):
    appLinks: dict[str, bool] | None = absent()


class _UserNameTemplate(OpenBody):
    type: str = "BUILT_IN"


class _OAuthClient(OpenBody):
    client_id: str | None = absent()
    client_secret: str | None = absent()
    token_endpoint_auth_method: str | None = absent()


class _Secret(OpenBody):
    value: str | None = absent()


class _Signing(OpenBody):
    kid: str | None = absent()


class _Credentials(OpenBody):
    userNameTemplate: _UserNameTemplate | None = absent()
    oauthClient: _OAuthClient | None = absent()
    signing: _Signing | None = absent()
    scheme: str | None = absent()
    password: _Secret | None = absent()


class _OAuthSettings(OpenBody):
    application_type: str | None = absent()
    grant_types: list[str] | None = absent()
    redirect_uris: list[str] | None = absent()
    response_types: list[str] | None = absent()
    refresh_token: dict[str, Any] | None = absent()


class _Certificate(OpenBody):
    x5c: list[str] = Field([])


class _SingleLogout(OpenBody):
    enabled: bool = False


class _SignOn(OpenBody):
    ssoAcsUrl: str | None = absent()
    spCertificate: _Certificate | None = absent()
    slo: _SingleLogout | None = absent()
    attributeStatements: list[dict[str, Any]] | None = absent()


class _Settings(OpenBody):
    app: dict[str, Any] = Field({})
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
