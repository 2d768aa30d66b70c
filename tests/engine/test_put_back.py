"""If a state cannot be restored at the end of a run, the error says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.engine.set_aside import SetAside
from reconciler.engine.stack import NotPutBack, Stack
from reconciler.engine.state import Deployment
from reconciler.errors import EngineError, ReconcilerError

STATE: Deployment = {"resources": [{"urn": "urn:stack", "type": "pulumi:pulumi:Stack"}]}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    stack = Stack("production", tmp_path)
    monkeypatch.setattr(stack, "export", lambda: STATE)
    monkeypatch.setattr(stack, "restore", lambda deployment: None)
    stack.set_aside(SetAside(), [])
    return stack


def full(deployment: Deployment) -> None:
    raise EngineError("no space left on device")


def test_a_state_that_cannot_be_written_is_an_error(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "restore", full)
    with pytest.raises(NotPutBack, match=r"state of production .* no space left on device") as caught:
        stack.put_back(SetAside)
    assert "the next drift, accept, repair or up restores it" in caught.value.hint
    assert len(list(caught.value.explanations())) == 1


def test_the_error_includes_the_earlier_error(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "restore", full)
    with pytest.raises(NotPutBack) as caught:
        try:
            raise ReconcilerError("the tenant refused", hint="ask again")
        finally:
            stack.put_back(SetAside)
    assert list(caught.value.explanations())[1:] == [("the tenant refused", "ask again")]


def test_a_failed_attempt_can_be_repeated(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Deployment] = []
    monkeypatch.setattr(stack, "restore", full)
    with pytest.raises(NotPutBack):
        stack.put_back(SetAside)
    monkeypatch.setattr(stack, "restore", written.append)
    stack.put_back(SetAside)
    stack.put_back(SetAside)
    assert written == [{"resources": [{**STATE["resources"][0], "outputs": {}}]}]
