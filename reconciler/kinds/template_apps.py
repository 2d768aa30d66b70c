"""Apps from Okta's templates for sign-in forms with further fields, and for HTTP basic authentication."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.fields import Api, Uri
from reconciler.kinds.password_apps import SETTINGS, AppWithPassword, password_app, sends_users_to


class ThreeFieldApp(AppWithPassword):
    """An app with a sign-in form that has a third field besides user name and password (`template_swa3field`)."""

    risks = sends_users_to("url", "url_regex")

    url: Annotated[Uri, Api(f"{SETTINGS}.targetURL")]
    """URL of the sign-in page."""
    url_regex: Annotated[str | None, Api(f"{SETTINGS}.loginUrlRegex")] = None
    """Regular expression of further URLs on which the browser plugin fills the form."""
    username_selector: Annotated[str, Api(f"{SETTINGS}.userNameSelector")]
    """CSS selector of the field for the user name."""
    password_selector: Annotated[str, Api(f"{SETTINGS}.passwordSelector")]
    """CSS selector of the field for the password."""
    button_selector: Annotated[str, Api(f"{SETTINGS}.buttonSelector")]
    """CSS selector of the button that signs in."""
    extra_field_selector: Annotated[str, Api(f"{SETTINGS}.extraFieldSelector")]
    """CSS selector of the third field."""
    extra_field_value: Annotated[str, Api(f"{SETTINGS}.extraFieldValue")]
    """Text for the third field, such as the name of the company. Everybody who can read apps sees it."""


THREE_FIELD_APP = password_app(
    "three-field-app",
    "okta:app/threeField:ThreeField",
    ThreeFieldApp,
    "BROWSER_PLUGIN",
    "template_swa3field",
)


class BasicAuthApp(AppWithPassword):
    """An app that Okta signs users in to with HTTP basic authentication (`signOnMode` `BASIC_AUTH`)."""

    risks = sends_users_to("url", "auth_url")

    url: Annotated[Uri, Api(f"{SETTINGS}.url")]
    """URL of the app."""
    auth_url: Annotated[Uri, Api(f"{SETTINGS}.authURL")]
    """URL that asks for the user name and the password."""


BASIC_AUTH_APP = password_app(
    "basic-auth-app",
    "okta:app/basicAuth:BasicAuth",
    BasicAuthApp,
    "BASIC_AUTH",
    "template_basic_auth",
)


class SecurePasswordStoreApp(AppWithPassword):
    """An app whose sign-in form Okta posts with a stored password (`signOnMode` `SECURE_PASSWORD_STORE`)."""

    risks = sends_users_to("url")

    url: Annotated[Uri, Api(f"{SETTINGS}.url")]
    """URL to which the form is posted."""
    username_field: Annotated[str, Api(f"{SETTINGS}.usernameField")]
    """Name of the field for the user name."""
    password_field: Annotated[str, Api(f"{SETTINGS}.passwordField")]
    """Name of the field for the password."""
    optional_field1: Annotated[str | None, Api(f"{SETTINGS}.optionalField1")] = None
    """Name of a further field."""
    optional_field1_value: Annotated[str | None, Api(f"{SETTINGS}.optionalField1Value")] = None
    """Text for the first further field. Everybody who can read apps sees it."""
    optional_field2: Annotated[str | None, Api(f"{SETTINGS}.optionalField2")] = None
    """Name of a second further field."""
    optional_field2_value: Annotated[str | None, Api(f"{SETTINGS}.optionalField2Value")] = None
    """Text for the second further field."""
    optional_field3: Annotated[str | None, Api(f"{SETTINGS}.optionalField3")] = None
    """Name of a third further field."""
    optional_field3_value: Annotated[str | None, Api(f"{SETTINGS}.optionalField3Value")] = None
    """Text for the third further field."""


SECURE_PASSWORD_STORE_APP = password_app(
    "secure-password-store-app",
    "okta:app/securePasswordStore:SecurePasswordStore",
    SecurePasswordStoreApp,
    "SECURE_PASSWORD_STORE",
    "template_sps",
)
