"""What a run took out of the state for a while: if it cannot be put back, the error says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.engine.memory import Memory
from reconciler.engine.stack import NotRecalled, Stack
from reconciler.engine.state import Deployment
from reconciler.errors import EngineError, ReconcilerError

STATE: Deployment = {"resources": [{"urn": "urn:stack", "type": "pulumi:pulumi:Stack"}]}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    stack = Stack("production", tmp_path)
    monkeypatch.setattr(stack, "export", lambda: STATE)
    monkeypatch.setattr(stack, "restore", lambda deployment: None)
    stack.note(Memory(), [])
    return stack


def full(deployment: Deployment) -> None:
    raise EngineError("no space left on device")


def test_a_state_that_cannot_be_written_is_told(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "restore", full)
    with pytest.raises(NotRecalled, match=r"state of production .* no space left on device") as caught:
        stack.recall(Memory)
    assert "the next drift, accept, repair or up adds it" in caught.value.hint
    assert len(list(caught.value.explanations())) == 1


def test_with_what_had_gone_wrong_before(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "restore", full)
    with pytest.raises(NotRecalled) as caught:
        try:
            raise ReconcilerError("the tenant said no", hint="ask again")
        finally:
            stack.recall(Memory)
    assert list(caught.value.explanations())[1:] == [("the tenant said no", "ask again")]


def test_it_can_be_tried_again(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Deployment] = []
    monkeypatch.setattr(stack, "restore", full)
    with pytest.raises(NotRecalled):
        stack.recall(Memory)
    monkeypatch.setattr(stack, "restore", written.append)
    stack.recall(Memory)
    stack.recall(Memory)
    assert written == [{"resources": [{**STATE["resources"][0], "outputs": {}}]}]
