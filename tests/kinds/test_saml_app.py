"""The sign-on settings of SAML apps in definitions and in the API."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.drift.members import uncovered
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import Vocabulary, decode
from reconciler.okta.snapshot import LiveObject

SAML = kind_named("saml-app")
BASE64 = "Zmlyc3QgY2VydGlmaWNhdGU="
LOGOUT = {"enabled": True, "issuer": "https://app.example.com", "logoutUrl": "https://app.example.com/logout"}


def app(**sign_on: Any) -> LiveObject:
    settings = {"signOn": {"ssoAcsUrl": "https://app.example.com", **sign_on}}
    item = {"id": "0oa1", "name": "org_pay_1", "label": "Pay", "signOnMode": "SAML_2_0", "settings": settings}
    return LiveObject(SAML, "0oa1", item)


def logout_of(item: LiveObject) -> list[Any]:
    spec = decode(SAML.fields, SAML.read_api(dict(item.json)), Vocabulary.API)
    return [spec[f"single_logout_{name}"] for name in ("issuer", "url", "certificate")]


def beyond(item: LiveObject) -> dict[str, Any]:
    return {path.removeprefix("settings.signOn."): value for path, value in uncovered(item).items()}


def test_single_logout_includes_its_certificate():
    live = app(slo=LOGOUT, spCertificate={"x5c": [f"{BASE64[:8]}\r\n{BASE64[8:]}\r\n"]}, spIssuer=LOGOUT["issuer"])
    assert logout_of(live) == [LOGOUT["issuer"], LOGOUT["logoutUrl"], BASE64]
    assert beyond(live) == {}


def test_certificate_without_single_logout_is_watched():
    live = app(slo={"enabled": False, "issuer": "https://old.example.com"}, spCertificate={"x5c": [BASE64]})
    assert logout_of(live) == [None, None, None]
    assert [path.partition(".")[0] for path in beyond(live)] == ["spCertificate"]


def test_issuer_that_differs_from_the_logout_issuer_is_watched():
    live = app(slo=LOGOUT, spCertificate={"x5c": [BASE64]}, spIssuer="https://other.example.com")
    assert beyond(live) == {"spIssuer": "https://other.example.com"}


@pytest.mark.parametrize("text", ["-----BEGIN CERTIFICATE-----", "abc", "a b c d e"])
def test_a_certificate_is_base64(text: str):
    with pytest.raises(ValidationError, match="base64"):
        SAML.fields.model_validate({"label": "Pay", "single_logout_certificate": text})


def endpoints_of(*indices: int) -> tuple[Any, Any]:
    """Both fields for endpoints with these indices."""
    endpoints = [{"url": f"https://{index}.example.com", "index": index} for index in indices]
    live = app(acsEndpoints=endpoints)
    assert beyond(live) == {}
    spec = decode(SAML.fields, SAML.read_api(dict(live.json)), Vocabulary.API)
    return spec["acs_endpoints"], spec["acs_endpoints_indices"]


def test_indices_other_than_positions_are_declared_with_the_endpoints():
    indexed = [{"url": f"https://{index}.example.com", "index": index} for index in (1, 5)]
    assert endpoints_of(5, 1) == ([], indexed)


def test_indices_equal_to_positions_are_not_declared():
    assert endpoints_of(1, 0) == (["https://0.example.com", "https://1.example.com"], [])
