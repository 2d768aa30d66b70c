"""Accept and adopt when they are killed or cannot write: nothing is lost or hidden, and a second run completes them.

To kill more runs, at random moments: pytest tests/e2e/test_interrupted_writes.py --kills 40
"""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.definitions import environment_names
from reconciler.drift import Verdict
from reconciler.drift.comparison import OPEN
from tests.e2e.documents import Document, group, groups, zone
from tests.e2e.test_killed import until
from tests.e2e.workspace import Outcome, StartTenant, Workspace
from tests.faults import contents

pytestmark = pytest.mark.e2e

HOOK = Path(__file__).parent / "interruption"
TIMEOUT_SECONDS = 120


@pytest.fixture(scope="module")
def workspace(start_tenant: StartTenant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Definitions of two environments in several files, and a tenant with drift in every file."""
    with start_tenant() as tenant:
        workspace = Workspace(tmp_path_factory.mktemp("interrupted") / "work", tenant)
        workspace.write_environment("other")
        only_here: list[Document] = [{**one, "environments": ["test"]} for one in groups(3)]
        workspace.write("groups.yaml", [{**group("shared"), "environments": ["test", "other"]}, *only_here])
        workspace.write("zones.yaml", [{**zone("office"), "environments": ["test"]}])
        workspace.up()
        tamper(workspace)
        yield workspace


def tamper(workspace: Workspace) -> None:
    """Change, delete and add objects that are declared in different files."""
    live = workspace.tenant.read()
    ids = {item.label: item.id for item in live.objects["group"]}
    (office,) = [item for item in live.objects["network-zone"] if item.label == "office"]
    request = workspace.tenant.request
    for name in ("Shared", "Group-00"):
        request("PUT", f"/api/v1/groups/{ids[name]}", {"profile": {"name": name, "description": "By hand."}})
    request("DELETE", f"/api/v1/groups/{ids['Group-01']}")
    gateways = [{"type": "CIDR", "value": "198.51.100.0/24"}]
    request("PUT", f"/api/v1/zones/{office.id}", dict(office.json) | {"gateways": gateways})
    request("POST", "/api/v1/groups", {"profile": {"name": "Stray"}})


FINDINGS = {
    ("group shared.description", Verdict.CHANGED),
    ("group group-00.description", Verdict.CHANGED),
    ("group group-01", Verdict.MISSING),
    ("network-zone office.gateways", Verdict.CHANGED),
    ("group Stray", Verdict.UNMANAGED),
}


@dataclass
class Interruption:
    """Runs of one command in copies of the workspace. The first run completes; all others are interrupted."""

    workspace: Workspace
    copies: Path
    command: Sequence[str]

    def run(self, **settings: str) -> tuple[Workspace, Outcome]:
        """Run the command in a new copy, with settings of the hook; returns the copy and the outcome."""
        copy = Workspace(self.copies / "work", self.workspace.tenant)
        shutil.rmtree(copy.root)
        shutil.copytree(self.workspace.root, copy.root)
        self.log.unlink(missing_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", str(HOOK))
            patch.setenv("INTERRUPT_BELOW", str(copy.definitions))
            patch.setenv("INTERRUPT_LOG", str(self.log))
            for name, value in settings.items():
                patch.setenv(f"INTERRUPT_{name}", value)
            process = copy.start(*(word.format(definitions=copy.definitions) for word in self.command))
            out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        until(lambda: not engines_in(copy.root), "the engine of a killed run ends by itself")
        assert "Traceback" not in out + err
        return copy, Outcome(process.returncode, out, err)

    @property
    def log(self) -> Path:
        return self.copies / "log"

    def operations(self) -> list[str]:
        """The operations of the last run, in order."""
        return [line.partition(" ")[2] for line in self.log.read_text().splitlines()]

    def seconds(self) -> float:
        """The duration of the last run after its first operation."""
        times = [float(line.partition(" ")[0]) for line in self.log.read_text().splitlines()]
        return times[-1] - times[0]

    def moments(self, kills: int) -> Iterator[float]:
        """Random moments while a run writes."""
        chance = random.Random(self.command[0])
        seconds = self.seconds() * 1.1
        for _ in range(kills):
            yield chance.uniform(0.001, seconds)


def engines_in(folder: Path) -> list[int]:
    """The running engines that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            if b"pulumi" in (process / "cmdline").read_bytes() and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found


@pytest.fixture
def interruption(workspace: Workspace, tmp_path: Path) -> Callable[..., Interruption]:
    return lambda *command: Interruption(workspace, tmp_path, command)


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills"))


def findings(workspace: Workspace) -> set[tuple[str, Verdict]]:
    return {(found.subject, found.verdict) for found in workspace.comparison().findings()}


def after_acceptance(
    copy: Workspace, before: dict[str, bytes], accepted: dict[str, bytes], tenant: list[str], *finding: str
) -> bool:
    """Check that nothing is lost or hidden and a second run completes it; returns whether the first had written."""
    found = findings(copy)
    now = contents(copy.definitions)
    assert now in (before, accepted), "only some of the files are written"
    assert {one for one in found if one[1] in OPEN} == (FINDINGS if now == before else set())
    copy.tenant.clear_stats()
    copy.expect(0, "accept", "--yes", *finding)
    assert contents(copy.definitions) == accepted
    copy.expect_settled()
    changing = [key for key in copy.tenant.stats() if key[0] not in ("GET", "HEAD")]
    assert [key for key in changing if "_sandbox" not in key[1]] == []
    assert copy.tenant.labels() == tenant
    return now == accepted


def test_accept_can_be_killed_and_repeated(interruption: Callable[..., Interruption], workspace: Workspace, kills: int):
    tenant = workspace.tenant.labels()
    before = contents(workspace.definitions)
    runs = interruption("accept", "--yes")
    copy, outcome = runs.run()
    assert outcome.code == 0, outcome
    accepted = contents(copy.definitions)
    copy.expect_settled()
    operations = runs.operations()
    moments = list(runs.moments(kills))
    renames = [number for number, one in enumerate(operations, 1) if one.startswith("os.rename")]
    in_the_state = {"AT": str(operations.index("up") + 1)}
    settings = [
        {"AT": str(operations.index("refresh") + 1)},
        {"AT": str(renames[2])},
        in_the_state,
        *({"AFTER": f"{moment:.3f}"} for moment in moments),
    ]

    written = []
    for each in settings:
        copy, outcome = runs.run(**each)
        assert outcome.code in (-signal.SIGKILL, 0), f"{each}: {outcome}"
        finding = ["group group-00"] if each == in_the_state else []  # given again, as when a user repeats the command
        written.append(after_acceptance(copy, before, accepted, tenant, *finding))
        print(f"accept, killed {each}: {outcome.code}, {'accepted' if written[-1] else 'reported again'}", flush=True)
    assert written[:3] == [False, False, True]


def test_up_after_a_killed_accept_changes_nothing(interruption: Callable[..., Interruption], workspace: Workspace):
    tenant = workspace.tenant.read()
    runs = interruption("accept", "--yes")
    runs.run()
    copy, outcome = runs.run(AT=str(runs.operations().index("up") + 1))
    assert outcome.code == -signal.SIGKILL
    copy.up()
    copy.expect_settled()
    assert copy.tenant.labels() == workspace.tenant.labels()
    assert {item.label: item.spec for item in copy.tenant.read().objects["group"]} == {
        item.label: item.spec for item in tenant.objects["group"]
    }


def test_accept_restores_the_files_if_one_cannot_be_written(
    interruption: Callable[..., Interruption], workspace: Workspace, kills: int
):
    """Fails at the last file; with `--kills`, at every file."""
    before = contents(workspace.definitions)
    runs = interruption("accept", "--yes")
    runs.run()
    operations = runs.operations()
    files = [number for number, one in enumerate(operations, 1) if one.startswith("os.rename")]
    for number in files if kills else files[-1:]:
        copy, outcome = runs.run(AT=str(number), BY="full")
        assert outcome.code == 1, outcome
        assert "No space left on device" in outcome.err
        assert str(copy.definitions) in outcome.err
        assert "run the same command again" in outcome.err
        assert contents(copy.definitions) == before
        assert findings(copy) == FINDINGS


def test_adopt_can_be_killed_and_repeated(interruption: Callable[..., Interruption], kills: int):
    runs = interruption("adopt", "--into", "{definitions}")
    copy, outcome = runs.run()
    assert outcome.code == 0, outcome
    adopted = contents(copy.definitions)
    copy.expect(0, "validate", environment=None)
    moments = list(runs.moments(kills))
    renames = [number for number, one in enumerate(runs.operations(), 1) if one.startswith("os.rename")]
    for each in [{"AT": str(renames[2])}, *({"AFTER": f"{moment:.4f}"} for moment in moments)]:
        copy, outcome = runs.run(**each)
        assert outcome.code in (-signal.SIGKILL, 0), f"{each}: {outcome}"
        environment_names(copy.definitions)
        now = contents(copy.definitions)
        assert now in (adopted, contents(runs.workspace.definitions))
        copy.expect(0, "adopt", "--into", str(copy.definitions))
        assert contents(copy.definitions) == adopted
        print(f"adopt, killed {each}: {outcome.code}, {'adopted' if now == adopted else 'as before'}", flush=True)
