"""The Pulumi CLI is found, or installed once and completely."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from reconciler.engine import toolchain
from reconciler.engine.toolchain import __main__ as command
from reconciler.engine.toolchain.install import METHODS
from reconciler.engine.toolchain.modules import TOOL, go_modules
from reconciler.engine.toolchain.official import official_installer
from reconciler.engine.toolchain.process import ProcessFailed, follow
from reconciler.engine.toolchain.release import Release
from reconciler.errors import EngineMissing
from reconciler.progress import Silent

PROJECT = Path(__file__).parents[2]

FAKE_GO = """
case "$1" in
version) echo "go version go1.26.8 linux/amd64" ;;
list) echo "go: downloading example.com/one v1.0.0" >&2; echo example.com/one; echo example.com/two ;;
build)
    echo "$PWD" "$CGO_ENABLED" "$GOWORK" "$GOFLAGS" "$@" >> "$HOME/../go.log"
    echo example.com/one >&2; echo example.com/two >&2
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v3.256.0\\n' > "$2"
    /bin/chmod +x "$2" ;;
esac
"""


class Told(Silent):
    """A progress that records its calls."""

    def __init__(self):
        self.lines: list[str] = []
        self.counts: list[tuple[int, int | None]] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def count(self, done: int, total: int | None = None) -> None:
        self.counts.append((done, total))


class Machine:
    """An empty home, cache and PATH."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = root / "home"
        self.cache = root / "cache" / "okta-reconciler"
        self.path = root / "path"
        self.go_log = root / "go.log"
        self.home.mkdir()
        self.path.mkdir()
        monkeypatch.setenv("HOME", str(self.home))
        monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        monkeypatch.setenv("PATH", str(self.path))
        monkeypatch.delenv("GOFLAGS", raising=False)
        monkeypatch.delenv("CGO_ENABLED", raising=False)

    @property
    def cached(self) -> Path:
        return self.cache / "pulumi-3.256.0" / "bin" / "pulumi"

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.cache.glob("*.part-*"))

    def has(self, script: str, binary: Path) -> Path:
        binary.parent.mkdir(parents=True, exist_ok=True)
        binary.write_text(f"#!/bin/sh\n{script}\n")
        binary.chmod(0o755)
        return binary


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


def puts_pulumi(root, progress):
    binary = root / "bin" / "pulumi"
    binary.parent.mkdir(parents=True)
    binary.write_text("#!/bin/sh\necho v3.256.0\n")
    binary.chmod(0o755)


def unreachable(root, progress):
    raise ProcessFailed("no way out to the internet")


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("v3.256.0\n", Release(3, 256, 0)),
        ("3.256.1", Release(3, 256, 1)),
        ("warning: something\nv3.300.2", Release(3, 300, 2)),
        ("v3.257.0-alpha.x1b2c3", Release(3, 257, 0, final=False)),
        ("go version go1.26.8 linux/amd64", Release(1, 26, 8)),
        ("go version go1.19 linux/amd64", Release(1, 19, 0)),
        ("go version go1.24rc1 linux/amd64", Release(1, 24, 0, final=False)),
        ("", None),
        ("no version at all", None),
    ],
)
def test_version_numbers_as_pulumi_and_go_spell_them(text, release):
    assert Release.parse(text) == release


@pytest.mark.parametrize(
    ("version", "good_enough"),
    [
        ("3.256.0", True),
        ("3.257.0", True),
        ("3.255.9", False),
        ("3.256.0-alpha.1", False),
        ("3.257.0-alpha.1", True),
        ("4.0.0", False),
        ("2.999.0", False),
    ],
)
def test_new_enough_means_the_pin_or_newer_of_the_same_major_version(version, good_enough):
    parsed = Release.parse(version)
    assert parsed is not None
    assert parsed.satisfies(Release(3, 256, 0)) is good_enough


def test_nothing_is_found_on_an_empty_machine(machine):
    assert toolchain.find() is None


@pytest.mark.parametrize(
    "place", ["path/pulumi", "home/.pulumi/bin/pulumi", "home/.pulumi/versions/3.256.0/bin/pulumi"]
)
def test_a_cli_installed_by_the_user_precedes_the_cache(machine, tmp_path, place):
    machine.has("echo v3.256.0", machine.cached)
    users = machine.has("echo v3.260.0", tmp_path / place)
    assert toolchain.find() == users


@pytest.mark.parametrize(
    "script", ["echo v3.255.0", "echo v4.0.0", "echo hello", "echo v3.256.0; exit 1", "exec /nowhere"]
)
def test_an_unsuitable_pulumi_on_path_is_skipped(machine, script):
    machine.has(script, machine.path / "pulumi")
    assert toolchain.find() is None
    cached = machine.has("echo v3.256.0", machine.cached)
    assert toolchain.find() == cached


