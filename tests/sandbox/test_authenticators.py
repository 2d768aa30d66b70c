from typing import Any

import pytest

from .conftest import Okta

PATH = "/api/v1/authenticators"
DUO: dict[str, Any] = {
    "key": "duo",
    "name": "Duo",
    "provider": {
        "type": "DUO",
        "configuration": {"host": "https://duo.example.com", "integrationKey": "i", "secretKey": "s"},
    },
}


def of_key(okta: Okta, key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in okta.get(PATH) if each["key"] == key)
    return found


def test_active_authenticator_is_optional_in_default_policy_and_in_use(okta: Okta) -> None:
    """As recorded."""
    otp = okta.post(f"{PATH}?activate=false", {"key": "custom_otp", "name": "otp"})
    assert (otp["type"], otp["status"]) == ("security_key", "INACTIVE")
    okta.post(f"{PATH}/{otp['id']}/lifecycle/activate")
    refusal = okta.post(f"{PATH}/{otp['id']}/lifecycle/deactivate", status=403)
    assert refusal["errorCode"] == "E0000148"
    assert refusal["errorCauses"] == [{"errorSummary": "Authenticator Enrollment Policies: Default Policy"}]
    (policy,) = okta.get("/api/v1/policies", type="MFA_ENROLL")
    entries = policy["settings"]["authenticators"]
    assert {"key": "custom_otp", "id": otp["id"], "enroll": {"self": "OPTIONAL"}} in entries
    allowed = [{**each, "enroll": {"self": "NOT_ALLOWED"}} if each.get("id") == otp["id"] else each for each in entries]
    okta.put(
        f"/api/v1/policies/{policy['id']}", {**policy, "settings": {**policy["settings"], "authenticators": allowed}}
    )
    assert okta.post(f"{PATH}/{otp['id']}/lifecycle/deactivate")["status"] == "INACTIVE"


@pytest.mark.parametrize("key", ["external_idp", "security_question"])
def test_unenrolled_authenticator_can_be_deactivated(okta: Okta, key: str) -> None:
    if key == "external_idp":
        okta.post(f"{PATH}?activate=true", {"key": key, "name": "federation"})
    path = f"{PATH}/{of_key(okta, key)['id']}/lifecycle"
    assert okta.post(f"{path}/deactivate")["status"] == "INACTIVE"
    assert okta.post(f"{path}/activate")["status"] == "ACTIVE"
    assert okta.post(f"{path}/deactivate")["status"] == "INACTIVE"


def test_password_cannot_be_deactivated(okta: Okta) -> None:
    okta.post(f"{PATH}/{of_key(okta, 'okta_password')['id']}/lifecycle/deactivate", status=403)


def test_provider_secrets_are_hidden(okta: Okta) -> None:
    duo = okta.post(PATH, DUO)
    assert duo["provider"]["configuration"] == {"host": "https://duo.example.com"}
    okta.post(PATH, DUO, status=400)
    okta.post(PATH, {"key": "custom_pigeon", "name": "p"}, status=400)


def test_custom_app_shows_client_id_twice(okta: Okta) -> None:
    """As recorded."""
    body = {"key": "custom_app", "name": "push", "settings": {"appInstanceId": "0oa1"}, "agreeToTerms": True}
    app = okta.post(PATH, body)
    assert app["settings"]["oauthClientId"] == "0oa1"
    assert "agreeToTerms" not in app
    changed = okta.put(f"{PATH}/{app['id']}", {**body, "settings": {"appInstanceId": "0oa2"}})
    assert changed["settings"]["oauthClientId"] == "0oa2"


def test_method_settings_and_lifecycle(okta: Okta) -> None:
    methods = f"{PATH}/{of_key(okta, 'okta_verify')['id']}/methods"
    assert [each["type"] for each in okta.get(methods)] == ["push", "totp", "signed_nonce"]
    push = okta.put(f"{methods}/push", {"type": "push", "settings": {"keyProtection": "HARDWARE"}})
    assert push["settings"]["keyProtection"] == "HARDWARE"
    assert push["settings"]["algorithms"] == ["ES256", "RS256"]
    assert okta.post(f"{methods}/totp/lifecycle/deactivate")["status"] == "INACTIVE"
    assert okta.get(f"{methods}/totp")["status"] == "INACTIVE"
    assert okta.request("GET", f"{methods}/sms").status_code == 404
    okta.put(f"{methods}/push", {"type": "totp"}, status=400)


def test_custom_aaguids(okta: Okta) -> None:
    aaguid = "0bb43545-fd2c-4185-87dd-feb0b2916ace"
    makes = f"{PATH}/{okta.post(PATH, {'key': 'webauthn', 'name': 'Keys'})['id']}/aaguids"
    make = okta.post(makes, {"aaguid": aaguid, "name": "key"})
    assert make.keys() == {"aaguid", "name", "_links"}
    assert okta.put(f"{makes}/{aaguid}", {"name": "renamed"})["aaguid"] == aaguid
    okta.post(makes, {"aaguid": "no uuid", "name": "x"}, status=400)
    okta.post(f"{PATH}/{of_key(okta, 'okta_verify')['id']}/aaguids", {"aaguid": aaguid, "name": "key"}, status=400)
    okta.delete(f"{makes}/{aaguid}")


