"""Resource sets."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import FROM_THE_TENANT, Converges, NotDeclarable, Refused, rule

KIND = "resource-set"
PEOPLE, OTHERS = "/api/v1/groups/{group people}", "/api/v1/groups/{group others}"

about(
    kind=KIND,
    usual={"label": "Tested", "description": "People.", "resources": [PEOPLE]},
    harmless=frozenset({"label", "description"}),
    attacks={
        "admin-scope-widened": (
            changed(KIND, "resources", [PEOPLE], [PEOPLE, "/api/v1/users"]),
            changed(KIND, "resourcesWithoutUrl", [], ["orn:okta:idp:00o1:policies"]),
        ),
        "resource-set-undeclared": (whole(Verdict.UNMANAGED, KIND),),
    },
    innocent={
        "admin-scope-widened": (changed(KIND, "resources", [PEOPLE, "/api/v1/users"], [PEOPLE]),),
        "resource-set-undeclared": (whole(Verdict.MISSING, KIND),),
    },
    rules=(
        rule(
            KIND,
            "preview",
            "not exactly one of resources, resources_orn given",
            NotDeclarable("`resources` is required, and no field sets `resources_orns`", ("resources_orns",)),
        ),
        rule(
            KIND,
            "create",
            "resources and resources_orn both empty",
            Refused(KIND, "resources", "a set needs at least one resource", {"resources": []}),
        ),
        rule(
            KIND,
            "create",
            "resources with a query string",
            Converges(KIND, {"resources": ['/api/v1/apps?filter=name eq "bookmark"']}),
        ),
        rule(
            KIND,
            "update",
            "any change",
            Converges(
                KIND,
                after={"description": "Others.", "resources": [OTHERS, f"{OTHERS}/users"]},
                before={"resources": [PEOPLE, OTHERS]},
            ),
        ),
        rule(KIND, "read", "import", FROM_THE_TENANT),
    ),
)


def test_resources_without_a_url_are_watched():
    resources = [
        {"id": "1", "orn": "orn:okta:idp:00o1:policies"},
        {"id": "2", "_links": {"self": {"href": "https://x"}}},
    ]
    read = kind_named(KIND).read_api({"_embedded": {"resources": resources}})
    assert read["resources"] == ["https://x"]
    assert read["resourcesWithoutUrl"] == ["orn:okta:idp:00o1:policies"]
