"""What an environment may use of stores, and attempts to use more. Loading definitions never contacts a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.definitions import DefinitionsError, load
from tests.definitions.folder import Folder, document

FILE = "environments/staging.yaml"
REFERENCES = [
    "vault:secret/console#key",
    "aws-sm:console",
    "aws-ssm:console",
    "azure-kv:acme/console",
    "gcp-sm:acme-payments/console",
    "op://payments/console/password",
    "esc:acme/okta/production#console",
    "exec:console",
]
COMMANDS = "commands: {console: {run: [store, get, console]}}"


def app(reference: str) -> str:
    """An app whose secret is in line 10."""
    spec = f"label: Console\ntype: web\nredirect_uris: [https://a.example/cb]\nclient_secret: '{reference}'"
    return document("oidc-app", "console", spec)


def tenant(token: str = "env:ACME_TOKEN") -> str:
    return f"tenant:\n  url: https://acme.okta.com\n  credentials: {{token: '{token}'}}\n"


def pins(folder: Folder, staging: str, others: str = "") -> None:
    folder.write(f"environments: {{staging: {{{staging}}}{others}}}\n", "pins.yaml")


def problem(folder: Folder, reference: str) -> str:
    folder.write(app(reference))
    (found,) = folder.problems()
    assert found.startswith("a.yaml:10:18: client_secret: "), found
    return found.removeprefix("a.yaml:10:18: client_secret: ")


@pytest.mark.parametrize("reference", REFERENCES)
def test_without_an_entry_in_the_pins_a_store_is_refused(folder: Folder, reference: str):
    assert "is in a store, and pins.yaml lists no secrets for this environment | list it in" in problem(
        folder, reference
    )
    pins(folder, "")
    assert "is in a store, and pins.yaml lists no secrets for this environment | list it in" in problem(
        folder, reference
    )


@pytest.mark.parametrize("reference", REFERENCES)
def test_without_an_entry_in_the_pins_a_store_has_no_credentials(folder: Folder, reference: str):
    for text in ("", "secrets: [{allow: '*:x'}]".replace("*:x", "env:X")):
        pins(folder, text)
        folder.write(tenant(reference), FILE)
        (found,) = folder.problems()
        assert found.startswith(
            f"{FILE}:3:24: tenant.credentials.token: {reference} is in a store, and pins.yaml lists"
        )


@pytest.mark.parametrize("reference", REFERENCES)
def test_what_the_pins_list_is_allowed_and_nothing_else(folder: Folder, reference: str):
    pins(folder, f"{COMMANDS}, secrets: [{{allow: '{reference}', owner: identity}}]")
    folder.write(app(reference))
    assert folder.load().environment.pins.owner_of(reference, folder.path) == "identity"
    other = "env:OTHER" if reference == REFERENCES[0] else REFERENCES[0]
    assert f"is not among the secrets in pins.yaml | allowed: {reference}" in problem(folder, other)


@pytest.mark.parametrize("reference", REFERENCES)
def test_credentials_in_a_store_are_no_secrets_of_apps(folder: Folder, reference: str):
    allowed = ", ".join(f"{{allow: '{one.partition(':')[0]}:*'}}" for one in REFERENCES)
    pins(folder, f"{COMMANDS}, credentials: ['{reference}'], secrets: [{allowed}]")
    folder.write(tenant(reference), FILE)
    assert "holds credentials, not the secret of an app" in problem(folder, reference)


@pytest.mark.parametrize(
    ("credential", "reference"),
    [
        ("vault:okta/production#token", "vault:okta/production#other"),
        ("vault:okta/production#token", "vault:okta/PRODUCTION#token"),
        ("aws-sm:okta/production#token", "aws-sm:okta/production"),
        ("aws-sm:okta/production", "aws-sm:okta/production#token"),
        ("azure-kv:acme/okta-production", "azure-kv:Acme/Okta-Production"),
        ("gcp-sm:acme-payments/okta-production", "gcp-sm:acme-payments/okta-production/1"),
        ("gcp-sm:acme-payments/okta-production/7", "gcp-sm:acme-payments/okta-production"),
        ("op://Okta/Production/token", "op://okta/production/section/token"),
        ("esc:acme/okta/production#okta.token", "esc:acme/okta/production#okta"),
    ],
)
def test_credentials_of_another_environment_under_another_name(folder: Folder, credential: str, reference: str):
    """The whole entry is reserved: other keys, versions, fields and letter case lead to the same credentials."""
    scheme = credential.partition(":")[0]
    pins(
        folder,
        f"secrets: [{{allow: '{scheme}:*'}}], credentials: ['env:*']",
        f", production: {{credentials: ['{credential}']}}",
    )
    folder.write(tenant(credential), "environments/production.yaml")
    assert "holds credentials, not the secret of an app" in problem(folder, reference)


@pytest.mark.parametrize(
    "reference",
    [
        "vault:payments/staging/../production#key",
        "vault:payments/staging//../production#key",
        "vault:payments/staging/%2e%2e/production#key",
        "vault:payments/./production#key",
        "vault:payments/staging/x/..#key",
        "aws-ssm:/payments/staging/../production/console",
        "aws-sm:payments/staging/../production",
        "op://Payments/../Okta/token",
        "exec:../staging",
    ],
)
def test_a_path_does_not_lead_out_of_a_pattern(folder: Folder, reference: str):
    allowed = "vault:payments/staging*", "aws-ssm:/payments/staging/*", "aws-sm:payments/staging*", "op://Payments/*"
    pins(folder, "secrets: [" + ", ".join(f"{{allow: '{one}'}}" for one in allowed) + "]")
    assert problem(folder, reference).startswith("must be ")


@pytest.mark.parametrize(
    "reference",
    ["vault:payments/production/console#key", "vault:Payments/staging/console#key", "aws-sm:payments/production"],
)
def test_a_definition_of_staging_does_not_use_secrets_of_production(folder: Folder, reference: str):
    """Neither by its name, nor with a variable of the environment in it."""
    both = "secrets: [{{allow: 'vault:payments/{0}/*'}}, {{allow: 'aws-sm:payments/{0}/*'}}]"
    pins(folder, both.format("staging"), f", production: {{{both.format('production')}}}")
    folder.write(tenant(), "environments/production.yaml")
    assert "is not among the secrets in pins.yaml" in problem(folder, reference)

    folder.write(tenant() + "variables: {stage: production}\n", FILE)
    assert "is not among the secrets in pins.yaml" in problem(folder, "vault:payments/${stage}/console#key")
    folder.write(tenant() + "variables: {stage: staging/../production}\n", FILE)
    assert problem(folder, "vault:payments/${stage}/console#key").startswith("must be vault:MOUNT/PATH#KEY")


def test_a_pull_request_allows_itself_no_store(folder: Folder, tmp_path: Path):
    """Neither a reference, nor the command that it runs."""
    base = tmp_path / "base"
    base.mkdir()
    (base / "pins.yaml").write_text("environments: {staging: {secrets: [{allow: 'exec:*'}]}}\n")
    pins(folder, "commands: {x: {run: [sh, -c, id]}}, secrets: [{allow: 'vault:*'}, {allow: 'exec:*'}]")
    folder.write(app("vault:payments/console#key"))
    assert load(folder.path, "staging").declarations
    with pytest.raises(DefinitionsError, match=r"vault:payments/console#key is not among the secrets in .*base/pins"):
        load(folder.path, "staging", base)
    folder.write(app("exec:x"))
    with pytest.raises(DefinitionsError, match=r"exec:x names no command in .*base/pins\.yaml"):
        load(folder.path, "staging", base)


def test_a_command_is_one_of_the_environment(folder: Folder):
    pins(
        folder,
        f"{COMMANDS}, secrets: [{{allow: 'exec:*'}}]",
        ", production: {commands: {other: {run: [store, get, other]}}}",
    )
    folder.write(app("exec:console"))
    command = folder.load().environment.pins.commands["console"]
    assert (command.line, command.variables) == (("store", "get", "console"), ())
    assert problem(folder, "exec:other").endswith(
        "exec:other names no command in pins.yaml | commands of this environment: console"
    )


def test_a_command_states_how_its_secret_is_written(folder: Folder):
    both = "{run: [store, get], write: [store, put], variables: [STORE_TOKEN]}"
    pins(folder, f"commands: {{console: {both}, mailer: {{run: [store]}}}}, secrets: [{{allow: 'exec:*'}}]")
    allowed = folder.load().environment.pins
    assert allowed.commands["console"].write == ("store", "put")
    assert allowed.write_refused("exec:console", folder.path) is None
    refusal = allowed.write_refused("exec:mailer", folder.path)
    assert refusal and refusal.reason == "pins.yaml has no `write` for the command mailer"


@pytest.mark.parametrize("reference", REFERENCES[:-1])
def test_secrets_are_written_where_the_pins_let_them_be_read(folder: Folder, reference: str):
    pins(folder, f"secrets: [{{allow: '{reference}'}}]")
    allowed = folder.load().environment.pins
    assert allowed.write_refused(reference, folder.path) is None
    refusal = allowed.write_refused(f"{reference}x", folder.path)
    assert refusal and refusal.reason == "pins.yaml does not allow it for this environment"


def test_without_pins_only_files_below_the_definitions_are_written(folder: Folder):
    allowed = folder.load().environment.pins
    assert allowed.write_refused("file:keys/console", folder.path) is None
    for reference in ("file:../console", "file:/proc/self/mem", "env:CONSOLE", *REFERENCES):
        assert allowed.write_refused(reference, folder.path), reference


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("{run: [./store, get]}", "must begin with the name of a program on the PATH, or with an absolute path"),
        ("{run: [bin/store]}", "must begin with the name of a program on the PATH, or with an absolute path"),
        ("{run: []}", "run"),
        ("{run: ['']}", "run"),
        ("{run: store get}", "run"),
        ("{run: [store], variables: ['A=B']}", "variables"),
        ("{run: [store], shell: true}", "has no field shell"),
        ("{run: [store], write: [./store, put]}", "must begin with the name of a program on the PATH"),
        ("{run: [store], write: []}", "write"),
        ("{write: [store, put]}", "needs run"),
        ("{}", "needs run"),
    ],
)
def test_invalid_commands(folder: Folder, command: str, message: str):
    pins(folder, f"commands: {{console: {command}}}")
    assert any(found.startswith("pins.yaml:1:") and message in found for found in folder.problems()), folder.problems()


@pytest.mark.parametrize(
    "pattern", ["vault:a//b#*", "vault:[a-z]*", "vault:a/../*", "VAULT:a", "*", "*:a", "va*:a", "vault:", "http:a"]
)
def test_patterns_that_match_no_reference_are_errors(folder: Folder, pattern: str):
    for text in (f"secrets: [{{allow: '{pattern}'}}]", f"credentials: ['{pattern}']"):
        pins(folder, text)
        assert any(found.startswith("pins.yaml:1:") for found in folder.problems())


@pytest.mark.parametrize("name", ["VAULT_TOKEN", "BAO_TOKEN", "OP_SERVICE_ACCOUNT_TOKEN", "AZURE_CLIENT_SECRET",
                                  "GOOGLE_APPLICATION_CREDENTIALS", "AWS_SESSION_TOKEN", "PULUMI_ACCESS_TOKEN",
                                  "OP_SESSION_acme"])  # fmt: skip
def test_what_signs_in_to_a_store_is_no_secret_of_an_app(folder: Folder, name: str):
    pins(folder, "secrets: [{allow: 'env:*'}]")
    assert f"env:{name} is a variable of another tool" in problem(folder, f"env:{name}")


def test_what_a_command_signs_in_with_is_no_secret_of_an_app(folder: Folder):
    pins(
        folder,
        "secrets: [{allow: 'env:*'}]",
        ", production: {commands: {console: {run: [store], variables: [STORE_TOKEN]}}}",
    )
    assert "env:STORE_TOKEN holds credentials" in problem(folder, "env:STORE_TOKEN")


@pytest.mark.parametrize("reference", REFERENCES)
def test_an_identifier_is_not_in_a_store(folder: Folder, reference: str):
    """Output shows identifiers."""
    credentials = f"client_id: '{reference}', private_key: env:A_KEY, private_key_id: key-1"
    folder.write(f"tenant:\n  url: https://acme.okta.com\n  credentials: {{{credentials}}}\n", FILE)
    assert any("must be an identifier, or env:NAME" in found for found in folder.problems())


@pytest.mark.parametrize("reference", ["vault:secret/console#key", "exec:console"])
def test_only_fields_for_secrets_take_references(folder: Folder, reference: str):
    """Elsewhere they are text, which is sent as it is and resolved nowhere."""
    pins(folder, f"{COMMANDS}, secrets: [{{allow: 'vault:*'}}, {{allow: 'exec:*'}}]")
    folder.write(document("group", "people", f"name: People\ndescription: '{reference}'"))
    (declaration,) = folder.load().declarations.values()
    assert declaration.spec["description"] == reference


def test_settings_of_a_store_are_no_part_of_a_definition(folder: Folder):
    folder.write(tenant() + "vault: {address: https://evil.example}\n", FILE)
    assert any("has no field vault" in found for found in folder.problems())