def test_the_classic_engine_has_factors(classic: Okta) -> None:
    path = "/api/v1/org/factors/okta_sms"
    assert classic.get(path)["status"] == "INACTIVE"
    assert classic.post(f"{path}/lifecycle/activate")["status"] == "ACTIVE"
    assert "okta_sms" in [each["id"] for each in classic.get("/api/v1/org/factors") if each["status"] == "ACTIVE"]
    assert classic.events() == ["system.mfa.factor.activate"]
    assert classic.request("GET", "/api/v1/org/factors/pigeon").status_code == 404


def test_omitted_settings_are_kept(okta: Okta) -> None:
    verify = of_key(okta, "okta_verify")
    path, body = f"{PATH}/{verify['id']}", {"key": "okta_verify", "name": "Okta Verify"}
    assert okta.put(path, body)["settings"] == verify["settings"]
    changed = okta.put(path, {**body, "settings": {"userVerification": "REQUIRED"}})
    assert changed["settings"] == {**verify["settings"], "userVerification": "REQUIRED"}


def test_new_authenticator_is_active_by_default(okta: Okta) -> None:
    assert okta.post(PATH, {"key": "custom_otp", "name": "a"})["status"] == "ACTIVE"
    assert okta.post(f"{PATH}?activate=false", {"key": "custom_otp", "name": "b"})["status"] == "INACTIVE"


def test_the_official_provider_posts_the_settings_of_a_custom_otp(okta: Okta) -> None:
    method = f"{PATH}/{okta.post(PATH, {'key': 'custom_otp', 'name': 'otp'})['id']}/methods/otp"
    assert okta.post(method, {"settings": {"passCodeLength": 8}})["settings"]["passCodeLength"] == 8
    assert okta.get(method)["settings"]["passCodeLength"] == 8


def test_aaguid_describes_its_certificates(okta: Okta) -> None:
    app = {"name": "bookmark", "label": "b", "settings": {"app": {"url": "https://b.example.com"}}}
    keys = f"/api/v1/apps/{okta.post('/api/v1/apps', app)['id']}/credentials/keys/generate"
    certificate = okta.post(keys, status=201)
    makes = f"{PATH}/{okta.post(PATH, {'key': 'webauthn', 'name': 'Keys'})['id']}/aaguids"
    body = {"aaguid": "0bb43545-fd2c-4185-87dd-feb0b2916ace", "name": "key"}
    made = okta.post(makes, {**body, "attestationRootCertificates": [{"x5c": certificate["x5c"][0]}]})
    (shown,) = made["attestationRootCertificates"]
    assert shown["x5t#S256"] == certificate["x5t#S256"]
    assert shown["exp"] == certificate["expiresAt"]
    patched = okta.send("PATCH", f"{makes}/{body['aaguid']}", {"name": "other"})
    assert (patched["name"], patched["attestationRootCertificates"]) == ("other", [shown])
    broken = {**body, "name": "x", "aaguid": "0bb43545-fd2c-4185-87dd-feb0b2916acf"}
    okta.post(makes, {**broken, "attestationRootCertificates": [{"x5c": "nonsense"}]}, status=400)


@pytest.mark.parametrize(
    ("key", "settings", "field"),
    [
        ("phone_number", {"allowedFor": "everything"}, "allowedFor"),
        ("okta_email", {"tokenLifetimeInMinutes": 0}, "tokenLifetimeInMinutes"),
        ("okta_verify", {"userVerification": "SOMETIMES"}, "userVerification"),
        ("okta_verify", {"compliance": {"fips": "MAYBE"}}, "compliance.fips"),
        ("okta_verify", {"channelBinding": {"required": "OFTEN"}}, "channelBinding.required"),
    ],
)
def test_unknown_values_in_settings_are_refused(okta: Okta, key: str, settings: Any, field: str) -> None:
    before = of_key(okta, key)
    body = {"key": key, "name": before["name"], "settings": settings}
    refusal = okta.put(f"{PATH}/{before['id']}", body, status=400)
    assert refusal["errorSummary"] == f"Api validation failed: settings.{field}"
    assert of_key(okta, key) == before


def test_unknown_values_in_settings_of_a_method_are_refused(okta: Okta) -> None:
    method = f"{PATH}/{okta.post(PATH, {'key': 'webauthn', 'name': 'w'})['id']}/methods/webauthn"
    okta.put(method, {"type": "webauthn", "settings": {"userVerification": "SOMETIMES"}}, status=400)
    okta.put(method, {"type": "webauthn", "settings": {"attachment": "GLUED"}}, status=400)
    assert okta.put(method, {"settings": {"userVerification": "REQUIRED"}})["settings"]["attachment"] == "ANY"


def test_only_an_authenticator_that_an_org_may_have_twice_needs_a_name(okta: Okta) -> None:
    """The provider sends no name for the others by default."""
    assert okta.post(PATH, {"key": "onprem_mfa"})["name"] == "On-Prem MFA"
    refusal = okta.post(PATH, {"key": "custom_otp"}, status=400)
    assert refusal["errorSummary"] == "Api validation failed: name"
