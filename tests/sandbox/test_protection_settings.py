"""Settings of attack protection and administration, security events providers, push providers."""

from typing import Any

import pytest

from .conftest import Okta

LOCKOUT = "/attack-protection/api/v1/user-lockout-settings"
SIGNALS = "/api/v1/security-events-providers"
PUSH = "/api/v1/push-providers"
FIREBASE: dict[str, Any] = {
    "name": "firebase",
    "providerType": "FCM",
    "configuration": {"fileName": "key.json", "serviceAccountJson": {"project_id": "p", "private_key": "k"}},
}


def test_attack_protection_is_listed_and_replaced(okta: Okta) -> None:
    off = {"preventBruteForceLockoutFromUnknownDevices": False}
    assert okta.get(LOCKOUT) == [off]
    on = {"preventBruteForceLockoutFromUnknownDevices": True}
    assert okta.put(LOCKOUT, on) == on
    assert okta.get(LOCKOUT) == [on]
    assert okta.events()[-1] == "security.attack_protection.settings.update"


def test_both_addresses_of_third_party_admins_are_one_setting(okta: Okta) -> None:
    okta.post("/api/internal/orgSettings/thirdPartyAdminSetting", {"thirdPartyAdmin": True})
    assert okta.get("/api/v1/org/orgSettings/thirdPartyAdminSetting") == {"thirdPartyAdmin": True}


@pytest.mark.parametrize("minutes", [4, 721])
def test_sessions_of_the_admin_console_have_limits(okta: Okta, minutes: int) -> None:
    path = "/api/v1/first-party-app-settings/admin-console"
    before = okta.get(path)
    okta.put(path, {**before, "sessionIdleTimeoutMinutes": minutes}, status=400)
    assert okta.get(path) == before == {"sessionIdleTimeoutMinutes": 15, "sessionMaxLifetimeMinutes": 720}


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"well_known_url": "https://s.example.com/ssf"}, 200),
        ({"issuer": "https://s.example.com", "jwks_url": "https://s.example.com/keys"}, 200),
        ({"issuer": "https://s.example.com"}, 400),
        ({}, 400),
    ],
)
def test_a_provider_of_signals_has_one_source_of_keys(okta: Okta, settings: Any, status: int) -> None:
    made = okta.post(SIGNALS, {"name": "signals", "type": "okta", "settings": settings}, status=status)
    if status == 200:
        assert (made["status"], made["settings"]) == ("ACTIVE", settings)
        assert okta.post(f"{SIGNALS}/{made['id']}/lifecycle/deactivate")["status"] == "INACTIVE"
        okta.delete(f"{SIGNALS}/{made['id']}")


def test_the_key_of_a_push_provider_is_hidden_and_kept(okta: Okta) -> None:
    made = okta.post(PUSH, FIREBASE)
    assert made["configuration"] == {"projectId": "p", "fileName": "key.json"}
    renamed = {**FIREBASE, "name": "renamed", "configuration": {"fileName": "key.json"}}
    assert okta.put(f"{PUSH}/{made['id']}", renamed)["name"] == "renamed"
    okta.post(PUSH, {**renamed, "name": "another"}, status=400)
    assert okta.get(PUSH, type="APNS") == []
