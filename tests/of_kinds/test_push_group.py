"""Group push of apps."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import FROM_THE_TENANT, Converges, Refused, Requests, Undecidable, rule
from tests.stand_in.test_objects import Okta, do

KIND = "push-group"
HERE = "of_kinds/test_push_group.py"
_ERROR = Undecidable(
    "Okta puts a mapping into ERROR by itself",
    "stand_in/test_service.py::test_an_error_of_the_tenant_ends_the_call_with_its_message",
)

about(
    kind=KIND,
    usual={"group": "people"},
    harmless=frozenset({"group"}),
    fixed={"group": "a mapping of another group is another mapping"},
    attacks={
        "provisioning-changed": (
            changed(KIND, "status", "INACTIVE", "ACTIVE"),
            whole(Verdict.UNMANAGED, KIND),
            whole(Verdict.MISSING, KIND),
        ),
    },
    innocent={"provisioning-changed": (changed(KIND, "delete_target_group", True, False),)},
    rules=(
        rule(
            KIND,
            "preview",
            "any of app_id",
            Converges(KIND, {"target_group_name": "Staff"}, before={"target_group_name": "Others"}),
        ),
        rule(KIND, "preview", "status not in", Refused(KIND, "status", "", {"status": "ERROR"})),
        rule(KIND, "create", "target_group_id unset", Converges(KIND, sends={"targetGroupName": "People"})),
        rule(KIND, "update delete", "old.status not in", _ERROR),
        rule(
            KIND,
            "delete",
            "always",
            Requests("it is deactivated first", f"{HERE}::test_a_mapping_is_inactive_first"),
        ),
        rule(KIND, "read", "target_group_name changed", FROM_THE_TENANT),
    ),
)


APP, MAPPINGS = "/api/v1/apps/a", "/api/v1/apps/a/group-push/mappings"


def tenant() -> Okta:
    return Okta(
        {
            "/api/v1/apps": [{"id": "a"}],
            "/api/v1/groups": [{"id": "g", "profile": {"name": "Sales"}}],
            MAPPINGS: [{"id": "m", "sourceGroupId": "g", "targetGroupId": "t", "status": "ACTIVE"}],
        }
    )


def test_a_mapping_is_inactive_first():
    okta = tenant()
    do(okta, lambda it: it.delete(kind_named(KIND), ("a", "m"), {"delete_target_group": False}))
    assert okta.changes == [f"PATCH {MAPPINGS}/m", f"DELETE {MAPPINGS}/m?deleteTargetGroup=false"]
    assert okta.body_of(f"PATCH {MAPPINGS}/m") == {"status": "INACTIVE"}


def test_only_the_status_is_sent_with_a_change():
    okta = tenant()
    spec = {"group": "g", "target_group_name": "Sales", "status": "INACTIVE"}
    do(okta, lambda it: it.update(kind_named(KIND), ("a", "m"), spec))
    assert okta.body_of(f"PATCH {MAPPINGS}/m") == {"status": "INACTIVE"}


def test_a_target_has_the_name_of_the_group_unless_it_is_given_another():
    okta = tenant()
    do(okta, lambda it: it.create(kind_named(KIND), ("a",), {"group": "g", "status": "ACTIVE"}))
    do(okta, lambda it: it.create(kind_named(KIND), ("a",), {"group": "g", "target_group_name": "Staff"}))
    assert [body.get("targetGroupName") for body in okta.bodies if body] == ["Sales", "Staff"]
