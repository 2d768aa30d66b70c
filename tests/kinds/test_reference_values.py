"""References with kinds, alone and inside texts."""

from __future__ import annotations

import pytest

from reconciler.definitions import DefinitionsError
from reconciler.kinds import kinds
from reconciler.kinds.addresses import TENANT, URL, in_tenant
from reconciler.kinds.fields import Ref
from reconciler.kinds.reference_values import invalid, kinds_of, named, translated
from tests.settled import desired_of, document

PLAIN = Ref("group", words=("EVERYONE",))
SEVERAL = Ref("group", "app")
TEXT = Ref("group", "app", in_text=True)
APPS = [kind.name for kind in kinds() if kind.shape.others == "app"]


def upper(kind: str, name: str) -> str:
    return name.upper()


def test_a_word_of_a_shared_list_stands_for_all_its_kinds():
    assert kinds_of(SEVERAL) == ("group", *APPS)
    assert list(named(SEVERAL, "app 0oa1")) == [(kind, "0oa1") for kind in APPS]


@pytest.mark.parametrize(
    ("ref", "value", "objects", "result"),
    [
        (PLAIN, "sales", [("group", "sales")], "SALES"),
        (PLAIN, "EVERYONE", [], "EVERYONE"),
        (SEVERAL, "oidc-app crm", [("oidc-app", "crm")], "oidc-app CRM"),
        (TEXT, "/a/{group x}/{oidc-app y}", [("group", "x"), ("oidc-app", "y")], "/a/{group X}/{oidc-app Y}"),
        (TEXT, "/a", [], "/a"),
    ],
)
def test_values_are_found_and_translated(ref: Ref, value: str, objects: list[tuple[str, str]], result: str):
    assert list(invalid(ref, value)) == []
    assert list(named(ref, value)) == objects
    assert translated(ref, value, upper) == result


def test_an_id_gets_the_kind_that_has_it():
    def name_of(kind: str, identity: str) -> str:
        return "crm" if (kind, identity) == ("saml-app", "0oa1") else identity

    assert translated(SEVERAL, "app 0oa1", name_of) == "saml-app crm"
    assert translated(SEVERAL, "app 0oa2", name_of) == "app 0oa2"


@pytest.mark.parametrize("value", ["sales", "grup sales", "group ", "app crm"])
def test_a_value_without_a_known_kind_and_a_name_is_invalid(value: str):
    assert list(invalid(SEVERAL, value)) == [value]
    assert list(invalid(TEXT, f"/a/{{{value}}}")) == [value]
    assert list(invalid(TEXT, "/a/{group sales")) == ["/a/{group sales"]


def test_an_invalid_reference_is_located():
    spec = {"label": "All", "description": "All.", "resources": ["/api/v1/users", "/api/v1/groups/{sales}"]}
    with pytest.raises(DefinitionsError) as caught:
        desired_of([document("resource-set", "all", **spec)])
    (problem,) = caught.value.problems
    assert problem.message == "'sales' is no kind and name"
    assert problem.hint.startswith("write {KIND NAME}; the kind is group, ")
    assert problem.source.line == 10


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/api/v1/users", "/api/v1/users"),
        ("/api/v1/groups/{group 00g1}/users", "/api/v1/groups/00g1/users"),
        ("/api/v1/apps/{app 0oa1}", "/api/v1/apps/0oa1"),
        ('/api/v1/apps?filter=name eq "x"', "/api/v1/apps?filter=name+eq+%22x%22"),
    ],
)
def test_a_path_with_ids_is_a_url_of_the_tenant(path: str, url: str):
    assert URL.encode(path) == f"{TENANT}{url}"
    whole = in_tenant({"urls": [URL.encode(path)]}, "https://acme.okta.com")["urls"][0]
    assert whole == f"https://acme.okta.com{url}"
    assert URL.decode(whole) == path