def test_a_relative_cache_home_is_ignored(machine, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "elsewhere")
    cached = machine.has("echo v3.256.0", machine.home / ".cache/okta-reconciler/pulumi-3.256.0/bin/pulumi")
    assert toolchain.find() == cached


def test_ensure_installs_nothing_when_there_is_one(machine):
    cached = machine.has("echo v3.256.0", machine.cached)
    told = Told()
    assert toolchain.ensure(told, methods=[unreachable]) == cached
    assert told.lines == []


def test_ensure_tries_the_next_method_and_reports_it(machine):
    told = Told()
    assert toolchain.ensure(told, methods=[unreachable, puts_pulumi]) == machine.cached
    assert "unreachable: no way out to the internet" in told.lines
    assert told.lines[-1].startswith("Pulumi CLI 3.256.0 is ready after")
    assert machine.leftovers() == []


def test_ensure_reports_why_it_skips_a_pulumi(machine):
    old = machine.has("echo v3.100.0", machine.path / "pulumi")
    told = Told()
    toolchain.ensure(told, methods=[puts_pulumi])
    assert told.lines[0] == f"{old} is version 3.100.0: 3.256.0 or newer (below 4) is needed"


def test_an_incomplete_installation_is_replaced(machine):
    (machine.cached.parent / "half").mkdir(parents=True)
    assert toolchain.ensure(methods=[puts_pulumi]) == machine.cached
    assert sorted(path.name for path in machine.cached.parent.iterdir()) == ["pulumi"]


def test_without_any_method_the_error_says_why_what_to_do_and_what_still_works(machine):
    with pytest.raises(EngineMissing) as missing:
        toolchain.ensure(methods=[unreachable])
    text = missing.value.message + missing.value.hint
    for part in ("unreachable: no way out to the internet", "3.256.0", "Go 1.21", "validate", "drift", "sandbox"):
        assert part in text
    assert machine.leftovers() == []


def test_a_binary_of_another_version_is_not_installed(machine):
    def wrong(root, progress):
        machine.has("echo v3.1.0", root / "bin" / "pulumi")

    with pytest.raises(EngineMissing, match=re.escape("wrong: installed 3.1.0 instead of 3.256.0")):
        toolchain.ensure(methods=[wrong])
    assert toolchain.find() is None


def test_a_cache_that_cannot_be_written_is_an_error_with_its_path(machine):
    machine.cache.parent.write_text("a file where the cache should be")
    with pytest.raises(EngineMissing, match=re.escape(str(machine.cache.parent))):
        toolchain.ensure(methods=[puts_pulumi])


def test_an_interrupt_leaves_nothing(machine):
    def interrupted(root, progress):
        puts_pulumi(root, progress)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        toolchain.ensure(methods=[interrupted])
    assert machine.leftovers() == []
    assert toolchain.find() is None


def test_a_killed_run_leaves_no_usable_cli_and_the_next_run_cleans_up(machine):
    machine.has(
        FAKE_GO.replace("printf", "echo half > $2; echo linking >&2; /bin/sleep 60; printf"), machine.path / "go"
    )
    program = """
        from reconciler.engine.toolchain.install import ensure
        from reconciler.engine.toolchain.modules import go_modules
        ensure(methods=[go_modules])
    """
    run = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    _wait_until(lambda: any(machine.cache.glob("*.part-*/bin/pulumi")))
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert len(machine.leftovers()) == 1
    assert toolchain.find() is None

    assert toolchain.ensure(methods=[puts_pulumi]) == machine.cached
    assert machine.leftovers() == []


def test_of_two_parallel_runs_one_installs_and_the_other_waits(machine):
    installs: list[Path] = []
    begun = threading.Event()
    go_on = threading.Event()

    def slow(root, progress):
        installs.append(root)
        begun.set()
        assert go_on.wait(10)
        puts_pulumi(root, progress)

    class Other(Told):
        def say(self, text):
            super().say(text)
            go_on.set()

    other = Other()
    first = threading.Thread(target=toolchain.ensure, kwargs={"methods": [slow]})
    first.start()
    assert begun.wait(10)
    assert toolchain.ensure(other, methods=[slow]) == machine.cached
    first.join(10)
    assert len(installs) == 1
    assert other.lines == ["another run is installing the Pulumi CLI: waiting, 0 s"]


def test_the_lock_of_a_process_that_has_ended_does_not_block(machine):
    machine.cache.mkdir(parents=True)
    lock = machine.cache / "pulumi-3.256.0.lock"
    program = f"import fcntl, os; fcntl.flock(os.open({str(lock)!r}, os.O_CREAT | os.O_RDWR), {fcntl.LOCK_EX})"
    subprocess.run([sys.executable, "-c", program], check=True)
    assert lock.exists()
    assert toolchain.ensure(methods=[puts_pulumi]) == machine.cached


