import base64
from typing import Any
from xml.etree import ElementTree

import pytest

from .conftest import Okta

IDPS, KEYS = "/api/v1/idps", "/api/v1/idps/credentials/keys"
GOOGLE: dict[str, Any] = {
    "type": "GOOGLE",
    "name": "google",
    "protocol": {
        "type": "OIDC",
        "scopes": ["openid"],
        "credentials": {"client": {"client_id": "c", "client_secret": "s"}},
    },
    "policy": {"provisioning": {"groups": {"action": "NONE"}}},
}
OIDC: dict[str, Any] = {
    "type": "OIDC",
    "name": "partner",
    "protocol": {
        **GOOGLE["protocol"],
        "issuer": {"url": "https://id.example.com"},
        "endpoints": {
            "authorization": {"url": "https://id.example.com/authorize"},
            "token": {"url": "https://id.example.com/token"},
        },
    },
}


def certificate(okta: Okta) -> str:
    app = okta.post(
        "/api/v1/apps",
        {
            "name": "bookmark",
            "label": "b",
            "signOnMode": "BOOKMARK",
            "settings": {"app": {"url": "https://b.example.com"}},
        },
    )
    return str(okta.post(f"/api/v1/apps/{app['id']}/credentials/keys/generate", status=201)["x5c"][0])


def saml(key: str) -> dict[str, Any]:
    return {
        "type": "SAML2",
        "name": "corporate",
        "issuerMode": "ORG_URL",
        "protocol": {
            "type": "SAML2",
            "endpoints": {"sso": {"url": "https://idp.example.com", "binding": "HTTP-POST"}},
            "credentials": {"trust": {"issuer": "https://idp.example.com", "kid": key}},
        },
    }


def test_social_provider_has_known_endpoints(okta: Okta) -> None:
    provider = okta.post(IDPS, GOOGLE)
    assert provider["protocol"]["endpoints"]["token"]["binding"] == "HTTP-POST"
    assert "google" in provider["protocol"]["endpoints"]["authorization"]["url"]
    assert "trustClaims" not in provider["policy"]
    assert provider["policy"]["subject"]["matchType"] == "USERNAME"


def test_omitted_secret_is_kept(okta: Okta) -> None:
    """As recorded."""
    path = f"{IDPS}/{okta.post(IDPS, GOOGLE)['id']}"
    without = {**GOOGLE, "protocol": {**GOOGLE["protocol"], "credentials": {"client": {"client_id": "d"}}}}
    client = okta.put(path, without)["protocol"]["credentials"]["client"]
    assert client == {"client_id": "d", "client_secret": "s"}


def test_only_the_lifecycle_changes_the_status(okta: Okta) -> None:
    path = f"{IDPS}/{okta.post(IDPS, {**OIDC, 'status': 'INACTIVE'})['id']}"
    assert okta.post(f"{path}/lifecycle/deactivate")["status"] == "INACTIVE"
    assert okta.put(path, {**OIDC, "status": "ACTIVE"})["status"] == "INACTIVE"
    assert okta.events() == [f"system.idp.lifecycle.{verb}" for verb in ("create", "deactivate", "update")]


def test_lists_are_by_type_and_name(okta: Okta) -> None:
    for body in (GOOGLE, OIDC):
        okta.post(IDPS, body)
    assert [each["name"] for each in okta.get(IDPS, type="OIDC")] == ["partner"]
    assert [each["name"] for each in okta.get(IDPS, q="goo")] == ["google"]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "MOON"},
        {"protocol": {**OIDC["protocol"], "type": "SAML2"}},
        {"protocol": {**OIDC["protocol"], "scopes": ["email"]}},
        {"protocol": {**OIDC["protocol"], "endpoints": {}}},
        {"protocol": {**OIDC["protocol"], "issuer": None}},
        {"protocol": {**OIDC["protocol"], "credentials": {}}},
        {"policy": {"subject": {"matchType": "CUSTOM_ATTRIBUTE"}}},
        {"policy": {"provisioning": {"groups": {"action": "ASSIGN", "assignments": ["00gnowhere"]}}}},
    ],
)
def test_a_provider_is_checked(okta: Okta, change: dict[str, Any]) -> None:
    okta.post(IDPS, {**OIDC, **change}, status=400)


