from typing import Any

import pytest

from .conftest import BASE_URL, Okta

SERVERS = "/api/v1/authorizationServers"
SERVER = {"name": "api", "description": "d", "audiences": ["api://x"]}
POLICY = {"name": "p", "description": "d", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}


@pytest.fixture
def server(okta: Okta) -> str:
    return str(okta.post(SERVERS, SERVER, status=201)["id"])


def test_a_server_has_a_key_and_the_scopes_of_openid_connect(okta: Okta, server: str) -> None:
    shown = okta.get(f"{SERVERS}/{server}")
    assert shown["issuer"] == f"{BASE_URL}/oauth2/{server}"
    assert len(shown["credentials"]["signing"]["kid"]) == 43
    assert shown["credentials"]["signing"]["nextRotation"] == "2026-04-01T12:00:00.000Z"
    names = [each["name"] for each in okta.get(f"{SERVERS}/{server}/scopes")]
    assert {"openid", "profile", "email", "offline_access"} <= set(names)
    assert not [name for name in names if name.startswith("okta.")]


def test_default_server_has_alias_and_cannot_be_deleted(okta: Okta) -> None:
    default = okta.get(f"{SERVERS}/default")
    assert okta.get(f"{SERVERS}/{default['id']}") == default
    assert default["issuer"] == f"{BASE_URL}/oauth2/default"
    okta.delete(f"{SERVERS}/default", status=403)
    assert okta.get(f"{SERVERS}/default/policies")[0]["name"] == "Default Policy"


def test_only_inactive_server_can_be_deleted_with_its_parts(okta: Okta, server: str) -> None:
    path = f"{SERVERS}/{server}"
    okta.delete(path, status=400)
    okta.post(f"{path}/lifecycle/deactivate", status=204)
    okta.delete(path)
    okta.send("GET", f"{path}/scopes", status=404)


@pytest.mark.parametrize("change", [{"audiences": []}, {"audiences": ["a", "b"]}, {"name": ""}])
def test_a_server_has_one_audience_and_a_name(okta: Okta, change: dict[str, Any]) -> None:
    okta.post(SERVERS, {**SERVER, **change}, status=400)


def test_claims_and_scopes(okta: Okta, server: str) -> None:
    path = f"{SERVERS}/{server}"
    claim = {"name": "team", "claimType": "RESOURCE", "valueType": "GROUPS", "value": "E"}
    okta.post(f"{path}/claims", claim, status=400)
    made = okta.post(f"{path}/claims", {**claim, "group_filter_type": "STARTS_WITH"}, status=201)
    assert made["conditions"] == {"scopes": []}
    scope = okta.post(f"{path}/scopes", {"name": "orders:read"}, status=201)
    okta.post(f"{path}/scopes", {"name": "orders:read"}, status=400)
    okta.delete(f"{path}/scopes/{scope['id']}")
    system = next(each for each in okta.get(f"{path}/scopes") if each["system"])
    okta.delete(f"{path}/scopes/{system['id']}", status=403)


def test_policies_and_rules_are_numbered_and_checked(okta: Okta, server: str) -> None:
    policies = f"{SERVERS}/{server}/policies"
    first = okta.post(policies, POLICY, status=201)
    okta.post(policies, {**POLICY, "name": "ahead", "priority": 1}, status=201)
    assert [(each["name"], each["priority"]) for each in okta.get(policies)] == [("ahead", 1), ("p", 2)]
    unknown = {"clients": {"include": ["0oa00000000000000000"]}}
    okta.post(policies, {**POLICY, "name": "x", "conditions": unknown}, status=400)
    rules = f"{policies}/{first['id']}/rules"
    service = {"name": "service", "conditions": {"grantTypes": {"include": ["client_credentials"]}}}
    rule = okta.post(rules, service, status=201)
    assert rule["conditions"]["scopes"] == {"include": []}
    assert rule["conditions"]["people"]["users"] == {"exclude": []}
    implicit = {"name": "people", "conditions": {"grantTypes": {"include": ["implicit"]}}}
    assert okta.post(rules, implicit, status=400)["errorSummary"] == "Api validation failed: conditions.people"


def test_rotation_mode_change_keeps_key(okta: Okta, server: str) -> None:
    before = okta.get(f"{SERVERS}/{server}")["credentials"]["signing"]
    body = {**SERVER, "credentials": {"signing": {"rotationMode": "MANUAL"}}}
    after = okta.put(f"{SERVERS}/{server}", body)["credentials"]["signing"]
    assert after == {"kid": before["kid"], "rotationMode": "MANUAL", "lastRotated": before["lastRotated"]}


def test_key_rotation(okta: Okta, server: str) -> None:
    keys = f"{SERVERS}/{server}/credentials/keys"
    current, following = okta.get(keys)
    assert (current["status"], following["status"]) == ("ACTIVE", "NEXT")
    assert current["kid"] == okta.get(f"{SERVERS}/{server}")["credentials"]["signing"]["kid"]
    rotated = {each["status"]: each["kid"] for each in okta.post(f"{SERVERS}/{server}/credentials/lifecycle/keyRotate")}
    assert rotated["ACTIVE"] == following["kid"] == okta.get(f"{SERVERS}/{server}")["credentials"]["signing"]["kid"]
    assert rotated["EXPIRED"] == current["kid"]
    assert okta.get(f"{keys}/{current['kid']}") == {**current, "status": "EXPIRED"}
    assert okta.request("GET", f"{keys}/none").status_code == 404


def test_encryption_keys_are_deactivated_before_they_are_deleted(okta: Okta, server: str) -> None:
    keys = f"{SERVERS}/{server}/resourceservercredentials/keys"
    body = {"kid": "mine", "e": "AQAB", "n": "0vx7"}
    key = okta.post(keys, body, 201)
    okta.post(keys, body, 400)
    okta.delete(f"{keys}/{key['id']}", 400)
    assert okta.post(f"{keys}/{key['id']}/lifecycle/deactivate")["status"] == "INACTIVE"
    okta.delete(f"{keys}/{key['id']}")
    assert okta.get(keys) == []


def test_trust_is_one_way(okta: Okta, server: str) -> None:
    other = okta.get(f"{SERVERS}/default")["id"]
    trusted = f"{SERVERS}/{server}/associatedServers"
    assert [each["id"] for each in okta.post(trusted, {"trusted": [other]})] == [other]
    assert [each["id"] for each in okta.get(f"{SERVERS}/{other}/associatedServers", trusted="false")] == [server]
    assert okta.get(f"{SERVERS}/{other}/associatedServers") == []
    okta.post(trusted, {"trusted": ["aus00000000000000000"]}, 400)
    okta.delete(f"{trusted}/{other}")
    okta.delete(f"{trusted}/{other}", 404)


@pytest.mark.parametrize("part", ["scopes", "claims"])
def test_system_flag_survives_a_change(okta: Okta, server: str, part: str) -> None:
    system = next(each for each in okta.get(f"{SERVERS}/{server}/{part}") if each["system"])
    path = f"{SERVERS}/{server}/{part}/{system['id']}"
    assert okta.put(path, {**system, "system": False})["system"] is True
    okta.delete(path, 403)
