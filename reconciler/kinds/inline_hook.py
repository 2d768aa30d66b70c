"""Inline hooks: addresses that Okta asks in the middle of a sign-in, a registration or an import."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.conditions import became
from reconciler.kinds.fields import (
    Api,
    Argument,
    Codec,
    ListOf,
    Name,
    Only,
    ProviderDefault,
    Ref,
    Replaces,
    SecretRef,
    SetOf,
    Status,
    as_json_text,
)
from reconciler.kinds.hook_key import HookKeyRef
from reconciler.kinds.hooks import HookAuth, HookHeader, HttpsUri
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import HOOK_REDIRECTED, HOOK_SILENCED

_OAUTH = "oauthChannel"
"""The member in which `read_api` puts a channel with OAuth. In the API, both channels have the same member."""
_CHANNEL_JSON = Codec(encode=lambda channel: as_json_text({"type": "OAUTH", **channel}), decode=json.loads)
_NO_OAUTH = Only(lambda hook: hook.oauth is None, "a hook with `oauth` has it in there")

InlineHookRef = Annotated[str, Ref("inline-hook")]
Version = Annotated[str, Field(min_length=1, examples=["1.0.1", "1.0.2"])]
Method = Literal["POST", "PUT", "PATCH", "GET", "DELETE"]


class OAuthChannel(Part):
    """An address to which Okta authenticates with a token of an OAuth server."""

    uri: Annotated[HttpsUri, Api("config.uri")]
    """Address that Okta calls."""
    version: Version = "1.0.0"
    """Version of the channel."""
    method: Annotated[Method, Api("config.method")] = "POST"
    """HTTP method of the requests."""
    headers: Annotated[ListOf[HookHeader], Api("config.headers")] = ()
    """Further headers of the requests."""
    token_url: Annotated[HttpsUri, Api("config.tokenUrl")]
    """Address of the OAuth server where Okta gets the token."""
    client_id: Annotated[str, Field(min_length=1), Api("config.clientId")]
    """Client id of Okta at the OAuth server."""
    scope: Annotated[str, Field(min_length=1), Api("config.scope")]
    """Scope of the token."""
    auth_type: Annotated[Literal["client_secret_post", "private_key_jwt"], Api("config.authType")]
    """How Okta authenticates at the OAuth server: with `client_secret`, or with `hook_key`."""
    client_secret: Annotated[
        SecretRef | None,
        Api("config.clientSecret"),
        Only(lambda channel: channel.auth_type == "client_secret_post", "only `client_secret_post` has a secret"),
    ] = None
    """Client secret of Okta. The provider does not send a changed secret unless another field of `oauth` changes."""
    hook_key: Annotated[
        HookKeyRef | None,
        Api("config.hookKeyId"),
        Only(lambda channel: channel.auth_type == "private_key_jwt", "only `private_key_jwt` has a key"),
    ] = None
    """Hook key with which Okta signs."""


class InlineHook(Part):
    """An address that Okta asks before it issues a token, registers a user or imports one (`/api/v1/inlineHooks`).

    The answer changes what Okta does. A hook for the import of passwords receives passwords.
    """

    refusals = (
        Refusal("uri", lambda hook: not hook.oauth and not hook.uri, "the provider needs an address, or `oauth`"),
        Refusal(
            "channel_version",
            lambda hook: not hook.oauth and hook.uri and not hook.channel_version,
            "the provider needs a version of the channel",
        ),
        Refusal("uri", lambda hook: hook.oauth and hook.uri, "excludes `oauth`: leave one out", Phase.ALWAYS),
        Refusal("auth", lambda hook: hook.oauth and hook.auth, "excludes `oauth`: leave one out", Phase.ALWAYS),
        Refusal(
            "headers",
            lambda hook: hook.oauth and hook.headers,
            "the provider does not send them with `oauth`: move them into it",
            Phase.VALIDATE,
        ),
    )
    risks = (
        changed(HOOK_REDIRECTED, "uri", "oauth", "auth", "headers", "method"),
        changed(HOOK_REDIRECTED, "status", when=became("ACTIVE")),
        changed(HOOK_REDIRECTED, "type"),
        changed(HOOK_SILENCED, "status", when=became("INACTIVE")),
        appeared(HOOK_REDIRECTED),
        gone(HOOK_SILENCED),
    )

    name: Name
    """Name of the hook, unique in the tenant."""
    type: Annotated[
        Literal[
            "com.okta.import.transform",
            "com.okta.oauth2.tokens.transform",
            "com.okta.saml.tokens.transform",
            "com.okta.telephony.provider",
            "com.okta.user.credential.password.import",
            "com.okta.user.pre-registration",
        ],
        Replaces(),
    ]
    """What the hook decides about, such as the claims of a token."""
    version: Version
    """Version of the format of the requests, such as `1.0.0`."""
    uri: Annotated[HttpsUri | None, Api("channel.config.uri"), Argument("channel.uri")] = None
    """Address that Okta calls."""
    channel_version: Annotated[
        Version, Api("channel.version"), Argument("channel.version"), ProviderDefault(None), _NO_OAUTH
    ] = "1.0.0"
    """Version of the channel."""
    method: Annotated[
        Method, Api("channel.config.method"), Argument("channel.method"), ProviderDefault(None), _NO_OAUTH
    ] = "POST"
    """HTTP method of the requests."""
    auth: Annotated[HookAuth | None, Api("channel.config.authScheme")] = None
    """Header with which Okta authenticates at the address. Left out: the address cannot tell Okta from others."""
    headers: Annotated[SetOf[HookHeader], Api("channel.config.headers")] = frozenset()
    """Further headers of the requests."""
    oauth: Annotated[OAuthChannel | None, Api(_OAUTH), Argument("channel_json", _CHANNEL_JSON, as_api=True)] = None
    """Address with authentication by OAuth, instead of `uri`, `auth` and `headers`."""
    status: Status = "ACTIVE"
    """Okta does not ask an `INACTIVE` hook."""


def _stops(spec: Spec) -> str:
    """What Okta no longer asks."""
    address = (spec.get("oauth") or spec)["uri"]
    return f"Okta no longer asks {address} ({spec['type']})"


def _read_api(item: Json) -> Json:
    """The hook, with a channel with OAuth in a member of its own. The member says the type of the channel."""
    channel: Any = item.get("channel")
    if not isinstance(channel, dict) or channel.get("type") not in ("HTTP", "OAUTH"):
        return item
    rest = {name: value for name, value in item.items() if name != "channel"}
    member = "channel" if channel["type"] == "HTTP" else _OAUTH
    return {**rest, member: {name: value for name, value in channel.items() if name != "type"}}


def _write_api(body: Json) -> Json:
    """The inverse, with the only type of authentication that there is."""
    body = dict(body)
    if oauth := body.pop(_OAUTH, None):
        return {**body, "channel": {"type": "OAUTH", **oauth}}
    channel = dict(body.get("channel") or {})
    if scheme := (channel.get("config") or {}).get("authScheme"):
        channel["config"] = {**channel["config"], "authScheme": {**scheme, "type": "HEADER"}}
    return {**body, "channel": {"type": "HTTP", **channel}}


_AUTH_TYPE = "channel.config.authScheme.type"

INLINE_HOOK = register(
    Kind(
        name="inline-hook",
        resource="okta:inline/hook:Hook",
        fields=InlineHook,
        shape=Listed(path="/api/v1/inlineHooks", scope="okta.inlineHooks"),
        provider=Provider(lifecycle=True, inactive_to_delete=True),
        events=(
            "inline_hook.created",
            "inline_hook.updated",
            "inline_hook.deleted",
            "inline_hook.activated",
            "inline_hook.deactivated",
        ),
        fresh={_AUTH_TYPE: ("HEADER",)},
        side_effects={"auth": (_AUTH_TYPE,), "oauth": (_AUTH_TYPE,)},
        stops=_stops,
        read_api=_read_api,
        write_api=_write_api,
    )
)
