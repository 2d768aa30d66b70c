"""What an environment may use: hosts, credentials and secrets."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from reconciler.cli.loading import know_referred, loaded
from reconciler.cli.settings import Settings
from reconciler.definitions import DefinitionsError, load
from reconciler.definitions.copying import copied
from tests.definitions.folder import Folder, document, group

FILE = "environments/staging.yaml"
OPENED: list[str] = []
sys.addaudithook(lambda event, args: OPENED.append(str(args[0])) if event == "open" else None)


def app(reference: str, owner: str = "identity") -> str:
    """An app whose secret is in line 10."""
    spec = f"label: Console\ntype: web\nredirect_uris: [https://a.example/cb]\nclient_secret: {reference}"
    return document("oidc-app", "console", spec).replace("owner: identity", f"owner: {owner}")


def tenant(url: str = "https://acme.okta.com", credentials: str = "token: env:ACME_TOKEN") -> str:
    return f"tenant:\n  url: {url}\n  credentials: {{{credentials}}}\n"


def refused(folder: Folder, reference: str) -> list[str]:
    folder.write(app(reference))
    return folder.problems()


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.okta.com",
        "https://acme.oktapreview.com",
        "https://acme.okta-emea.com",
        "https://acme.okta-gov.com",
        "https://acme.okta.mil",
        "https://127.0.0.1:8443",
        "http://localhost:7701",
        "http://[::1]:7701",
    ],
)
def test_without_pins_a_tenant_of_okta_or_on_this_machine_is_allowed(folder, url):
    folder.write(tenant(url), FILE)
    assert folder.load().environment.url == url


@pytest.mark.parametrize(
    "host",
    ["evil.example", "okta.com", "okta.com.evil.example", "acme.okta.com.evil.example", "evilokta.com", "203.0.113.7"],
)
def test_without_pins_another_host_is_refused(folder, host):
    folder.write(tenant(f"https://{host}"), FILE)
    (problem,) = folder.problems()
    assert problem.startswith(f"{FILE}:2:8: tenant.url: {host} is not in one of Okta's domains | for a custom domain")


def test_only_pinned_hosts_are_allowed(folder):
    folder.write("environments: {staging: {hosts: [login.acme.example]}}\n", "pins.yaml")
    folder.write(tenant("https://login.acme.example"), FILE)
    assert folder.load().environment.url == "https://login.acme.example"

    for other in ("https://acme.okta.com", "http://127.0.0.1:7701", "https://a.login.acme.example"):
        folder.write(tenant(other), FILE)
        (problem,) = folder.problems()
        assert problem.endswith("| allowed: login.acme.example")


def test_pins_of_the_base_branch_apply_to_a_pull_request(folder, tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    (base / "pins.yaml").write_text("environments: {staging: {hosts: [acme.okta.com]}}\n")
    folder.write("environments: {staging: {hosts: [evil.example]}}\n", "pins.yaml")
    folder.write(tenant("https://evil.example"), FILE)

    assert load(folder.path, "staging").environment.url == "https://evil.example"
    with pytest.raises(DefinitionsError, match=r"evil\.example is not among the hosts in .*base/pins\.yaml"):
        load(folder.path, "staging", base)


def test_an_environment_without_an_entry_is_refused(folder):
    folder.write("environments: {production: {}}\n", "pins.yaml")
    (problem,) = folder.problems()
    assert problem.startswith(f"{FILE}:2:8: ") and "pins.yaml does not list the environment staging" in problem
    folder.write("environments: {production: {}, '*': {}}\n", "pins.yaml")
    assert folder.load().environment.name == "staging"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "1:1: pins.yaml must be one mapping with environments, not a list"),
        (
            "environments: {staging: {hosts: ['*.okta.com']}}",
            "1:34: environments.staging.hosts[0]: *.okta.com: must be one",
        ),
        (
            "environments: {staging: {hosts: ['https://a']}}",
            "1:34: environments.staging.hosts[0]: https://a has an invalid",
        ),
        ("environments: {staging: {secrets: [{allow: '*'}]}}", "1:44: environments.staging.secrets[0].allow"),
        ("environments: {staging: {host: []}}", "1:26: environments.staging has no field host | known: environments"),
    ],
)
def test_invalid_pins(folder, text, problem):
    folder.write(f"{text}\n", "pins.yaml")
    assert any(found.startswith(f"pins.yaml:{problem}") for found in folder.problems()), folder.problems()


@pytest.mark.parametrize("reference", ["env:OKTA_API_TOKEN", "env:ACME_TOKEN"])
def test_credentials_of_any_environment_are_no_secrets_of_apps(folder, reference):
    folder.write(tenant(), "environments/production.yaml")
    (problem,) = refused(folder, reference)
    assert problem.startswith("a.yaml:10:18: client_secret: ")


def test_credentials_in_a_file_are_no_secrets_of_apps_however_the_path_is_written(folder):
    (folder.path / "keys").mkdir()
    (folder.path / "keys" / "key.pem").write_text("a key")
    (folder.path / "keys" / "link").symlink_to("key.pem")
    folder.write(tenant(credentials="token: 'file:../keys/key.pem'"), FILE)
    for spelling in ("keys/key.pem", "./keys/../keys/key.pem", f"{folder.path}/keys/key.pem", "keys/link"):
        (problem,) = refused(folder, f"file:{spelling}")
        assert problem.startswith("a.yaml:10:18: ") and "holds credentials" in problem


def test_a_pull_request_cannot_rename_the_credentials_and_then_use_them(folder, tmp_path):
    """The base branch's environments and patterns count too."""
    base = tmp_path / "base"
    (base / "environments").mkdir(parents=True)
    (base / "environments" / "staging.yaml").write_text(tenant(credentials="token: env:REAL_TOKEN"))
    folder.write(tenant(credentials="token: env:ANOTHER"), FILE)
    folder.write(app("env:REAL_TOKEN"))
    with pytest.raises(DefinitionsError, match="env:REAL_TOKEN holds credentials"):
        load(folder.path, "staging", base)

    (base / "environments" / "staging.yaml").unlink()
    (base / "pins.yaml").write_text("environments: {production: {credentials: ['env:REAL_*']}, staging: {}}\n")
    with pytest.raises(DefinitionsError, match="env:REAL_TOKEN holds credentials"):
        load(folder.path, "staging", base)


