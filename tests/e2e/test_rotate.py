"""Rotations against the local tenant: client secrets, declared key pairs, and the reconciler's own key."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from reconciler.cli import rotate as command
from reconciler.errors import FileNotWritten
from reconciler.okta.private_keys import SigningKey
from tests.e2e.documents import document
from tests.e2e.sign_in import ByServiceApp, service_app
from tests.e2e.test_audit import lines
from tests.e2e.test_killed import PATIENCE_SECONDS, until
from tests.e2e.workspace import ENVIRONMENT, Outcome, Workspace

pytestmark = pytest.mark.e2e

FIRST = "the-first-client-secret-of-console"
WEB = {"label": "Console", "type": "web", "redirect_uris": ["https://console.example.com/callback"]}


def console(reference: str | None = "file:kept/console", **spec: Any) -> dict[str, Any]:
    return document("oidc-app", "console", **WEB, **({"client_secret": reference} if reference else {}), **spec)


def put(workspace: Workspace, name: str, text: str) -> Path:
    path = workspace.definitions / "kept" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def kept(workspace: Workspace, name: str) -> str:
    return (workspace.definitions / "kept" / name).read_text()


def path_of(workspace: Workspace, label: str = "Console") -> str:
    (app,) = [one for one in workspace.tenant.read().objects["oidc-app"] if one.label == label]
    return app.path


def secrets(workspace: Workspace) -> list[tuple[str, str]]:
    found = workspace.tenant.request("GET", f"{path_of(workspace)}/credentials/secrets")
    return [(one["client_secret"], one["status"]) for one in found]


def keys(workspace: Workspace, label: str = "Console") -> dict[str, str]:
    found = workspace.tenant.request("GET", f"{path_of(workspace, label)}/credentials/jwks")
    return {one["kid"]: one["status"] for one in found}


@pytest.fixture
def days_later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock of the command: `days_later(8)`."""

    def move(days: int) -> None:
        monkeypatch.setattr(command, "current_time", lambda: datetime.now(UTC) + timedelta(days=days))

    return move


def a_second_later() -> None:
    """Okta's times have whole seconds: the next secret is newer than the last one."""
    time.sleep(1.1)


def rotate(workspace: Workspace, *words: str, code: int = 0) -> Outcome:
    return workspace.expect(code, "rotate", "--yes", *words)


@pytest.fixture
def with_secret(workspace: Workspace) -> Workspace:
    put(workspace, "console", FIRST)
    workspace.declare([console()])
    workspace.up()
    return workspace


def test_a_client_secret_from_the_first_run_to_the_last(with_secret: Workspace, days_later: Any):
    workspace = with_secret
    assert secrets(workspace) == [(FIRST, "ACTIVE")]

    begun = rotate(workspace, "console")
    assert "done: create a second client secret in Okta" in begun.out
    assert "done: write it to file:kept/console" in begun.out
    (_, first), (second, second_status) = secrets(workspace)
    assert (first, second_status) == ("ACTIVE", "ACTIVE"), "both are valid"
    assert kept(workspace, "console") == second
    assert second not in begun.out + begun.err

    waiting = rotate(workspace, "console")
    assert "stays valid until" in waiting.out
    assert len(secrets(workspace)) == 2

    assert "client_secret" in workspace.up().out, "the state gets the new secret"
    workspace.expect_settled()
    assert [one for one, _ in secrets(workspace)] == [FIRST, second], "`up` changes no secret"

    days_later(8)
    assert "The rotation is complete." in rotate(workspace, "console").out
    assert dict(secrets(workspace)) == {FIRST: "INACTIVE", second: "ACTIVE"}
    workspace.expect_settled()

    record = [one for one in lines(workspace) if one["command"] == "rotate"]
    assert [one["event"] for one in record] == ["begin", "end"] * 2, "the run that only waited is not recorded"
    assert {one["rotates"] for one in record} == {"oidc-app console"}
    assert record[1]["steps"] == ["create a second client secret in Okta", "write it to file:kept/console"]
    assert second not in json.dumps(record)

    days_later(200)
    rotate(workspace, "console")
    third = kept(workspace, "console")
    assert dict(secrets(workspace)) == {second: "ACTIVE", third: "ACTIVE"}, "the inactive one was deleted"