def test_provider_always_has_mappings(okta: Okta) -> None:
    provider = okta.post(IDPS, OIDC)["id"]
    (mapping,) = okta.get("/api/v1/mappings", sourceId=provider)
    assert mapping["source"]["name"] == "oidc_idp"
    okta.delete(f"{IDPS}/{provider}")
    assert okta.get("/api/v1/mappings", sourceId=provider) == []


def test_trusted_key_cannot_be_deleted(okta: Okta) -> None:
    text = certificate(okta)
    key = okta.post(KEYS, {"x5c": [text]})
    assert (key["kty"], key["use"], key["x5c"]) == ("RSA", "sig", [text])
    provider = okta.post(IDPS, saml(key["kid"]))
    assert "issuerMode" not in provider
    assert provider["protocol"]["credentials"]["trust"]["audience"].startswith("https://www.okta.com/saml2/")
    changed = okta.put(f"{IDPS}/{provider['id']}", saml(key["kid"]))
    assert changed["protocol"]["credentials"] == provider["protocol"]["credentials"]
    okta.delete(f"{KEYS}/{key['kid']}", status=400)
    okta.delete(f"{IDPS}/{provider['id']}")
    okta.delete(f"{KEYS}/{key['kid']}")


def test_saml_providers_share_org_signing_key(okta: Okta) -> None:
    key = okta.post(KEYS, {"x5c": [certificate(okta)]})["kid"]
    providers = [okta.post(IDPS, {**saml(key), "name": name}) for name in ("a", "b")]
    first, second = (each["protocol"]["credentials"]["signing"]["kid"] for each in providers)
    assert first == second
    document = okta.request("GET", f"{IDPS}/{providers[0]['id']}/metadata.xml")
    root = ElementTree.fromstring(document.content)
    assert root.get("entityID") == providers[0]["protocol"]["credentials"]["trust"]["audience"]


@pytest.mark.parametrize("value", ["", "no base64", base64.b64encode(b"no certificate").decode()])
def test_a_key_is_a_certificate(okta: Okta, value: str) -> None:
    okta.post(KEYS, {"x5c": [value]}, status=400)


def test_a_saml_provider_names_a_key_that_exists(okta: Okta) -> None:
    okta.post(IDPS, saml("nowhere"), status=400)


def test_saml_defaults(okta: Okta) -> None:
    key = okta.post(KEYS, {"x5c": [certificate(okta)]})["kid"]
    body = saml(key)
    body["protocol"]["settings"] = {"honorPersistentNameId": False}
    protocol = okta.post(IDPS, body)["protocol"]
    assert protocol["algorithms"]["response"]["signature"] == {"algorithm": "SHA-256", "scope": "ANY"}
    assert protocol["settings"]["honorPersistentNameId"] is False
    assert protocol["settings"]["nameFormat"].endswith("unspecified")


def test_additional_key_is_in_use(okta: Okta) -> None:
    first, second = (okta.post(KEYS, {"x5c": [certificate(okta)]})["kid"] for _ in range(2))
    body = saml(first)
    body["protocol"]["credentials"]["trust"]["additionalKids"] = [second]
    assert okta.post(IDPS, body)["protocol"]["credentials"]["trust"]["additionalKids"] == [second]
    okta.delete(f"{KEYS}/{second}", status=400)


def test_id_proofing_provider_has_no_sign_in(okta: Okta) -> None:
    protocol = {"type": "ID_PROOFING", "credentials": {"bearer": {"apiKey": "k"}}}
    properties = {"inquiryTemplateId": "itmpl_1"}
    made = okta.post(IDPS, {"type": "IDV_PERSONA", "name": "p", "protocol": protocol, "properties": properties})
    assert made["properties"] == properties