@pytest.mark.parametrize(
    "name",
    ["PULUMI_CONFIG_PASSPHRASE", "OKTA_API_PRIVATE_KEY", "RECONCILER_HISTORY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY",
     "ACTIONS_RUNTIME_TOKEN", "GH_TOKEN", "HTTPS_PROXY", "OKTA_CREDENTIAL"],
)  # fmt: skip
def test_variables_of_tools_are_no_secrets_of_apps(folder, name):
    (problem,) = refused(folder, f"env:{name}")
    assert problem.startswith(f"a.yaml:10:18: client_secret: env:{name} is a variable of another tool")


def test_variables_of_tools_are_no_credentials(folder):
    folder.write(tenant(credentials="token: env:PULUMI_CONFIG_PASSPHRASE"), FILE)
    (problem,) = folder.problems()
    assert problem.startswith(f"{FILE}:3:24: tenant.credentials.token: env:PULUMI_CONFIG_PASSPHRASE is a variable")


def test_a_variable_of_the_definitions_does_not_hide_a_reference(folder):
    folder.environment("variables: {name: GITHUB_TOKEN}\n")
    (problem,) = refused(folder, "env:${name}")
    assert "env:GITHUB_TOKEN is a variable of another tool" in problem


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("file:/proc/self/environ", "is a file of the system"),
        ("file:../../../../../../../../../../../proc/1/environ", "is a file of the system"),
        ("file:/dev/fd/3", "is a file of the system"),
        ("file:/etc/passwd", "is /etc/passwd, which is not below "),
        ("file:../outside", "which is not below "),
        ("file:link", "which is not below "),
        ("file:loop", "is a file of the system"),
        ("file:pipe", "is not a regular file"),
        ("file:folder", "is not a regular file"),
    ],
)
def test_files_outside_the_definitions_are_refused_and_not_opened(folder, tmp_path, reference, reason, monkeypatch):
    (tmp_path / "outside").write_text("another secret")
    (folder.path / "link").symlink_to("../outside")
    (folder.path / "loop").symlink_to("loop")
    (folder.path / "folder").mkdir()
    os.mkfifo(folder.path / "pipe")
    monkeypatch.setattr("reconciler.definitions.loader.outward_links", lambda directory: ())
    folder.write(app(reference))
    folder.write(tenant(credentials=f"token: '{reference}'"), "environments/production.yaml")
    OPENED.clear()

    settings = Settings(folder.path, policy=folder.path)
    with pytest.raises(DefinitionsError, match="client_secret: file:.*" + reason):
        loaded(settings, "staging")
    know_referred(settings)

    outside = {Path(name).name for name in OPENED} & {
        "environ",
        "3",
        "passwd",
        "outside",
        "link",
        "loop",
        "pipe",
        "folder",
    }
    assert outside == set()


