"""Problems of a spec: the message in terms of the YAML, and the exact location."""

from typing import Annotated

import pytest
from pydantic import Field

from reconciler.definitions import Problem
from reconciler.definitions.explanations import dotted, shown
from reconciler.definitions.validation import validate
from reconciler.definitions.yaml_text import YamlText
from reconciler.kinds import Part, kind_named
from reconciler.kinds.secret_references import HINT
from tests.definitions.folder import document, group

APP = "label: A\ntype: web\nredirect_uris: [https://a.example/cb]\n"


@pytest.mark.parametrize(
    ("line", "place", "message", "hint"),
    [
        ("labl: A", "10:3", "oidc-app a has no field labl", "did you mean label?"),
        ("qwertz: A", "10:3", "oidc-app a has no field qwertz", ""),
        (
            "grant_types: authorization_code",
            "10:16",
            "grant_types must be a list, not authorization_code",
            "write [authorization_code]",
        ),
        ("grant_types: null", "10:16", "grant_types must be a list, not null", "write [] for none"),
        ("grant_types: []", "10:16", "grant_types must not be empty", ""),
        (
            "hide_web: null",
            "10:13",
            "hide_web must be true or false, not null",
            "leave the field out for its default",
        ),
        ("hide_web: yes", "10:13", "hide_web must be true or false, not yes", ""),
        ('hide_web: "true"', "10:13", "hide_web must be true or false, not true", "write it without quotes"),
        ("hide_web: 1", "10:13", "hide_web must be true or false, not 1", ""),
        ("admin_note: 12", "10:15", "admin_note must be text, not 12", 'put it in quotes: "12"'),
        ("admin_note: true", "10:15", "admin_note must be text, not true", 'put it in quotes: "true"'),
        ("admin_note: [a]", "10:15", "admin_note must be text, not a list", ""),
        ("admin_note: {a: b}", "10:15", "admin_note must be text, not a mapping", ""),
        ("refresh_token_leeway: 61", "10:25", "refresh_token_leeway must be at most 60, not 61", ""),
        ("refresh_token_leeway: -1", "10:25", "refresh_token_leeway must be at least 0, not -1", ""),
        ("refresh_token_leeway: 1.5", "10:25", "refresh_token_leeway must be a whole number, not 1.5", ""),
        (
            'refresh_token_leeway: "30"',
            "10:25",
            "refresh_token_leeway must be a whole number, not 30",
            "write it without quotes",
        ),
        ("refresh_token_leeway: true", "10:25", "refresh_token_leeway must be a whole number, not true", ""),
        ("status: active", "10:11", "status cannot be active", "did you mean ACTIVE? allowed: ACTIVE, INACTIVE"),
        ("status: off", "10:11", "status cannot be off", "allowed: ACTIVE, INACTIVE"),
        (
            "logo_uri: logo.png",
            "10:13",
            "logo_uri: logo.png: must be an absolute URI such as https://app.example.com/callback",
            "",
        ),
        (
            "client_secret: hunter2",
            "10:18",
            "client_secret must be a reference to a secret",
            HINT,
        ),
        (
            "client_secret: [hunter2]",
            "10:18",
            "client_secret must be a reference to a secret",
            HINT,
        ),
        (
            "groups: null",
            "10:11",
            "groups is null",
            "write [] for none, or leave the field out: not managed",
        ),
        ("groups: [everyone]", "10:12", "groups[0] must be a mapping, not everyone", ""),
        ("groups: [{}]", "10:12", "groups[0] needs group", ""),
        ("groups: [{group: everyone, profil: {}}]", "10:30", "groups[0] has no field profil", "did you mean profile?"),
        ("login_scopes: [a, b, a]", "10:17", "login_scopes: 'a' is listed twice", ""),
        ("login_mode: SPEC", "10:15", "login_mode: SPEC: set login_uri, or login_mode: DISABLED", ""),
    ],
)
def test_invalid_fields(folder, line, place, message, hint):
    folder.write(document("oidc-app", "a", APP + line))
    assert folder.problems() == [f"a.yaml:{place}: {message} | {hint}"]


