"""Signals are raised while Python works, and passed on while a child does."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from reconciler import interrupts
from reconciler.interrupts import Interrupted


@pytest.fixture
def shown() -> Iterator[list[str]]:
    """Handles signals, and gives the messages shown to the user."""
    texts: list[str] = []
    with interrupts.handled(texts.append):
        yield texts


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_a_signal_raises_and_sets_the_exit_code(shown: list[str], number: int, code: int):
    with pytest.raises(Interrupted) as caught:
        send(number)
    assert caught.value.exit_code == code
    assert str(caught.value) == f"interrupted by {signal.Signals(number).name}"
    assert isinstance(caught.value, KeyboardInterrupt), "asyncio and click know no other"


def test_a_signal_whose_exception_a_library_swallowed_is_raised_again(shown: list[str]):
    interrupts.raise_if_lost()
    with suppress(Interrupted):
        send(signal.SIGINT)
    with pytest.raises(Interrupted) as caught:
        interrupts.raise_if_lost()
    assert caught.value.exit_code == 130


def test_the_second_signal_does_not_disturb_cleanup_and_the_third_does(shown: list[str]):
    with pytest.raises(Interrupted):
        send(signal.SIGTERM)
    send(signal.SIGINT)
    with pytest.raises(Interrupted) as caught:
        send(signal.SIGINT)
    assert caught.value.exit_code == 143, "the first one decides"


def test_a_held_signal_goes_to_the_listener_and_is_not_raised(shown: list[str]):
    counts: list[int] = []

    def listen(count: int) -> str:
        counts.append(count)
        return f"signal {count}"

    with interrupts.held(), interrupts.held(listen):
        send(signal.SIGINT)
        send(signal.SIGTERM)
        interrupts.raise_if_received()
        assert interrupts.pending() == 2
    assert (counts, shown) == ([1, 2], ["signal 1", "signal 2"])
    with pytest.raises(Interrupted) as caught:
        interrupts.raise_if_received()
    assert caught.value.exit_code == 130
    interrupts.raise_if_received()


def test_a_settled_signal_is_not_raised_again(shown: list[str]):
    assert not interrupts.settle()
    with interrupts.held():
        send(signal.SIGTERM)
    assert interrupts.settle()
    assert not interrupts.settle()
    interrupts.raise_if_received()
    assert interrupts.interrupted("so it is").exit_code == 143


def test_afterwards_signals_are_handled_as_before():
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    with interrupts.handled(lambda text: None):
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before


def test_nohup_is_respected():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts.handled(lambda text: None):
            send(signal.SIGHUP)
            assert interrupts.pending() == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_handle_no_signals(shown: list[str]):
    done: list[bool] = []

    def work() -> None:
        with interrupts.handled(lambda text: None), interrupts.held():
            interrupts.raise_if_received()
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
