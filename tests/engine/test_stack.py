from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pulumi.automation.errors import CommandError, ConcurrentUpdateError
from pulumi.automation.errors import RuntimeError as ProgramError

from reconciler import interrupts
from reconciler.engine import failures, leftovers, toolchain, workspace
from reconciler.engine.changes import Outcome
from reconciler.engine.local_state import LocalState
from reconciler.engine.set_aside import SetAside
from reconciler.engine.stack import NotRefreshed, Stack
from reconciler.errors import EngineError, Refused
from reconciler.progress import Silent
from tests.engine.test_changes import begins, ends, says, urn

STATE = {"manifest": {}, "resources": [], "pending_operations": [{"type": "creating"}]}


class Engine:
    """Replaces the Automation API: records its calls and returns prepared answers."""

    def __init__(self) -> None:
        self.opened: list[dict[str, Any]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.deployment: Any = STATE
        self.events: list[Any] = []
        self.error: Exception | None = None
        self.exports = 0

    def open_stack(self, name: str, root: Path, environment: Any, binary: Path, withheld: Any, exists: Any) -> Engine:
        self.opened.append({"name": name, "root": root, "environment": environment, "binary": binary, "exists": exists})
        return self

    def _do(self, what: str, **options: Any) -> None:
        self.asked.append((what, options))
        for event in self.events:
            options["on_event"](event)
        if self.error:
            raise self.error

    def preview(self, **options: Any) -> None:
        self._do("preview", **options)

    def up(self, **options: Any) -> None:
        self._do("up", **options)

    def refresh(self, **options: Any) -> None:
        self._do("refresh", **options)

    def export_stack(self) -> Any:
        if self.error:
            raise self.error
        self.exports += 1
        return SimpleNamespace(deployment=self.deployment)

    def import_stack(self, deployment: Any) -> None:
        if self.error:
            raise self.error
        self.asked.append(("import", {"version": deployment.version}))
        self.deployment = deployment.deployment


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    engine = Engine()
    binary = tmp_path / "pulumi" / "bin" / "pulumi"
    monkeypatch.setattr(toolchain, "ensure", lambda progress: binary)
    monkeypatch.setattr(workspace, "open_stack", engine.open_stack)
    return engine


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A stack whose state only the engine can read."""
    (tmp_path / "Pulumi.yaml").write_text("name: identity\nruntime: python\n")
    return Stack("production", tmp_path, {"PULUMI_BACKEND_URL": "s3://states", "OKTA_API_TOKEN": "t"})


@pytest.fixture
def local(tmp_path: Path) -> Stack:
    """A stack whose state is in a folder."""
    (tmp_path / "Pulumi.yaml").write_text("name: identity\nruntime: python\n")
    return Stack("production", tmp_path, {"PULUMI_BACKEND_URL": f"file://{tmp_path}/state"})


def resources(*urns: str) -> dict[str, Any]:
    return {"resources": [{"urn": one, "type": "okta:index/unknown:Unknown"} for one in urns]}


def program() -> None:
    raise AssertionError("the program must not run")


# Opening


def test_the_stack_is_opened_once_and_with_its_environment(engine: Engine, stack: Stack, tmp_path: Path):
    stack.preview(program)
    stack.up(program)
    stack.state()
    (opened,) = engine.opened
    assert (opened["name"], opened["root"]) == ("production", tmp_path)
    assert opened["binary"] == tmp_path / "pulumi" / "bin" / "pulumi"
    assert opened["environment"] == {
        "PULUMI_BACKEND_URL": "s3://states",
        "OKTA_API_TOKEN": "t",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


@pytest.mark.parametrize(("chosen", "given"), [(None, "true"), ("false", None)])
def test_a_local_state_is_not_written_at_every_step_by_default(
    chosen: str | None, given: str | None, engine: Engine, local: Stack, monkeypatch: pytest.MonkeyPatch
):
    if chosen:
        monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", chosen)
    local.preview(program)
    assert engine.opened[0]["environment"].get("PULUMI_SKIP_CHECKPOINTS") == given


@pytest.mark.parametrize("name", ["PULUMI_DIY_BACKEND_GZIP", "PULUMI_DIY_BACKEND_ZSTD"])
def test_only_the_engine_reads_a_compressed_state(
    name: str, engine: Engine, local: Stack, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, "true")
    assert local.state().interrupted
    assert "PULUMI_SKIP_CHECKPOINTS" not in engine.opened[0]["environment"]


def test_a_local_state_is_read_without_an_engine(engine: Engine, local: Stack):
    assert local.state().resources == {}
    checkpoint = local.root / "state" / ".pulumi" / "stacks" / "identity" / "production.json"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_text(json.dumps({"version": 3, "checkpoint": {"latest": STATE}}))
    local._state = None
    assert local.state().interrupted
    assert engine.opened == []


def test_nothing_is_opened_before_it_is_needed(engine: Engine, stack: Stack):
    assert engine.opened == []
    assert "t" not in repr(stack._opened)


# Running


def test_a_preview_collects_what_would_change(engine: Engine, stack: Stack):
    engine.events = [begins("create", "a"), begins("same", "b")]
    changes = stack.preview(program)
    assert (len(changes), changes.unchanged, changes.done) == (1, 1, 0)
    ((what, options),) = engine.asked
    assert (what, options["program"], options["color"]) == ("preview", program, "never")


@pytest.mark.parametrize(("targets", "given"), [(None, None), ([], None), (("a", "b"), ["a", "b"])])
def test_an_up_continues_when_one_object_fails(targets: Any, given: Any, engine: Engine, stack: Stack):
    stack.up(program, targets=targets)
    ((what, options),) = engine.asked
    assert (what, options["target"]) == ("up", given)
    assert options["continue_on_error"] is True


@pytest.mark.parametrize(
    "change",
    [
        lambda stack: stack.up(program),
        lambda stack: stack.refresh(["a"]),
        lambda stack: stack.forget(["a"]),
    ],
    ids=["up", "refresh", "forget"],
)
def test_the_state_is_exported_once_until_something_changes_it(change: Any, engine: Engine, stack: Stack):
    engine.deployment = resources("a")
    stack.clear_pending()
    stack.state()
    stack.preview(program)
    stack.state()
    assert engine.exports == 1
    change(stack)
    before = engine.exports
    stack.state()
    assert engine.exports == before + 1


def test_an_up_runs_no_further_engine_commands(engine: Engine, stack: Stack):
    """Outputs and history would take three more engine runs."""
    stack.state()
    opened: Any = stack._opened
    assert opened.outputs() == {}
    assert opened.info(show_secrets=True).result == "succeeded"


def test_an_up_reports_its_progress(engine: Engine, stack: Stack):
    told: list[tuple[int, int | None]] = []

    class Told(Silent):
        def say(self, text: str) -> None:
            raise AssertionError(text)

        def count(self, done: int, total: int | None = None) -> None:
            told.append((done, total))

    stack.progress = Told()
    engine.events = [begins("same", "z"), begins("create", "a"), ends("create", "a")]
    stack.up(program)
    assert told == [(0, None), (0, 1), (1, 1)]


def test_a_refresh_is_limited_to_the_given_resources(engine: Engine, stack: Stack):
    engine.deployment = resources("urn:a", "urn:b", "urn:c")
    stack.refresh(("urn:a", "urn:b", "urn:gone"))
    ((what, options),) = engine.asked
    assert (what, options["target"]) == ("refresh", ["urn:a", "urn:b"])


def test_a_refresh_of_resources_that_are_not_in_the_state_does_nothing(engine: Engine, stack: Stack):
    engine.deployment = resources("urn:c")
    stack.refresh(["urn:gone"])
    assert engine.asked == []


# Failing


def failed(stderr: str) -> CommandError:
    return CommandError(f"\n code: 255\n stdout: some\n stderr: {stderr}\n")  # type: ignore[arg-type]


def broken(error: str) -> ProgramError:
    return ProgramError(error)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [failed("error: no network"), broken("error: no network")])
def test_the_error_has_the_engine_s_message(error: Exception, engine: Engine, stack: Stack):
    engine.error = error
    changing = (lambda: stack.up(program),)
    others = (
        lambda: stack.refresh(["a"]),
        lambda: stack.preview(program),
        stack.state,
        lambda: stack.restore({}),
        lambda: stack.forget(["a"]),
        stack.clear_pending,
    )
    for work in (*changing, *others):
        with pytest.raises(EngineError) as caught:
            work()
        assert caught.value.message.endswith("error: no network")
        assert caught.value.message.startswith("the engine failed: ")
        assert "stdout" not in caught.value.message
        assert caught.value.exit_code == 1
        assert ("what was done is recorded" in caught.value.hint) is (work in changing)


def test_a_wrong_passphrase_has_a_hint(engine: Engine, stack: Stack):
    engine.error = failed("error: getting stack configuration: incorrect passphrase")
    for work in (lambda: stack.preview(program), lambda: stack.up(program)):
        with pytest.raises(EngineError) as caught:
            work()
        assert caught.value.hint.startswith("set PULUMI_CONFIG_PASSPHRASE to the passphrase with which")


def test_failures_of_objects_are_not_raised(engine: Engine, stack: Stack):
    engine.error, engine.events = failed("update failed"), [says("no such user")]
    assert stack.up(program).failures == ["no such user"]


def test_a_failed_refresh_is_an_error_and_leaves_the_state_unchanged(engine: Engine, stack: Stack):
    engine.deployment = resources(urn("people"))
    engine.events = [says("error: 403 E0000006", subject=urn("people"))]
    with pytest.raises(NotRefreshed, match="group people: error: 403 E0000006") as caught:
        stack.refresh([urn("people")])
    assert caught.value.exit_code == 1
    assert caught.value.failed == {urn("people")}
    assert engine.asked[-1] == ("import", {"version": 3})
    assert engine.deployment == resources(urn("people"))


class Counting(Silent):
    """Does something whenever progress is counted."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work

    def count(self, done: int, total: int | None = None) -> None:
        self.work()


def test_an_engine_ended_by_a_signal_has_not_failed(engine: Engine, stack: Stack):
    def signalled() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    stack.progress = Counting(signalled)
    engine.error, engine.events = failed("error: update canceled"), [begins("create", "a")]
    with interrupts.handled(lambda text: None):
        changes = stack.up(program)
        interrupts.raise_if_received()
    assert changes.interrupted
    assert [outcome for _, outcome in changes.outcomes] == [Outcome.UNKNOWN]


def test_another_run_that_the_engine_sees_is_refused(engine: Engine, stack: Stack):
    engine.error = ConcurrentUpdateError("stderr: the stack is currently locked")  # type: ignore[arg-type]
    with pytest.raises(
        Refused, match="another run holds the stack production: the stack is currently locked"
    ) as caught:
        stack.up(program)
    assert caught.value.exit_code == 4


def test_an_engine_that_cannot_be_opened_is_an_error(engine: Engine, stack: Stack, monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: Any, **options: Any) -> None:
        raise failed("error: invalid backend")

    monkeypatch.setattr(workspace, "open_stack", refuse)
    with pytest.raises(EngineError, match="invalid backend"):
        stack.state()


def test_other_exceptions_are_not_converted(engine: Engine, stack: Stack):
    engine.error = KeyError("a bug")
    with pytest.raises(KeyError):
        stack.up(program)


# State


def test_pending_operations_are_cleared(engine: Engine, stack: Stack):
    assert stack.state().interrupted
    stack.clear_pending()
    assert engine.deployment == {"manifest": {}, "resources": []}
    assert engine.asked == [("import", {"version": 3})]
    stack.clear_pending()
    assert len(engine.asked) == 1, "what is whole is not written again"


def test_pending_operations_leave_the_state_unverified(engine: Engine, stack: Stack):
    doubts = [stack.unverified]
    for work in (stack.clear_pending, stack.clear_pending, stack.mark_verified):
        work()
        doubts.append(stack.unverified)
    assert doubts == [False, True, True, False]


def test_resources_are_removed_from_the_state(engine: Engine, stack: Stack):
    engine.deployment = {"resources": [{"urn": "a", "type": "x"}, {"urn": "b", "type": "x"}]}
    stack.forget([])
    assert engine.asked == []
    stack.forget(["a"])
    assert [one["urn"] for one in engine.deployment["resources"]] == ["b"]


def test_a_stack_without_state_is_empty(engine: Engine, stack: Stack):
    engine.deployment = None
    assert stack.export() == {}
    assert stack.state().resources == {}


# Locks


def lock(stack: Stack, content: str | dict[str, Any], name: str = "run") -> Path:
    backend = Path(stack.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
    path = backend / ".pulumi" / "locks" / "organization" / "identity" / stack.name / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def holder(**changes: Any) -> dict[str, Any]:
    return {"pid": 1, "hostname": socket.gethostname(), "timestamp": "2026-01-01T00:00:00Z", "username": "u", **changes}


def dead_process() -> int:
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], dict(os.environ))
    os.waitpid(child, 0)
    return child


