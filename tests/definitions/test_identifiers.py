"""Identifiers of the service app: stated, or in a variable, so that two jobs can sign in as different apps."""

from __future__ import annotations

import pytest

from reconciler.definitions.identifiers import IdentifierMissing, client_id, private_key_id
from reconciler.known_secrets import KnownSecrets

FILE = "environments/staging.yaml"
PLACE = "tenant:\n  url: https://acme.okta.com\n  credentials:\n"


def stated(folder, client="env:OKTA_APP_ID", key="env:OKTA_KEY_ID"):
    text = f"    client_id: {client}\n    private_key: env:OKTA_KEY\n    private_key_id: {key}\n"
    folder.write(PLACE + text, FILE)
    return folder.load().environment


def test_a_variable_decides_which_app_signs_in(folder):
    environment = stated(folder)
    for app in ("0oaRead", "0oaUp"):
        given = {"OKTA_APP_ID": app, "OKTA_KEY_ID": f"{app}-key"}
        assert (client_id(environment, given), private_key_id(environment, given)) == (app, f"{app}-key")


def test_an_identifier_that_is_stated_needs_no_variable(folder):
    environment = stated(folder, "0oa1", "key:1")
    assert (client_id(environment, {}), private_key_id(environment, {})) == ("0oa1", "key:1")


@pytest.mark.parametrize(("given", "problem"), [({}, "not set"), ({"OKTA_APP_ID": " "}, "empty")])
def test_a_variable_without_a_value_is_an_error_with_its_place(folder, given, problem):
    with pytest.raises(IdentifierMissing, match=rf"{FILE}:4:16: the environment variable OKTA_APP_ID is {problem}"):
        client_id(stated(folder), given)


@pytest.mark.parametrize(
    "value", ["file:app.txt", "'env:'", "env:9", "env:A-B", "env:OKTA_CREDENTIAL", "env:PAYMENTS_SECRET", "env:_IDS"]
)
def test_other_references_are_refused(folder, value):
    folder.write(f"{PLACE}    client_id: {value}\n    private_key: env:K\n    private_key_id: k\n", FILE)
    (problem,) = folder.problems()
    assert problem.startswith(f"{FILE}:4:16: tenant.credentials.client_id")
    assert "env:NAME" in problem


def test_patterns_of_credentials_apply(folder):
    folder.write("environments: {staging: {credentials: ['env:OKTA_STAGING_*', 'env:OKTA_KEY']}}\n", "pins.yaml")
    folder.write(f"{PLACE}    client_id: env:OTHER_ID\n    private_key: env:OKTA_KEY\n    private_key_id: k\n", FILE)
    (problem,) = folder.problems()
    assert problem.startswith(f"{FILE}:4:16: tenant.credentials.client_id: env:OTHER_ID is not among the credentials")
    assert client_id(stated(folder, "env:OKTA_STAGING_APP_ID", "k"), {"OKTA_STAGING_APP_ID": "0oa1"}) == "0oa1"


def test_they_are_no_secrets(folder):
    environment = stated(folder)
    assert {reference for reference, _ in environment.secrets} == {"env:OKTA_KEY"}
    assert KnownSecrets().redact("0oaRead") == "0oaRead"
