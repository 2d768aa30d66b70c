"""Guards with the real engine: a plan that is refused changes nothing, and can be allowed for one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.documents import Document, bookmark, document, group, groups
from tests.e2e.sign_in import public_key
from tests.e2e.workspace import Outcome, SandboxTenant, Workspace

pytestmark = pytest.mark.e2e

REASON = ("--reason", "It was announced.")
SMALL = [*groups(5), bookmark("wiki", groups=[{"group": "group-00"}])]


@pytest.fixture
def guarded(workspace: Workspace) -> Workspace:
    workspace.guard()
    return workspace


def applied(workspace: Workspace, documents: list[Document]) -> None:
    workspace.declare(documents)
    workspace.up()


def refused(workspace: Workspace, *texts: str, options: tuple[str, ...] = ()) -> None:
    """Preview and `up` are both refused, and send no change to the tenant."""
    before = workspace.tenant.labels()
    workspace.tenant.clear_stats()
    for command in (("preview",), ("up", "--yes")):
        outcome = workspace.expect(4, *command, *options)
        for text in texts:
            assert text in " ".join((outcome.out + outcome.err).split()), outcome
    assert {method for method, path in workspace.tenant.stats() if "_sandbox" not in path} == {"GET"}
    assert workspace.tenant.labels() == before


def test_an_empty_folder_is_refused_and_can_be_allowed(guarded: Workspace):
    applied(guarded, SMALL)
    guarded.declare([])
    refused(guarded, "everything-deleted", "all 6 managed objects would be deleted", str(guarded.definitions))

    outcome = guarded.expect(0, "up", "--yes", "--allow", "everything-deleted:*", *REASON)

    assert guarded.tenant.labels() == []
    assert "It was announced." in outcome.out


def test_a_deleted_group_that_a_rule_nobody_declares_fills(guarded: Workspace):
    applied(guarded, SMALL)
    (filled,) = [one for one in guarded.tenant.read().objects["group"] if one.label == "Group-01"]
    rule = {
        "type": "group_rule",
        "name": "By hand",
        "conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": 'user.city=="Oslo"'}},
        "actions": {"assignUserToGroups": {"groupIds": [filled.id]}},
    }
    guarded.tenant.request("POST", "/api/v1/groups/rules", rule)
    guarded.declare([one for one in SMALL if one["name"] != "group-01"])
    refused(guarded, "unmanaged-affected", "group-rule By hand")
    wrong: Outcome = guarded.expect(4, "up", "--yes", "--allow", "unmanaged-affected:group group-02", *REASON)
    assert "allows nothing" in wrong.err
    assert "'unmanaged-affected:group group-01'" in wrong.err

    guarded.expect(0, "up", "--yes", "--allow", "unmanaged-affected:group group-01", *REASON)

    assert not [label for label in guarded.tenant.labels() if "Group-01" in label]


def test_a_protected_object_outlives_its_document_until_the_protection_is_lifted(guarded: Workspace):
    free = groups(5)
    applied(guarded, [*free, {**group("safe"), "protect": True}])
    guarded.declare(free)
    refused(guarded, "protected", "group safe")

    applied(guarded, [*free, {**group("safe"), "protect": False}])
    applied(guarded, free)

    assert not [label for label in guarded.tenant.labels() if "Safe" in label]


def test_a_policy_is_not_deleted_unseen_while_apps_cannot_be_read(guarded: Workspace):
    strict = document("authentication-policy", "strict", name="Strict", description="For money.")
    applied(guarded, [*groups(5), strict])
    guarded.declare(groups(5))
    guarded.tenant.order_fault(method="GET", path="/api/v1/apps", status=403)
    refused(guarded, "removal-not-checked:authentication-policy strict", "could not be read completely: bookmark-app")

    guarded.tenant.clear_faults()
    guarded.up()


def test_the_reconciler_keeps_the_app_with_which_it_signs_in(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant.signed_in("service-app"))
    ours = document(
        "oidc-app",
        "reconciler",
        label="Reconciler of the tests",
        type="service",
        token_endpoint_auth_method="private_key_jwt",
        jwks=[public_key()],
        grant_types=["client_credentials"],
        response_types=["token"],
    )
    applied(workspace, [*groups(5), ours])
    workspace.guard()
    for documents in (groups(5), [*groups(5), {**ours, "spec": {**ours["spec"], "status": "INACTIVE"}}]):
        workspace.declare(documents)
        refused(workspace, "own-credentials:oidc-app reconciler", "the reconciler signs in to test with it")

    workspace.declare([*groups(5), {**ours, "spec": {**ours["spec"], "client_uri": "https://reconciler.example"}}])
    workspace.up()
    workspace.expect(0, "drift")


def test_misuse_of_overrides(guarded: Workspace):
    guarded.declare([])
    unknown = guarded.expect(64, "up", "--yes", "--allow", "everything-delete:*", *REASON)
    assert "too-many-deleted" in unknown.err
    assert "--reason" in guarded.expect(64, "up", "--yes", "--allow", "everything-deleted:*").err
