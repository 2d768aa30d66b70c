from typing import Any

import pytest

from .conftest import Okta
from .valid_requests import ACCESS_RULE

BEHAVIORS, DEVICES, STREAMS = "/api/v1/behaviors", "/api/v1/device-assurances", "/api/v1/logStreams"
REALMS, ASSIGNMENTS = "/api/v1/realms", "/api/v1/realm-assignments"
LOCATION: dict[str, Any] = {
    "name": "b",
    "type": "ANOMALOUS_LOCATION",
    "settings": {"granularity": "LAT_LONG", "radiusKilometers": 20},
}
SPLUNK: dict[str, Any] = {
    "name": "s",
    "type": "splunk_cloud_logstreaming",
    "settings": {"host": "acme.splunkcloud.com", "edition": "aws", "token": "t"},
}
BRIDGE: dict[str, Any] = {
    "name": "e",
    "type": "aws_eventbridge",
    "settings": {"accountId": "123456789012", "eventSourceName": "okta", "region": "eu-west-3"},
}
IOS: dict[str, Any] = {"name": "d", "platform": "IOS", "osVersion": {"minimum": "12.4.5"}, "jailbreak": False}


def test_behavior_time_format_and_status(okta: Okta) -> None:
    """As recorded."""
    behavior = okta.post(BEHAVIORS, LOCATION)
    assert behavior["created"] == "2026-01-01 12:00:00.0"
    assert behavior["settings"]["maxEventsUsedForEvaluation"] == 20
    path = f"{BEHAVIORS}/{behavior['id']}"
    assert okta.put(path, {**LOCATION, "status": "INACTIVE"})["status"] == "ACTIVE"
    assert okta.post(f"{path}/lifecycle/deactivate")["status"] == "INACTIVE"
    okta.put(path, {"name": "b", "type": "VELOCITY"}, status=400)
    okta.delete(path)


@pytest.mark.parametrize(
    "change", [{"type": "MOOD"}, {"settings": {"granularity": "LAT_LONG"}}, {"settings": {"granularity": "ROOM"}}]
)
def test_a_behavior_is_checked(okta: Okta, change: dict[str, Any]) -> None:
    okta.post(BEHAVIORS, {**LOCATION, **change}, status=400)


def test_fresh_org_has_new_device_behavior(okta: Okta) -> None:
    assert "New Device" in [each["name"] for each in okta.get(BEHAVIORS)]


def test_device_assurance_fields_depend_on_platform(okta: Okta) -> None:
    assurance = okta.post(DEVICES, {**IOS, "secureHardwarePresent": True})
    assert "secureHardwarePresent" not in assurance
    assert assurance["resourceDisplayName"] == {"value": "d", "sensitive": False}
    assert assurance["createdBy"] == okta.get("/api/v1/users/me")["id"]
    path = f"{DEVICES}/{assurance['id']}"
    changed = okta.put(path, {**IOS, "name": "renamed"})
    assert changed["createdDate"] == assurance["createdDate"]
    okta.put(path, {**IOS, "platform": "ANDROID"}, status=400)
    okta.post(DEVICES, {**IOS, "name": "renamed"}, status=400)


def test_device_assurance_in_use_cannot_be_deleted(okta: Okta) -> None:
    assurance = okta.post(DEVICES, IOS)["id"]
    rules = f"/api/v1/policies/{okta.get('/api/v1/policies', type='ACCESS_POLICY')[0]['id']}/rules"
    device = {"managed": False, "registered": True, "assurance": {"include": [assurance]}}
    rule = {**ACCESS_RULE, "conditions": {**ACCESS_RULE["conditions"], "device": device}}
    okta.post(rules, rule)
    okta.delete(f"{DEVICES}/{assurance}", status=409)
    unknown = {**rule, "name": "other", "conditions": {"device": {**device, "assurance": {"include": ["daenone"]}}}}
    okta.post(rules, unknown, status=400)


def test_log_stream_token_is_hidden_and_kept(okta: Okta) -> None:
    stream = okta.post(STREAMS, SPLUNK)
    assert stream["settings"] == {"host": "acme.splunkcloud.com", "edition": "aws"}
    path = f"{STREAMS}/{stream['id']}"
    response = okta.request("POST", f"{path}/lifecycle/deactivate")
    assert (response.status_code, response.content) == (200, b"")
    without = {**SPLUNK, "settings": {"host": "other.splunkcloud.com", "edition": "aws"}}
    assert okta.put(path, without)["settings"]["host"] == "other.splunkcloud.com"
    okta.post(STREAMS, {**without, "name": "n"}, status=400)


