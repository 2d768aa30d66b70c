"""API service integrations."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from reconciler.kinds.mapping import replacing
from tests.drift.ratings import Known, changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import ShownBy, rule

KIND = "api-service-integration"
FIXED = "Okta does not let an integration be changed"

about(
    kind=KIND,
    usual={"type": "tested", "granted_scopes": ["okta.logs.read"]},
    harmless=frozenset({"type"}),
    variants={
        "": {"one": {"type": "api-service-integration-one", "granted_scopes": ["okta.logs.read", "okta.users.read"]}}
    },
    fixed={"type": FIXED, "granted_scopes": FIXED},
    attacks={
        "api-read-granted": (
            changed(KIND, "granted_scopes", ["okta.logs.read"], ["okta.logs.read", "okta.users.read"]),
        ),
        "api-manage-granted": (
            changed(KIND, "granted_scopes", ["okta.logs.read"], ["okta.users.manage"]),
            (whole(Verdict.UNMANAGED, KIND), Known({"granted_scopes": ["okta.groups.manage"]})),
        ),
    },
    rules=(
        rule(
            KIND,
            "update",
            "any change",
            ShownBy("the object is replaced", "of_kinds/test_api_service_integration.py::test_any_change_replaces_it"),
        ),
    ),
)


def test_any_change_replaces_it():
    assert replacing(kind_named(KIND).fields) == {"type", "granted_scopes"}
