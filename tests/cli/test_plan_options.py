"""Options of plans that contradict each other are refused before anything is read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.definitions.model import Address
from reconciler.plan.file import save, sealed
from tests.plan.saved import saved
from tests.settled import desired_of, document, settled


def test_a_report_must_not_overwrite_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    plan = tmp_path / "plan.json"
    code = run(["preview", "test", "--save-plan", str(plan), "--output", str(tmp_path / "x" / ".." / "plan.json")])
    assert code == 64
    assert "the report would overwrite the plan" in capsys.readouterr().err


def test_a_saved_plan_says_whether_drift_is_reverted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    world = settled(desired_of([document("group", "staff", name="Staff")]))
    world.edit(Address("group", "staff"), description="New.")
    plan = tmp_path / "plan.json"
    save(plan, sealed({**saved(world).content, "created": datetime.now(UTC).isoformat()}))
    code = run(["up", "test", "--plan", str(plan), "--no-refresh"])
    assert code == 64, capsys.readouterr().err
    assert "belong to the plan" in capsys.readouterr().err


def test_an_age_needs_a_plan(capsys: pytest.CaptureFixture[str]):
    assert run(["up", "test", "--yes", "--max-age", "1h"]) == 64
    assert "pass --plan, too" in capsys.readouterr().err