def test_event_bridge_settings_are_fixed(okta: Okta) -> None:
    path = f"{STREAMS}/{okta.post(STREAMS, BRIDGE)['id']}"
    assert okta.put(path, {**BRIDGE, "name": "renamed"})["name"] == "renamed"
    okta.put(path, {**BRIDGE, "settings": {**BRIDGE["settings"], "region": "us-east-1"}}, status=400)
    okta.post(STREAMS, {**BRIDGE, "name": "n", "settings": {**BRIDGE["settings"], "accountId": "1"}}, status=400)
    assert [each["type"] for each in okta.get(STREAMS, filter='type eq "aws_eventbridge"')] == ["aws_eventbridge"]


def test_realm_with_users_cannot_be_deleted(okta: Okta) -> None:
    (default,) = okta.get(REALMS, search='profile.name eq "Default Realm"')
    okta.delete(f"{REALMS}/{default['id']}", status=403)
    realm = okta.post(REALMS, {"profile": {"name": "partners", "realmType": "PARTNER"}})
    assert (realm["isDefault"], realm["profile"]["domains"]) == (False, [])
    okta.post(REALMS, {"profile": {"name": "partners"}}, status=400)
    okta.delete(f"{REALMS}/{realm['id']}")


def test_new_realm_assignment_is_inactive(okta: Okta) -> None:
    """As recorded."""
    realm = okta.post(REALMS, {"profile": {"name": "partners"}})["id"]
    app = okta.get("/api/v1/apps")[0]["id"]
    body = {
        "name": "a",
        "conditions": {"profileSourceId": app, "expression": {"value": 'user.profile.login.contains("@p")'}},
        "actions": {"assignUserToRealm": {"realmId": realm}},
    }
    assignment = okta.post(ASSIGNMENTS, body)
    assert (assignment["status"], assignment["priority"]) == ("INACTIVE", 498)
    path = f"{ASSIGNMENTS}/{assignment['id']}"
    okta.post(f"{path}/lifecycle/activate", status=204)
    okta.put(path, body, status=400)
    okta.delete(path, status=400)
    okta.post(f"{path}/lifecycle/deactivate", status=204)
    assert okta.put(path, {**body, "priority": 7})["priority"] == 7
    assert okta.put(path, body)["priority"] == 7
    okta.delete(path)
    okta.post(ASSIGNMENTS, {**body, "actions": {"assignUserToRealm": {"realmId": "guonowhere"}}}, status=400)
    okta.post(ASSIGNMENTS, {**body, "conditions": {"profileSourceId": "0oanowhere"}}, status=400)


def test_a_realm_assignment_moves_those_whose_priority_it_takes(okta: Okta) -> None:
    app, realm = okta.get("/api/v1/apps")[0]["id"], okta.get(REALMS)[0]["id"]
    body = {"conditions": {"profileSourceId": app}, "actions": {"assignUserToRealm": {"realmId": realm}}}
    for name in ("first", "second", "third"):
        okta.post(ASSIGNMENTS, {**body, "name": name, "priority": 1})
    assert {each["name"]: each["priority"] for each in okta.get(ASSIGNMENTS) if not each["isDefault"]} == {
        "first": 3,
        "second": 2,
        "third": 1,
    }
    okta.post(ASSIGNMENTS, {**body, "name": "last", "priority": 498})
    okta.post(ASSIGNMENTS, {**body, "name": "too many", "priority": 498}, status=400)


def test_default_realm_assignment_cannot_be_deleted(okta: Okta) -> None:
    (catch_all,) = okta.get(ASSIGNMENTS)
    assert (catch_all["isDefault"], catch_all["priority"]) == (True, 499)
    path = f"{ASSIGNMENTS}/{catch_all['id']}"
    okta.post(f"{path}/lifecycle/deactivate", status=403)
    okta.delete(path, status=403)


TRUST = {"devicePostureIdP": {"managed": True, "compliant": True}}
PLATFORMS: list[dict[str, object]] = [
    {"platform": "IOS", "jailbreak": False, "thirdPartySignalProviders": TRUST},
    {
        "platform": "ANDROID",
        "osVersion": {"dynamicVersionRequirement": {"type": "MINIMUM", "distanceFromLatestMajor": 1}},
        "diskEncryptionType": {"include": ["FULL", "USER"]},
        "thirdPartySignalProviders": {"androidDeviceTrust": {"screenLockComplexity": "HIGH"}},
    },
    {"platform": "MACOS", "secureHardwarePresent": True, "devicePostureChecks": {"include": ["check"]}},
    {"platform": "WINDOWS", "osVersionConstraints": [{"majorVersionConstraint": "WINDOWS_11"}]},
    {"platform": "CHROMEOS", "thirdPartySignalProviders": {"dtc": {"allowScreenLock": True}, **TRUST}},
]


@pytest.mark.parametrize("body", PLATFORMS, ids=lambda body: str(body["platform"]))
def test_platform_fields_are_returned(okta: Okta, body: dict[str, object]) -> None:
    shown = okta.post("/api/v1/device-assurances", {"name": "d", **body})
    assert {name: shown[name] for name in body} == body
