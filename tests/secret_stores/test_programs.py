"""`op`, `esc` and the commands of `pins.yaml`: programs on a PATH of the test, which do what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.definitions.trust import PinnedCommand
from reconciler.known_secrets import REDACTED, KnownSecrets
from reconciler.secret_stores.child import output_of
from reconciler.secret_stores.interface import StoreFailure
from tests.secret_stores.servers import PLACE, failure, secrets

CANARIES = {"OKTA_API_TOKEN": "canary-okta", "VAULT_TOKEN": "canary-vault", "AWS_SECRET_ACCESS_KEY": "canary-aws"}
Make = Callable[[str, str], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a program that records how it is run, and then runs this code."""

    def made(name: str, code: str) -> Path:
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        log = tmp_path / "runs"
        program.write_text(
            f"#!{sys.executable}\nimport json, os, sys, time\n"
            f"with open({str(log)!r}, 'a') as log:\n"
            "    print(json.dumps([sys.argv[1:], dict(os.environ), os.getcwd(), sys.stdin.read()]), file=log)\n"
            + textwrap.dedent(code)
        )
        program.chmod(0o755)
        return program

    return made


def environ(tmp_path: Path, **others: str) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), **CANARIES, **others}


def runs(tmp_path: Path) -> list[Any]:
    log = tmp_path / "runs"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


# 1Password


def test_a_field_of_1password(make: Make, tmp_path: Path):
    make("op", "print('hunter2-of-the-console', end='')")
    known = KnownSecrets()
    found = secrets(environ(tmp_path, OP_SERVICE_ACCOUNT_TOKEN="service"), known=known)
    assert found("op://Payments/Console/password", PLACE).get_secret_value() == "hunter2-of-the-console"
    ((arguments, given, folder, read),) = runs(tmp_path)
    assert arguments == ["read", "--no-newline", "op://Payments/Console/password"]
    assert given["OP_SERVICE_ACCOUNT_TOKEN"] == "service" and not set(CANARIES) & set(given)
    assert (folder, read) == ("/", "")
    assert known.redact("hunter2-of-the-console") == REDACTED


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "sys.exit('[ERROR] could not read secret: \"Payments\" isn\\'t a vault in this account')",
            "1Password has no such vault, item or field",
        ),
        ("sys.exit('[ERROR] You are not currently signed in')", "1Password did not accept the sign-in"),
        (
            "sys.exit('[ERROR] session expired, sign in to create a new session')",
            "1Password did not accept the sign-in",
        ),
        ("sys.exit('[ERROR] dial tcp: lookup my.1password.com: no such host')", "1Password cannot be reached"),
        ("print('hunter2', file=sys.stderr); sys.exit(3)", "op ended with exit code 3"),
        ("print('x' * 70_000)", "op printed more than 64 KB"),
        ("print('x' * 700_000, file=sys.stderr); sys.exit(3)", "op ended with exit code 3"),
        ("sys.stdout.buffer.write(bytes([255]))", "the output of op is not UTF-8 text"),
        ("", "the value is empty"),
    ],
)
def test_what_1password_cannot_read(make: Make, tmp_path: Path, code: str, message: str):
    make("op", code)
    assert failure(secrets(environ(tmp_path)), "op://payments/console/password") == message


def test_a_program_that_is_not_installed(tmp_path: Path):
    found = secrets(environ(tmp_path))
    assert failure(found, "op://payments/console/password") == "the program op is not installed"


# Pulumi ESC

VALUES = {"apps": {"console": "hunter2"}, "number": 7, "plain": "first"}


def test_values_of_an_environment_are_read_at_once(make: Make, tmp_path: Path):
    make("esc", f"print(json.dumps({VALUES!r}))")
    given = {"PULUMI_ACCESS_TOKEN": "pul-1", "PULUMI_CONFIG_PASSPHRASE": "canary", "PULUMI_BACKEND_URL": "s3://states"}
    found = secrets(environ(tmp_path, **given))
    found.begin([("esc:acme/okta/production#plain", PLACE), ("esc:acme/okta/production#apps.console", PLACE)])
    assert found("esc:acme/okta/production#apps.console", PLACE).get_secret_value() == "hunter2"
    assert found("esc:acme/okta/production#plain", PLACE).get_secret_value() == "first"
    ((arguments, seen, _, _),) = runs(tmp_path)
    assert arguments == ["env", "open", "--format", "json", "--lifetime", "1m", "--", "acme/okta/production"]
    assert seen["PULUMI_ACCESS_TOKEN"] == "pul-1"
    assert not {*CANARIES, "PULUMI_CONFIG_PASSPHRASE", "PULUMI_BACKEND_URL"} & set(seen)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (f"print(json.dumps({VALUES!r}))", "the entry has no key absent"),
        ("print('{\"absent\": 7}')", "the value is not a text"),
        ("print('null')", "the environment has no values"),
        ("print('hunter2')", "the output of Pulumi ESC is not JSON"),
        ("sys.exit('error: [404] not found')", "Pulumi ESC has no such environment"),
        ("sys.exit('error: [401] Unauthorized')", "Pulumi ESC did not accept the sign-in"),
        ("sys.exit('error: PULUMI_ACCESS_TOKEN must be set for login')", "Pulumi ESC did not accept the sign-in"),
        ("sys.exit('Logging in using access token\\nerror: dial tcp: refused')", "Pulumi Cloud cannot be reached"),
        ("sys.exit('error: something else')", "esc ended with exit code 1"),
    ],
)
def test_what_pulumi_esc_cannot_read(make: Make, tmp_path: Path, code: str, message: str):
    make("esc", code)
    assert failure(secrets(environ(tmp_path)), "esc:acme/okta/production#absent") == message