def test_message_for_a_number_that_loses_precision(folder):
    folder.write(document("oidc-app", "a", APP + "refresh_token_leeway: 99999999999999999999"))
    number = "99999999999999999999"
    first, second = folder.problems()
    assert first == f"a.yaml:10:25: refresh_token_leeway must be a whole number, not {number} | "
    assert second.endswith("is too long or too large to be exact | put it in quotes if it is text")


def test_a_name_holds_no_control_characters(folder):
    folder.write(group("a", label='"A\\0\\eB"'))
    (said,) = folder.problems()
    assert said.endswith('name: "A\\u0000\\u001bB": must not contain control characters | ')


def test_no_error_for_a_default_that_depends_on_an_invalid_field(folder):
    folder.write(document("oidc-app", "a", "label: A\ntype: wep\nredirect_uris: [https://a.example/cb]"))
    assert folder.problems() == [
        "a.yaml:8:9: type cannot be wep | did you mean web? allowed: web, browser, native, service"
    ]


def test_missing_field_is_reported_at_the_spec(folder):
    folder.write(document("group", "a", "description: x"))
    assert folder.problems() == ["a.yaml:6:1: group a needs name | "]


def test_length_of_text_is_limited(folder):
    folder.write(document("group-rule", "r", f"name: {'x' * 51}\nexpression: 'true'\ngroups: [everyone]"))
    assert folder.problems() == ["a.yaml:7:9: name has 51 characters; at most 50 are allowed | "]


def test_all_problems_of_one_spec_are_reported(folder):
    folder.write(document("network-zone", "z", "type: IPV4\ngateways: [192.0.2.0/24, nonsense]\nusage: X\nzone: Y"))
    assert [problem.split(" ")[0] for problem in folder.problems()] == [
        "a.yaml:6:1:",
        "a.yaml:7:9:",
        "a.yaml:8:28:",
        "a.yaml:9:10:",
        "a.yaml:10:3:",
    ]


def test_model_rule_is_reported_at_its_object(folder):
    spec = """\
    name: P
    priority: 1
    groups_included: [everyone]
    rules:
      - name: One
      - name: Two
        mfa_required: true
    """
    folder.write(document("global-session-policy", "p", spec))
    assert folder.problems() == [
        "a.yaml:12:7: rules[1]: mfa_required: true and mfa_prompt need each other: set both or neither | "
    ]


def test_nested_field(folder):
    spec = """\
    name: P
    description: D
    rules:
      - name: R
        constraints:
          - possession:
              phishing_resistant: required
    """
    folder.write(document("authentication-policy", "p", spec))
    assert folder.problems() == [
        "a.yaml:13:33: rules[0].constraints[0].possession.phishing_resistant cannot be required | "
        "did you mean REQUIRED? allowed: REQUIRED, OPTIONAL"
    ]


def test_values_in_messages():
    assert shown("x" * 100) == "x" * 57 + "..."
    assert shown(" x") == '" x"'
    assert shown("") == '""'
    assert shown("a\nb") == r'"a\nb"'
    assert shown("\x1b[31mred \u202e") == r'"\u001b[31mred \u202e"'
    assert shown(None) == "null"


def test_every_message_has_one_line():
    problems: list[Problem] = []
    validate(
        kind_named("group").fields, {"name": "\nInjected: all is well", "\x1b[31m": 1}, ("a.yaml", 1, 1), "it", problems
    )
    assert [(problem.message, problem.hint) for problem in problems] == [
        (r'name: "\nInjected: all is well" has an invalid format', r"it must match ^\S(.*\S)?$"),
        (r"it has no field \x1b[31m", f"known: {', '.join(sorted(kind_named('group').fields.model_fields))}"),
    ]


def test_paths_in_messages():
    assert dotted(("rules", 1, "constraints", 0)) == "rules[1].constraints[0]"


class Even(Part):
    number: Annotated[int, Field(multiple_of=2)]


def test_other_errors_have_the_message_of_pydantic():
    (root,) = YamlText("number: 3", "f").documents()
    problems: list[Problem] = []
    assert validate(Even, root.value, root.mark, "it", problems) is None
    assert [str(problem) for problem in problems] == ["f:1:9: number: Input should be a multiple of 2, not 3"]
