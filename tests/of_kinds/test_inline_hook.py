"""Inline hooks."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import (
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    ShownBy,
    rule,
)

HOOK = "inline-hook"
_AUTH = {"key": "Authorization", "value": "env:TEST_APP_SECRET"}
_OAUTH = {
    "uri": "https://hooks.example.com/okta",
    "token_url": "https://login.example.com/token",
    "client_id": "okta",
    "scope": "hooks",
    "auth_type": "client_secret_post",
    "client_secret": "env:TEST_APP_SECRET",
}
_ONLY_OAUTH = {"uri": OMIT, "oauth": _OAUTH}


def _with_both(auth_type: str) -> dict[str, object]:
    return {"uri": OMIT, "oauth": {**_OAUTH, "auth_type": auth_type, "hook_key": "people"}}


_OF_HTTP = {"uri": OMIT, "channel_version": OMIT, "method": OMIT, "auth": OMIT, "headers": OMIT}

about(
    kind=HOOK,
    usual={
        "name": "Tested",
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "uri": "https://hooks.example.com/okta",
    },
    harmless=frozenset({"name", "version", "channel_version"}),
    variants={
        "": {
            "http": {"oauth": OMIT},
            "secret": {"oauth": {**_OAUTH, "method": "PUT", "version": "1.0.1"}, **_OF_HTTP},
            "key": {
                "oauth": {
                    **{name: value for name, value in _OAUTH.items() if name != "client_secret"},
                    "auth_type": "private_key_jwt",
                    "hook_key": "hook-key-one",
                    "headers": [{"key": "X-Sent-By", "value": "okta"}],
                },
                **_OF_HTTP,
            },
        }
    },
    fixed={"type": "Okta does not let the type of a hook be changed"},
    rules=(
        rule(
            HOOK,
            "preview",
            "channel_json given and (channel or auth given)",
            Refused(HOOK, "uri", "excludes `oauth`", {"oauth": _OAUTH}, _ONLY_OAUTH),
            Refused(HOOK, "auth", "excludes `oauth`", {**_ONLY_OAUTH, "auth": _AUTH}, _ONLY_OAUTH),
        ),
        rule(HOOK, "preview", "channel_json set and not JSON", NotDeclarable("the program writes the text")),
        rule(
            HOOK,
            "preview",
            "channel_json differs only in config.clientSecret",
            ShownBy(
                "the docs of `client_secret` say so",
                "of_kinds/test_inline_hook.py::test_the_docs_say_that_a_changed_secret_is_not_sent",
            ),
        ),
        rule(
            HOOK,
            "preview",
            "channel.type, channel.method or auth.type removed",
            NotDeclarable("the program always sends the method, and never the types"),
        ),
        rule(
            HOOK,
            "create update",
            "channel_json unset and channel without uri or without version",
            Refused(HOOK, "uri", "needs an address", {"uri": OMIT}),
            Refused(HOOK, "channel_version", "", {"channel_version": ""}),
        ),
        rule(
            HOOK,
            "create update",
            "channel_json set and headers set",
            RefusedByValidate(
                HOOK,
                "headers",
                "move them into it",
                {**_ONLY_OAUTH, "headers": [{"key": "X-Sent-By", "value": "okta"}]},
                _ONLY_OAUTH,
            ),
            RefusedByValidate(HOOK, "method", "leave it out", {**_ONLY_OAUTH, "method": "PUT"}, _ONLY_OAUTH),
            RefusedByValidate(HOOK, "channel_version", "leave it out", {**_ONLY_OAUTH, "channel_version": "2"}),
            RefusedByValidate(HOOK, "oauth.hook_key", "leave it out", _with_both("client_secret_post")),
            RefusedByValidate(HOOK, "oauth.client_secret", "leave it out", _with_both("private_key_jwt")),
        ),
        rule(
            HOOK,
            "create update",
            "channel.method, channel.type or auth.type unset",
            Converges(HOOK, {"auth": _AUTH}, sends={"channel.config.authScheme.type": "HEADER"}),
        ),
        rule(
            HOOK,
            "create update",
            "status differs from the answer",
            Converges(HOOK, {"status": "INACTIVE"}),
            Converges(HOOK, before={"status": "INACTIVE"}),
        ),
        rule(HOOK, "create", "status unset", Converges(HOOK, {"status": "ACTIVE"})),
    ),
    attacks={
        "hook-redirected": (
            changed(HOOK, "uri", "https://claims.example.com", "https://evil.example"),
            changed(HOOK, "oauth", None, {"uri": "https://evil.example"}),
            changed(HOOK, "auth", {"key": "Authorization"}, None),
            changed(HOOK, "status", "INACTIVE", "ACTIVE"),
            whole(Verdict.UNMANAGED, HOOK),
        ),
        "hook-silenced": (changed(HOOK, "status", "ACTIVE", "INACTIVE"), whole(Verdict.MISSING, HOOK)),
    },
    innocent={
        "hook-redirected": (changed(HOOK, "name", "a", "b"), changed(HOOK, "status", "ACTIVE", "INACTIVE")),
        "hook-silenced": (changed(HOOK, "status", "INACTIVE", "ACTIVE"),),
    },
)


def test_the_docs_say_that_a_changed_secret_is_not_sent():
    from reconciler.kinds.inline_hook import OAuthChannel
    from reconciler.kinds.mapping import schema

    (secret,) = (field for field in schema(OAuthChannel) if field.name == "client_secret")
    assert "does not send a changed secret" in secret.description
