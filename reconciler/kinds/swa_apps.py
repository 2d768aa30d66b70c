"""Secure Web Authentication: Okta's browser plugin fills the sign-in form of the app."""

from __future__ import annotations

from typing import Annotated, ClassVar

from reconciler.kinds.apps import NO_LOGO, NO_SUFFIX, AppWithUserNames, ProvisionedApp, app_kind, apps, apps_written
from reconciler.kinds.catalog import CATALOG_SETTINGS, WITHOUT_EMPTY_TEXT, CatalogSettings, apart, together
from reconciler.kinds.fields import Api, Name, Only, Replaces, SecretRef, Uri
from reconciler.kinds.part import Json
from reconciler.kinds.password_apps import (
    EDITED,
    SETTINGS,
    SHARED,
    AppWithPassword,
    always_sent,
    password_app,
    sends_users_to,
    with_password_sent,
)
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Risk, changed
from reconciler.kinds.shapes import member
from reconciler.kinds.threats import AUDIENCE_CHANGED, IDENTITY_CHANGED

_TEMPLATE = "template_swa"
_CUSTOM = Only(lambda app: not app.preconfigured_app, "Okta's catalog sets it for this app")
_FORM = ("url", "url_regex", "redirect_url", "username_field", "password_field", "button_field", "checkbox")


class SwaForm(AppWithUserNames):
    """The fields of apps with a sign-in form that has a user name and a password."""

    risks: ClassVar[tuple[Risk, ...]] = sends_users_to("url", "redirect_url", "url_regex")

    url: Annotated[Uri | None, Api(f"{SETTINGS}.url")] = None
    """URL of the sign-in page."""
    url_regex: Annotated[str | None, Api(f"{SETTINGS}.loginUrlRegex")] = None
    """Regular expression of further URLs on which the browser plugin fills the form."""
    redirect_url: Annotated[Uri | None, Api(f"{SETTINGS}.redirectUrl")] = None
    """URL to send users to if their sign-in page is a different one."""
    username_field: Annotated[str | None, Api(f"{SETTINGS}.usernameField")] = None
    """CSS selector of the field for the user name."""
    password_field: Annotated[str | None, Api(f"{SETTINGS}.passwordField")] = None
    """CSS selector of the field for the password."""
    button_field: Annotated[str | None, Api(f"{SETTINGS}.buttonField")] = None
    """CSS selector of the button that signs in."""
    checkbox: Annotated[str | None, Api(f"{SETTINGS}.checkbox")] = None
    """CSS selector of a checkbox to tick."""


def _is_shared(item: Json) -> bool:
    return bool(member(item, "credentials.scheme") == SHARED)


def _is_template(item: Json) -> bool:
    return str(item.get("name")).startswith("template_")


def _users_enter_their_account(item: Json) -> bool:
    """Whether users enter their own user name and password, and do not see the password again."""
    scheme, shown = member(item, "credentials.scheme"), member(item, "credentials.revealPassword")
    return scheme in (None, EDITED) and not shown


def _of_catalog(name: str) -> Refusal:
    return Refusal(
        name,
        lambda app: app.preconfigured_app and getattr(app, name),
        "Okta's catalog sets it for this app: leave it out",
        Phase.VALIDATE,
    )


def _needed(name: str) -> Refusal:
    return Refusal(
        name,
        lambda app: not app.preconfigured_app and not getattr(app, name),
        "required for a custom app (without preconfigured_app)",
        Phase.VALIDATE,
    )


def _only_of_catalog(what: str) -> Only:
    return Only(lambda app: app.preconfigured_app, f"only an app from Okta's catalog has {what}")


class SwaApp(SwaForm, ProvisionedApp):
    """An app with a sign-in form that Okta's browser plugin fills with the account that a user entered: a custom app,
    or an app from Okta's catalog (`signOnMode` `BROWSER_PLUGIN`).
    """

    risks = (changed(AUDIENCE_CHANGED, "app_settings"),)
    refusals = (
        *map(_needed, ("url", "username_field", "password_field")),
        *map(_of_catalog, _FORM),
    )

    preconfigured_app: Annotated[Name | None, Api("name"), Replaces(by_provider=False)] = None
    """Name of the app in Okta's catalog, such as `aws_console`. Left out: a custom app."""
    app_settings: Annotated[
        CatalogSettings, Api(f"settings.{CATALOG_SETTINGS}", WITHOUT_EMPTY_TEXT), _only_of_catalog("app_settings")
    ] = None
    """Settings of a catalog app, by their names in the catalog. List all that are not false or empty. Left out: not
    managed."""


def _read_swa(item: Json) -> Json:
    """The item without the credentials scheme that Okta gives to these apps: any other one is watched."""
    credentials = item.get("credentials") or {}
    if credentials.get("scheme") == EDITED:
        item = item | {"credentials": {name: value for name, value in credentials.items() if name != "scheme"}}
    return apart(item, custom=_is_template(item))


