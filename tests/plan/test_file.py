"""Saved plans: what is refused when they are read, and what they must not contain."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.state import SECRET_KEY
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.plan.file import InvalidPlan, PlanRefused, SavedPlan, check_age, read, save, sealed
from reconciler.plan.saving import engine_plan
from tests.plan.saved import saved
from tests.plan.worlds import small_world


@pytest.fixture(scope="module")
def plan() -> SavedPlan:
    return saved(small_world())


@pytest.fixture
def file(plan: SavedPlan, tmp_path: Path) -> Path:
    save(tmp_path / "plan.json", plan)
    return tmp_path / "plan.json"


def test_a_plan_is_read_as_it_was_saved(plan: SavedPlan, file: Path):
    assert read(file) == plan
    save(file, plan)
    assert read(file) == plan


def test_a_plan_that_cannot_be_written_is_an_error(plan: SavedPlan, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotWritten):
        save(tmp_path / "file" / "plan.json", plan)


def edited(file: Path, change: Callable[[Any], object]) -> None:
    value = json.loads(file.read_text())
    change(value)
    file.write_text(json.dumps(value))


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan.update(environment="production"),
        lambda plan: plan["changes"].clear(),
        lambda plan: plan["changes"][0]["values"][0].update(new="another"),
        lambda plan: plan["tenant"]["objects"].clear(),
        lambda plan: plan.update(created="2030-01-01T00:00:00Z"),
        lambda plan: plan.update(digest="0" * 64),
    ],
)
def test_an_edited_plan_is_refused(change: Callable[[Any], object], file: Path):
    edited(file, change)
    with pytest.raises(PlanRefused, match="its content does not match its digest"):
        read(file)


def test_with_a_key_only_plans_signed_with_it_are_accepted(plan: SavedPlan, file: Path):
    with pytest.raises(PlanRefused, match=r"the plan is not signed$"):
        read(file, "key")
    save(file, sealed(plan.content, "key"))
    assert read(file, "key").changes == plan.changes
    with pytest.raises(PlanRefused, match="the plan is not signed with this key"):
        read(file, "another key")
    assert read(file).changes == plan.changes, "without a key, a signature is not checked"


def test_a_forged_plan_with_a_right_digest_is_refused_with_a_key(plan: SavedPlan, file: Path):
    signed = sealed(plan.content, "key")
    forged = sealed({**plan.content, "refresh": False})
    save(file, forged.model_copy(update={"signature": signed.signature}))
    assert read(file).refresh is False
    with pytest.raises(PlanRefused, match="not signed with this key"):
        read(file, "key")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not a complete JSON file"),
        ('{"version": 1, "changes": [', "not a complete JSON file"),
        ("[" * 100_000, "not a complete JSON file"),
        ("[]", "is not a plan: it is not a JSON object"),
        ('{"version": 1}', "is not a plan: environment: Field required"),
        ("{}", "is not a plan: version: Field required"),
        ('{"version": "x"}', "the format version of the saved plan is not a whole number"),
    ],
)
def test_what_is_no_plan_is_an_error(content: str, message: str, tmp_path: Path):
    file = tmp_path / "plan.json"
    file.write_text(content)
    with pytest.raises(ReconcilerError, match=message):
        read(file)


def test_a_truncated_plan_is_an_error(file: Path):
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InvalidPlan, match="truncated"):
        read(file)


def test_a_missing_plan_is_an_error(tmp_path: Path):
    with pytest.raises(InvalidPlan, match="No such file"):
        read(tmp_path / "plan.json")


@pytest.mark.parametrize(
    ("age", "refused"),
    [
        (timedelta(), ""),
        (timedelta(hours=23), ""),
        (timedelta(hours=25), "longer ago than --max-age"),
        (timedelta(minutes=-4), ""),
        (timedelta(minutes=-6), "in the future"),
    ],
)
def test_old_plans_and_plans_from_the_future_are_refused(age: timedelta, refused: str, plan: SavedPlan):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    made = plan.model_copy(update={"created": now - age})
    if not refused:
        return check_age(Path("plan.json"), made, timedelta(hours=24), now)
    with pytest.raises(PlanRefused, match=refused):
        check_age(Path("plan.json"), made, timedelta(hours=24), now)


def test_the_plan_of_the_engine_is_saved_without_secrets():
    secret = {SECRET_KEY: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:canary"}
    updates = {"secret": secret, "nested": {"list": [secret, "kept"]}}
    resources = {
        "urn:a": {"steps": ["update"], "goal": {"inputDiff": {"updates": updates}}, "seed": "random"},
        "urn:b": {"steps": ["same"], "goal": {"inputDiff": {}}},
        "urn:c": {"steps": ["delete"], "state": None},
    }
    kept = {"updates": {"secret": "[secret]", "nested": {"list": ["[secret]", "kept"]}}}
    assert engine_plan({"resourcePlans": resources}) == {
        "urn:a": {"steps": ["update"], "inputs": kept},
        "urn:c": {"steps": ["delete"], "inputs": {}},
    }
    assert engine_plan({}) == {}