def test_the_lock_of_a_killed_run_is_removed(engine: Engine, local: Stack):
    paths = [lock(local, holder(pid=dead_process()), "a"), lock(local, holder(pid="?"), "b")]
    local.state()
    assert not any(path.exists() for path in paths)


def test_the_lock_of_another_program_is_removed(engine: Engine, local: Stack):
    """The process id was reused."""
    path = lock(local, holder(pid=os.getpid()))
    local.state()
    assert not path.exists()


def test_the_lock_of_a_current_run_is_respected(engine: Engine, local: Stack, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(leftovers, "is_engine", lambda pid: pid == 4711)
    path = lock(local, holder(pid=4711))
    with pytest.raises(Refused) as caught:
        local.state()
    assert caught.value.exit_code == 4
    assert caught.value.message == (
        f"another run holds the stack production: process 4711 on {socket.gethostname()}, since 2026-01-01T00:00:00Z"
    )
    assert caught.value.hint == "wait for it to end"
    assert path.exists()
    assert engine.opened == []
    broken: list[str] = []
    local.break_locks(broken)
    with pytest.raises(Refused):
        local.state()
    assert path.exists(), "the engine runs on this machine"
    assert broken == []


UNREADABLE = pytest.mark.parametrize("content", [holder(hostname="elsewhere", pid=2**22 + 1), "", "{", "[]", "{}"])


@UNREADABLE
def test_a_lock_of_another_machine_can_be_broken(content: Any, engine: Engine, local: Stack):
    paths = [lock(local, content, "a"), lock(local, holder(pid=dead_process()), "b")]
    broken: list[str] = []
    local.break_locks(broken)
    local.state()
    assert not any(path.exists() for path in paths)
    (who,) = broken
    assert who.startswith("process "), "only the lock that was in doubt is recorded"


@UNREADABLE
def test_an_unreadable_lock_is_respected(content: Any, engine: Engine, local: Stack):
    path = lock(local, content)
    with pytest.raises(Refused) as caught:
        local.up(program)
    assert "--break-lock" in caught.value.hint
    assert path.exists()
    assert engine.asked == []


def test_an_incomplete_lock_is_removed(engine: Engine, local: Stack, monkeypatch: pytest.MonkeyPatch):
    """A full disk leaves an empty temporary file, which the engine treats as a lock."""
    monkeypatch.setattr(leftovers, "MOMENT", 0.0)
    path = lock(local, "", "1.json.18ec253ce0910b75.tmp")
    path = path.rename(path.with_suffix(""))
    local.state()
    assert not path.exists()


def test_locks_are_checked_before_every_operation(engine: Engine, local: Stack):
    local.state()
    lock(local, holder(hostname="elsewhere"))
    with pytest.raises(Refused):
        local.state()


def test_a_lock_removed_while_it_is_read_does_not_count(tmp_path: Path):
    assert leftovers._read_lock(tmp_path / "gone.json") is None


def test_locks_of_other_stacks_do_not_matter(engine: Engine, local: Stack):
    lock(Stack("staging", local.root, local.environment), holder(hostname="elsewhere"))
    local.state()


@pytest.mark.parametrize("backend", ["s3://states", "https://api.pulumi.com", ""])
def test_locks_of_other_backends_are_not_checked(backend: str, engine: Engine, tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text("name: identity\n")
    other = Stack("production", tmp_path, {"PULUMI_BACKEND_URL": backend} if backend else {})
    lock(Stack("production", tmp_path, {"PULUMI_BACKEND_URL": f"file://{tmp_path}"}), holder(hostname="elsewhere"))
    other.state()
    assert len(engine.opened) == 1


@pytest.mark.parametrize("left", [False, True])
def test_a_lock_in_a_bucket_says_who_holds_it_and_how_to_remove_it(left: bool, engine: Engine, stack: Stack):
    """The message is from version 3.256.0 with a state in a folder; a bucket has the same one."""
    pid = dead_process() if left else 4711
    host = socket.gethostname() if left else "runner-7"
    engine.error = ConcurrentUpdateError(
        "stderr: error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or "  # type: ignore[arg-type]
        f"delete the lock file with `pulumi cancel`.\n  s3://states/.pulumi/locks/organization/identity/production/"
        f"1.json: created by ci@{host} (pid {pid}) at 2026-01-01T00:00:00Z"
    )
    with pytest.raises(Refused) as caught:
        stack.up(program)
    assert caught.value.message == (
        f"another run holds the stack production: ci@{host}, process {pid}, since 2026-01-01T00:00:00Z"
    )
    hint = caught.value.hint
    assert ("that process no longer runs on this machine" in hint) is left
    assert "--break-lock" in hint


class LockedEngine(Engine):
    """An engine whose stack is locked until `cancel` is called."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.error = ConcurrentUpdateError(words)  # type: ignore[arg-type]

    def cancel(self) -> None:
        self.error = None
        self.asked.append(("cancel", {}))


def locked_by(who: str, pid: int) -> str:
    return f"stderr: error: locked by 1 lock(s).\n  s3://x.json: created by {who} (pid {pid}) at 2026-01-01T00:00:00Z"


@pytest.mark.parametrize("operation", ["up", "import"])
def test_a_lock_in_a_bucket_can_be_broken(operation: str, stack: Stack, monkeypatch: pytest.MonkeyPatch):
    engine = LockedEngine(locked_by("ci@runner-7", 4711))
    monkeypatch.setattr(toolchain, "ensure", lambda progress: stack.root / "pulumi/bin/pulumi")
    monkeypatch.setattr(workspace, "open_stack", engine.open_stack)
    broken: list[str] = []
    stack.break_locks(broken)
    if operation == "up":
        assert stack.up(program).failures == []
    else:
        stack.restore(STATE)
    assert [what for what, _ in engine.asked][-2:] == ["cancel", operation]
    assert broken == ["ci@runner-7, process 4711, since 2026-01-01T00:00:00Z"]


def test_the_lock_of_an_engine_on_this_machine_is_never_broken(stack: Stack, monkeypatch: pytest.MonkeyPatch):
    engine = LockedEngine(locked_by(f"me@{socket.gethostname()}", 4711))
    monkeypatch.setattr(toolchain, "ensure", lambda progress: stack.root / "pulumi/bin/pulumi")
    monkeypatch.setattr(workspace, "open_stack", engine.open_stack)
    monkeypatch.setattr(failures, "is_engine", lambda pid: pid == 4711)
    broken: list[str] = []
    stack.break_locks(broken)
    with pytest.raises(Refused):
        stack.up(program)
    assert broken == []
    assert "cancel" not in [what for what, _ in engine.asked]


class LateLock(Engine):
    """An engine that finds a lock in a folder which was written after our check of the locks."""

    def __init__(self, late: Path, pid: int) -> None:
        super().__init__()
        self._late, self._pid = late, pid

    def up(self, **options: Any) -> None:
        first = not self.asked
        if first:
            self._late.write_text(json.dumps(holder(pid=self._pid)))
        self._do("up", **options)
        if self._late.exists():
            raise ConcurrentUpdateError(locked_by(f"me@{socket.gethostname()}", self._pid))  # type: ignore[arg-type]


@pytest.mark.parametrize("runs", [False, True], ids=["ended", "runs"])
def test_the_late_lock_of_a_killed_run_is_removed_once_its_engine_has_ended(
    runs: bool, local: Stack, monkeypatch: pytest.MonkeyPatch
):
    pid = dead_process()
    late = lock(local, "")
    late.unlink()
    engine = LateLock(late, pid)
    monkeypatch.setattr(toolchain, "ensure", lambda progress: local.root / "pulumi/bin/pulumi")
    monkeypatch.setattr(workspace, "open_stack", engine.open_stack)
    monkeypatch.setattr(leftovers, "is_engine", lambda found: runs and found == pid)
    if runs:
        with pytest.raises(Refused, match=f"another run holds the stack production: process {pid}"):
            local.up(program)
    else:
        assert local.up(program).failures == []
    assert late.exists() is runs
    assert len(engine.asked) == (1 if runs else 2)


@pytest.mark.parametrize(
    ("words", "file", "remedy"),
    [
        (
            "error: writing snapshot: failed to save snapshot: An IO error occurred while writing the new snapshot "
            'file: blob (key ".pulumi/stacks/okta/test.json") (code=Unknown): write /srv/.pulumi/stacks/okta/'
            "test.json.18ec22324d070559.tmp: no space left on device",
            "/srv/.pulumi/stacks/okta/test.json",
            "free some space",
        ),
        ("error: open /srv/.pulumi/locks/x.tmp: read-only file system", "/srv/.pulumi/locks/x", "make it writable"),
        ("error: open /srv/.pulumi/locks/x.tmp: permission denied", "/srv/.pulumi/locks/x", "PULUMI_BACKEND_URL"),
        (
            "error: failed to load checkpoint: place 1: unexpected end of JSON input",
            "s3://states/.pulumi/stacks/identity/production.json",
            "s3://states/.pulumi/stacks/identity/production.json.bak",
        ),
        (
            "error: snapshot integrity failure; refusing to use it: x refers to missing resource y",
            "x refers to missing resource y",
            "state repair --stack organization/identity/production",
        ),
    ],
)
def test_an_unusable_state_has_an_error_with_file_and_hint(
    words: str, file: str, remedy: str, engine: Engine, stack: Stack
):
    engine.error = failed(words)
    with pytest.raises(EngineError) as caught:
        stack.up(program)
    assert file in caught.value.message
    assert remedy in caught.value.hint


SALT = "v1:ottLZEvnA1k=:v1:UUsXmCkDO9dApucR:KEn5M11nV5GKIXrVd5PNGVGUExc2OA=="
"""Written by version 3.256.0 for the passphrase `sandbox`."""


@pytest.mark.parametrize("settings", [f"encryptionsalt: {SALT}", f"encryptionsalt: {SALT[:-4]}AA==", "", "[", None])
def test_the_hint_explains_how_to_change_the_default_passphrase(settings: str | None, engine: Engine, stack: Stack):
    if settings is not None:
        (stack.root / "Pulumi.production.yaml").write_text(settings)
    engine.error = failed("error: getting stack configuration: get stack secrets manager: incorrect passphrase")
    with pytest.raises(EngineError) as caught:
        stack.preview(program)
    known = settings is not None and settings.endswith(SALT)
    assert "stack change-secrets-provider passphrase" in caught.value.hint
    for part in ("unset PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE=sandbox ", "Pulumi.production.yaml"):
        assert (part in caught.value.hint) is known


def test_the_credentials_of_a_backend_are_not_shown(engine: Engine, tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text("name: identity\n")
    stack = Stack("production", tmp_path, {"PULUMI_BACKEND_URL": "postgres://user:hush@db/states"})
    engine.error = failed("error: failed to load checkpoint: unexpected end of JSON input")
    with pytest.raises(EngineError) as caught:
        stack.up(program)
    engine.error = failed("error: snapshot integrity failure; refusing to use it")
    with pytest.raises(EngineError) as repaired:
        stack.up(program)
    shown = f"{caught.value.message} {caught.value.hint} {repaired.value.hint}"
    assert "postgres://db/states/.pulumi/stacks/identity/production.json" in shown
    assert "hush" not in shown


# A copy


@pytest.mark.parametrize("passphrase", ["of the environment", ""])
def test_a_copy_is_in_its_own_folder(
    passphrase: str, engine: Engine, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", passphrase)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    (tmp_path / "Pulumi.yaml").write_text("name: identity\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.production.yaml").write_text("config: {}\n")
    (tmp_path / "stacks" / "Pulumi.staging.yaml").write_text("config: {}\n")
    with stack.copied() as copy:
        assert (copy.name, copy.project) == ("production", "identity")
        assert not copy.root.is_relative_to(tmp_path)
        files = sorted(path.relative_to(copy.root).as_posix() for path in copy.root.rglob("*.yaml"))
        assert files == ["Pulumi.yaml", "stacks/Pulumi.production.yaml"]
        assert engine.asked == [("import", {"version": 3})]
        assert "pending_operations" not in engine.deployment
        environment = engine.opened[-1]["environment"]
        assert environment["PULUMI_BACKEND_URL"] == (copy.root / "state").as_uri()
        assert environment["OKTA_API_TOKEN"] == "t"
        assert ("PULUMI_CONFIG_PASSPHRASE" in environment) is not bool(passphrase)
    assert not copy.root.exists()


@pytest.mark.parametrize("folder", ["", "stacks"])
def test_a_state_with_the_default_passphrase_is_known_by_the_settings_of_its_stack(
    folder: str, engine: Engine, stack: Stack, tmp_path: Path
):
    salt = "v1:zDW24N5YV/4=:v1:qmoZKVbmgwlvvqM7:Gs4O52VNirjFV8newFQymiqZiPobKQ=="
    (tmp_path / "Pulumi.yaml").write_text(f"name: identity\nstackConfigDir: {folder}\n")
    settings = tmp_path / folder / "Pulumi.production.yaml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(f"encryptionsalt: {salt}\n")
    engine.error = failed("error: could not create secrets manager: incorrect passphrase")
    with pytest.raises(EngineError) as caught:
        stack.preview(program)
    assert "was created with the default passphrase" in caught.value.hint
    assert str(settings) in caught.value.hint


def test_a_failure_of_a_copy_names_the_files_of_the_original(engine: Engine, stack: Stack, tmp_path: Path):
    with stack.copied() as copy:
        engine.error = failed("error: could not create secrets manager: incorrect passphrase")
        with pytest.raises(EngineError) as caught:
            copy.preview(program)
    assert str(tmp_path) in caught.value.hint
    assert str(copy.root) not in caught.value.hint


@pytest.mark.parametrize(
    ("backend", "shown"),
    [
        ("file:///srv/state", "file:///srv/state"),
        ("https://kim:CANARY@pulumi.example", "https://pulumi.example"),
        ("s3://states/okta?region=eu&secret_key=CANARY", "s3://states/okta"),
        ("", "the default backend of Pulumi"),
        ("https://[kim:CANARY@pulumi.example", "(not an address)"),
    ],
)
def test_the_location_of_the_state_has_no_credentials(backend: str, shown: str, tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text("name: identity\n")
    said = Stack("production", tmp_path, {"PULUMI_BACKEND_URL": backend}).location
    assert said == f"{shown} (project identity, stack production)"


def test_the_record_is_exported_until_it_is_put_back(engine: Engine, stack: Stack):
    resource = {"urn": "urn:pulumi:production::identity::pulumi:pulumi:Stack::s", "type": "pulumi:pulumi:Stack"}
    engine.deployment = {"resources": [resource | {"outputs": {"commit": "c"}}]}
    assert stack.set_aside_outputs == {}
    stack.set_aside(SetAside.of({}, (), (), {}), ())
    (name,) = stack.set_aside_outputs
    assert stack.state().outputs[name] == stack.set_aside_outputs[name]
    stack.put_back(lambda: SetAside.of({}, (), (), {}))
    assert stack.set_aside_outputs == {}
    assert stack.state().outputs == {"commit": "c"}


def test_a_local_state_that_exists_is_exported_and_copied_without_the_engine(engine: Engine, local: Stack):
    deployment = {"manifest": {}, "resources": [{"urn": "a", "type": "x"}], "pending_operations": []}
    state = LocalState(local.root / "state", "identity", "production")
    state.create(deployment)
    assert local.export() == deployment
    with local.copied() as copy:
        assert copy.export() == {"manifest": {}, "resources": deployment["resources"]}
        assert engine.opened == []
        copy.preview(program)
    assert [one["exists"] for one in engine.opened] == [True]


def test_the_engine_is_asked_for_what_only_it_knows(engine: Engine, stack: Stack, local: Stack):
    local.export()
    stack.export()
    assert [one["exists"] for one in engine.opened] == [False, None]
