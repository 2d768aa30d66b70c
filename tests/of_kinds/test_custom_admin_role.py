"""Custom admin roles."""

from __future__ import annotations

from reconciler.definitions.model import Address
from reconciler.drift.compare import compare
from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import Unreadable
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import Converges, Refused, rule
from tests.settled import desired_of, document, settled

KIND = "custom-admin-role"

about(
    kind=KIND,
    usual={"label": "Tested", "description": "Reads people.", "permissions": ["okta.users.read"]},
    variants={"": {"one": {}, "two": {}}},
    harmless=frozenset({"label", "description"}),
    attacks={
        "admin-role-widened": (
            changed(KIND, "permissions", ["okta.users.read"], ["okta.users.manage", "okta.users.read"]),
            changed(
                KIND, "permissionConditions.okta.users.read", {"include": ["okta:ResourceAttribute/User/Profile"]}, None
            ),
        ),
        "admin-role-undeclared": (whole(Verdict.UNMANAGED, KIND),),
    },
    innocent={
        "admin-role-widened": (
            changed(KIND, "permissions", ["okta.users.manage", "okta.users.read"], ["okta.users.read"]),
        ),
        "admin-role-undeclared": (whole(Verdict.MISSING, KIND),),
    },
    rules=(
        rule(
            KIND,
            "create",
            "permissions empty",
            Refused(KIND, "permissions", "a role needs at least one permission", {"permissions": []}),
        ),
        rule(
            KIND,
            "update",
            "permissions changed",
            Converges(
                KIND,
                after={"permissions": ["okta.groups.read", "okta.users.read"]},
                before={"permissions": ["okta.users.manage", "okta.users.read"]},
            ),
        ),
        rule(KIND, "create update", "always", Converges(KIND, {"description": "Changed."})),
    ),
)

ROLE = Address(KIND, "desk")


def test_permissions_that_cannot_be_read_are_not_compared():
    spec = {"label": "Desk", "description": "Helps.", "permissions": ["okta.users.read"]}
    world = settled(desired_of([document(*ROLE, **spec)]))
    world.show(ROLE, description="Changed.", permissions=["okta.users.manage"])
    item = world.item(ROLE)
    assert [one.field for one in compare(world.match)] == ["description", "permissions"]

    world.unreadable.append(Unreadable(kind_named(KIND), item.id, "403", "permissions"))

    verdicts = {one.field: one.verdict for one in compare(world.match)}
    assert verdicts == {"description": Verdict.CHANGED, "permissions": Verdict.UNREADABLE}


def test_conditions_of_permissions_are_watched():
    permission = {
        "label": "okta.users.read",
        "conditions": {"exclude": {"okta:ResourceAttribute/User/Profile": ["salary"]}},
    }
    read = kind_named(KIND).read_api({"_embedded": {"permissions": [permission, {"label": "okta.groups.read"}]}})
    assert read["permissions"] == ["okta.users.read", "okta.groups.read"]
    assert read["permissionConditions"] == {"okta.users.read": permission["conditions"]}