def test_without_esc_pulumi_is_run(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pulumi = make("pulumi", f"print(json.dumps({VALUES!r}))")
    monkeypatch.setattr("reconciler.engine.toolchain.find", lambda: pulumi)
    found = secrets(environ(tmp_path))
    assert found("esc:acme/okta/production#plain", PLACE).get_secret_value() == "first"
    assert runs(tmp_path)[0][0][:3] == ["env", "open", "--format"]
    monkeypatch.setattr("reconciler.engine.toolchain.find", lambda: None)
    assert failure(secrets(environ(tmp_path)), "esc:a/b/c#d") == "neither esc nor pulumi is installed"


# Commands


def test_a_command_is_run_as_it_is_stated(make: Make, tmp_path: Path):
    """Without a shell, in the folder `/`, without input, and with no other variables than it states."""
    make("store", "print('hunter2-of-the-store')")
    command = PinnedCommand(("store", "get", "$HOME; echo *", "`id`"), ("STORE_TOKEN",))
    known = KnownSecrets()
    found = secrets(environ(tmp_path, STORE_TOKEN="token-of-store"), commands={"console": command}, known=known)
    assert found("exec:console", PLACE).get_secret_value() == "hunter2-of-the-store"
    ((arguments, given, folder, read),) = runs(tmp_path)
    assert arguments == ["get", "$HOME; echo *", "`id`"]
    assert {name for name in given if name not in ("LC_CTYPE", "PWD")} == {"PATH", "HOME", "STORE_TOKEN"}
    assert (folder, read) == ("/", "")
    assert known.redact("token-of-store") == REDACTED


def test_a_command_that_is_not_stated(make: Make, tmp_path: Path):
    make("store", "print('hunter2')")
    found = secrets(environ(tmp_path), commands={})
    assert failure(found, "exec:store") == "pins.yaml does not allow it for this environment"
    assert runs(tmp_path) == []


def test_a_program_of_the_working_directory_is_not_run(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make("store", "print('of the pull request')")
    monkeypatch.chdir(tmp_path / "bin")
    for path in (".", "", "bin", ".:"):
        with pytest.raises(StoreFailure, match="the program store is not installed"):
            output_of(["store"], {"PATH": path})


def test_a_program_that_does_not_end_is_killed_with_all_that_it_started(make: Make, tmp_path: Path):
    pid = tmp_path / "pid"
    program = make(
        "slow",
        f"""
        import subprocess
        child = subprocess.Popen(["sleep", "60"])
        open({str(pid)!r}, "w").write(str(child.pid))
        time.sleep(60)
        """,
    )
    begun = time.monotonic()
    with pytest.raises(StoreFailure, match=r"slow did not end within 1 seconds"):
        output_of([str(program)], {"PATH": os.environ["PATH"]}, 1)
    assert time.monotonic() - begun < 5
    time.sleep(0.1)
    assert not is_running(int(pid.read_text()))


def test_a_program_does_not_outlive_the_run(make: Make, tmp_path: Path):
    """The run ends while a thread still waits for the program, as after an interrupt."""
    pid = tmp_path / "pid"
    program = make("slow", f"open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    code = f"""
        import threading, time
        from pathlib import Path
        from reconciler.secret_stores.child import output_of
        threading.Thread(target=output_of, args=([{str(program)!r}], {{}}), daemon=True).start()
        while not Path({str(pid)!r}).exists() or not Path({str(pid)!r}).read_text():
            time.sleep(0.01)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=30)
    time.sleep(0.1)
    assert not is_running(int(pid.read_text()))


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().split()[2] != "Z"


@pytest.mark.parametrize(
    "code", ["os.close(1); os.close(2); time.sleep(60)", "while True: print('x' * 100, file=sys.stderr)"]
)
def test_a_program_that_only_seems_to_end_is_killed(make: Make, code: str):
    program = make("quiet", code)
    with pytest.raises(StoreFailure, match="did not end"):
        output_of([str(program)], {"PATH": os.environ["PATH"]}, 1)


def test_a_file_that_is_no_program(tmp_path: Path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "odd").write_text("#!/nowhere/at/all\n")
    (tmp_path / "bin" / "odd").chmod(0o755)
    with pytest.raises(StoreFailure, match="the program odd cannot be run: No such file"):
        output_of(["odd"], {"PATH": str(tmp_path / "bin")})
