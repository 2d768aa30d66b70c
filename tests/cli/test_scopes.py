"""`reconciler scopes`: what it prints, and that its definitions are valid."""

from __future__ import annotations

import json

import pytest

from reconciler.cli import MISUSE, run
from reconciler.definitions import Address
from tests.definitions.folder import document, group

APP = document("bookmark-app", "wiki", "label: Wiki\nurl: https://wiki.example.com")


def test_the_text_has_a_line_for_each_scope(invoke, folder):
    folder.write(group("people"))
    lines = invoke("scopes", "up", "staging").output.splitlines()
    assert lines[:4] == [
        "Scopes that `reconciler up staging` needs, each with its admin role",
        "  okta.groups.manage  okta.groups.manage  group",
        "  okta.groups.read    okta.groups.read    group",
        "  okta.roles.read     okta.iam.read       group",
    ]
    assert "  okta.apiTokens.read                okta.users.apitokens.read              api-token" in lines
    assert "  A custom role with okta.groups.manage, okta.groups.read for a resource set with /api/v1/groups." in lines
    assert any("definitions" in line and "cannot state" in line for line in lines)


def test_a_role_that_okta_does_not_document_is_marked(invoke):
    text = invoke("scopes", "drift").output
    assert "  okta.networkZones.read             READ_ONLY_ADMIN (assumed)" in text
    assert "  okta.captchas.read                 READ_ONLY_ADMIN   " in text
    assert "Assumed: Okta does not document the role." in text


def test_without_an_environment_all_kinds_are_in_use(invoke, folder):
    folder.write(group("people"))
    found = json.loads(invoke("scopes", "preview", "--format", "json").output)
    of_staging = json.loads(invoke("scopes", "preview", "staging", "--format", "json").output)
    assert (found["environment"], found["kinds"]) == (None, None)
    assert of_staging["kinds"] == ["group"]
    assert [one["scope"] for one in of_staging["needed"]] == ["okta.groups.read", "okta.roles.read"]
    assert len(found["needed"]) > 20 and found["admin_role"]["standard"] == "READ_ONLY_ADMIN"


@pytest.mark.parametrize("command", ["preview", "up", "drift", "doctor"])
def test_the_definitions_are_valid(invoke, folder, command: str):
    folder.write(group("people") + APP)
    text = invoke("scopes", command, "staging", "--format", "definition").output
    assert all(len(line) <= 120 for line in text.splitlines())
    folder.write(text, "role.yaml")
    desired = folder.load()
    role = desired.declarations.get(Address("custom-admin-role", f"reconciler-{command}"))
    if command == "drift":
        assert role is None and "# The standard role READ_ONLY_ADMIN: Okta has no permission for " in text
        assert "# There is no custom admin role to declare." in text
    else:
        assert role and "okta.groups.read" in role.spec["permissions"]
        assert "/api/v1/groups" in desired.declarations[Address("resource-set", role.address.name)].spec["resources"]


def test_the_comment_about_members_is_a_valid_definition(invoke, folder):
    text = invoke("scopes", "doctor", "--format", "definition").output
    head, _, binding = text.partition("  # bindings:\n")
    uncommented = "  bindings:\n" + "".join(line.replace("#", " ", 1) for line in binding.splitlines(keepends=True))
    folder.write(head + uncommented.replace("NAME", "reconciler"), "role.yaml")
    spec = """\
        label: Reconciler
        type: service
        token_endpoint_auth_method: private_key_jwt
        grant_types: [client_credentials]
        jwks: [{kid: one, kty: RSA, e: AQAB, n: abcd}]"""
    folder.write(document("oidc-app", "reconciler", spec))
    binding_of = folder.load().declarations[Address("admin-role-binding", "reconciler-doctor/reconciler-doctor")]
    assert binding_of.spec["members"] == ["oidc-app reconciler"]


def test_commands_that_send_no_request_have_no_scopes(folder, capsys):
    assert run(["--definitions", str(folder.path), "scopes", "validate"]) == MISUSE
    assert "'validate' is not one of 'preview', 'up', 'drift'" in capsys.readouterr().err
