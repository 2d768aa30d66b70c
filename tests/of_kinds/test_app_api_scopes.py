"""The scopes of Okta's API that are granted to service apps."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.definitions import DefinitionsError
from reconciler.definitions.model import Address
from reconciler.drift.baseline_values import baseline
from reconciler.drift.beyond import beyond
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject, Snapshot, read
from tests.drift.ratings import changed
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, Requests, Undecidable, rule
from tests.okta.tenants import client_of
from tests.okta.virtual_time import run
from tests.settled import World, desired_of, document, settled

KIND = "app-api-scopes"
HERE = "of_kinds/test_app_api_scopes.py"
READ, MANAGE = "okta.users.read", "okta.users.manage"

SERVICE = {
    "label": "Backup",
    "type": "service",
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks_uri": "https://backup.example.com/keys",
}

about(
    kind=KIND,
    usual={"api_scopes": [READ]},
    owner={**SERVICE, "redirect_uris": OMIT},
    attacks={
        "api-read-granted": (
            changed(KIND, "api_scopes", [READ], ["okta.groups.read", READ]),
            changed(KIND, "apiScopes", [], [READ]),
        ),
        "api-manage-granted": (
            changed(KIND, "api_scopes", [READ], [MANAGE, READ]),
            changed(KIND, "apiScopes", [], ["okta.users.manage.self"]),
        ),
    },
    innocent={
        "api-read-granted": (changed(KIND, "api_scopes", ["okta.groups.read", READ], [READ]),),
        "api-manage-granted": (changed(KIND, "api_scopes", [MANAGE], [MANAGE, READ]),),
    },
    rules=(
        rule(KIND, "create", "always", Requests("one request for each scope", "case app_access.api_scopes")),
        rule(KIND, "update", "any change", Requests("as in a recorded case", "case app_access.api_scopes")),
        rule(
            KIND,
            "update",
            "only issuer changed",
            Converges(KIND, after={"api_scopes": [MANAGE]}, before={"api_scopes": [READ]}),
        ),
        rule(
            KIND,
            "read",
            "import of an app without grants",
            Undecidable("no grants are an empty set", f"{HERE}::test_an_app_without_grants_is_not_imported"),
        ),
    ),
)


BACKUP = Address(KIND, "backup")


def service(**more: Any) -> World:
    return settled(desired_of([document("oidc-app", "backup", **SERVICE, **more)]))


def test_an_app_without_grants_is_not_imported():
    world = service(api_scopes=[])
    del world.applied[BACKUP]
    assert world.match.recognised == {}
    declared = service(api_scopes=[READ])
    del declared.applied[BACKUP]
    assert BACKUP in declared.match.recognised


def test_only_service_apps_declare_scopes():
    web = {"label": "Wiki", "type": "web", "redirect_uris": ["https://wiki.example.com"]}
    with pytest.raises(DefinitionsError, match="api_scopes are for apps of type service, not web"):
        desired_of([document("oidc-app", "wiki", **web, api_scopes=[READ])])


@pytest.mark.parametrize("scope", ["users.read", "okta.users", "openid"])
def test_other_scopes_are_refused(scope: str):
    with pytest.raises(DefinitionsError, match="api_scopes"):
        service(api_scopes=[scope])


def looked_at(kind: str, scopes: list[str]) -> Snapshot:
    app = {
        "id": "0oa1",
        "name": "oidc_client",
        "label": "Backup",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"client_id": "0oa1"}},
        "settings": {"oauthClient": {"application_type": kind}},
    }
    answers = {
        "/api/v1/apps": [app],
        "/api/v1/apps/0oa1/grants": [{"id": f"oag-{one}", "scopeId": one} for one in scopes],
        "/api/v1/apps/0oa1/groups": [],
    }

    async def work() -> Snapshot:
        async with client_of(lambda request: httpx.Response(200, json=answers[request.url.path])) as client:
            return await read(client, ["oidc-app", KIND])

    return run(work())


def test_scopes_are_read_for_service_apps_only():
    live = looked_at("service", [READ, MANAGE])
    assert [one.spec for one in live.objects[KIND]] == [{"api_scopes": [MANAGE, READ]}]
    assert live.requests == looked_at("web", [READ]).requests + 1
    assert looked_at("web", [READ]).objects[KIND] == ()


@pytest.mark.parametrize(("declared", "expected"), [({}, [(KIND, "apiScopes")]), ({"api_scopes": [READ]}, [])])
def test_scopes_that_are_not_declared_are_compared_with_the_baseline(declared: Any, expected: list[tuple[str, str]]):
    world = service(**declared)
    app = world.item(Address("oidc-app", "backup"))
    kind = kind_named(KIND)
    world.put(LiveObject(kind, app.id, {"apiScopes": [READ]}, app))
    before = baseline(world.live)
    world.put(LiveObject(kind, app.id, {"apiScopes": [MANAGE, READ]}, app))
    assert [(one.kind, one.field) for one in beyond(before, world.match)] == expected
