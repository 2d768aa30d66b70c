"""The provisioning connections of apps."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds import kind_named
from reconciler.matching.owners import owners
from reconciler.matching.state_match import StateMatch
from reconciler.okta.snapshot import LiveObject
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import Converges, NotDeclarable, Refused, RefusedByValidate, Requests, rule
from tests.settled import desired_of, document, settled
from tests.stand_in.test_objects import Okta, do

KIND = "provisioning-connection"
HERE = "of_kinds/test_provisioning_connection.py"
SLACK = {
    "label": "Slack",
    "preconfigured_app": "slack",
    "app_settings": {"domain": "example"},
}
CONNECTION = {"app": "saml-app slack", "base_url": "https://slack.example.com/scim", "token": "env:TEST_APP_SECRET"}
_BY_OAUTH = NotDeclarable("connections by OAuth cannot be declared")
_ALWAYS_THERE = NotDeclarable("the profile always has a scheme and a token")

about(
    kind=KIND,
    usual=CONNECTION,
    surroundings=(document("saml-app", "slack", **SLACK),),
    variants={"": {"one": {"app": "saml-app saml-app-catalogue", "auth_scheme": "TOKEN"}}},
    harmless=frozenset({"app", "auth_scheme"}),
    fixed={"app": "the connection of another app is another one", "auth_scheme": "there is one"},
    unset={"auth_scheme": "there is only one that can be declared"},
    rules=(
        rule(KIND, "preview", "action not in", RefusedByValidate(KIND, "status", "", {"status": "PAUSED"})),
        rule(KIND, "preview", "profile.auth_scheme not in", Refused(KIND, "auth_scheme", "", {"auth_scheme": "BASIC"})),
        rule(KIND, "preview", "profile.signing.rotation_mode", _BY_OAUTH),
        rule(KIND, "create update", "profile missing", _ALWAYS_THERE),
        rule(KIND, "create update", 'profile.auth_scheme == "OAUTH2"', _BY_OAUTH),
        rule(KIND, "create update", 'profile.auth_scheme == "TOKEN"', _BY_OAUTH),
        rule(KIND, "create update", 'profile.auth_scheme == "OAUTH2" and', _BY_OAUTH),
        rule(KIND, "create", "action ==", Converges(KIND, {"status": "INACTIVE"})),
        rule(
            KIND,
            "update",
            "id (the application) changed",
            Requests("the engine replaces it", f"{HERE}::test_a_connection_is_written_at_its_app"),
        ),
    ),
    attacks={
        "provisioning-redirected": (
            changed(KIND, "base_url", "https://a.example.com", "https://b.example.com"),
            changed(KIND, "profile.authScheme", "TOKEN", "OAUTH2"),
        ),
        "provisioning-changed": (changed(KIND, "status", "INACTIVE", "ACTIVE"),),
        "plain-http": (changed(KIND, "base_url", "https://a.example.com", "http://a.example.com"),),
    },
    innocent={"provisioning-redirected": (changed(KIND, "status", "ACTIVE", "INACTIVE"),)},
)


def test_a_connection_is_written_at_its_app():
    path = "/api/v1/apps/a/connections/default"
    okta = Okta({path: {"authScheme": "TOKEN", "status": "DISABLED"}})
    spec = {"app": "a", "base_url": "https://slack.example.com", "auth_scheme": "TOKEN", "token": "x"}
    assert do(okta, lambda it: it.create(kind_named(KIND), ("a",), spec)) == ("a", "default")
    assert okta.body_of(f"POST {path}") == {
        "baseUrl": "https://slack.example.com",
        "profile": {"authScheme": "TOKEN", "token": "x"},
    }


@pytest.mark.parametrize("identity", ["0oa1", "0oa1/default"])
def test_the_provider_takes_the_id_of_the_app(identity: str):
    shape = kind_named(KIND).shape
    assert shape.known_as(identity) == "0oa1/default"
    assert shape.identified("0oa1", "0oa1") == "0oa1/default"
    assert shape.import_argument("0oa1/default", "") == "0oa1"


def asked(*documents: dict[str, Any]) -> bool:
    """Whether the connection of Slack is read."""
    world = settled(desired_of([document("saml-app", "slack", **SLACK), *documents]))
    app: LiveObject = next(one for one in world.live.objects["saml-app"] if one.label == "Slack")
    return owners(StateMatch.of(world.desired, world.state))(app, kind_named(KIND))


def test_only_declared_connections_are_read():
    assert asked(document(KIND, "slack", **CONNECTION))
    assert not asked()
