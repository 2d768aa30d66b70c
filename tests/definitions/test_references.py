"""References: names of declared objects, checked at their location."""

import pytest

from reconciler.definitions import Address
from reconciler.definitions.references import references
from tests.definitions.folder import document, group

RULE = "name: R\nexpression: 'true'\ngroups: [{}]\n"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("engineerin", "9:12: group engineerin is not declared | did you mean engineering?"),
        ("everyon", "9:12: group everyon is not declared | did you mean everyone?"),
        ("qwertz", "9:12: group qwertz is not declared | known: engineering, everyone, okta-administrators"),
        ("Engineering", "9:12: group Engineering is not declared | did you mean engineering?"),
        ("office", "9:12: group office is not declared | did you mean everyone?"),
    ],
)
def test_unknown_name_is_a_problem(folder, name, problem):
    folder.write(
        group("engineering") + document("network-zone", "office", "{name: O, type: IP, gateways: [10.0.0.0/8]}")
    )
    folder.write(document("group-rule", "r", RULE.format(name)), "b.yaml")
    found = folder.problems()
    assert [line.split(" | ")[0] for line in found] == [f"b.yaml:{problem.split(' | ')[0]}"]
    if name != "office":
        assert found == [f"b.yaml:{problem}"]


def test_earlier_name_is_a_problem(folder):
    folder.write(group("engineers").replace("owner:", "previously: engineering\nowner:", 1))
    folder.write(document("group-rule", "r", RULE.format("engineering")), "b.yaml")
    assert folder.problems() == ["b.yaml:9:12: group engineering is not declared | it was renamed to engineers"]


def test_declared_names_system_names_and_words_are_known(folder):
    folder.write(group("engineering"))
    folder.write(document("group-rule", "r", RULE.format("engineering, everyone")), "b.yaml")
    spec = "name: S\naudiences: [a]\npolicies: [{name: P, description: D, clients: [ALL_CLIENTS]}]"
    folder.write(document("authorization-server", "s", spec), "c.yaml")
    declarations = folder.load().declarations
    assert list(references(declarations[Address("group-rule", "r")])) == [("groups.0", Address("group", "engineering"))]
    assert list(references(declarations[Address("access-policy", "s/P")])) == []


def test_name_of_another_environment_is_a_problem(folder):
    folder.environment(name="production")
    folder.write(group("engineering", rest="environments: production\n"))
    folder.write(document("group-rule", "r", RULE.format("engineering")), "b.yaml")
    assert [problem.replace(f"{folder.path.as_posix()}/", "") for problem in folder.problems()] == [
        "b.yaml:9:12: group engineering is not in staging | its environments are at a.yaml:7:15"
    ]
    assert folder.load("production")


def test_unknown_name_in_a_nested_owned_item_is_a_problem(folder):
    spec = """\
    name: P
    description: D
    rules:
      - name: One
      - name: Two
        network_connection: ZONE
        network_includes: [legacy-ip-zone, offce]
    """
    folder.write(document("authentication-policy", "p", spec))
    folder.write(document("network-zone", "office", "{name: O, type: IP, gateways: [10.0.0.0/8]}"), "b.yaml")
    assert folder.problems() == ["a.yaml:13:42: network-zone offce is not declared | did you mean office?"]


def test_items_of_a_set_are_located_in_the_yaml(folder):
    folder.write(group("zebra") + group("ant"))
    folder.write(document("group-rule", "r", RULE.format("zebra, unknown, ant")), "b.yaml")
    assert [problem.split(" | ")[0] for problem in folder.problems()] == ["b.yaml:9:19: group unknown is not declared"]


def test_default_reference_to_a_system_object_is_known(folder):
    folder.write(document("bookmark-app", "a", "{label: A, url: 'https://a.example'}"))
    assert folder.declaration("bookmark-app", "a").spec["authentication_policy"] == "default"