def test_a_rotation_is_no_drift_and_other_changes_of_secrets_are(workspace: Workspace, days_later: Any):
    """Drift detection watches the client secrets of service apps."""
    put(workspace, "console", FIRST)
    services = [
        document("oidc-app", name, label=name.title(), type="service", **secret)
        for name, secret in (("console", {"client_secret": "file:kept/console"}), ("other", {}))
    ]
    workspace.declare(services)
    workspace.up()
    rotate(workspace, "console")
    workspace.up()
    workspace.expect_settled()
    days_later(8)
    rotate(workspace, "console")
    workspace.expect_settled()
    workspace.tenant.request("POST", f"{path_of(workspace, 'Other')}/credentials/secrets", {})
    found = workspace.expect(2, "drift").out
    assert "high       client-secret-of-app Other" in found
    assert "Drift: 1 beyond" in found


def test_rotates_only_what_is_due(with_secret: Workspace, days_later: Any):
    workspace = with_secret
    young = rotate(workspace, "console", "--due", "90d")
    assert "is not due yet" in young.out
    assert secrets(workspace) == [(FIRST, "ACTIVE")]
    days_later(100)
    rotate(workspace, "console", "--due", "90d")
    assert len(secrets(workspace)) == 2


def test_asks_first_and_shows_the_steps(with_secret: Workspace):
    workspace = with_secret
    assert "pass --yes" in workspace.expect(64, "rotate", "console").err
    shown = workspace.expect(0, "rotate", "console", "--dry-run")
    assert "1. create a second client secret in Okta" in shown.out
    assert "2. write it to file:kept/console" in shown.out
    declined = workspace.expect(130, "rotate", "console", answer=lambda: "n")
    assert "Rotate the client secret of oidc-app console in test?" in declined.out + declined.err
    assert (secrets(workspace), kept(workspace, "console")) == ([(FIRST, "ACTIVE")], FIRST)


