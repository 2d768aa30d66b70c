"""`op`, `esc` and the commands of `pins.yaml`: programs on a PATH of the test, which do what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.definitions.secrets import SecretMissing
from reconciler.definitions.trust import PinnedCommand
from reconciler.known_secrets import REDACTED, KnownSecrets
from reconciler.secret_stores import Secrets
from reconciler.secret_stores.child import output_of
from reconciler.secret_stores.commands import Commands
from reconciler.secret_stores.interface import StoreFailure
from reconciler.secret_stores.one_password_item import with_field
from tests.secret_stores.servers import NEW, PLACE, failure, not_written, refusal, secrets

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


# Standard input


@pytest.mark.parametrize("size", [0, 1, 60_000, 65_536])
def test_what_a_program_is_given_and_prints_at_the_same_time(tmp_path: Path, size: int):
    """More than a pipe holds, in both directions: neither side waits for the other."""
    code = "import sys\nwhile part := sys.stdin.read(1000): print(part, end='', flush=True); sys.stderr.write(part * 3)"
    given = "ü" * (size // 2) + "x" * (size % 2)
    line = [sys.executable, "-c", code]
    assert output_of(line, {"PYTHONUTF8": "1", "PATH": os.environ["PATH"]}, given=given) == given


@pytest.mark.parametrize("code", ["", "import sys; sys.stdin.close()", "import os; os.close(0)"])
def test_a_program_that_does_not_read_its_input(code: str):
    assert output_of([sys.executable, "-c", code], {}, given="x" * 1_000_000) == ""


def test_a_program_that_neither_reads_nor_ends():
    begun = time.monotonic()
    with pytest.raises(StoreFailure, match="did not end within 1 seconds"):
        output_of([sys.executable, "-c", "import time; time.sleep(60)"], {}, 1, given="x" * 1_000_000)
    assert time.monotonic() - begun < 5


# Writing: no program gets a value as an argument or a variable


def shown(tmp_path: Path) -> str:
    """All arguments and variables of the programs that were run."""
    return json.dumps([run[:2] for run in runs(tmp_path)])


STORE = """
store = os.environ["HOME"] + "/store"
if sys.argv[1] == "put":
    open(store, "w").write(json.loads(open(os.environ["HOME"] + "/runs").readlines()[-1])[3])
else:
    print(open(store).read())
"""


def test_a_command_stores_its_standard_input(make: Make, tmp_path: Path):
    make("store", STORE)
    command = PinnedCommand(("store", "get"), ("STORE_TOKEN",), ("store", "put", "$HOME; echo *"))
    found = secrets(environ(tmp_path, STORE_TOKEN="token-of-store"), commands={"console": command})
    found.write("exec:console", PLACE, NEW)
    assert found("exec:console", PLACE).get_secret_value() == NEW
    assert found.written("exec:console", PLACE) is None
    (put, get) = runs(tmp_path)
    assert put[0] == ["put", "$HOME; echo *"] and get[0] == ["get"]
    assert (put[2], put[3]) == ("/", NEW)
    assert {name for name in put[1] if name not in ("LC_CTYPE", "PWD")} == {"PATH", "HOME", "STORE_TOKEN"}
    assert NEW not in shown(tmp_path)


def test_a_command_that_fails_to_store(make: Make, tmp_path: Path):
    make("store", f"print('the-first-value') if sys.argv[1] == 'get' else sys.exit({NEW!r})")
    commands = {"console": PinnedCommand(("store", "get"), (), ("store", "put"))}
    assert refusal(secrets(environ(tmp_path), commands=commands), "exec:console") == "store ended with exit code 1"


def test_a_command_that_only_reads_is_not_run(make: Make, tmp_path: Path):
    make("store", "print('the-first-value')")
    commands = {"console": PinnedCommand(("store", "get"))}
    error = not_written(secrets(environ(tmp_path), commands=commands), "exec:console")
    assert error.message.endswith("exec:console: pins.yaml has no `write` for the command console")
    with pytest.raises(StoreFailure, match="has no `write` for the command console"):
        Commands(commands, {}, lambda value: None).write("console", "", NEW)
    assert runs(tmp_path) == []


ESC = """
given = json.loads(open(os.environ["HOME"] + "/runs").readlines()[-1])[3]
store = os.environ["HOME"] + "/store"
if sys.argv[2] == "set":
    open(store, "w").write(given)
else:
    print(json.dumps({"apps": {"console": open(store).read()}}))
"""


def test_a_value_of_pulumi_esc_is_set_from_standard_input(make: Make, tmp_path: Path):
    make("esc", ESC)
    found = secrets(environ(tmp_path))
    found.write("esc:acme/okta/production#apps.console", PLACE, NEW)
    assert found("esc:acme/okta/production#apps.console", PLACE).get_secret_value() == NEW
    assert found.written("esc:acme/okta/production#apps.console", PLACE) is None
    (arguments, _, _, given), _ = runs(tmp_path)
    flags = ["--secret", "--string", "--file", "-", "--"]
    assert arguments == ["env", "set", *flags, "acme/okta/production", "apps.console"]
    assert given == NEW and NEW not in shown(tmp_path)


def test_a_version_of_esc_that_reads_no_input(make: Make, tmp_path: Path):
    make("esc", "sys.exit('error: unknown flag: --file') if sys.argv[2] == 'set' else print('{\"a\": \"old-value\"}')")
    error = not_written(secrets(environ(tmp_path)), "esc:acme/okta/production#a")
    assert error.message.endswith("the program is too old to read a value from its input")
    assert (error.hint, error.may_be_stored) == ("update esc or Pulumi", False)


OP = """
home = os.environ["HOME"]
given = json.loads(open(home + "/runs").readlines()[-1])[3]
item = json.load(open(home + "/item"))
if sys.argv[1] == "read":
    parts = sys.argv[3].split("/")
    print(next(f["value"] for f in item["fields"] if f["label"].lower() == parts[-1].lower()), end="")
