"""Variables in definitions."""

import pytest

from tests.definitions.folder import document, group

ZONE = "name: Z\ntype: IP\ngateways: {}\n"


def description(folder, text, variables="{}"):
    folder.environment(f"variables: {variables}\n")
    folder.write(document("group", "a", f"name: A\ndescription: {text}"))
    return folder.declaration("group", "a").spec["description"]


@pytest.mark.parametrize(
    ("text", "variables", "meaning"),
    [
        ("${a}", "{a: x}", "x"),
        ("https://${a}.${b}/", "{a: x, b: y}", "https://x.y/"),
        ("for ${a} minutes", "{a: 60}", "for 60 minutes"),
        ("${a}!", "{a: true}", "true!"),
        ("${a}!", "{a: 1.5}", "1.5!"),
        ("$${a}", "{a: x}", "${a}"),
        ("$${a} and ${a}", "{a: x}", "${a} and x"),
        ("${user.login}", "{user: x}", "${user.login}"),
        ("${A}", "{}", "${A}"),
        ("$a", "{a: x}", "$a"),
        ("${a", "{a: x}", "${a"),
    ],
)
def test_text_with_variables(folder, text, variables, meaning):
    assert description(folder, text, variables) == meaning


def test_single_variable_keeps_its_type(folder):
    folder.environment("variables: {minutes: 45, zones: [a], addresses: [192.0.2.0/24, 192.0.2.7-192.0.2.9]}")
    folder.write(document("network-zone", "z", ZONE.format("${addresses}")))
    assert folder.declaration("network-zone", "z").spec["gateways"] == ["192.0.2.0/24", "192.0.2.7-192.0.2.9"]


def test_objects_in_a_variable_are_located_where_they_are_used(folder):
    folder.environment(
        """\
        variables:
          rules:
            - {name: R, previously: Q, mfa_required: false}
        """
    )
    spec = "name: P\npriority: 1\ngroups_included: [everyone]\nrules: ${rules}\n"
    folder.write(document("global-session-policy", "p", spec))
    rule = folder.declaration("global-session-policy-rule", "p/R")
    assert rule.previously == ("p/Q",)
    assert str(rule.source).endswith("a.yaml:10:10")
    assert {source.line for source in rule.sources.values()} == {10}


@pytest.mark.parametrize(
    ("text", "variables", "problem"),
    [
        ("${dmain}", "{domain: x}", "8:16: the environment staging has no variable dmain | did you mean domain?"),
        ("${a}", "{}", "8:16: the environment staging has no variable a | for the literal text, write $${a}"),
        (
            "x ${a}",
            "{a: [1]}",
            "8:16: the variable a is a list: it cannot be part of a text {set} | write ${a} alone",
        ),
        (
            "x ${a}",
            "{a: {}}",
            "8:16: the variable a is a mapping: it cannot be part of a text {set} | write ${a} alone",
        ),
        (
            "x ${a}",
            "{a: null}",
            "8:16: the variable a is null: it cannot be part of a text {set} | write ${a} alone",
        ),
        ("${a}", "{a: 12}", '8:16: description must be text, not 12 {set} | put it in quotes: "12"'),
    ],
)
def test_invalid_use_of_a_variable(folder, text, variables, problem):
    folder.environment(f"variables: {variables}\n")
    folder.write(document("group", "a", f"name: A\ndescription: {text}"))
    place = "(in staging, ${a} is set at environments/staging.yaml:4:16)"
    assert folder.problems() == [f"a.yaml:{problem.replace('{set}', place)}"]


def test_problem_names_every_variable_in_the_value(folder):
    folder.environment(
        """\
        variables:
          host: a b
          path: c
        """
    )
    folder.write(document("bookmark-app", "a", "label: A\nurl: https://${host}/${path}"))
    (problem,) = folder.problems()
    assert problem.startswith("a.yaml:8:8: url: https://a b/c: must be an absolute URI")
    assert "(in staging, ${host} is set at environments/staging.yaml:5:9, " in problem
    assert "${path} is set at environments/staging.yaml:6:9)" in problem


def test_problem_of_a_reference_names_its_variable(folder):
    folder.environment("variables: {team: nobody}\n")
    rule = "name: R\nexpression: user.city == 'Oslo'\ngroups: ['${team}']"
    folder.write(document("group-rule", "r", rule))
    assert folder.problems() == [
        "a.yaml:9:12: group nobody is not declared (in staging, ${team} is set at environments/staging.yaml:4:19) | "
        "known: everyone, okta-administrators"
    ]


def test_a_problem_without_a_variable_names_none(folder):
    folder.environment("variables: {team: nobody}\n")
    folder.write(document("group", "a", "name: ${team}\ndescription: 12"))
    assert folder.problems() == ['a.yaml:8:16: description must be text, not 12 | put it in quotes: "12"']


def test_location_of_a_variable_in_a_list(folder):
    folder.write(document("network-zone", "z", ZONE.format("\n  - 192.0.2.0/24\n  - ${office}")))
    assert folder.problems()[0].startswith("a.yaml:11:7: the environment staging has no variable office")


@pytest.mark.parametrize("value", ['"${b}"', '["x ${b}"]', '{x: ["${b}"]}'])
def test_a_variable_cannot_use_a_variable(folder, value):
    folder.environment(f"variables: {{a: {value}, b: 1}}\n")
    assert folder.problems() == ["environments/staging.yaml:4:16: the variable a uses a variable | write its value out"]


def test_valid_names_of_variables(folder):
    folder.environment("variables: {Abc: 1}\n")
    assert folder.problems() == [
        "environments/staging.yaml:4:13: variables.Abc: Abc has an invalid format | it must match ^[a-z][a-z0-9_]*$"
    ]


def test_keys_are_not_variables(folder):
    folder.environment("variables: {a: name}\n")
    folder.write(document("group", "a", "name: A\n${a}: x"))
    assert folder.problems()[0].startswith("a.yaml:8:3: group a has no field ${a}")


def test_the_same_document_differs_by_environment(folder):
    folder.environment("variables: {domain: a.example}\n")
    folder.environment("variables: {domain: b.example}\n", name="production")
    folder.write(group("a", label="${domain}").replace("{name: ${domain}}", "\n  name: ${domain}"))
    assert folder.declaration("group", "a").spec["name"] == "a.example"
    assert folder.load("production").digest != folder.load().digest