def test_a_file_below_the_named_folder_is_allowed(folder, tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    pins = "environments: {staging: {files: ../secrets, secrets: [{allow: 'file:payments/*', owner: payments}]}}\n"
    folder.write(pins, "pins.yaml")
    folder.write(app(f"file:{secrets}/payments/console"))
    environment = folder.load().environment
    assert environment.pins.owner_of("file:../secrets/payments/console", folder.path) == "payments"
    (problem,) = refused(folder, f"file:{secrets}/other")
    assert "is not among the secrets in " in problem and problem.endswith("| allowed: file:payments/*")
    (problem,) = refused(folder, "file:payments/console")
    assert "which is not below ../secrets" in problem


def test_only_pinned_secrets_and_credentials_are_allowed(folder):
    folder.write(
        "environments: {staging: {credentials: ['env:ACME_*'], secrets: [{allow: 'env:APP_*'}]}}\n", "pins.yaml"
    )
    (problem,) = folder.problems()
    assert problem.endswith("| allowed: env:ACME_*")
    folder.write(tenant(), FILE)
    folder.write(app("env:APP_SECRET"))
    assert folder.load().environment.pins.owner_of("env:APP_SECRET", folder.path) == ""
    (problem,) = refused(folder, "env:OTHER")
    assert problem == (
        "a.yaml:10:18: client_secret: env:OTHER is not among the secrets in pins.yaml | allowed: env:APP_*"
    )
    (problem,) = refused(folder, "env:ACME_OTHER")
    assert "holds credentials" in problem


def test_a_file_with_pins_has_no_documents(folder):
    folder.write("environments: {staging: {}}\n", "pins.yml")
    folder.write(group("people"))
    assert len(folder.load().declarations) == 1


def test_a_copy_of_the_definitions_may_use_the_files_of_the_original(folder, tmp_path):
    """Commands that edit definitions load a copy first, in which absolute paths lead to the original."""
    for pins, secret in (("{}", folder.path / "console"), ("{files: ../secrets}", tmp_path / "secrets" / "console")):
        folder.write(f"environments: {{staging: {pins}}}\n", "pins.yaml")
        folder.write(app(f"file:{secret}"))
        with copied(folder.path) as copy:
            assert load(copy, "staging", folder.path).declarations
            with pytest.raises(DefinitionsError, match="which is not below"):
                load(copy, "staging")


def promoted(folder: Folder, promotion: str) -> None:
    folder.write(tenant("https://acme-preview.oktapreview.com"), "environments/preview.yaml")
    folder.write(tenant() + promotion, FILE)


@pytest.mark.parametrize(
    "url",
    [
        "s3://acme-okta-state/staging",
        "gs://acme-okta-state",
        "azblob://states",
        "file:///srv/okta-state",
        "https://api.pulumi.com",
    ],
)
def test_without_pins_plain_backends_are_allowed(folder, url):
    promoted(folder, f"promotion: {{after: preview, backend: '{url}'}}\n")
    assert folder.load().environment.promotion


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://api.pulumi.com@evil.example",
        "https://api.pulumi.com.evil.example",
        "http://api.pulumi.com",
        "s3://states?endpoint=evil.example",
        "s3://user:password@states",
        "postgres://evil.example/states",
    ],
)
def test_without_pins_no_other_backend_gets_credentials(folder, url):
    promoted(folder, f"promotion: {{after: preview, backend: '{url}'}}\n")
    (problem,) = folder.problems()
    assert problem.startswith(f"{FILE}:4:38: promotion.backend: it is neither Pulumi Cloud, nor a folder or a bucket")


def test_only_pinned_backends_are_allowed(folder, tmp_path):
    url = "s3://states?endpoint=minio.acme.example"
    (tmp_path / "pins.yaml").write_text(f"environments: {{'*': {{backends: ['{url}']}}}}\n")
    promoted(folder, f"promotion: {{after: preview, backend: '{url}'}}\n")
    assert load(folder.path, "staging", tmp_path).environment.promotion
    promoted(folder, "promotion: {after: preview, backend: 's3://others'}\n")
    with pytest.raises(DefinitionsError, match=r"promotion\.backend: it is not among the backends in .*/pins\.yaml"):
        load(folder.path, "staging", tmp_path)


@pytest.mark.parametrize("promotion", ["", "promotion: {after: other}\n"])
def test_pinned_promotion_cannot_be_dropped(folder, promotion):
    folder.write(tenant("https://acme-other.oktapreview.com"), "environments/other.yaml")
    folder.write("environments: {staging: {after: preview}, '*': {}}\n", "pins.yaml")
    promoted(folder, promotion)
    (problem,) = folder.problems()
    assert "promotion.after: must be preview, as " in problem
    promoted(folder, "promotion: {after: preview}\n")
    assert folder.load().environment.promotion
