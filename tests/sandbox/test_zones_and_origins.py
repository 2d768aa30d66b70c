import pytest

from .conftest import Okta

ZONE = {"type": "IP", "name": "office", "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]}
ORIGIN = {"name": "web", "origin": "https://example.com", "scopes": [{"type": "CORS"}]}


def test_a_zone_is_created_active_whatever_was_sent_and_put_changes_the_status(okta: Okta) -> None:
    """As recorded."""
    zone = okta.post("/api/v1/zones", {**ZONE, "status": "INACTIVE"})
    assert zone["status"] == "ACTIVE"
    assert okta.put(f"/api/v1/zones/{zone['id']}", {**ZONE, "status": "INACTIVE"})["status"] == "INACTIVE"


def test_an_active_zone_cannot_be_deleted(okta: Okta) -> None:
    path = f"/api/v1/zones/{okta.post('/api/v1/zones', ZONE)['id']}"
    assert "Active zones cannot be deleted" in okta.delete(path, status=400)["errorSummary"]
    assert okta.post(f"{path}/lifecycle/deactivate")["_links"].keys() == {"self", "activate"}
    okta.delete(path)


def test_fields_depend_on_fixed_type(okta: Okta) -> None:
    zone = okta.post("/api/v1/zones", {"type": "DYNAMIC_V2", "name": "v2", "gateways": []})
    assert zone["asns"] == {"include": [], "exclude": []}
    assert "gateways" not in zone
    okta.put(f"/api/v1/zones/{zone['id']}", {"type": "IP", "name": "v2"}, status=400)
    okta.post("/api/v1/zones", {"type": "MOON", "name": "v3"}, status=400)


def test_system_zones_can_be_changed_but_neither_renamed_nor_deleted(okta: Okta) -> None:
    zone = next(each for each in okta.get("/api/v1/zones") if each["name"] == "LegacyIpZone")
    path = f"/api/v1/zones/{zone['id']}"
    assert okta.put(path, {**ZONE, "name": "LegacyIpZone"})["gateways"] == ZONE["gateways"]
    okta.put(path, ZONE, status=400)
    okta.delete(path, status=403)


def test_origin_has_authors(okta: Okta) -> None:
    origin = okta.post("/api/v1/trustedOrigins", ORIGIN)
    assert origin["createdBy"] == origin["lastUpdatedBy"] == okta.get("/api/v1/users/me")["id"]
    changed = okta.put(f"/api/v1/trustedOrigins/{origin['id']}", {**ORIGIN, "status": "INACTIVE"})
    assert changed["status"] == "ACTIVE", "only the lifecycle endpoints change it"


@pytest.mark.parametrize("change", [{"origin": "example.com"}, {"scopes": [{"type": "MAGIC"}]}, {"name": ""}])
def test_an_origin_is_checked(okta: Okta, change: dict[str, object]) -> None:
    okta.post("/api/v1/trustedOrigins", {**ORIGIN, **change}, status=400)


def test_a_single_address_is_a_range_to_itself(okta: Okta) -> None:
    addresses = [{"type": "RANGE", "value": "192.0.2.7"}, {"type": "CIDR", "value": "192.0.2.7/32"}]
    zone = okta.post("/api/v1/zones", {**ZONE, "gateways": addresses, "proxies": addresses[:1]})
    shown = {"type": "RANGE", "value": "192.0.2.7-192.0.2.7"}
    assert (zone["gateways"], zone["proxies"]) == ([shown, addresses[1]], [shown])


def test_enhanced_zone_has_include_and_exclude(okta: Okta) -> None:
    body = {"type": "DYNAMIC_V2", "name": "v2", "asns": None, "ipServiceCategories": {"include": None}}
    okta.post("/api/v1/zones", body, status=400)
    zone = okta.post("/api/v1/zones", {**body, "asns": {"include": ["1"]}, "locations": {}})
    assert zone["asns"] == {"include": ["1"], "exclude": []}
    assert zone["locations"] == zone["ipServiceCategories"] == {"include": [], "exclude": []}


def test_a_fresh_org_has_a_zone_of_exempt_addresses(okta: Okta) -> None:
    zone = next(each for each in okta.get("/api/v1/zones") if each["name"] == "DefaultExemptIpZone")
    changed = okta.put(f"/api/v1/zones/{zone['id']}", {**ZONE, "name": "DefaultExemptIpZone", "useAsExemptList": True})
    assert (changed["system"], changed["gateways"]) == (True, ZONE["gateways"])


@pytest.mark.parametrize("origin", ["ftp://example.com", "ionic://localhost", "capacitor://localhost"])
def test_an_origin_can_embed_apps_of_okta(okta: Okta, origin: str) -> None:
    scopes = [{"type": "IFRAME_EMBED", "allowedOktaApps": ["OKTA_ENDUSER"]}, {"type": "CORS"}]
    assert okta.post("/api/v1/trustedOrigins", {**ORIGIN, "origin": origin, "scopes": scopes})["scopes"] == scopes


def test_a_deleted_zone_is_removed_from_rules_unless_it_is_the_only_one(okta: Okta) -> None:
    zones = [
        okta.post(
            "/api/v1/zones", {"name": name, "type": "IP", "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]}
        )
        for name in ("one", "two")
    ]
    one, two = (zone["id"] for zone in zones)
    policy = okta.post("/api/v1/policies", {"type": "OKTA_SIGN_ON", "name": "policy", "conditions": {}})["id"]
    rule = {
        "name": "inside",
        "type": "SIGN_ON",
        "conditions": {"network": {"connection": "ZONE", "include": [one, two]}},
        "actions": {"signon": {"access": "ALLOW"}},
    }
    path = f"/api/v1/policies/{policy}/rules/{okta.post(f'/api/v1/policies/{policy}/rules', rule)['id']}"
    for zone in (one, two):
        okta.post(f"/api/v1/zones/{zone}/lifecycle/deactivate")
    okta.delete(f"/api/v1/zones/{one}")
    assert okta.get(path)["conditions"]["network"]["include"] == [two]
    error = okta.delete(f"/api/v1/zones/{two}", status=400)
    assert "the only zone of these rules: inside" in error["errorCauses"][0]["errorSummary"]
    okta.delete(path)
    okta.delete(f"/api/v1/zones/{two}")