def test_a_full_disk_loses_nothing_and_the_next_run_continues(with_secret: Workspace, monkeypatch: pytest.MonkeyPatch):
    workspace = with_secret
    a_second_later()

    def full(path: Path, *_: Any, **__: Any) -> None:
        raise FileNotWritten(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    with monkeypatch.context() as patch:
        patch.setattr("reconciler.definitions.secrets.write", full)
        failed = rotate(workspace, "console", code=1)
    assert "done: create a second client secret in Okta" in failed.out
    assert "No space left on device" in failed.err
    assert kept(workspace, "console") == FIRST
    assert [status for _, status in secrets(workspace)] == ["ACTIVE", "ACTIVE"]
    assert lines(workspace)[-1]["end"] == "failed"
    assert lines(workspace)[-1]["steps"] == ["create a second client secret in Okta"]
    continued = rotate(workspace, "console")
    assert "create a second" not in continued.out
    assert kept(workspace, "console") == secrets(workspace)[1][0]


@pytest.mark.parametrize("status", [500, 403])
def test_a_refusal_of_okta_changes_nothing(with_secret: Workspace, status: int):
    workspace = with_secret
    path = "/api/v1/apps/[^/]+/credentials/secrets"
    workspace.tenant.order_fault(method="POST", path=path, status=status)
    rotate(workspace, "console", code=3)
    workspace.tenant.clear_faults()
    assert (secrets(workspace), kept(workspace, "console")) == ([(FIRST, "ACTIVE")], FIRST)
    rotate(workspace, "console")


def test_a_lost_answer_is_no_lost_secret(with_secret: Workspace):
    """Okta made the secret, and the connection dropped: the next run finds it."""
    workspace = with_secret
    a_second_later()
    path = "/api/v1/apps/[^/]+/credentials/secrets"
    workspace.tenant.order_fault(method="POST", path=path, drop="after", first=1)
    rotate(workspace, "console", code=3)
    workspace.tenant.clear_faults()
    assert len(secrets(workspace)) == 2
    assert kept(workspace, "console") == FIRST
    rotate(workspace, "console")
    assert len(secrets(workspace)) == 2
    assert kept(workspace, "console") == secrets(workspace)[1][0]


def test_two_runs_at_once(with_secret: Workspace):
    """Whatever their order: an app has two secrets at most, and what is stored works."""
    workspace = with_secret
    a_second_later()
    both = [workspace.start("rotate", "--yes", "console") for _ in range(2)]
    ended = [(process.communicate(timeout=PATIENCE_SECONDS), process.returncode) for process in both]
    assert 0 in [code for _, code in ended], ended
    assert all(code == 0 or "cannot have more than 2 secrets" in err for (_, err), code in ended), ended
    found = secrets(workspace)
    assert [status for _, status in found] == ["ACTIVE", "ACTIVE"]
    assert kept(workspace, "console") == found[1][0]
    assert "stays valid until" in rotate(workspace, "console").out


def test_a_run_that_is_killed_while_the_store_is_written(with_secret: Workspace):
    """A real process and a real program: the next run continues."""
    workspace = with_secret
    a_second_later()
    reads, writes = workspace.root / "read", workspace.root / "write"
    value, began = put(workspace, "in-store", FIRST), workspace.root / "began"
    reads.write_text(f"#!/bin/sh\ncat {value}\n")
    writes.write_text(f"#!/bin/sh\ntouch {began}\nexec sleep 20\n")
    for program in (reads, writes):
        program.chmod(0o755)
    pins = {
        "hosts": ["127.0.0.1"],
        "commands": {"console": {"run": [str(reads)], "write": [str(writes)]}},
        "secrets": [{"allow": "exec:console"}],
        "credentials": ["env:TEST_TENANT_*"],
    }
    workspace.write("pins.yaml", [{"environments": {ENVIRONMENT: pins}}])
    workspace.declare([console("exec:console")])
    process = workspace.start("rotate", "--yes", "console")
    until(began.exists, "writing")
    process.kill()
    process.communicate(timeout=PATIENCE_SECONDS)
    assert [status for _, status in secrets(workspace)] == ["ACTIVE", "ACTIVE"]
    assert value.read_text() == FIRST
    (begin,) = [one for one in lines(workspace) if one["command"] == "rotate"]
    assert (begin["event"], begin["rotates"]) == ("begin", "oidc-app console")

    writes.write_text(f"#!/bin/sh\ncat > {value}\n")
    assert "create a second" not in rotate(workspace, "console").out
    assert value.read_text() == secrets(workspace)[1][0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody",), "no oidc-app of test is named nobody"),
        (("console", "--to", "file:kept/elsewhere"), "refers to file:kept/console"),
        (("public",), "neither a client secret nor public keys"),
        (("hidden",), "does not say where its client secret is stored"),
        (("hidden", "--to", "env:HIDDEN"), "env:HIDDEN is an environment variable, which cannot be written"),
        (("hidden", "--to", "vault:kv/apps/hidden#secret"), "is in a store, and pins.yaml lists no secrets"),
        (("hidden", "--to", "file:../outside"), "which is not below"),
        (("hidden", "--to", "file:kept/other"), "has a value that is no client secret of the app"),
    ],
)
def test_refusals_change_nothing(workspace: Workspace, words: tuple[str, ...], said: str):
    put(workspace, "console", FIRST)
    other = put(workspace, "other", "the password of something else")
    public = {**WEB, "label": "Public", "type": "browser"}
    workspace.declare(
        [
            console(),
            document("oidc-app", "public", **public),
            document("oidc-app", "hidden", **{**WEB, "label": "Hidden"}),
        ]
    )
    workspace.up()
    workspace.tenant.clear_stats()
    refused = rotate(workspace, *words, code=4)
    assert said in refused.err
    assert workspace.tenant.writes() == {}
    assert other.read_text() == "the password of something else"
    assert "something else" not in refused.out + refused.err


def test_a_secret_that_okta_generated_is_written_where_the_command_says(workspace: Workspace):
    workspace.declare([console(None)])
    workspace.up()
    put(workspace, "console", "").unlink()
    rotate(workspace, "console", "--to", "file:kept/console", "--grace", "0d")
    (new,) = [secret for secret, status in secrets(workspace) if status == "ACTIVE"]
    assert (len(secrets(workspace)), kept(workspace, "console")) == (2, new)
    workspace.expect_settled()


def test_a_secret_of_another_owner_is_not_replaced(workspace: Workspace):
    workspace.declare([console(None)])
    workspace.up()
    theirs = put(workspace, "theirs", "a-secret-of-another-team")
    pins = {
        "hosts": ["127.0.0.1"],
        "secrets": [{"allow": "file:kept/*", "owner": "another-team"}],
        "credentials": ["env:TEST_TENANT_*"],
    }
    workspace.write("pins.yaml", [{"environments": {ENVIRONMENT: pins}}])
    refused = rotate(workspace, "console", "--to", "file:kept/theirs", "--overwrite", code=4)
    assert "file:kept/theirs belongs to another-team, and oidc-app console to tests" in refused.err
    assert theirs.read_text() == "a-secret-of-another-team"


# Key pairs


