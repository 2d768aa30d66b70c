"""Profile mappings, which Okta creates together with apps and identity providers."""

from __future__ import annotations

from typing import Any

from reconciler.kinds import kind_named
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import Converges, NotDeclarable, ShownBy, Undecidable, rule
from tests.settled import document
from tests.stand_in.test_objects import Okta, do

KIND = "profile-mapping"
PATH = "/api/v1/mappings"
WIKI = document("bookmark-app", "wiki", label="Wiki", url="https://wiki.example.com")
_NICK = {"name": "nickName", "expression": "user.nickName", "push_status": "DONT_PUSH"}
USUAL: dict[str, Any] = {"source": "bookmark-app wiki", "target": "user-type default", "mappings": [_NICK]}
_ALWAYS = ShownBy(
    "the stand-in sends nothing besides", "of_kinds/test_profile_mapping.py::test_attributes_are_replaced"
)

about(
    kind=KIND,
    usual=USUAL,
    surroundings=(WIKI,),
    variants={"": {"one": {"source": "user-type default", "target": "oidc-app oidc-app-web"}}},
    harmless=frozenset({"source", "target"}),
    fixed={"source": "a mapping stays where it is", "target": "a mapping stays where it is"},
    rules=(
        rule(
            KIND,
            "create",
            "no mapping between",
            Undecidable(
                "it depends on the tenant",
                "stand_in/test_service.py::test_an_error_of_the_tenant_ends_the_call_with_its_message",
            ),
        ),
        rule(
            KIND,
            "update",
            "source_id or target_id changed",
            Undecidable("the engine replaces it", "stand_in/test_service.py::test_owner_change_replaces"),
        ),
        rule(
            KIND,
            "update",
            "an entry of mappings removed",
            NotDeclarable("it is always true", ("delete_when_absent",)),
        ),
        rule(KIND, "create update", "delete_when_absent", Converges(KIND, {"mappings": []})),
        rule(
            KIND,
            "delete",
            "always",
            ShownBy(
                "`up` releases it", "e2e/test_settings.py::test_a_setting_that_is_no_longer_declared_stays_as_it_is"
            ),
        ),
        rule(KIND, "create update", "always_apply and", _ALWAYS),
    ),
    attacks={"mapping-changed": (changed(KIND, "mappings", [_NICK], []),)},
    innocent={"mapping-changed": (changed(KIND, "target", "user-type default", "user-type staff"),)},
)


def test_attributes_are_replaced():
    live = {"id": "prm1", "source": {"id": "0oa1"}, "target": {"id": "oty1"}}
    okta = Okta({PATH: [{**live, "properties": {"nickName": {"expression": "a"}, "city": {"expression": "b"}}}]})
    spec = {"source": "0oa1", "target": "oty1", "mappings": [_NICK]}
    do(okta, lambda objects: objects.update(kind_named(KIND), ("prm1",), spec))
    sent = okta.body_of(f"POST {PATH}/prm1")["properties"]
    assert sent == {"city": None, "nickName": {"expression": "user.nickName", "pushStatus": "DONT_PUSH"}}
