"""Objects that are there already and not as declared: the preview says what becomes of them, and the up does that."""

from __future__ import annotations

import pytest

from tests.e2e.documents import document, group
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e


def plan(output: str) -> list[str]:
    """The changes, and below each its fields; without title, legend and counts."""
    _, *changes, _ = output.split("\n\n")
    return [line.strip() for part in changes for line in part.splitlines() if not line.startswith("Attention")]


@pytest.fixture
def existing(workspace: Workspace) -> Workspace:
    """A group, an app and a rule, made by hand."""
    made = workspace.tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Eng", "description": "Precious."}})
    client = {"application_type": "browser", "grant_types": ["authorization_code"], "response_types": ["code"]}
    app = {
        "name": "oidc_client",
        "label": "Payments",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
        "settings": {"oauthClient": client | {"redirect_uris": ["https://a.example/cb"]}},
    }
    workspace.tenant.request("POST", "/api/v1/apps", app)
    rule = {
        "type": "group_rule",
        "name": "R",
        "conditions": {"expression": {"value": 'user.city=="Oslo"', "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": [made["id"]]}},
    }
    workspace.tenant.request("POST", "/api/v1/groups/rules", rule)
    return workspace


def test_what_is_there_as_declared_is_imported_and_nothing_more(existing: Workspace):
    existing.declare([group("eng", name="Eng", description="Precious.")])
    assert plan(existing.expect(0, "preview").out) == ["= group  eng"]
    assert plan(existing.up().out) == ["= group  eng"]


def test_what_is_there_and_differs_is_said_with_its_fields(existing: Workspace):
    existing.declare([group("eng", name="Eng", description="Ours."), group("new")])

    expected = ["+ group  new", "= group  eng", "description"]
    assert plan(existing.expect(0, "preview").out) == expected
    assert plan(existing.up().out) == expected
    existing.expect(0, "preview", "--expect-no-changes")


def test_what_has_to_be_replaced_stands_first(existing: Workspace):
    existing.declare(
        [
            group("eng", name="Eng", description="Precious."),
            group("other"),
            document("oidc-app", "payments", label="Payments", type="web", redirect_uris=["https://a.example/cb"]),
            document("group-rule", "r", name="R", expression='user.city=="Oslo"', groups=["other"]),
        ]
    )

    preview, up = existing.expect(0, "preview").out, existing.up().out

    for output in (preview, up):
        dangerous, _, harmless = output.partition("\n\n +")
        assert "+- oidc-app    payments" in dangerous
        assert "+- group-rule  r" in dangerous
        assert "= group  eng" in harmless.replace("    ", "")
    assert "2 objects to be replaced" in preview
    assert plan(preview) == plan(up)
    existing.expect_settled()
