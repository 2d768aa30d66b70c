"""`reconciler doctor`: the checks of the machine, the definitions and the tenant."""

from __future__ import annotations

import json

import pytest

from okta_sandbox import process
from reconciler.cli import doctor
from reconciler.engine import toolchain
from reconciler.engine.local_state import without_credentials
from tests.definitions.folder import document, group

BOOKMARK = document("bookmark-app", "wiki", "label: Wiki\nurl: https://wiki.example.com")
SENTENCE = "is a tenant of Okta's Classic Engine; only tenants of Identity Engine are supported"


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """The folder around the definitions is a Pulumi project, and its state is kept there."""
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "Pulumi.yaml").write_text("name: okta\nruntime: python\n")
    return tmp_path / "Pulumi.yaml"


@pytest.mark.parametrize(("pipeline", "refused"), [("v1", True), ("idx", False)])
def test_a_classic_tenant_is_refused_with_one_sentence(
    pipeline, refused, folder, invoke, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OKTA_API_TOKEN", "secret")
    with process.start(token="secret", pipeline=pipeline) as tenant:
        folder.write(
            f"tenant:\n  url: {tenant.url}\n  credentials: {{token: env:OKTA_API_TOKEN}}\n", "environments/staging.yaml"
        )
        folder.write(group("people") + BOOKMARK)
        result = invoke("doctor")

    assert "answers and accepts the credentials" in result.output
    assert (SENTENCE in result.output) is refused
    assert result.exit_code == int(refused)


def missing(result):
    """The missing items, with the next action."""
    assert result.exit_code == 1
    found = [check for check in json.loads(result.stdout) if check["status"] == "missing"]
    assert all(check["hint"] for check in found)
    return [check["what"] for check in found]


def test_a_folder_without_environments_fails(folder, invoke):
    (folder.path / "environments" / "staging.yaml").unlink()
    assert missing(invoke("doctor", "--format", "json")) == [
        f"no environment is defined in {folder.path / 'environments'}"
    ]


def test_a_folder_without_a_project_fails(folder, invoke, project, monkeypatch):
    monkeypatch.setenv("OKTA_API_TOKEN", "secret")
    project.unlink()
    assert f"no Pulumi.yaml in {folder.path} or its parents" in missing(invoke("doctor", "--format", "json"))


def test_definitions_with_problems_fail(folder, invoke):
    folder.write("kind: grup\n")
    assert missing(invoke("doctor", "--format", "json")) == ["staging: the definitions have 5 problems"]


def test_the_state_of_a_real_tenant_needs_a_location_and_a_passphrase(folder, invoke, monkeypatch):
    monkeypatch.setattr(doctor, "tenant", lambda *_: ())
    folder.write("tenant: {url: https://acme.okta.com, credentials: {token: env:T}}\n", "environments/staging.yaml")
    (what,) = missing(invoke("doctor", "--format", "json"))
    assert what.startswith("staging: PULUMI_BACKEND_URL is not set: ")
    monkeypatch.setenv("PULUMI_BACKEND_URL", folder.path.parent.as_uri())
    (what,) = missing(invoke("doctor", "--format", "json"))
    assert what.startswith(f"staging: the state is in {folder.path.parent}; it cannot be opened: ")
    assert "needs a passphrase" in what


def test_without_the_engine_the_state_cannot_be_opened(invoke, monkeypatch):
    monkeypatch.setattr(doctor, "tenant", lambda *_: ())
    monkeypatch.setattr(toolchain, "find", lambda: None)
    assert any("Pulumi is needed to open it" in what for what in missing(invoke("doctor", "--format", "json")))


@pytest.mark.parametrize(
    ("backend", "shown"),
    [
        ("file:///srv/state", "/srv/state"),
        ("s3://AKIA:hunter2@states/okta?region=eu-west-1&secret=hunter2", "s3://states/okta"),
        ("https://user:hunter2@api.pulumi.com/acme", "https://api.pulumi.com/acme"),
        ("azblob://states?storage_account=x", "azblob://states"),
        ("https://[hunter2", "(not an address)"),
    ],
)
def test_no_credentials_are_shown(backend, shown):
    assert without_credentials(backend) == shown
