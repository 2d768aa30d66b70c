"""The Pulumi CLI as a child process, replaced by a program that reports its input."""

from __future__ import annotations

import json
import os
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation.errors import CommandError

from reconciler import interrupts
from reconciler.engine import command as module
from reconciler.engine.command import EngineCommand
from reconciler.engine.workspace import open_stack
from reconciler.interrupts import Interrupted

CANARIES = {
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "what-asks-for-the-identity-of-the-job",
    "OKTA_PRODUCTION_TOKEN": "canary-production",
    "OKTA_API_TOKEN": "canary-of-another-tenant",
    "PAYMENTS_CLIENT_SECRET": "canary-client-secret",
    "AWS_APP_SECRET": "canary-that-looks-like-the-cloud",
    "GITHUB_TOKEN": "canary-github",
}
NEEDED = {"AWS_ACCESS_KEY_ID": "cloud", "PULUMI_CONFIG_PASSPHRASE": "passphrase", "HTTPS_PROXY": "http://proxy.test"}


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    """A `pulumi` that records the arguments, environment and input of each run, and ends as SAYS directs."""
    path = tmp_path / "bin" / "pulumi"
    path.parent.mkdir()
    path.write_text(
        f"#!{sys.executable}\n"
        + textwrap.dedent(f"""
            import json, os, signal, subprocess, sys, time
            given = "" if "version" in sys.argv else sys.stdin.read()
            with open({str(tmp_path / "runs")!r}, "a") as runs:
                print(json.dumps([sys.argv[1:], dict(os.environ), given]), file=runs)
            if "version" in sys.argv:
                print("v3.256.0")
            elif "export" in sys.argv:
                print('{{"version": 3, "deployment": {{"resources": []}}}}')
            elif "--slow" in sys.argv:
                print("begins", flush=True)
                time.sleep(0.5)
                with open({str(tmp_path / "written")!r}, "w") as written:
                    written.write("all of it")
            elif "--fail" in sys.argv:
                print("error: no", file=sys.stderr)
                sys.exit(255)
            elif "--until" in sys.argv:
                wanted = int(sys.argv[sys.argv.index("--until") + 1])
                def end(number, frame):
                    if number == wanted:
                        if number == signal.SIGINT:
                            plugin.kill()
                        sys.exit(1)
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, end)
                quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
                plugin = subprocess.Popen(["sleep", "60"], start_new_session=True, **quiet)
                print("plugin", plugin.pid, flush=True)
                while True:
                    time.sleep(60)
        """)
    )
    path.chmod(0o755)
    return path


def runs(binary: Path) -> list[tuple[list[str], dict[str, str], str]]:
    return [tuple(json.loads(line)) for line in (binary.parents[1] / "runs").read_text().splitlines()]


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**CANARIES, **NEEDED}.items():
        monkeypatch.setenv(name, value)


def test_no_child_gets_a_secret_that_it_does_not_need(binary: Path, tmp_path: Path, secrets: None):
    given = {"OKTA_API_TOKEN": "token-of-this-tenant", "PULUMI_BACKEND_URL": "file:///state"}
    stack = open_stack("test", tmp_path, given, binary, ["AWS_APP_SECRET", "PULUMI_CONFIG_PASSPHRASE"])
    stack.import_stack(stack.export_stack())
    stack.workspace.pulumi_command.run(["up", "--yes"], str(tmp_path), given)

    commands = {next(word for word in arguments if not word.startswith("-")) for arguments, _, _ in runs(binary)}
    assert commands == {"version", "stack", "up"}
    for arguments, environment, _ in runs(binary):
        assert not set(CANARIES.values()) & set(environment.values()), arguments
        assert ("token-of-this-tenant" in environment.values()) is ("up" in arguments), arguments
        assert environment["HTTPS_PROXY"] == "http://proxy.test"
        has_settings = {name: environment.get(name) for name in NEEDED} == NEEDED
        assert has_settings is ("version" not in arguments), arguments


