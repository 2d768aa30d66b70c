"""The envelope of a document."""

import pytest

from tests.definitions.folder import document, group

SOUND = {"kind": "group", "name": "a", "owner": "identity", "purpose": "To test.", "spec": "{name: A}"}


def envelope(**changes):
    lines = {**SOUND, **changes}
    return "".join(f"{key}: {value}\n" for key, value in lines.items() if value is not None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"kind": None}, "a.yaml:1:1: the document needs kind | "),
        ({"name": None}, "a.yaml:1:1: the document needs name | "),
        ({"owner": None}, "a.yaml:1:1: the document needs owner | "),
        ({"purpose": None}, "a.yaml:1:1: the document needs purpose | "),
        ({"spec": None}, "a.yaml:1:1: the document needs spec | "),
        ({"owner": '" "'}, "a.yaml:3:8: owner must not be empty | "),
        ({"purpose": '""'}, "a.yaml:4:10: purpose must not be empty | "),
        ({"purpose": ""}, "a.yaml:4:9: purpose must be text, not null | "),
        ({"name": "A b"}, "a.yaml:2:7: name: A b has an invalid format | it must match ^[a-z0-9][a-z0-9._-]*$"),
        ({"name": "12"}, 'a.yaml:2:7: name must be text, not 12 | put it in quotes: "12"'),
        ({"name": "a" * 101}, "a.yaml:2:7: name has 101 characters; at most 100 are allowed | "),
        ({"kind": "grup"}, "a.yaml:1:7: unknown kind grup | did you mean group?"),
        (
            {"kind": "access-policy-rule"},
            "a.yaml:1:7: kind access-policy-rule has no documents | declare it in the document of its access-policy",
        ),
        ({"spec": "[]"}, "a.yaml:5:7: spec must be a mapping, not a list | "),
        ({"ownr": "x"}, "a.yaml:6:1: the document has no field ownr | did you mean owner?"),
        ({"environments": "[]"}, "a.yaml:6:15: environments must not be empty | "),
        ({"environments": "[stagin]"}, "a.yaml:6:15: unknown environment stagin | did you mean staging?"),
        ({"previously": "[]"}, "a.yaml:6:13: previously must not be empty | "),
    ],
)
def test_invalid_envelope(folder, changes, problem):
    folder.write(envelope(**changes))
    assert folder.problems() == [problem]


@pytest.mark.parametrize(("text", "what"), [("just text", "just text"), ("- a", "a list"), ("12", "12")])
def test_document_must_be_a_mapping(folder, text, what):
    folder.write(text)
    message = "a document is a mapping with kind, name, owner, purpose and spec, not"
    assert folder.problems() == [f"a.yaml:1:1: {message} {what} | "]


def test_all_problems_of_a_folder_are_reported_in_order(folder):
    folder.write(envelope(owner=None) + "---\n" + envelope(kind="grp"), "b.yaml")
    folder.write("broken: [", "c.yaml")
    folder.write(document("group", "x", "name: ' '"), "a.yaml")
    folder.environment("patches: [{kind: group, name: none, spec: {}}]")
    places = [problem.split(": ")[0] for problem in folder.problems()]
    assert places == ["a.yaml:7:9", "b.yaml:1:1", "b.yaml:6:7", "c.yaml:2:1", "environments/staging.yaml:4:31"]


def test_declaration_has_owner_and_purpose(folder):
    folder.write(group("a"))
    declaration = folder.declaration("group", "a")
    assert (declaration.owner, declaration.purpose) == ("identity", "To test.")


def test_document_applies_to_its_environments_only(folder):
    folder.environment(name="production")
    folder.write(
        group("a", rest="environments: production\n") + group("b", rest="environments: [staging, production]\n")
    )
    assert [address.name for address in folder.load().declarations] == ["b"]
    assert [address.name for address in folder.load("production").declarations] == ["a", "b"]


def test_references_are_not_checked_beside_unreadable_documents(folder):
    folder.write(document("group-rule", "r", "{name: R, expression: 'true', groups: [a]}"), "rule.yaml")
    folder.write("kind: group\nname: a\n", "group.yaml")
    assert {problem.split(":")[0] for problem in folder.problems()} == {"group.yaml"}


def test_documents_with_an_invalid_spec_can_be_referenced(folder):
    folder.write(document("group-rule", "r", "{name: R, expression: 'true', groups: [a]}"), "rule.yaml")
    folder.write(document("group", "a", "nam: A"), "group.yaml")
    assert {problem.split(":")[0] for problem in folder.problems()} == {"group.yaml"}
