"""Names that must be unique."""

import pytest

from reconciler.definitions.errors import one_of
from reconciler.kinds import kind_named
from tests.definitions.folder import document, group


def problems(folder):
    return [problem.replace(f"{folder.path.as_posix()}/", "") for problem in folder.problems()]


def test_duplicate_name_is_a_problem(folder):
    folder.write(group("a"), "a.yaml")
    folder.write(group("a", label="B"), "b.yaml")
    assert problems(folder) == ["b.yaml:3:7: group a is declared twice | it is also at a.yaml:3:7"]


def test_same_name_for_different_kinds_or_environments_is_allowed(folder):
    folder.environment(name="production")
    folder.write(group("a", rest="environments: staging\n") + group("a", rest="environments: production\n"))
    folder.write(document("trusted-origin", "a", "{name: A, origin: 'https://a.example', scopes: [CORS]}"), "b.yaml")
    assert len(folder.load().declarations) == 2


@pytest.mark.parametrize("name", ["everyone", "okta-administrators"])
def test_system_objects_cannot_be_declared(folder, name):
    folder.write(group(name))
    assert problems(folder) == [
        f"a.yaml:3:7: group {name} exists in every tenant: refer to it instead of declaring it | choose another name"
    ]


def test_duplicate_label_is_a_problem(folder):
    folder.write(group("a", label="Same") + group("b", label="Same"))
    assert problems(folder) == [
        "a.yaml:12:14: the group with the name Same is declared twice | it is also at a.yaml:6:14"
    ]


def test_same_label_in_different_owners_is_allowed(folder):
    for name in ("a", "b"):
        spec = f"name: {name}\naudiences: [a]\nscopes: [{{name: read}}]"
        folder.write(document("authorization-server", name, spec), f"{name}.yaml")
    assert len(folder.load().declarations) == 4


def test_duplicate_label_in_one_owner_is_a_problem(folder):
    folder.write(document("authorization-server", "s", "name: S\naudiences: [a]\nscopes: [{name: x}, {name: x}]"))
    assert problems(folder) == [
        "a.yaml:9:23: authorization-server-scope s/x is declared twice | it is also at a.yaml:9:12"
    ]


def test_owners_of_different_kinds_cannot_share_owned_names(folder):
    owners = kind_named("app-group-assignments").parents
    spec = "label: {}\n{}: https://a.example\ngroups: []"
    folder.write(document("bookmark-app", "a", spec.format("A", "url")), "a.yaml")
    folder.write(document("saml-app", "a", spec.format("B", "audience: a\nsso_url")), "b.yaml")
    assert problems(folder) == [
        f"b.yaml:10:3: the name a among objects of kind {one_of(owners)} with groups is declared twice"
        " | it is also at a.yaml:9:3"
    ]


def test_names_with_slashes_cannot_be_ambiguous(folder):
    rule = "grant_types: [password], groups: [everyone]"
    spec = f"""\
    name: S
    audiences: [a]
    policies:
      - {{name: x/y, description: D, clients: [ALL_CLIENTS], rules: [{{name: z, {rule}}}]}}
      - {{name: x, description: D, clients: [ALL_CLIENTS], rules: [{{name: y/z, {rule}}}]}}
    """
    folder.write(document("authorization-server", "s", spec))
    assert problems(folder) == [
        "a.yaml:11:65: access-policy-rule s/x/y/z is declared twice | it is also at a.yaml:10:67"
    ]


def test_duplicate_key_in_a_whole_list_is_a_problem(folder):
    spec = "label: A\nurl: https://a.example\ngroups: [{group: everyone}, {group: everyone}]"
    folder.write(document("bookmark-app", "a", spec))
    assert problems(folder) == [
        "a.yaml:9:39: the group everyone in the groups of bookmark-app a is declared twice | it is also at a.yaml:9:20"
    ]


def test_duplicate_priority_is_a_problem(folder):
    for name in ("a", "b"):
        spec = f"name: {name}\npriority: 1\ngroups_included: [everyone]"
        folder.write(document("password-policy", name, spec), f"{name}.yaml")
    assert problems(folder) == [
        "b.yaml:8:13: the priority 1 among the objects of kind password-policy is declared twice "
        "| it is also at a.yaml:8:13"
    ]


def test_same_priority_for_different_kinds_is_allowed(folder):
    for kind in ("password-policy", "global-session-policy"):
        spec = "name: P\npriority: 1\ngroups_included: [everyone]"
        folder.write(document(kind, "p", spec), f"{kind}.yaml")
    assert len(folder.load().declarations) == 2


@pytest.mark.parametrize("former", ["a", "b", "[c, b]"])
def test_earlier_name_in_use_is_a_problem(folder, former):
    folder.write(group("a", rest=f"previously: {former}\n") + group("b"))
    (problem,) = problems(folder)
    name = former.strip("[]").split(" ")[-1]
    assert problem.startswith(f"a.yaml:2:1: group a cannot have been {name} previously")


def test_same_earlier_name_of_two_objects_is_a_problem(folder):
    folder.write(group("a", rest="previously: old\n") + group("b", rest="previously: old\n"))
    assert problems(folder) == [
        "a.yaml:9:1: group b cannot have been old previously | that is the name of the object at a.yaml:2:1"
    ]


def test_earlier_name_of_an_owned_item_in_use_is_a_problem(folder):
    spec = "name: S\naudiences: [a]\nscopes: [{name: x}, {name: y, previously: x}]"
    folder.write(document("authorization-server", "s", spec))
    assert problems(folder) == [
        "a.yaml:9:23: authorization-server-scope s/y cannot have been s/x previously | "
        "that is the name of the object at a.yaml:9:12"
    ]


def test_two_claims_of_one_name_need_a_logical_one(folder):
    claims = "claims: [{name: x, claim_type: RESOURCE, value: v}, {name: x, claim_type: IDENTITY, value: v}]"
    folder.write(document("authorization-server", "s", f"name: S\naudiences: [a]\n{claims}"))
    assert problems(folder) == [
        "a.yaml:9:55: authorization-server-claim s/x is declared twice | it is also at a.yaml:9:12: "
        "if their claim_type differs, give one of them a logical_name"
    ]


def test_two_claims_of_one_name_and_type_are_one(folder):
    one = "name: x, claim_type: RESOURCE, value: v"
    claims = f"claims: [{{{one}}}, {{{one}, logical_name: y}}]"
    folder.write(document("authorization-server", "s", f"name: S\naudiences: [a]\n{claims}"))
    (problem,) = problems(folder)
    assert "the authorization-server-claim x with the claim_type RESOURCE of authorization-server s" in problem
