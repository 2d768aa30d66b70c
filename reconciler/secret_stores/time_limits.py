"""Work on stores in threads of its own, so that a store that never answers delays a run only for a limited time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from reconciler.secret_stores.interface import StoreFailure

Result = TypeVar("Result")


class NoAnswer(StoreFailure):
    """Raised when a store has not answered in time. It may still do what it was asked for."""

    def __init__(self, seconds: float) -> None:
        hint = "check that the store can be reached from here, then run the same command again"
        super().__init__(f"no answer within {seconds:g} seconds", hint)


def in_time(action: str, work: Callable[[], Result], seconds: float) -> Result:
    """The result of work on a store. `action` names it in messages. Raises `StoreFailure`."""
    future: Future[Result] = Future()
    # A daemon, because a store that never answers must not keep the process from ending.
    Thread(target=settle, args=(future, action, work), daemon=True).start()
    return result_of(future, seconds)


def result_of(future: Future[Result], seconds: float) -> Result:
    """The result of work that another thread does. Raises `StoreFailure`."""
    try:
        return future.result(seconds)
    except TimeoutError as error:
        raise NoAnswer(seconds) from error


def settle(future: Future[Result], action: str, work: Callable[[], Result]) -> None:
    """Do the work, and hand its result or its failure to whoever waits for it.

    Every failure is a `StoreFailure` without a cause: errors of libraries may quote values.
    """
    try:
        future.set_result(work())
    except StoreFailure as failure:
        failure.__cause__ = failure.__context__ = None
        future.set_exception(failure)
    except Exception as error:
        hint = "check the settings of the store; if they are right, report this as a defect"
        future.set_exception(StoreFailure(f"{action} failed ({type(error).__name__})", hint))
    except BaseException as error:
        future.set_exception(error)
