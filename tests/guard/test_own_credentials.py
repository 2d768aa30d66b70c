"""The guard about the app with which the reconciler signs in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.definitions.model import Address, Credentials
from reconciler.guard import GuardSettings
from tests.guard.access import edited, refused_by, zone
from tests.guard.cases.own_credentials import EMPTY, NEXT, OURS, RECONCILER, world
from tests.guard.worlds import without
from tests.settled import World

GUARD = "own-credentials"
KEY = OURS | EMPTY


def signing_in(made: World, **credentials: str | None) -> World:
    """The world with other credentials."""
    environment = made.desired.environment
    known = replace(environment.credentials, **credentials)
    made.desired = replace(made.desired, environment=replace(environment, credentials=known))
    return made


def test_deleting_the_app_is_refused_also_if_it_is_the_only_app():
    (result,) = refused_by(without(world(OURS), RECONCILER), GUARD).values()
    assert result.object == "oidc-app reconciler"
    assert result.detail == "would be deleted, and the reconciler signs in to test with it"


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({"type": "web"}, "would be replaced"),
        ({"status": "INACTIVE"}, "would be switched off"),
        ({"jwks": [KEY | {"n": "another"}]}, "its key or the way it signs in would change"),
        ({"jwks": [], "jwks_uri": "https://keys.example"}, "its key or the way it signs in would change"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "its key or the way it signs in would change"),
        (
            {"grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"]},
            "its key or the way it signs in would change",
        ),
    ],
)
def test_changes_after_which_it_cannot_sign_in_are_refused(fields, how):
    (result,) = refused_by(edited(world(OURS), RECONCILER, **fields), GUARD).values()
    assert result.detail.startswith(how)


@pytest.mark.parametrize("fields", [{"label": "Another"}, {"jwks": [NEXT | EMPTY, KEY]}])
def test_other_changes_pass(fields):
    assert refused_by(edited(world(OURS), RECONCILER, **fields), GUARD) == {}


def test_another_key_may_go_if_the_environment_says_which_one_it_uses():
    assert refused_by(edited(world(OURS, NEXT), RECONCILER, jwks=[KEY]), GUARD) == {}
    unknown = signing_in(world(OURS, NEXT), private_key_id=None)
    assert refused_by(edited(unknown, RECONCILER, jwks=[KEY]), GUARD)


@pytest.mark.parametrize(("key_id", "refused"), [("ours", False), ("next", True), (None, True)])
def test_the_key_may_name_itself(key_id, refused):
    plan = edited(signing_in(world(OURS, NEXT), private_key_id=None), RECONCILER, jwks=[KEY])
    assert bool(refused_by(plan, GUARD, GuardSettings(key_id=key_id))) is refused


def test_zones_from_which_the_app_signs_in_stay():
    office = Address("network-zone", "office")

    def bound() -> World:
        made = world(OURS, others=[zone("office", "192.0.2.0/24"), zone("home", "198.51.100.0/24")])
        client = {"network": {"connection": "ZONE", "include": [made.item(office).id]}}
        made.tamper(RECONCILER, lambda json: json["settings"]["oauthClient"].update(client))
        return made

    (result,) = refused_by(edited(bound(), office, gateways=["192.0.2.0/28"]), GUARD).values()
    assert result.object == "network-zone office"
    assert result.detail == (
        "would match fewer requests, and the app with which the reconciler signs in to test names it"
    )
    assert refused_by(without(bound(), office), GUARD).keys() == {"network-zone office"}
    assert refused_by(edited(bound(), office, gateways=["192.0.0.0/16"]), GUARD) == {}
    assert refused_by(without(bound(), Address("network-zone", "home")), GUARD) == {}


def test_without_a_service_app_there_is_nothing_to_protect():
    made = world(OURS)
    signs_in = Credentials(token="env:TOKEN")
    made.desired = replace(made.desired, environment=replace(made.desired.environment, credentials=signs_in))
    assert refused_by(without(made, RECONCILER), GUARD) == {}


def test_other_apps_may_go():
    assert refused_by(without(world(OURS), Address("oidc-app", "portal")), GUARD) == {}


def test_the_app_may_be_named_by_variables(monkeypatch):
    """The guard protects the app with which this run signs in."""
    credentials = world(OURS).desired.environment.credentials
    named = {"client_id": "env:AN_APP_ID", "private_key_id": "env:A_KEY_ID"}
    monkeypatch.setenv("A_KEY_ID", str(credentials.private_key_id))
    monkeypatch.setenv("AN_APP_ID", str(credentials.client_id))
    assert refused_by(without(signing_in(world(OURS), **named), RECONCILER), GUARD)
    assert refused_by(edited(signing_in(world(OURS, NEXT), **named), RECONCILER, jwks=[KEY]), GUARD) == {}
    monkeypatch.setenv("AN_APP_ID", "0oaAnother")
    assert refused_by(without(signing_in(world(OURS), **named), RECONCILER), GUARD) == {}