elif sys.argv[2] == "get":
    print(json.dumps(item))
elif BROKEN:
    changed = json.loads(given)
    changed["fields"] = [f for f in changed["fields"] if f["label"] == "credential"]
    json.dump(changed, open(home + "/item", "w"))
else:
    open(home + "/item", "w").write(given)
"""
ITEM: dict[str, Any] = {
    "id": "i",
    "title": "Console",
    "category": "API_CREDENTIAL",
    "updated_at": "2026-03-01T12:00:00Z",
    "sections": [{"id": "s1", "label": "Staging"}, {"id": "s2", "label": "Production"}],
    "fields": [
        {"id": "username", "type": "STRING", "label": "username", "value": "console"},
        {"id": "credential", "type": "CONCEALED", "label": "credential", "value": "the-first-value"},
        {"id": "a1", "type": "CONCEALED", "label": "key", "section": {"id": "s1", "label": "Staging"}, "value": "1"},
        {"id": "a2", "type": "CONCEALED", "label": "key", "section": {"id": "s2", "label": "Production"}, "value": "2"},
        {"id": "valid", "type": "DATE", "label": "valid", "value": "2030-01-01"},
    ],
}


def with_item(tmp_path: Path, item: object = ITEM) -> Secrets:
    (tmp_path / "item").write_text(json.dumps(item))
    return secrets(environ(tmp_path, OP_SERVICE_ACCOUNT_TOKEN="service"))


def test_a_field_of_1password_is_written_from_standard_input(make: Make, tmp_path: Path):
    make("op", OP.replace("BROKEN", "False"))
    found = with_item(tmp_path)
    found.write("op://Payments/Console/credential", PLACE, NEW)
    assert found("op://Payments/Console/credential", PLACE).get_secret_value() == NEW
    got, edited, *_ = runs(tmp_path)
    assert got[0] == ["item", "get", "--vault=Payments", "--format=json", "--reveal", "--", "Console"]
    assert edited[0] == ["item", "edit", "--vault=Payments", "--format=json", "--", "Console"]
    before, after = ITEM["fields"], json.loads(edited[3])["fields"]
    assert [a for a, b in zip(after, before, strict=True) if a != b] == [before[1] | {"value": NEW}]
    assert NEW not in shown(tmp_path)
    assert found.written("op://Payments/Console/credential", PLACE) == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_field_in_a_section_is_written():
    changed = with_field(ITEM, ("production", "key"), NEW)
    assert [field["value"] for field in changed["fields"]] == ["console", "the-first-value", "1", NEW, "2030-01-01"]
    assert with_field(ITEM, ("S1", "A1"), NEW)["fields"][2]["value"] == NEW


@pytest.mark.parametrize(
    ("item", "path", "message"),
    [
        (ITEM, ("absent",), "1Password has no such field"),
        (ITEM, ("testing", "key"), "1Password has no such field"),
        (ITEM, ("key",), "the item has several such fields"),
        (ITEM, ("valid",), "the field is not a text"),
        (ITEM | {"category": "LOGIN"}, ("credential",), "op cannot change this item without losing passkeys"),
        (ITEM | {"files": [{"id": "f"}]}, ("credential",), "op cannot change this item"),
        (ITEM | {"fields": [{"id": "r", "type": "REFERENCE"}]}, ("credential",), "op cannot change this item"),
        ({}, ("credential",), "1Password has no such field"),
        ({"fields": 7}, ("credential",), "1Password has no such field"),
    ],
)
def test_fields_that_cannot_be_written(item: Any, path: tuple[str, ...], message: str):
    with pytest.raises(StoreFailure, match=message):
        with_field(item, path, NEW)


def test_an_edit_that_loses_other_fields(make: Make, tmp_path: Path):
    make("op", OP.replace("BROKEN", "True"))
    error = not_written(with_item(tmp_path), "op://Payments/Console/credential")
    assert error.message.endswith("other fields of the item have changed, too")
    assert "history of the item" in error.hint and error.may_be_stored


@pytest.mark.parametrize(
    ("complaint", "message"),
    [
        ("unknown flag: --reveal", "the program op is too old"),
        ("(403) Forbidden: You do not have permission to perform this action", "1Password denies access to it"),
        ("dial tcp: no such host", "1Password cannot be reached"),
    ],
)
def test_items_that_cannot_be_edited(make: Make, tmp_path: Path, complaint: str, message: str):
    make("op", f"print('old-value', end='') if sys.argv[1] == 'read' else sys.exit({complaint!r})")
    assert refusal(with_item(tmp_path), "op://Payments/Console/credential") == message


@pytest.mark.parametrize(
    ("printed", "message"),
    [("hunter2", "the output of op is not JSON"), ("[]", "the output of op is no item")],
)
def test_items_that_cannot_be_read(make: Make, tmp_path: Path, printed: str, message: str):
    make("op", f"print({printed!r})")
    assert refusal(with_item(tmp_path), "op://Payments/Console/credential") == message
    with pytest.raises(SecretMissing, match=message):
        with_item(tmp_path).written("op://Payments/Console/credential", PLACE)


def test_times_of_items(make: Make, tmp_path: Path):
    make("op", OP.replace("BROKEN", "False"))
    assert with_item(tmp_path, {}).written("op://Payments/Console/credential", PLACE) is None
    with pytest.raises(SecretMissing, match="has no time of the change"):
        with_item(tmp_path, {"updated_at": "yesterday"}).written("op://Payments/Console/credential", PLACE)
