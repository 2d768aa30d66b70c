"""`reconciler environments`."""

import json

import pytest

from reconciler.definitions import DefinitionsError
from tests.definitions.folder import document

FILE = "tenant: {{url: https://{0}.okta.com, credentials: {{{1}}}}}\n"


def test_the_environments_are_the_files_of_the_definitions(folder, invoke):
    folder.environment(name="production")
    assert invoke("environments").output == "production\nstaging\n"


@pytest.mark.parametrize(
    ("credentials", "variable"),
    [
        ("token: env:OKTA_QA_TOKEN", "OKTA_QA_TOKEN"),
        ("client_id: 0oa1, private_key: env:OKTA_QA_KEY, private_key_id: k1", "OKTA_QA_KEY"),
        ("token: file:token.txt", None),
    ],
)
def test_json_names_the_variable_of_the_credentials(folder, invoke, credentials, variable):
    folder.write(FILE.format("qa", credentials), "environments/qa.yaml")
    (found,) = (each for each in json.loads(invoke("environments", "--format", "json").output) if each["name"] == "qa")
    assert found == {
        "name": "qa",
        "url": "https://qa.okta.com",
        "credential": variable,
        "client_id": None,
        "private_key_id": None,
        "approval": True,
        "after": None,
    }


def test_json_names_the_variables_of_identifiers(folder, invoke):
    credentials = "client_id: env:OKTA_QA_APP_ID, private_key: env:OKTA_QA_KEY, private_key_id: env:OKTA_QA_KEY_ID"
    folder.write(FILE.format("qa", credentials), "environments/qa.yaml")
    (found,) = (each for each in json.loads(invoke("environments", "--format", "json").output) if each["name"] == "qa")
    assert (found["client_id"], found["private_key_id"]) == ("OKTA_QA_APP_ID", "OKTA_QA_KEY_ID")


APP = "label: Console\ntype: web\nredirect_uris: [https://a.example/cb]\nclient_secret: env:CONSOLE\n"


def test_json_names_the_secrets_that_up_needs(folder, invoke):
    folder.write(document("oidc-app", "console", APP), "apps.yaml")
    (found,) = json.loads(invoke("environments", "--format", "json", "--secrets").output)
    (secret,) = found["secrets"]
    assert secret == {
        "variable": "CONSOLE",
        "object": "oidc-app console",
        "file": str(folder.path / "apps.yaml"),
        "line": secret["line"],
    }
    assert "env:CONSOLE" in (folder.path / "apps.yaml").read_text().splitlines()[secret["line"] - 1]


def test_json_leaves_out_secrets_of_what_is_only_observed(folder, invoke):
    folder.write(document("oidc-app", "console", APP), "apps.yaml")
    folder.write(FILE.format("staging", "token: env:T") + "modes: {oidc-app: observe}\n", "environments/staging.yaml")
    (found,) = json.loads(invoke("environments", "--format", "json", "--secrets").output)
    assert found["secrets"] == []


def test_an_invalid_environment_is_an_error(folder, invoke):
    folder.write("nonsense: 1\n", "environments/qa.yaml")
    with pytest.raises(DefinitionsError):
        invoke("environments", "--format", "json")


def test_json_names_the_environment_that_comes_first(folder, invoke):
    folder.write(
        FILE.format("qa", "token: env:OKTA_QA_TOKEN") + "promotion: {after: staging}\n", "environments/qa.yaml"
    )
    found = json.loads(invoke("environments", "--format", "json").output)
    assert {each["name"]: each["after"] for each in found} == {"qa": "staging", "staging": None}


def test_json_says_what_the_policy_folder_pins(folder, invoke, tmp_path):
    folder.write("environments: {staging: {approval: true}}\n", "pins.yaml")
    policy = tmp_path / "policy"
    policy.mkdir()
    (policy / "pins.yaml").write_text("environments: {staging: {approval: false}}\n")
    (found,) = json.loads(invoke("--policy", str(policy), "environments", "--format", "json").output)
    assert found["approval"] is False