@pytest.fixture
def with_keys(workspace: Workspace) -> Workspace:
    """A service app with two keys: one in the store, and one of another service."""
    mine, other = SigningKey.new(), SigningKey.new()
    put(workspace, "console", mine.pem)
    declared = [
        {name: value for name, value in key.public_jwk(kid).items() if name not in ("use", "alg")}
        for key, kid in ((mine, "mine"), (other, "of-another-service"))
    ]
    spec = {"label": "Console", "type": "service", "token_endpoint_auth_method": "private_key_jwt", "jwks": declared}
    workspace.declare([document("oidc-app", "console", **spec)])
    workspace.up()
    return workspace


TO = ("console", "--to", "file:kept/console")


def test_a_declared_key_pair_from_the_first_run_to_the_last(with_keys: Workspace, days_later: Any):
    workspace = with_keys
    before = kept(workspace, "console")
    begun = rotate(workspace, *TO)
    assert "commit the definitions" in begun.out.lower()
    added = [line for line in begun.out.splitlines() if line.startswith("+") and "kid: " in line]
    assert len(added) == 1, "the edit is shown"
    assert kept(workspace, "console") == before, "Okta does not have the new key yet"
    new = SigningKey.parsed(kept(workspace, "console_next"))
    assert set(keys(workspace)) == {"mine", "of-another-service"}
    assert "does not have the key" in rotate(workspace, *TO).out

    workspace.up()
    assert keys(workspace) == dict.fromkeys(("mine", "of-another-service", new.kid), "ACTIVE")
    assert "stays valid until" in rotate(workspace, *TO).out
    assert kept(workspace, "console") == new.pem
    assert "PRIVATE" not in kept(workspace, "console_next")
    assert '"d"' not in kept(workspace, "console_next"), "no second copy of the private key"

    days_later(8)
    rotate(workspace, *TO)
    assert "mine" in keys(workspace), "until `up`"
    workspace.up()
    assert set(keys(workspace)) == {"of-another-service", new.kid}
    workspace.expect_settled()
    assert new.pem not in begun.out


def test_keys_that_cannot_be_edited_are_refused_before_anything_is_written(with_keys: Workspace):
    workspace = with_keys
    made = yaml.safe_load((workspace.definitions / "all.yaml").read_text())
    first, second = made["spec"]["jwks"]
    workspace.write("variables.yaml", [{"keys": [first, second]}])
    made["spec"]["jwks"] = "${keys}"
    workspace.declare([made])
    refused = rotate(workspace, *TO, code=4)
    assert "jwks is part of a variable" in refused.err
    assert not (workspace.definitions / "kept" / "console_next").exists()


def test_keys_that_environments_share_are_edited_in_a_patch(with_keys: Workspace):
    """The private key of another environment is elsewhere."""
    workspace = with_keys
    workspace.write_environment("other")
    before = (workspace.definitions / "all.yaml").read_text()
    assert "environments/test.yaml" in rotate(workspace, *TO).out
    assert (workspace.definitions / "all.yaml").read_text() == before
    workspace.up()
    assert len(keys(workspace)) == 3


# The reconciler's own key


@pytest.fixture
def own(workspace: Workspace) -> Workspace:
    """A workspace that signs in with a key in a file."""
    app = service_app(workspace.tenant.url)
    (pem,) = app.variables.values()
    put(workspace, "own", pem)

    class InFile(ByServiceApp):
        @property
        def credentials(self) -> Mapping[str, str]:
            return {**super().credentials, "private_key": "file:../kept/own"}

    made = replace(workspace, tenant=replace(workspace.tenant, app=InFile(app.client_id)))
    made.declare([])
    return made


@pytest.mark.only_by_token("makes the service app that it needs itself")
def test_the_key_of_the_reconciler_itself(own: Workspace, days_later: Any):
    before = kept(own, "own")
    begun = rotate(own, "--own")
    assert "sign in with the new key" in begun.out
    key = SigningKey.parsed(kept(own, "own"))
    assert (key.is_jwk, key.pem == before) == (True, False)
    app = f"/api/v1/apps/{own.tenant.app.client_id}" if own.tenant.app else ""
    states = {one["kid"]: one["status"] for one in own.tenant.request("GET", f"{app}/credentials/jwks")}
    assert states == {"key-of-the-tests": "ACTIVE", key.kid: "ACTIVE"}
    own.expect(0, "preview")
    days_later(8)
    rotate(own, "--own")
    states = {one["kid"]: one["status"] for one in own.tenant.request("GET", f"{app}/credentials/jwks")}
    assert states == {"key-of-the-tests": "INACTIVE", key.kid: "ACTIVE"}
    own.up()
    own.expect_settled()


