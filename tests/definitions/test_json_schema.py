"""The JSON Schemas accept and refuse what the loader does."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.cli.schema import SCHEMAS
from reconciler.definitions.json_schema import document_schema, environment_schema, ignore_schema
from reconciler.definitions.yaml_text import YamlText
from reconciler.kinds import kinds
from tests.definitions.folder import ENVIRONMENT, document, group

COMPANY = Path(__file__).parents[1] / "company/definitions"
DOCUMENT = Draft202012Validator(document_schema())
ENVIRONMENTS = Draft202012Validator(environment_schema())


def documents(text):
    return [root.value for root in YamlText(text, "f").documents()]


@pytest.mark.parametrize("what", SCHEMAS)
def test_schemas_are_valid(what):
    Draft202012Validator.check_schema(SCHEMAS[what]())


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({"name": "a"}, True),
        ({"label": "A*", "environments": ["production"], "field": "description"}, True),
        ({}, False),
        ({"name": "a", "label": "A"}, False),
        ({"name": "a", "kind": "grup"}, False),
        ({"name": "a", "reason": ""}, False),
        ({"name": "a", "until": "2026-01-01"}, False),
    ],
)
def test_ignore_entries(changes, right):
    entry = {"kind": "group", "reason": "It is moved.", "owner": "identity", "expires": "2026-12-31"} | changes
    assert Draft202012Validator(ignore_schema()).is_valid([entry]) is right


@pytest.mark.parametrize("path", sorted(COMPANY.rglob("*.yaml")), ids=lambda path: path.stem)
def test_definitions_of_a_company_match_the_schemas(path):
    named = "environment" if path.parent.name == "environments" else path.stem
    validator = Draft202012Validator(SCHEMAS[named]()) if named in SCHEMAS else DOCUMENT
    for value in documents(path.read_text()):
        assert [error.message for error in validator.iter_errors(value)] == []


@pytest.mark.parametrize(
    "text",
    [
        group("a").replace("owner: identity\n", ""),
        group("A"),
        group("a", rest="extra: 1\n"),
        group("a-${each}", "A", rest="foreach: {csv: teams.xlsx}\n"),
        group("a-${each}", "A", rest="foreach: {yaml: teams.yaml}\n"),
        group("a-${each}", "A", rest="foreach: [1]\n"),
        group("a-${each}", "A", rest="foreach: [a, {team: b}]\n"),
        document("grup", "a", "name: A"),
        document("access-policy", "a", "name: A"),
        document("group", "a", "nam: A"),
        document("group", "a", "description: D"),
        document("bookmark-app", "a", "label: L\nurl: https://l.example\ngroups: null"),
        document("bookmark-app", "a", "label: L\nurl: https://l.example\nstatus: active"),
        document("oidc-app", "a", "label: L\ntype: web\nrefresh_token_leeway: 61"),
        document("password-policy", "p", "name: P\npriority: 1\ngroups_included: [a]\nrules: [{name: R, priority: 1}]"),
        document("authorization-server", "s", "name: S\naudiences: [a]\nscopes: [{name: x, logical_name: y}]"),
    ],
)
def test_schemas_refuse_what_the_loader_refuses(text):
    (value,) = documents(text)
    assert not DOCUMENT.is_valid(value)


@pytest.mark.parametrize(
    "text",
    [
        group("a", rest="previously: b\nenvironments: staging\n"),
        group("a", rest="previously: [b]\nenvironments: [staging]\n"),
        group("team-${each.team}", "A", rest="previously: ['${each.before}']\nforeach: {csv: teams.csv}\n"),
        group("team-${each}", "A", rest="foreach: [a, b]\nprotect: ${each}\n"),
        document("global-session-policy", "p-${each.n}", "name: P\npriority: ${each.n}\ngroups_included: ${each.g}")
        + "foreach: [{n: 1, g: [a]}]\n",
        document("oidc-app", "a", "label: L\ntype: ${type}\nrefresh_token_leeway: ${leeway}\nredirect_uris: ${uris}"),
        document(
            "password-policy", "p", "name: P\npriority: 1\ngroups_included: [a]\nrules: [{name: R, previously: Q}]"
        ),
    ],
)
def test_schemas_accept_valid_definitions(text):
    (value,) = documents(text)
    assert [error.message for error in DOCUMENT.iter_errors(value)] == []


def test_an_environment_needs_a_tenant():
    (value,) = documents(ENVIRONMENT)
    assert ENVIRONMENTS.is_valid(value)
    del value["tenant"]["credentials"]
    assert not ENVIRONMENTS.is_valid(value)


def test_editors_find_a_description_for_every_field():
    schema = document_schema()
    assert all("description" in field for field in schema["properties"].values())
    for kind in kinds():
        for name, field in schema["$defs"][kind.fields.__name__]["properties"].items():
            assert field.get("description"), f"{kind.name}.{name}"