def test_additional_variables_override_those_of_this_process(binary: Path, tmp_path: Path, secrets: None):
    given = {"PULUMI_CONFIG_PASSPHRASE": "another"}
    EngineCommand(binary).run(["stack"], str(tmp_path), given)
    _, environment, _ = runs(binary)[-1]
    assert environment["PULUMI_CONFIG_PASSPHRASE"] == "another"
    assert environment["PATH"].split(os.pathsep)[0] == str(binary.parent)


def test_the_state_goes_through_pipes_and_stays_encrypted(
    binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    stack = open_stack("test", tmp_path, {}, binary)
    deployment = stack.export_stack()
    assert deployment.deployment == {"resources": []}
    stack.import_stack(deployment)
    assert not any("--show-secrets" in arguments or "--file" in arguments for arguments, _, _ in runs(binary))
    assert json.loads(runs(binary)[-1][2]) == {"version": 3, "deployment": {"resources": []}}
    assert list(temporary.iterdir()) == []


def test_a_command_that_fails_is_an_error(binary: Path, tmp_path: Path):
    with pytest.raises(CommandError, match="error: no"):
        EngineCommand(binary).run(["up", "--fail"], str(tmp_path), {})


def test_output_is_passed_on_line_by_line(binary: Path, tmp_path: Path):
    lines: list[Any] = []
    result = EngineCommand(binary).run(["stack", "export"], str(tmp_path), {}, on_output=lines.append)
    assert lines == [result.stdout]


class Run:
    """An engine with a plugin that ends only at certain signals, and the signals sent to this process."""

    def __init__(self, binary: Path) -> None:
        self.binary = binary
        self.plugin = 0
        self.told: list[str] = []
        self._started = threading.Event()

    def interrupted(self, until: int, *signals: int) -> Interrupted:
        """How a run ends that is sent these signals, while its engine ends at the one or at none (0)."""
        sender = threading.Thread(target=self._send, args=(signals,))
        with interrupts.handled(self.told.append), pytest.raises(Interrupted) as caught:
            sender.start()
            folder = str(self.binary.parent)
            try:
                EngineCommand(self.binary).run(["up", "--until", str(until)], folder, {}, on_output=self._read)
            finally:
                sender.join()
        return caught.value

    def _send(self, signals: Sequence[int]) -> None:
        assert self._started.wait(30)
        for number in signals:
            time.sleep(0.2)  # between two signals, or they would be one
            os.kill(os.getpid(), number)

    def _read(self, line: str) -> None:
        if line.startswith("plugin"):
            self.plugin = int(line.split()[1])
            self._started.set()


@pytest.fixture
def started(binary: Path) -> Iterator[Run]:
    run = Run(binary)
    yield run
    deadline = time.monotonic() + 5
    while running(run.plugin):  # a kill takes a moment
        assert time.monotonic() < deadline, "an orphan was left"
        time.sleep(0.01)


def running(pid: int) -> bool:
    """Whether a process runs; a zombie process has no command line."""
    try:
        return bool((Path("/proc") / str(pid) / "cmdline").read_text())
    except OSError:
        return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_every_signal_interrupts_the_engine(started: Run, number: int, code: int):
    assert started.interrupted(signal.SIGINT, number).exit_code == code
    (told,) = started.told
    assert "waiting for the engine to finish and record" in told


def test_an_engine_that_ignores_signals_is_terminated_after_the_second(started: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    assert started.interrupted(signal.SIGTERM, signal.SIGINT, signal.SIGTERM).exit_code == 130
    assert "may be done or not; the next run checks the tenant" in started.told[1]


def test_an_engine_that_ignores_termination_is_killed(started: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    started.interrupted(0, signal.SIGINT, signal.SIGINT)


def test_a_command_that_writes_the_state_is_not_interrupted(binary: Path):
    """The cleanup after the first signal may need it."""
    pid = os.getpid()

    def send(line: str) -> None:
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)

    with interrupts.handled(lambda text: None):
        with pytest.raises(Interrupted):
            EngineCommand(binary).run(["stack", "--slow"], str(binary.parent), {}, on_output=send)
        assert (binary.parents[1] / "written").read_text() == "all of it"


def test_a_third_signal_kills_the_engine_at_once(started: Run):
    began = time.monotonic()
    started.interrupted(0, signal.SIGINT, signal.SIGINT, signal.SIGINT)
    assert time.monotonic() - began < module.PATIENCE