@pytest.fixture
def by_token(workspace: Workspace) -> Workspace:
    """A workspace that signs in with a token in a file."""
    put(workspace, "token", workspace.tenant.token)
    credentials = {"token": "file:../kept/token"}
    environment = {"tenant": {"url": workspace.tenant.url, "credentials": credentials}}
    workspace.write(f"environments/{ENVIRONMENT}.yaml", [environment])
    workspace.declare([])
    return workspace


def another_token(workspace: Workspace, login: str = "robot@example.com") -> str:
    made = workspace.tenant.request("POST", "/_sandbox/administrators", {"login": login})
    token: str = made["token"]
    return token


def signs_in(workspace: Workspace, token: str) -> bool:
    headers = {"Authorization": f"SSWS {token}"}
    return httpx.get(f"{workspace.tenant.url}/api/v1/groups", headers=headers, trust_env=False).is_success


@pytest.mark.only_by_token("signs in with a token")
def test_the_api_token_of_the_reconciler(by_token: Workspace, days_later: Any):
    first, second = another_token(by_token), another_token(by_token, "another-robot@example.com")
    put(by_token, "token", first)
    put(by_token, "created", second)
    begun = rotate(by_token, "--own", "--new-token", "file:../kept/created")
    assert "sign in with the new API token" in begun.out
    assert kept(by_token, "token") == second
    assert signs_in(by_token, first), "both are valid"
    assert "stays valid until" in rotate(by_token, "--own").out
    by_token.expect(0, "preview")
    refused = rotate(by_token, "--own", "--new-token", "file:../kept/token_old", code=4)
    assert "not complete" in refused.err

    days_later(8)
    done = rotate(by_token, "--own")
    assert "revoke the old API token in Okta" in done.out
    assert (signs_in(by_token, first), signs_in(by_token, second)) == (False, True)
    assert first not in kept(by_token, "token_old")
    by_token.expect(0, "preview")
    assert "--new-token" in rotate(by_token, "--own", code=4).err
    assert all(token not in begun.out + done.out for token in (first, second))


@pytest.mark.only_by_token("signs in with a token")
def test_a_new_api_token_that_does_not_work_is_not_stored(by_token: Workspace):
    put(by_token, "created", "00not-a-token-of-this-tenant")
    rotate(by_token, "--own", "--new-token", "file:../kept/created", code=3)
    assert kept(by_token, "token") == by_token.tenant.token
    by_token.expect(0, "preview")


@pytest.mark.only_by_token("signs in with a token")
def test_an_api_token_in_a_variable_cannot_be_rotated(workspace: Workspace):
    workspace.declare([])
    refused = rotate(workspace, "--own", code=4)
    assert "which cannot be written, and Okta has no API that creates API tokens" in refused.err
    assert "Admin Console" in refused.err


# What is due


def test_what_is_due(with_secret: Workspace, days_later: Any):
    workspace = with_secret
    young = workspace.expect(0, "rotate", "--due", "90d")
    assert "0 of " in young.out
    days_later(91)
    found = workspace.expect(2, "rotate", "--due", "90d", "--format", "json")
    assert json.loads(found.out)["requests"] <= 4, "one for each client, one for API tokens, one to find its own app"
    due = json.loads(found.out)["due"]
    (secret,) = [one for one in due if one["what"] == "client secret" and one["of"] == "oidc-app console"]
    assert (secret["age_days"], secret["command"]) == (91, f"reconciler rotate {ENVIRONMENT} console")
    assert any(one["what"] == "API token" and one["command"] is None for one in due)
    assert FIRST not in found.out
    assert "replace it in the Admin Console" in workspace.expect(2, "rotate", "--due", "90d").out


def test_a_list_that_is_incomplete_says_so(with_secret: Workspace):
    workspace = with_secret
    path = "/api/v1/apps/[^/]+/credentials/secrets"
    workspace.tenant.order_fault(method="GET", path=path, status=403)
    found = workspace.expect(3, "rotate", "--due", "0d")
    assert "not read: oidc-app console" in found.err
    workspace.tenant.clear_faults()
    workspace.tenant.order_fault(method="GET", path="/api/v1/api-tokens", status=403)
    found = workspace.expect(2, "rotate", "--due", "0d")
    assert "API tokens are not listed" in found.err
