"""Federated claims of apps."""

from __future__ import annotations

from typing import Any

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from reconciler.matching.owners import owners
from reconciler.matching.state_match import StateMatch
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import Undecidable, rule
from tests.settled import World, desired_of, document, settled

KIND = "app-federated-claim"
CLAIM = {"name": "department", "expression": "user.profile.department"}

about(
    kind=KIND,
    usual=CLAIM,
    harmless=frozenset({"name"}),
    attacks={
        "identity-changed": (
            changed(KIND, "expression", CLAIM["expression"], '"boss"'),
            whole(Verdict.UNMANAGED, KIND),
            whole(Verdict.MISSING, KIND),
        ),
    },
    innocent={"identity-changed": (changed(KIND, "name", "a", "b"),)},
    rules=(
        rule(
            KIND,
            "update",
            "app_id changed",
            Undecidable("the engine replaces it", "stand_in/test_service.py::test_owner_change_replaces"),
        ),
        rule(
            KIND,
            "delete",
            "Okta answers 404",
            Undecidable(
                "what is gone is forgotten before",
                "test_already_deleted.py::test_a_missing_object_is_deleted_unless_its_kind_could_not_be_read",
            ),
        ),
    ),
)


def asked(**spec: Any) -> bool:
    """Whether the claims of an app are read."""
    web = {"label": "Pay", "type": "web", "redirect_uris": ["https://app.example.com/callback"]}
    world: World = settled(desired_of([document("oidc-app", "pay", **web, **spec)]))
    app = next(one for one in world.live.objects["oidc-app"] if one.label == "Pay")
    return owners(StateMatch.of(world.desired, world.state))(app, kind_named(KIND))


def test_claims_are_read_for_apps_with_declared_ones_only():
    assert asked(federated_claims=[CLAIM])
    assert not asked()
