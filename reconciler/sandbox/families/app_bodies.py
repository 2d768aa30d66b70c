"""What an app may hold, as far as the sandbox looks into it; the rest is kept as it was sent."""

from typing import Any

from pydantic import Field

from reconciler.sandbox.body import OpenBody, absent, required_text


class Visibility(OpenBody):
    appLinks: dict[str, bool] | None = absent()


class UserNameTemplate(OpenBody):
    type: str = "BUILT_IN"


class OAuthClient(OpenBody):
    client_id: str | None = absent()
    client_secret: str | None = absent()
    token_endpoint_auth_method: str | None = absent()


class Secret(OpenBody):
    value: str | None = absent()


class Signing(OpenBody):
    kid: str | None = absent()


class Credentials(OpenBody):
    userNameTemplate: UserNameTemplate | None = absent()
    oauthClient: OAuthClient | None = absent()
    signing: Signing | None = absent()
    scheme: str | None = absent()
    password: Secret | None = absent()


class OAuthSettings(OpenBody):
    application_type: str | None = absent()
    grant_types: list[str] | None = absent()
    redirect_uris: list[str] | None = absent()
    response_types: list[str] | None = absent()
    refresh_token: dict[str, Any] | None = absent()


class Certificate(OpenBody):
    x5c: list[str] = Field([])


class SingleLogout(OpenBody):
    enabled: bool = False


class SignOn(OpenBody):
    ssoAcsUrl: str | None = absent()
    spCertificate: Certificate | None = absent()
    slo: SingleLogout | None = absent()
    attributeStatements: list[dict[str, Any]] | None = absent()


class Settings(OpenBody):
    app: dict[str, Any] = Field({})
    notes: dict[str, Any] | None = absent()
    signOn: SignOn | None = absent()
    oauthClient: OAuthSettings | None = absent()


class App(OpenBody):
    name: str | None = None
    label: str = required_text(100)
    signOnMode: str | None = None
    accessibility: dict[str, Any] = Field({})
    visibility: Visibility = Visibility()
    features: list[str] = Field([])
    credentials: Credentials = Credentials()
    settings: Settings = Settings()
