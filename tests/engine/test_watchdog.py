from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.engine import watchdog as module
from reconciler.engine.watchdog import Watchdog, watching
from tests.engine.test_changes import begins, ends, event, step


def fails(name: str) -> object:
    return event(resOpFailedEvent={"metadata": step("delete-replaced", name), "status": 0, "steps": 1})


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.0)


def run(watchdog: Watchdog, events: list[object]) -> None:
    """Run, in its own thread, a program that waits forever, while the engine emits these events."""
    begun = asyncio.Event()

    async def program() -> None:
        begun.set()
        await asyncio.Event().wait()

    async def all_of_it() -> None:
        running = asyncio.ensure_future(watchdog.wrap(program)())  # type: ignore[arg-type]
        await begun.wait()
        for one in events:
            watchdog.observe(one)
        await running

    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(all_of_it())).result(timeout=60)


def test_a_program_that_waits_forever_is_cancelled():
    stack = begins("same", "okta-test", "pulumi:pulumi:Stack")
    with watching() as watchdog, pytest.raises(asyncio.CancelledError):
        run(watchdog, [stack, begins("delete-replaced", "office"), fails("office")])
    assert watchdog.cancelled


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([begins("update", "a")], id="nothing failed"),
        pytest.param([begins("update", "a"), ends("update", "a")], id="nothing failed, and all was done"),
        pytest.param([begins("update", "a"), begins("delete-replaced", "b"), fails("b")], id="another step is running"),
    ],
)
def test_a_program_that_may_continue_is_not_cancelled(events: list[object]):
    with watching() as watchdog:
        for one in events:
            watchdog.observe(one)
        assert watchdog._timer is None
    assert not watchdog.cancelled


def test_a_finished_run_is_not_cancelled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "QUIET", 3600.0)
    with watching() as watchdog:
        watchdog.observe(begins("delete-replaced", "b"))
        watchdog.observe(fails("b"))
        timer = watchdog._timer
    assert timer
    timer.join(timeout=60)
    assert not timer.is_alive()
    assert not watchdog.cancelled
