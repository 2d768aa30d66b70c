"""Push providers: the accounts at Apple and Google through which Okta sends push notifications to your own app."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from reconciler.kinds.fields import (
    Api,
    Argument,
    Name,
    OnDelete,
    Only,
    Purpose,
    Ref,
    Relates,
    Replaces,
    Secret,
    SecretRef,
    Uri,
    WriteOnly,
)
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.risks import changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import PUSHES_REDIRECTED

_APPLE, _GOOGLE = "APNS", "FCM"
_OF_APPLE = Only(lambda provider: provider.provider_type == _APPLE, f"only provider_type: {_APPLE} has it")
_OF_GOOGLE = Only(lambda provider: provider.provider_type == _GOOGLE, f"only provider_type: {_GOOGLE} has it")
_NEEDED = {_APPLE: ("key_id", "team_id", "token_signing_key"), _GOOGLE: ("project_id", "private_key")}
_CONFIGURATION, _ACCOUNT = "configuration", "serviceAccountJson"
_IN_APPLE = f"{_CONFIGURATION}.apns_configuration"
_IN_GOOGLE = f"{_CONFIGURATION}.fcm_configuration.service_account_json"
_UNREAD = WriteOnly("Okta only returns the project")

PushProviderRef = Annotated[str, Ref("push-provider"), Relates(Purpose.USE, OnDelete.REMOVED)]
_Text = Annotated[str, StringConstraints(min_length=1)]
_AppleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{10}$"), Field(examples=["ABC123DEFG", "DEF123GHIJ"])]


class PushProvider(Part):
    """An account at Apple or Google through which Okta sends push notifications to your own app
    (`/api/v1/push-providers`).

    The official provider cannot import an account at Apple: create it with `up`.
    """

    risks = (changed(PUSHES_REDIRECTED, "provider_type", "key_id", "team_id", "project_id"), gone(PUSHES_REDIRECTED))

    name: Name
    """Name of the push provider, unique in the tenant."""
    provider_type: Annotated[Literal["APNS", "FCM"], Replaces()]
    """`APNS` for Apple, `FCM` for Google's Firebase."""
    key_id: Annotated[_AppleId | None, Api(f"{_CONFIGURATION}.keyId"), Argument(f"{_IN_APPLE}.key_id"), _OF_APPLE] = (
        None
    )
    """Id of the key at Apple, of 10 characters; required for Apple."""
    team_id: Annotated[
        _AppleId | None, Api(f"{_CONFIGURATION}.teamId"), Argument(f"{_IN_APPLE}.team_id"), _OF_APPLE
    ] = None
    """Id of the team at Apple, of 10 characters; required for Apple."""
    token_signing_key: Annotated[
        SecretRef | None,
        Secret(needed=lambda provider: provider.provider_type == _APPLE),
        Api(f"{_CONFIGURATION}.tokenSigningKey"),
        Argument(f"{_IN_APPLE}.token_signing_key"),
        _OF_APPLE,
    ] = None
    """The key at Apple, in PEM form; required for Apple."""
    file_name: Annotated[
        _Text | None, Api(f"{_CONFIGURATION}.fileName"), Argument(f"{_IN_APPLE}.file_name"), _OF_APPLE
    ] = None
    """Name of the file with the key at Apple, which the admin console shows."""
    project_id: Annotated[
        _Text | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.project_id"),
        Argument(f"{_IN_GOOGLE}.project_id"),
        _OF_GOOGLE,
    ] = None
    """Project at Google; required for Google, as is the key of the service account."""
    client_email: Annotated[
        _Text | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.client_email"),
        Argument(f"{_IN_GOOGLE}.client_email"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """E-mail address of the service account at Google."""
    private_key: Annotated[
        SecretRef | None,
        Secret(needed=lambda provider: provider.provider_type == _GOOGLE),
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.private_key"),
        Argument(f"{_IN_GOOGLE}.private_key"),
        _OF_GOOGLE,
    ] = None
    """Key of the service account at Google, in PEM form."""
    private_key_id: Annotated[
        _Text | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.private_key_id"),
        Argument(f"{_IN_GOOGLE}.private_key_id"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """Id of the key of the service account."""
    client_id: Annotated[
        _Text | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.client_id"),
        Argument(f"{_IN_GOOGLE}.client_id"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """Id of the service account."""
    account_type: Annotated[
        _Text | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.type"),
        Argument(f"{_IN_GOOGLE}.type"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """Type of the account at Google: `service_account`."""
    auth_uri: Annotated[
        Uri | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.auth_uri"),
        Argument(f"{_IN_GOOGLE}.auth_uri"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """Google's authorization endpoint."""
    token_uri: Annotated[
        Uri | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.token_uri"),
        Argument(f"{_IN_GOOGLE}.token_uri"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """Google's token endpoint."""
    auth_provider_x509_cert_url: Annotated[
        Uri | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.auth_provider_x509_cert_url"),
        Argument(f"{_IN_GOOGLE}.auth_provider_x509_cert_url"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """URL of Google's certificates."""
    client_x509_cert_url: Annotated[
        Uri | None,
        Api(f"{_CONFIGURATION}.{_ACCOUNT}.client_x509_cert_url"),
        Argument(f"{_IN_GOOGLE}.client_x509_cert_url"),
        _UNREAD,
        _OF_GOOGLE,
    ] = None
    """URL of the certificates of the service account."""

    @model_validator(mode="after")
    def _has_an_account(self) -> Self:
        missing = [name for name in _NEEDED[self.provider_type] if getattr(self, name) is None]
        needed = f"provider_type: {self.provider_type} needs it"
        return self.without_errors([self.error_at(name, needed) for name in missing])


def _read(item: Json) -> Json:
    """The item with the project where a request has it."""
    configuration = dict(item.get(_CONFIGURATION) or {})
    if (project := configuration.pop("projectId", None)) is None:
        return item
    account = {"project_id": project} | configuration.get(_ACCOUNT, {})
    return item | {_CONFIGURATION: configuration | {_ACCOUNT: account}}


PUSH_PROVIDER = register(
    Kind(
        name="push-provider",
        resource="okta:index/pushProvider:PushProvider",
        fields=PushProvider,
        shape=Listed(path="/api/v1/push-providers", scope="okta.pushProviders"),
        unlogged="Okta's System Log has no events of push providers",
        volatile=lambda _: ("lastUpdatedDate",),
        read_api=_read,
    )
)
