"""Apps that Okta signs users in to with a password, and how they are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds import kind_named, kinds
from reconciler.kinds.mapping import replacing
from tests.drift.ratings import beyond_of, changed
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, NotDeclarable, RefusedByValidate, rule

_FORM = ("url", "url_regex", "redirect_url", "username_field", "password_field", "button_field", "checkbox")
_URL = "https://app.example.com/login"
_USUAL_FORM = {"label": "Tested", "url": _URL, "username_field": "user", "password_field": "pass"}
_NO_FORM = dict.fromkeys(_FORM, OMIT)
_NO_CATALOG = {
    "preconfigured_app": OMIT,
    "app_settings": OMIT,
    "app_links": {"login": False},
    "provisioning_features": OMIT,
}
_CONSOLE = {**_NO_FORM, "preconfigured_app": "aws_console"}
_SCHEME = "SHARED_USERNAME_AND_PASSWORD"
_FIXED = {"preconfigured_app": "Okta does not let the catalog entry of an app be changed"}
_ALONG = {"credentials_scheme": "shared_username"}
_SHARED = {"credentials_scheme": _SCHEME}
_SHARING = _SHARED | {"shared_username": "everybody"}
_PASSWORD = {"shared_password": "env:TEST_APP_SECRET"}
_OF_ACCOUNTS = frozenset({"user_name_template_push_status"})
_SELECTORS = frozenset({"username_field", "password_field", "button_field", "checkbox"})
_GOOGLE = {"preconfigured_app": "google", "app_settings": {"domain": "example.com"}, "sign_on_url": OMIT}
_LINKS = {"accounts": False, "calendar": True, "drive": True, "keep": True, "mail": True, "sites": True}
_VARIANTS = {"shared": _SHARED | {"app_links": {"login": False}}}


def _not_shared(kind: str) -> tuple[Any, ...]:
    """The account of an app cannot be declared without sharing it."""
    return (
        RefusedByValidate(kind, "shared_username", "leave it out", {"shared_username": "everybody"}, _SHARING),
        RefusedByValidate(
            kind, "credentials_scheme", "shared_password needs", {"shared_password": "env:TEST_APP_SECRET"}, _SHARING
        ),
    )


def _always(kind: str, **sends: Any) -> Any:
    return rule(
        kind,
        "create update",
        "always",
        Converges(kind, _SHARING, sends={"credentials.userName": "everybody", "credentials.password": {}, **sends}),
        Converges(kind, before=_SHARING, sends={"credentials.userName": "", "credentials.password": {}}),
        *_not_shared(kind),
    )


about(
    kind="swa-app",
    usual=_USUAL_FORM,
    harmless=_OF_ACCOUNTS | _SELECTORS | {"preconfigured_app"},
    attacks={"app-moved": (beyond_of("swa-app", "_links.accessPolicy.href", "rst1", "rst2"),)},
    fixed=_FIXED,
    needed={
        "custom": ("url", "username_field", "password_field"),
        "catalog": ("preconfigured_app", "app_settings"),
    },
    variants={
        "": {
            "custom": {**_NO_CATALOG},
            "catalog": {
                **_NO_FORM,
                "preconfigured_app": "google",
                "app_settings": {"domain": "example.com"},
                "app_links": OMIT,
            },
        }
    },
    rules=(
        rule(
            "swa-app",
            "create update",
            "preconfigured_app set",
            Converges(
                "swa-app",
                _CONSOLE,
                sends={"signOnMode": "AUTO_LOGIN", "name": "aws_console"},
            ),
            *(
                RefusedByValidate(
                    "swa-app",
                    name,
                    "leave it out",
                    {**_CONSOLE, name: value},
                    _CONSOLE,
                )
                for name, value in {**dict.fromkeys(_FORM, "login"), "url": _URL, "redirect_url": _URL}.items()
            ),
            *(
                RefusedByValidate("swa-app", name, "required for a custom app", {name: OMIT})
                for name in ("url", "username_field", "password_field")
            ),
        ),
        rule(
            "swa-app",
            "create update",
            "app_settings_json set",
            RefusedByValidate(
                "swa-app",
                "app_settings",
                "leave it out",
                {"app_settings": {"domain": "example.com"}},
                {**_NO_FORM, "preconfigured_app": "google", "app_settings": {"domain": "example.com"}},
            ),
        ),
        rule(
            "swa-app",
            "create update",
            "url_regex set",
            Converges("swa-app", {"url_regex": "^https://app"}, sends={"settings.app.loginUrlRegex": "^https://app"}),
        ),
    ),
)
about(
    kind="auto-login-app",
    needed={"catalog": ("preconfigured_app", "app_settings", "credentials_scheme")},
    usual={"label": "Tested", "sign_on_url": _URL},
    harmless=_OF_ACCOUNTS | {"preconfigured_app"},
    fixed=_FIXED | {"credentials_scheme": "users of a catalog app who enter their account have a swa-app"},
    changes_along=_ALONG,
    attacks={
        "passwords-shown": (
            changed("auto-login-app", "reveal_password", False, True),
            changed("auto-login-app", "credentials_scheme", "EDIT_USERNAME_AND_PASSWORD", _SCHEME),
        )
    },
    innocent={"passwords-shown": (changed("auto-login-app", "reveal_password", True, False),)},
    variants={
        "": {
            "custom": {**_NO_CATALOG, **_SHARED, "app_links": OMIT},
            "catalog": {**_GOOGLE, **_SHARED, "sign_on_redirect_url": OMIT, "app_links": _LINKS},
        }
    },
    rules=(
        _always("auto-login-app"),
        rule(
            "auto-login-app",
            "create update",
            "sign_on_url or sign_on_redirect_url set",
            Converges(
                "auto-login-app",
                {"sign_on_redirect_url": "https://app.example.com/in"},
                sends={
                    "settings.signOn.loginUrl": _URL,
                    "settings.signOn.redirectUrl": "https://app.example.com/in",
                },
            ),
            *(
                RefusedByValidate(
                    "auto-login-app", name, "leave it out", {**_GOOGLE, **_SHARING, name: _URL}, {**_GOOGLE, **_SHARING}
                )
                for name in ("sign_on_url", "sign_on_redirect_url")
            ),
            RefusedByValidate(
                "auto-login-app", "app_settings", "leave it out", {"app_settings": {"domain": "example.com"}}
            ),
            RefusedByValidate("auto-login-app", "sign_on_url", "required for a custom app", {"sign_on_url": OMIT}),
            RefusedByValidate("auto-login-app", "preconfigured_app", "declare a swa-app", _GOOGLE, _GOOGLE | _SHARING),
        ),
    ),
)
about(
    kind="shared-credentials-app",
    usual=_USUAL_FORM,
    harmless=_OF_ACCOUNTS | _SELECTORS,
    variants={"": {"one": {"app_links": {"login": False}}}},
    rules=(
        rule(
            "shared-credentials-app",
            "create update",
            "always",
            Converges(
                "shared-credentials-app",
                before={"checkbox": "remember"},
                sends={"credentials.scheme": "SHARED_USERNAME_AND_PASSWORD"},
            ),
            NotDeclarable("apps from the catalog are of another kind", ("preconfigured_app",)),
        ),
        rule(
            "shared-credentials-app",
            "create update",
            "url_regex set",
            Converges(
                "shared-credentials-app", {"url_regex": "^https"}, sends={"settings.app.loginUrlRegex": "^https"}
            ),
        ),
        rule(
            "shared-credentials-app",
            "update",
            "preconfigured_app changed",
            NotDeclarable("apps from the catalog are of another kind", ("preconfigured_app",)),
        ),
    ),
)
_THREE = {
    "label": "Tested",
    "url": _URL,
    "username_selector": "#name",
    "password_selector": "#password",
    "button_selector": "#go",
    "extra_field_selector": "#company",
    "extra_field_value": "acme",
}
about(
    kind="three-field-app",
    changes_along=_ALONG,
    usual=_THREE,
    harmless=_OF_ACCOUNTS | {name for name in _THREE if name.endswith("_selector")} | {"extra_field_value"},
    variants={"": _VARIANTS},
    rules=(_always("three-field-app", **{"settings.app.targetURL": _URL, "settings.app.userNameSelector": "#name"}),),
)
about(
    kind="basic-auth-app",
    changes_along=_ALONG,
    usual={"label": "Tested", "url": "https://app.example.com", "auth_url": _URL},
    harmless=_OF_ACCOUNTS,
    variants={"": _VARIANTS},
    rules=(_always("basic-auth-app", **{"settings.app.authURL": _URL}),),
)
about(
    kind="secure-password-store-app",
    changes_along=_ALONG,
    usual={"label": "Tested", "url": _URL, "username_field": "user", "password_field": "pass"},
    harmless=_OF_ACCOUNTS
    | {"username_field", "password_field"}
    | {f"optional_field{number}{part}" for number in (1, 2, 3) for part in ("", "_value")},
    variants={"": _VARIANTS},
    rules=(_always("secure-password-store-app", **{"settings.app.usernameField": "user"}),),
)


def app(name: str, mode: str | None, scheme: str | None = "EDIT_USERNAME_AND_PASSWORD", **more: Any) -> dict[str, Any]:
    return {"name": name, "signOnMode": mode, "credentials": {"scheme": scheme, **more}, "settings": {"app": {}}}


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (app("template_swa", "BROWSER_PLUGIN"), "swa-app"),
        (app("template_swa", "BROWSER_PLUGIN", "ADMIN_SETS_CREDENTIALS"), "swa-app"),
        (app("template_swa", "BROWSER_PLUGIN", _SCHEME), "shared-credentials-app"),
        (app("template_swa3field", "BROWSER_PLUGIN", _SCHEME), "three-field-app"),
        (app("google", "BROWSER_PLUGIN"), "swa-app"),
        (app("google", "BROWSER_PLUGIN", revealPassword=True), "auto-login-app"),
        (app("google", "BROWSER_PLUGIN", _SCHEME), "auto-login-app"),
        (app("org_wiki_1", "AUTO_LOGIN"), "auto-login-app"),
        (app("template_basic_auth", "BASIC_AUTH"), "basic-auth-app"),
        (app("template_sps", "SECURE_PASSWORD_STORE"), "secure-password-store-app"),
        (app("template_wsfed", "WS_FEDERATION", None), None),
        (app("deelhr", None, None), None),
        (app("somebank", "SECURE_PASSWORD_STORE"), None),
        (app("applauz", "OPENID_CONNECT", None), None),
    ],
)
def test_every_app_is_of_one_kind_or_watched_as_an_app_of_none(item: dict[str, Any], kind: str | None):
    claiming = [one.name for one in kinds() if one.shape.others == "app" and one.shape.claims(item)]
    assert claiming == ([kind] if kind else [])


def test_settings_of_the_catalog_do_not_look_like_those_of_a_form():
    swa = next(one for one in kinds() if one.name == "swa-app")
    item = app("google", "BROWSER_PLUGIN") | {"settings": {"app": {"url": "https://a.example.com"}}}
    shaped = swa.read_api(item)
    assert shaped["settings"]["app"] == {}
    assert swa.write_api(shaped)["settings"]["app"] == {"url": "https://a.example.com"}


@pytest.mark.parametrize("kind", ["swa-app", "auto-login-app"])
def test_an_app_of_another_integration_is_another_app(kind: str):
    assert "preconfigured_app" in replacing(kind_named(kind).fields)
