from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.engine import stuck
from reconciler.engine.stuck import Guard, guarded
from tests.engine.test_changes import begins, ends, event, step


def fails(name: str) -> object:
    return event(resOpFailedEvent={"metadata": step("delete-replaced", name), "status": 0, "steps": 1})


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck, "QUIET", 0.0)


def run(guard: Guard, events: list[object]) -> None:
    """A program that waits for an answer that never comes, in a thread of its own; the engine says these things."""
    begun = asyncio.Event()

    async def program() -> None:
        begun.set()
        await asyncio.Event().wait()

    async def all_of_it() -> None:
        running = asyncio.ensure_future(guard.over(program)())  # type: ignore[arg-type]
        await begun.wait()
        for one in events:
            guard.take(one)
        await running

    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(all_of_it())).result(timeout=60)


def test_a_program_that_waits_in_vain_is_ended():
    stack = begins("same", "okta-test", "pulumi:pulumi:Stack")
    with guarded() as guard, pytest.raises(asyncio.CancelledError):
        run(guard, [stack, begins("delete-replaced", "office"), fails("office")])
    assert guard.was_stuck


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([begins("update", "a")], id="nothing failed"),
        pytest.param([begins("update", "a"), ends("update", "a")], id="nothing failed, and all was done"),
        pytest.param([begins("update", "a"), begins("delete-replaced", "b"), fails("b")], id="another is under way"),
    ],
)
def test_nothing_is_ended_that_may_go_on(events: list[object]):
    with guarded() as guard:
        for one in events:
            guard.take(one)
        assert guard._timer is None
    assert not guard.was_stuck


def test_a_run_that_ended_by_itself_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stuck, "QUIET", 3600.0)
    with guarded() as guard:
        guard.take(begins("delete-replaced", "b"))
        guard.take(fails("b"))
        timer = guard._timer
    assert timer
    timer.join(timeout=60)
    assert not timer.is_alive()
    assert not guard.was_stuck
