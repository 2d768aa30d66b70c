from typing import Any

import pytest

from .conftest import Okta

EVENT_HOOKS, INLINE_HOOKS, KEYS = "/api/v1/eventHooks", "/api/v1/inlineHooks", "/api/v1/hook-keys"
CONFIG = {
    "uri": "https://hook.example.com",
    "headers": [{"key": "x-from", "value": "okta"}],
    "authScheme": {"type": "HEADER", "key": "authorization", "value": "secret"},
}
EVENT_HOOK: dict[str, Any] = {
    "name": "hook",
    "events": {"type": "EVENT_TYPE", "items": ["group.lifecycle.create"]},
    "channel": {"type": "HTTP", "version": "1.0.0", "config": CONFIG},
}
INLINE_HOOK: dict[str, Any] = {
    "name": "hook",
    "type": "com.okta.saml.tokens.transform",
    "version": "1.0.0",
    "channel": {"type": "HTTP", "version": "1.0.0", "config": CONFIG},
}


@pytest.mark.parametrize(("path", "body"), [(EVENT_HOOKS, EVENT_HOOK), (INLINE_HOOKS, INLINE_HOOK)])
def test_the_secret_is_never_shown_and_an_active_hook_cannot_be_deleted(okta: Okta, path: str, body: Any) -> None:
    hook = okta.post(path, {**body, "status": "INACTIVE"})
    assert hook["status"] == "ACTIVE"
    assert hook["channel"]["config"]["authScheme"] == {"type": "HEADER", "key": "authorization"}
    assert hook["channel"]["config"]["headers"] == CONFIG["headers"]
    assert "secret" not in str(okta.get(path))
    own = f"{path}/{hook['id']}"
    okta.delete(own, status=400)
    assert okta.post(f"{own}/lifecycle/deactivate")["_links"].keys() == {"self", "activate", "delete"}
    okta.delete(own)
    assert okta.request("GET", own).status_code == 404


def test_an_event_hook_at_another_address_has_to_be_verified_again(okta: Okta) -> None:
    """As recorded."""
    path = f"{EVENT_HOOKS}/{okta.post(EVENT_HOOKS, EVENT_HOOK)['id']}"
    assert okta.post(f"{path}/lifecycle/verify")["verificationStatus"] == "VERIFIED"
    assert okta.put(path, {**EVENT_HOOK, "name": "other"})["verificationStatus"] == "VERIFIED"
    moved = {**EVENT_HOOK["channel"], "config": {**CONFIG, "uri": "https://moved.example.com"}}
    assert okta.put(path, {**EVENT_HOOK, "channel": moved})["verificationStatus"] == "UNVERIFIED"


@pytest.mark.parametrize(
    "change",
    [
        {"events": {"type": "EVENT_TYPE", "items": []}},
        {"events": {"type": "EVENT_TYPE", "items": ["everything that happens"]}},
        {"channel": {"type": "HTTP", "version": "1.0.0", "config": {"uri": "http://hook.example.com"}}},
        {"channel": {"type": "PIGEON", "version": "1.0.0", "config": CONFIG}},
        {"name": ""},
    ],
)
def test_an_event_hook_is_checked(okta: Okta, change: dict[str, Any]) -> None:
    okta.post(EVENT_HOOKS, {**EVENT_HOOK, **change}, status=400)


def test_the_type_of_an_inline_hook_is_known_and_stays(okta: Okta) -> None:
    okta.post(INLINE_HOOKS, {**INLINE_HOOK, "type": "com.okta.unknown"}, status=400)
    hook = okta.post(INLINE_HOOKS, INLINE_HOOK)
    other = {**INLINE_HOOK, "type": "com.okta.import.transform"}
    okta.put(f"{INLINE_HOOKS}/{hook['id']}", other, status=400)
    assert okta.get(INLINE_HOOKS, type=INLINE_HOOK["type"]) != []
    assert okta.get(INLINE_HOOKS, type=other["type"]) == []


def test_a_key_shows_its_public_part_and_whether_it_is_used(okta: Okta) -> None:
    key = okta.post(KEYS, {"name": "signing"})
    assert key["_embedded"]["kid"] == key["keyId"]
    path = f"{KEYS}/{key['id']}"
    assert "_embedded" not in okta.get(path)
    assert okta.get(path, expand="publickey")["_embedded"] == okta.get(f"{KEYS}/public/{key['keyId']}")
    config = {"uri": CONFIG["uri"], "hookKeyId": key["id"], "clientSecret": "s"}
    channel = {"type": "OAUTH", "version": "1.0.0", "config": config}
    hook = okta.post(INLINE_HOOKS, {**INLINE_HOOK, "channel": channel})
    assert "clientSecret" not in hook["channel"]["config"]
    assert okta.get(path)["isUsed"] is True
    okta.delete(path, status=400)
    assert okta.put(path, {"name": "renamed"})["keyId"] == key["keyId"]


def test_an_inline_hook_that_signs_in_with_oauth_has_no_header_for_it(okta: Okta) -> None:
    config = {"uri": CONFIG["uri"], "authType": "client_secret_post", "clientId": "c", "clientSecret": "secret"}
    config |= {"tokenUrl": "https://id.example.com/token", "scope": "hook"}
    hook = okta.post(INLINE_HOOKS, {**INLINE_HOOK, "channel": {"type": "OAUTH", "version": "1.0.0", "config": config}})
    del config["clientSecret"]
    assert hook["channel"]["config"] == {**config, "method": "POST", "headers": [], "authScheme": None}


def test_a_post_of_an_inline_hook_leaves_what_is_not_sent(okta: Okta) -> None:
    hook = okta.post(INLINE_HOOKS, INLINE_HOOK)
    changed = okta.post(f"{INLINE_HOOKS}/{hook['id']}", {"name": "other"})
    assert (changed["name"], changed["channel"]) == ("other", hook["channel"])
