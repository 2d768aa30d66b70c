"""OpenID Connect apps: client ids, networks and the claim for groups."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions.warnings import warnings
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import Vocabulary, decode
from reconciler.stand_in.objects import payload
from tests.settled import desired_of, document

OIDC = kind_named("oidc-app")
WEB = {"label": "Pay", "type": "web", "redirect_uris": ["https://app.example.com/callback"]}


def live(client_id: str) -> dict[str, Any]:
    credentials = {"oauthClient": {"client_id": client_id, "token_endpoint_auth_method": "client_secret_basic"}}
    settings = {"oauthClient": {"application_type": "web"}}
    return {"id": "0oa1", "name": "oidc_client", "label": "Pay", "credentials": credentials, "settings": settings}


@pytest.mark.parametrize(("client_id", "chosen"), [("0oa1", None), ("payments", "payments")])
def test_only_a_client_id_that_okta_did_not_generate_is_declared(client_id: str, chosen: str | None):
    spec = decode(OIDC.fields, OIDC.read_api(live(client_id)), Vocabulary.API)
    assert spec["client_id"] == chosen


def test_a_chosen_client_id_is_sent():
    sent = payload(OIDC, {**WEB, "client_id": "payments"})
    assert sent["credentials"]["oauthClient"]["client_id"] == "payments"


@pytest.mark.parametrize("name", ["oidc_client", "okta_enduser"])
def test_custom_apps_and_those_of_okta_are_of_the_kind(name: str):
    shown: dict[str, Any] = {"oauthClient": {}} if name == "oidc_client" else {}
    assert OIDC.shape.claims({"name": name, "signOnMode": "OPENID_CONNECT", "settings": shown})


def test_apps_of_the_catalog_are_watched_like_apps_of_no_kind():
    assert not OIDC.shape.claims({"name": "applauz", "signOnMode": "OPENID_CONNECT", "settings": {"app": {}}})


def test_a_groups_claim_needs_an_api_token():
    claim = {"name": "groups", "type": "FILTER", "filter_type": "REGEX", "value": ".*"}
    (told,) = warnings([desired_of([document("oidc-app", "pay", **WEB, groups_claim=claim)])])
    assert "groups_claim.name: the provider sets the claim only if it signs in with an API token" in told.message
