"""Imports: the id of the tenant's object for a document."""

from __future__ import annotations

import pytest

from reconciler.definitions import Address
from tests.definitions.folder import Folder, group

FIRST, SECOND = "00g1aaaaaaaaaaaaaaa1", "00g1aaaaaaaaaaaaaaa2"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def imports(folder, text, environment="staging"):
    folder.write(text, f"imports/{environment}.yaml")


def test_environment_has_the_ids_and_locations_of_its_imports(folder):
    folder.write(group("a") + group("b"))
    imports(folder, f"group:\n  a: {FIRST}\n  b: {SECOND}\n")
    environment = folder.load().environment
    assert environment.imports == {Address("group", "a"): FIRST, Address("group", "b"): SECOND}
    assert str(environment.where("imports.group.b")).endswith("imports/staging.yaml:3:6")


def test_an_environment_sees_only_its_own_imports(folder):
    folder.environment(name="production")
    folder.write(group("a"))
    imports(folder, f"group:\n  a: {FIRST}\n", "production")
    assert folder.load("staging").environment.imports == {}
    assert folder.load("production").environment.imports == {Address("group", "a"): FIRST}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "group:\n  b: x1\n",
            "imports/staging.yaml:2:6: group b is not declared | "
            "if its document was deleted, remove the line imports/staging.yaml:2",
        ),
        (
            "groups:\n  a: x1\n",
            "imports/staging.yaml:1:1: unknown kind groups | did you mean group or group-rule?",
        ),
        (
            "group-rule:\n  a: x1\n",
            "imports/staging.yaml:2:6: group-rule a is not declared | "
            "if its document was deleted, remove the line imports/staging.yaml:2",
        ),
        (
            "group:\n  a: 7\n",
            "imports/staging.yaml:2:6: the id of group a must be text, not 7 | put it in quotes",
        ),
        (
            "group:\n  a: a b\n",
            "imports/staging.yaml:2:6: the id of group a must be text, not a b | ",
        ),
        (
            "group: [a]\n",
            "imports/staging.yaml:1:8: the imports of kind group must be a mapping of names to ids, not a list | ",
        ),
        ("a\n", "imports/staging.yaml:1:1: imports must be a mapping of kinds to names to ids, not a | "),
    ],
)
def test_problems_have_their_location(folder, text, problem):
    folder.write(group("a"))
    imports(folder, text)
    assert folder.problems() == [problem]


def test_one_id_cannot_be_imported_twice(folder):
    folder.write(group("a") + group("b"))
    imports(folder, f"group:\n  a: {FIRST}\n  b: {FIRST}\n")
    assert folder.problems() == [
        f"imports/staging.yaml:3:6: the id {FIRST} is declared twice | "
        "it is also the id of group a at imports/staging.yaml:2:6"
    ]


def test_a_file_for_no_environment_is_a_problem(folder):
    folder.write(group("a"))
    imports(folder, f"group:\n  a: {FIRST}\n", "stagin")
    assert folder.problems() == ["imports/stagin.yaml:1:1: unknown environment stagin | did you mean staging?"]


def test_ids_distinguish_two_objects_of_one_name(folder):
    folder.write(group("a", "Same") + group("b", "Same"))
    assert "the group with the name Same is declared twice" in folder.problems()[0]
    imports(folder, f"group:\n  a: {FIRST}\n  b: {SECOND}\n")
    assert {str(address) for address in folder.load().declarations} == {"group a", "group b"}
