"""The provisioning connection of an app: where Okta sends users to, and the token with which it does."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.apps import SCOPE
from reconciler.kinds.conditions import without_tls
from reconciler.kinds.fields import (
    Api,
    Argument,
    Checked,
    Codec,
    OnDelete,
    Purpose,
    Ref,
    Relates,
    Replaces,
    SecretRef,
    Status,
    Uri,
)
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import OneOfNamedOwner, always
from reconciler.kinds.threats import PLAIN_HTTP, PROVISIONING_CHANGED, PROVISIONING_REDIRECTED

_ENABLED = Codec(
    encode=lambda status: "ENABLED" if status == "ACTIVE" else "DISABLED",
    decode=lambda status: "ACTIVE" if status == "ENABLED" else "INACTIVE",
)
_ACTION = Codec(
    encode=lambda status: "activate" if status == "ACTIVE" else "deactivate",
    decode=lambda action: "ACTIVE" if action == "activate" else "INACTIVE",
)


class ProvisioningConnection(Part):
    """Where and how Okta provisions the users of an app (`/api/v1/apps/{id}/connections/default`).

    Every app that supports provisioning has one connection. A definition that is removed leaves it as it is, and so
    does `up` when it no longer changes the app. Connections by OAuth cannot be declared: the provider does not send
    all of their settings.
    """

    risks = (
        changed(PROVISIONING_REDIRECTED, "base_url", "profile.authScheme"),
        changed(PLAIN_HTTP, "base_url", when=without_tls, new=True),
        changed(PROVISIONING_CHANGED, "status"),
    )

    app: Annotated[
        str,
        Ref("app", plain_id=True),
        Relates(Purpose.USE, OnDelete.REMOVED),
        Argument("id_property"),
        Replaces(by_provider=False),
    ]
    """The app, such as `saml-app slack`."""
    base_url: Uri
    """URL of the app's provisioning API."""
    auth_scheme: Annotated[Literal["TOKEN"], Api("profile.authScheme"), Argument("profile.auth_scheme"), Checked()] = (
        "TOKEN"
    )
    """How Okta signs in there: with a token."""
    token: Annotated[SecretRef, Api("profile.token"), Argument("profile.token")]
    """The token."""
    status: Annotated[Status, Api("status", _ENABLED), Argument("action", _ACTION)] = "ACTIVE"
    """Okta provisions nothing through an `INACTIVE` connection."""


PROVISIONING_CONNECTION = register(
    Kind(
        name="provisioning-connection",
        resource="okta:app/connection:Connection",
        fields=ProvisioningConnection,
        label_field="app",
        owned_by="app",
        shape=OneOfNamedOwner(path="/api/v1/apps/{id}/connections/default", scope=SCOPE, read_if_declared=True),
        provider=Provider(
            update_method="POST",
            lifecycle=True,
            derived=("authScheme",),
            takes_over=lambda spec, connection: always(connection),
            deletes_nothing=True,
        ),
        untouched=always,
        events=("application.lifecycle.update", "application.configuration."),
        known_by=lambda connection: str(connection.get("app")),
        exists=lambda connection: connection.get("status") != "UNKNOWN",
    )
)
