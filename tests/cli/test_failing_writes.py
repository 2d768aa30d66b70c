"""A failing write of any file is an error that names the file; the previous file stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from reconciler.baseline import Baselines
from reconciler.cli import run
from reconciler.cli.output import show_drift, show_plan
from reconciler.commit import Commit
from reconciler.engine.changes import Changes
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.known_secrets import KnownSecrets
from reconciler.reconciler import Reconciler
from reconciler.report import FORMATS, PLAN_FORMATS
from tests.drift import live
from tests.faults import Full, fault
from tests.report import samples


@pytest.fixture
def reconciler(tmp_path: Path) -> Reconciler:
    desired = SimpleNamespace(environment=SimpleNamespace(name="production", url="https://acme.okta.com"))
    stack, tenant = SimpleNamespace(root=tmp_path), SimpleNamespace(known=KnownSecrets())
    return cast(Reconciler, SimpleNamespace(desired=desired, stack=stack, commit=Commit(), tenant=tenant))


def failures(file: Path, write: Callable[[], Any]) -> int:
    """Fail each operation of a write in turn: each gives an error and keeps the file. Return their number."""
    file.write_bytes(b"earlier")
    for number in count(1):
        try:
            with fault(number, Full, file.parent):
                write()
        except ReconcilerError as error:
            ((message, hint),) = error.explanations()
            assert str(file) in message
            assert "No space left on device" in message
            assert "run the same command again" in hint
            assert error.exit_code == 1
            assert file.read_bytes() == b"earlier"
        else:
            assert file.read_bytes() != b"earlier"
            return number - 1
    raise AssertionError


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_drift_report(reconciler: Reconciler, tmp_path: Path, form: str) -> None:
    file = tmp_path / "report"
    assert failures(file, lambda: show_drift(reconciler, samples.report(), [(file, form)])) > 2


@pytest.mark.parametrize("form", list(PLAN_FORMATS))
def test_a_plan(reconciler: Reconciler, tmp_path: Path, form: str) -> None:
    file = tmp_path / "plan"
    assert failures(file, lambda: show_plan(reconciler, Changes(), [(file, form)])) > 2


def test_a_baseline(tmp_path: Path) -> None:
    baselines = Baselines(str(tmp_path / "baselines"))
    baselines.save("production", live.snapshot(live.APP))
    file = tmp_path / "baselines" / "production.json.gz"
    assert failures(file, lambda: baselines.save("production", live.snapshot(live.APP))) > 2
    earlier = file.read_bytes()
    with fault(3, Full, tmp_path), pytest.raises(ReconcilerError, match="No space left on device"):
        baselines.accept("production", [], live.snapshot(live.APP))
    assert file.read_bytes() == earlier


def test_a_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "schema.json"
    file.write_text("earlier")
    with fault(3, Full, tmp_path):
        assert run(["schema", "-o", str(file)]) == 1
    assert f"{file} cannot be written: No space left on device" in capsys.readouterr().err
    assert file.read_text() == "earlier"


def test_reports_that_can_be_written_are_written(
    reconciler: Reconciler, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "not-a-folder").touch()
    bad = [tmp_path / "not-a-folder" / name for name in ("a.json", "b.json")]
    outputs = [(bad[0], "json"), (tmp_path / "good.json", "json"), (bad[1], "json")]
    with pytest.raises(FileNotWritten, match=r"a\.json cannot be written"):
        show_drift(reconciler, samples.report(), outputs)
    assert "b.json cannot be written" in capsys.readouterr().err
    assert (tmp_path / "good.json").read_text().startswith("{")


_FULL_DISK = """
import resource, sys
from pathlib import Path
from reconciler.errors import ReconcilerError
from reconciler.history.store import Store
from tests.report import samples
location = sys.argv[1]
Store(location).record(samples.report([]))
size = Path(location).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
for _ in range(1000):
    try:
        Store(location).record(samples.report())
    except ReconcilerError as error:
        assert location in error.message and "written" in error.message, error.message
        assert "RECONCILER_HISTORY" in error.hint
        break
else:
    raise AssertionError("the file did not grow")
assert len(Store(location).load("production", 2000).runs) >= 1
"""


def test_a_history_on_a_full_disk(tmp_path: Path) -> None:
    script = [sys.executable, "-c", _FULL_DISK, str(tmp_path / "history.sqlite")]
    root = Path(__file__).parents[2]
    done = subprocess.run(script, check=False, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr
