"""Variables of all environments."""

import pytest

from tests.definitions.folder import document, group


def describe(folder, text="${domain}"):
    folder.write(document("group", "a", f"name: A\ndescription: {text}"))


def test_every_environment_has_them(folder):
    folder.write("domain: acme.example\n", "variables.yaml")
    folder.environment("variables: {domain: preview.example}", "production")
    describe(folder)
    assert folder.declaration("group", "a").spec["description"] == "acme.example"
    (declaration,) = folder.load("production").declarations.values()
    assert declaration.spec["description"] == "preview.example"


def test_a_value_of_an_environment_replaces_the_shared_one(folder):
    folder.write("zone: {gateways: [192.0.2.0/24], asns: ['7']}\n", "variables.yml")
    folder.environment("variables: {zone: {gateways: [198.51.100.0/24]}}")
    assert folder.load().environment.variables == {"zone": {"gateways": ["198.51.100.0/24"]}}


def test_an_invalid_value_names_the_place_where_it_is_set(folder):
    folder.write("# Offices\noffices: nowhere\n", "variables.yaml")
    folder.write(document("network-zone", "z", 'name: Z\ntype: IP\ngateways: ["${offices}"]'))
    (problem,) = folder.problems()
    assert problem.startswith("a.yaml:9:14: gateways[0]: nowhere: must be an address")
    assert "(in staging, ${offices} is set at variables.yaml:2:10)" in problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Domain: x", "variables.yaml:1:1: variables.Domain: Domain has an invalid format | it must match "),
        ("a: x${b}\nb: y", "variables.yaml:1:4: the variable a uses a variable | write its value out"),
        ("- a", "variables.yaml:1:1: variables.yaml must be one mapping of variables, not a list | "),
        ("a: 1\n---\nb: 2", "variables.yaml:1:1: variables.yaml must be one mapping of variables, not 2 documents | "),
        ("a: [", "variables.yaml:2:1: invalid YAML: "),
        (
            group("a"),
            "variables.yaml:2:1: variables.yaml has the variables of all environments, and no document | "
            "move the document to another file",
        ),
    ],
)
def test_invalid_files(folder, text, problem):
    folder.write(text, "variables.yaml")
    describe(folder)
    (found,) = folder.problems()
    assert found.startswith(problem)


def test_an_undefined_variable(folder):
    folder.write("domain: acme.example\n", "variables.yaml")
    describe(folder, "${domian}")
    assert folder.problems() == ["a.yaml:8:16: the environment staging has no variable domian | did you mean domain?"]


@pytest.mark.parametrize("text", ["", "# none\n", "{}\n"])
def test_a_file_without_variables(folder, text):
    folder.write(group("a"))
    before = folder.load().documents
    folder.write(text, "variables.yaml")
    assert folder.load().documents == before


def test_two_files(folder):
    folder.write("", "variables.yaml")
    folder.write("", "variables.yml")
    assert folder.problems() == ["variables.yml:1:1: variables.yaml is in the same folder | keep one of the two files"]


def test_promotion_covers_shared_values_and_not_those_of_one_environment(folder):
    folder.write("domain: acme.example\n", "variables.yaml")
    describe(folder)
    before = folder.load().documents
    folder.environment("variables: {domain: preview.example}")
    assert folder.load().documents == before
    folder.write("domain: new.example\n", "variables.yaml")
    assert folder.load().documents != before
