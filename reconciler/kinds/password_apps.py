"""What apps that Okta signs users in to with a password have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from reconciler.kinds.apps import NO_LOGO, NO_SUFFIX, AppWithUserNames, app_kind, apps, apps_written
from reconciler.kinds.conditions import became, new_text, without_tls
from reconciler.kinds.fields import Api, Bool, Only, SecretRef
from reconciler.kinds.kind import Kind
from reconciler.kinds.part import Json
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import Risk, changed
from reconciler.kinds.shapes import always
from reconciler.kinds.threats import IDENTITY_CHANGED, PASSWORDS_SHOWN, PLAIN_HTTP, REDIRECTS_WIDENED, SECRET_ROTATED

SHARED = "SHARED_USERNAME_AND_PASSWORD"
EDITED = "EDIT_USERNAME_AND_PASSWORD"
SETTINGS = "settings.app"
_SHARING = Only(
    lambda app: app.credentials_scheme == SHARED,
    "users have accounts of their own, unless credentials_scheme shares one",
)


def sends_users_to(*fields: str) -> tuple[Risk, ...]:
    """The risks of fields with addresses to which passwords are sent."""
    return (
        changed(REDIRECTS_WIDENED, *fields, when=new_text),
        changed(PLAIN_HTTP, *fields, when=without_tls, new=True),
    )


class AppWithPassword(AppWithUserNames):
    """The fields of apps for which users have a user name and a password."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(PASSWORDS_SHOWN, "reveal_password", when=became(True), new=True),
        changed(PASSWORDS_SHOWN, "credentials_scheme", when=became(SHARED)),
        changed(SECRET_ROTATED, "credentials_scheme"),
        changed(IDENTITY_CHANGED, "shared_username"),
    )
    refusals: ClassVar[tuple[Refusal, ...]] = (
        Refusal(
            "credentials_scheme",
            lambda app: app.shared_password and app.credentials_scheme != SHARED,
            f"shared_password needs {SHARED}",
            Phase.VALIDATE,
        ),
    )

    credentials_scheme: Annotated[
        Literal[
            "EDIT_USERNAME_AND_PASSWORD",
            "ADMIN_SETS_CREDENTIALS",
            "EDIT_PASSWORD_ONLY",
            "EXTERNAL_PASSWORD_SYNC",
            "SHARED_USERNAME_AND_PASSWORD",
        ],
        Api("credentials.scheme"),
    ] = "EDIT_USERNAME_AND_PASSWORD"
    """Who sets the user name and the password: users, administrators, or both. `EXTERNAL_PASSWORD_SYNC` uses the
    password of Okta, `SHARED_USERNAME_AND_PASSWORD` one account for everybody."""
    reveal_password: Annotated[Bool, Api("credentials.revealPassword")] = False
    """Whether users can see the password."""
    shared_username: Annotated[str | None, Api("credentials.userName"), _SHARING] = None
    """User name of the shared account; with `SHARED_USERNAME_AND_PASSWORD`."""
    shared_password: Annotated[SecretRef | None, Api("credentials.password.value")] = None
    """Reference to the password of the shared account; with `SHARED_USERNAME_AND_PASSWORD`."""


def always_sent(item: Json) -> Json:
    """The item with the members that the provider sends for all of these apps."""
    credentials = {"userName": "", **item.get("credentials", {})}
    return item | {"credentials": credentials, "settings": {"app": {}} | item.get("settings", {})}


def with_password_sent(item: Json) -> Json:
    """The same, for apps whose password the provider may send."""
    item = always_sent(item)
    return item | {"credentials": {"password": {}, **item["credentials"]}}


def password_app(
    name: str,
    resource: str,
    fields: type[AppWithUserNames],
    mode: str,
    template: str,
    claims: Callable[[Json], bool] = always,
    fixed: Mapping[str, Any] | None = None,
    not_declarable: Mapping[str, str] | None = None,
    **facts: Any,
) -> Kind:
    """A registered kind of apps that are made from one of Okta's templates."""
    return app_kind(
        name,
        resource,
        fields,
        apps(mode, claims=lambda item: item["name"] == template and claims(item)),
        apps_written(mode, name=template, fixed=fixed),
        not_declarable={**NO_LOGO, **NO_SUFFIX, **(not_declarable or {})},
        **{"write_api": with_password_sent, **facts},
    )