def _write_swa(item: Json) -> Json:
    """The item with the sign-on mode that the provider asks for: any that fits, for an app from the catalog."""
    mode = {} if item.get("name") else {"name": _TEMPLATE, "signOnMode": "BROWSER_PLUGIN"}
    return always_sent(together({"signOnMode": "AUTO_LOGIN", **item, **mode}))


SWA_APP = app_kind(
    "swa-app",
    "okta:app/swa:Swa",
    SwaApp,
    apps(
        "BROWSER_PLUGIN",
        claims=lambda item: (
            not _is_shared(item)
            if item["name"] == _TEMPLATE
            else not _is_template(item) and _users_enter_their_account(item)
        ),
    ),
    apps_written(derived=("signOnMode",)),
    not_declarable=NO_LOGO | NO_SUFFIX,
    read_api=_read_swa,
    write_api=_write_swa,
)


class AutoLoginApp(AppWithPassword, ProvisionedApp):
    """An app that Okta signs users in to with a password: a custom app whose form Okta posts (`signOnMode`
    `AUTO_LOGIN`), or an app from Okta's catalog with a shared account or one that administrators set.
    """

    risks = (
        *sends_users_to("sign_on_url", "sign_on_redirect_url"),
        changed(AUDIENCE_CHANGED, "app_settings"),
    )
    refusals = (
        *AppWithPassword.refusals,
        _needed("sign_on_url"),
        Refusal(
            "preconfigured_app",
            lambda app: app.preconfigured_app and app.credentials_scheme == EDITED and not app.reveal_password,
            "users enter the account themselves: declare a swa-app",
            Phase.VALIDATE,
        ),
    )

    preconfigured_app: Annotated[Name | None, Api("name"), Replaces(by_provider=False)] = None
    """Name of the app in Okta's catalog, such as `google`. Left out: a custom app."""
    app_settings: Annotated[
        CatalogSettings, Api(f"settings.{CATALOG_SETTINGS}", WITHOUT_EMPTY_TEXT), _only_of_catalog("app_settings")
    ] = None
    """Settings of a catalog app, by their names in the catalog. List all that are not false or empty. Left out: not
    managed."""
    sign_on_url: Annotated[Uri | None, Api("settings.signOn.loginUrl"), _CUSTOM] = None
    """URL of the sign-in page. A custom app needs it."""
    sign_on_redirect_url: Annotated[Uri | None, Api("settings.signOn.redirectUrl"), _CUSTOM] = None
    """URL to send users to if their sign-in page is a different one."""


def _write_auto_login(item: Json) -> Json:
    item = with_password_sent(together({"signOnMode": "AUTO_LOGIN", **item}))
    return item | {"settings": {"signOn": {}} | item["settings"]}


AUTO_LOGIN_APP = app_kind(
    "auto-login-app",
    "okta:app/autoLogin:AutoLogin",
    AutoLoginApp,
    apps(
        "AUTO_LOGIN",
        "BROWSER_PLUGIN",
        claims=lambda item: (
            item["signOnMode"] == "AUTO_LOGIN" or not (_is_template(item) or _users_enter_their_account(item))
        ),
    ),
    apps_written(derived=("signOnMode",)),
    not_declarable=NO_LOGO | NO_SUFFIX,
    read_api=lambda item: apart(item, custom=bool(member(item, "settings.signOn.loginUrl"))),
    write_api=_write_auto_login,
)


class SharedCredentialsApp(SwaForm):
    """An app with a sign-in form that Okta's browser plugin fills with one account for everybody."""

    risks = (changed(IDENTITY_CHANGED, "shared_username"),)

    url: Annotated[Uri, Api(f"{SETTINGS}.url")]
    """URL of the sign-in page."""
    username_field: Annotated[str, Api(f"{SETTINGS}.usernameField")]
    """CSS selector of the field for the user name."""
    password_field: Annotated[str, Api(f"{SETTINGS}.passwordField")]
    """CSS selector of the field for the password."""
    shared_username: Annotated[str | None, Api("credentials.userName")] = None
    """User name of the shared account."""
    shared_password: Annotated[SecretRef | None, Api("credentials.password.value")] = None
    """Reference to the password of the shared account."""


def _write_shared(item: Json) -> Json:
    credentials = {"password": {}, **item.get("credentials", {})}
    settings = {"app": {}} | item.get("settings", {})
    return item | {"credentials": credentials, "settings": settings}


SHARED_CREDENTIALS_APP = password_app(
    "shared-credentials-app",
    "okta:index/appSharedCredentials:AppSharedCredentials",
    SharedCredentialsApp,
    "BROWSER_PLUGIN",
    _TEMPLATE,
    claims=_is_shared,
    fixed={"credentials.scheme": SHARED},
    not_declarable={"preconfigured_app": "an `auto-login-app` can be from Okta's catalog and share an account"},
    write_api=_write_shared,
)
