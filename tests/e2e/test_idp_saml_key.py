"""A key of a SAML identity provider gets another certificate."""

from __future__ import annotations

import pytest

from tests.e2e.documents import document
from tests.e2e.workspace import Workspace
from tests.of_kinds.test_idp_saml_key import CERTIFICATES

pytestmark = pytest.mark.e2e

PROVIDER = document(
    "idp-saml",
    "partner",
    name="Partner",
    issuer="https://idp.example.com",
    kid="key",
    sso_url="https://idp.example.com/sso",
)


def test_a_new_certificate_replaces_the_key_of_an_identity_provider(workspace: Workspace):
    workspace.declare([document("idp-saml-key", "key", certificates=[CERTIFICATES[0]]), PROVIDER])
    workspace.up()
    workspace.expect_settled()
    (before,) = workspace.tenant.read().objects["idp-saml-key"]

    workspace.declare([document("idp-saml-key", "key", certificates=[CERTIFICATES[1]]), PROVIDER])
    workspace.up()

    workspace.expect_settled()
    live = workspace.tenant.read().objects
    (key,), (provider,) = live["idp-saml-key"], live["idp-saml"]
    assert key.id != before.id
    assert key.json["x5c"] == [CERTIFICATES[1]]
    assert provider.spec["kid"] == key.id
