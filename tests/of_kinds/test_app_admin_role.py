"""Admin roles of service apps."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.definitions import DefinitionsError
from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Snapshot, read
from reconciler.stand_in.objects import item_path
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, NotDeclarable, rule
from tests.okta.tenants import client_of
from tests.okta.virtual_time import run
from tests.settled import desired_of, document

KIND = "app-admin-role"
SERVICE = {
    "label": "Backup",
    "type": "service",
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks_uri": "https://backup.example.com/keys",
}
ROLES = [{"type": "HELP_DESK_ADMIN"}]

about(
    kind=KIND,
    usual={"type": "HELP_DESK_ADMIN"},
    owner={**SERVICE, "redirect_uris": OMIT},
    harmless=frozenset({"type"}),
    fixed={"type": "a role assignment has one type"},
    attacks={"admin-role-granted": (whole(Verdict.UNMANAGED, KIND),)},
    innocent={"admin-role-granted": (changed(KIND, "status", "ACTIVE", "INACTIVE"),)},
    rules=(
        rule(
            KIND,
            "preview",
            'type == "CUSTOM" and',
            NotDeclarable("bindings of resource sets give custom roles", ("role", "resource_set")),
        ),
        rule(
            KIND,
            "preview",
            "any of client_id, type, resource_set, role changed",
            Converges(KIND, after={"type": "APP_ADMIN"}, before={"type": "USER_ADMIN"}),
        ),
    ),
)


@pytest.mark.parametrize(
    "changes", [{"client_id": "backup-client"}, {"type": "web", "redirect_uris": ["https://a.example.com"]}]
)
def test_only_service_apps_with_their_own_client_id_declare_roles(changes: dict[str, Any]):
    with pytest.raises(DefinitionsError, match="admin_roles are for apps of type service"):
        desired_of([document("oidc-app", "backup", **{**SERVICE, **changes}, admin_roles=ROLES)])


def test_a_role_is_below_the_client_of_the_app():
    assert item_path(kind_named(KIND), ("0oa1", "JBCU")) == "/oauth2/v1/clients/0oa1/roles/JBCU"


def app(identity: str, client_id: str, kind: str) -> dict[str, Any]:
    return {
        "id": identity,
        "name": "oidc_client",
        "label": identity,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"client_id": client_id}},
        "settings": {"oauthClient": {"application_type": kind}},
    }


def test_roles_are_read_for_service_apps_only():
    apps = [app("0oa1", "0oa1", "service"), app("0oa2", "chosen", "service"), app("0oa3", "0oa3", "web")]
    roles = [{"id": "JBCU", "type": "HELP_DESK_ADMIN"}, {"id": "irb1", "type": "CUSTOM", "label": "Reader"}]
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        answers = {"/api/v1/apps": apps, "/oauth2/v1/clients/0oa1/roles": roles}
        return httpx.Response(200, json=answers.get(request.url.path, []))

    async def work() -> Snapshot:
        async with client_of(answer) as client:
            return await read(client, ["oidc-app", KIND])

    (found,) = run(work()).objects[KIND]
    assert (found.label, found.id, found.import_id) == ("HELP_DESK_ADMIN", "0oa1/JBCU", "0oa1/JBCU")
    assert found.path == "/oauth2/v1/clients/0oa1/roles/JBCU"
    assert [path for path in asked if path.endswith("/roles")] == ["/oauth2/v1/clients/0oa1/roles"]