def test_building_from_go_modules(machine, monkeypatch):
    machine.has(FAKE_GO, machine.path / "go")
    monkeypatch.setenv("GOFLAGS", "-modcacherw")
    monkeypatch.setenv("GOWORK", "/somewhere/go.work")
    assert toolchain.ensure(methods=[go_modules]) == machine.cached
    folder, cgo, workspace, flags, *arguments = machine.go_log.read_text().split()
    assert folder.startswith(str(machine.cache)), "go must not write into the installed package"
    assert (cgo, workspace, flags) == ("0", "off", "-modcacherw")
    assert arguments[:2] == ["build", "-v"]
    assert arguments[-1] == TOOL
    assert "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.256.0" in " ".join(arguments)
    assert sorted(path.name for path in machine.cached.parents[1].iterdir()) == ["bin"]


def test_the_build_reports_its_progress(machine):
    machine.has(FAKE_GO, machine.path / "go")
    told = Told()
    toolchain.ensure(told, methods=[go_modules])
    assert told.lines[:-1] == [
        "installing the Pulumi CLI 3.256.0",
        "building the Pulumi CLI from Go modules: about four minutes on two cores, once",
        "fetching modules",
        "compiling packages",
    ]
    assert (1, None) in told.counts
    assert (2, 2) in told.counts


def test_a_missing_or_old_go_is_the_reason(machine):
    with pytest.raises(EngineMissing, match="no Go on PATH"):
        toolchain.ensure(methods=[go_modules])
    machine.has('echo "go version go1.19.8 linux/amd64"', machine.path / "go")
    with pytest.raises(EngineMissing, match=re.escape("'go version go1.19.8 linux/amd64': Go 1.21.0 or newer")):
        toolchain.ensure(methods=[go_modules])


def test_a_failed_build_repeats_the_last_lines_of_the_compiler(machine):
    script = FAKE_GO.replace("printf", "echo 'missing go.sum entry' >&2; exit 1; printf")
    machine.has(script, machine.path / "go")
    with pytest.raises(EngineMissing, match=r"go modules: example.com/one\n.*\n.*missing go.sum entry"):
        toolchain.ensure(methods=[go_modules])


def test_the_official_installer_is_the_first_choice():
    assert list(METHODS) == [official_installer, go_modules]


def test_the_official_installer_fails_fast_when_it_cannot_be_reached(machine, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(EngineMissing, match=r"official installer: .*refused"):
        toolchain.ensure(methods=[official_installer])
    assert time.monotonic() - started < 10


def test_a_child_that_takes_too_long_is_killed(tmp_path):
    mark = tmp_path / "mark"
    started = time.monotonic()
    with pytest.raises(ProcessFailed, match="no result after 0 s"):
        follow(["/bin/sh", "-c", f"exec /bin/sleep 30; echo > {mark}"], on_line=lambda _: None, limit=lambda: 0.2)
    assert time.monotonic() - started < 10
    assert not mark.exists()


def test_run_as_a_module_it_prints_the_path(machine, capsys):
    cached = machine.has("echo v3.256.0", machine.cached)
    assert command.main() == 0
    assert capsys.readouterr().out == f"{cached}\n"


def test_run_as_a_module_it_reports_a_missing_engine(machine, monkeypatch, capsys):
    def missing(progress):
        raise EngineMissing("there is none", "install it")

    monkeypatch.setattr(command, "ensure", missing)
    assert command.main() == 1
    assert capsys.readouterr().err == "there is none\ninstall it\n"


def test_run_as_a_module_it_shows_steps_and_progress(capsys):
    times = iter([0.0, 0.0, 1.0, 7.0, 8.0, 13.0])
    lines = command.Lines(clock=lambda: next(times))
    lines.say("compiling packages")
    lines.count(1, 100)
    lines.count(20, 100)
    lines.count(25, 100)
    lines.count(50)
    assert capsys.readouterr().err.splitlines() == [
        "compiling packages",
        "compiling packages: 20 of 100, 7 s",
        "compiling packages: 50, 13 s",
    ]


def test_importing_it_loads_no_pulumi():
    program = "import sys; import reconciler.engine.toolchain; sys.exit('pulumi' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)


def test_the_cli_the_go_module_and_the_python_sdk_are_pinned_to_one_version():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    module = files("reconciler.engine.toolchain").joinpath("go.mod").read_text()
    pin = str(toolchain.PINNED)
    assert f"pulumi=={pin}" in project["project"]["dependencies"]
    assert re.search(rf"github.com/pulumi/pulumi/pkg/v3 v{pin}\b", module)
    assert re.search(rf"github.com/pulumi/pulumi/sdk/v3 v{pin}\b", module)
    assert f"tool {TOOL}\n" in module


def _wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
