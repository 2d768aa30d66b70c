"""Realm assignments."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.definitions import DefinitionsError
from reconciler.drift.findings import Verdict
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import Converges, Refused, RefusedByValidate, Requests, rule
from tests.settled import desired_of, document

KIND = "realm-assignment"
USUAL: dict[str, Any] = {"name": "Tested", "profile_source": "bookmark-app wiki", "realm": "default", "priority": 7}
WIKI = document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com")
_AGAIN = {"condition": 'user.profile.role == "Manager"'}
_INACTIVE = {"status": "INACTIVE"}

about(
    kind=KIND,
    usual=USUAL,
    harmless=frozenset({"name"}),
    surroundings=(WIKI,),
    variants={"": {"one": {"priority": 1}, "two": {"priority": 2}}},
    system={"default": {"isDefault": True, "name": "Catch-all", "priority": 499}},
    rules=(
        rule(
            KIND,
            "create",
            "priority unset",
            RefusedByValidate(KIND, "priority", "must be a whole number", {"priority": None}),
        ),
        rule(
            KIND,
            "preview",
            "status not in ACTIVE, INACTIVE",
            Refused(KIND, "status", "cannot be OTHER", {"status": "OTHER"}, _INACTIVE),
        ),
        rule(KIND, "create", 'status == "ACTIVE"', Converges(KIND), Converges(KIND, _INACTIVE)),
        rule(
            KIND,
            "update",
            "any change",
            Converges(KIND, _AGAIN),
            Converges(KIND, {**_INACTIVE, **_AGAIN}),
            Converges(KIND, _AGAIN, before=_INACTIVE),
            Converges(KIND, before=_AGAIN),
        ),
        rule(
            KIND,
            "delete",
            "always",
            Requests(
                "ACTIVE objects are deactivated first",
                "stand_in/test_objects.py::test_delete_deactivates_where_required",
            ),
        ),
    ),
    attacks={
        "realm-filled": (
            changed(KIND, "realm", "partners", "default"),
            changed(KIND, "condition", "user.a == 1", None),
            changed(KIND, "priority", 7, 3),
            changed(KIND, "status", "ACTIVE", "INACTIVE"),
            whole(Verdict.UNMANAGED, KIND),
            whole(Verdict.MISSING, KIND),
        ),
    },
    innocent={"realm-filled": (changed(KIND, "name", "a", "b"),)},
)


@pytest.mark.parametrize("priority", [0, 499])
def test_the_last_priority_is_that_of_the_default_assignment(priority: int):
    with pytest.raises(DefinitionsError, match="priority"):
        desired_of([WIKI, document(KIND, "tested", **{**USUAL, "priority": priority})])
