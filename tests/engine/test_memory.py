"""What a repair takes out of the state comes back, also after a kill."""

from __future__ import annotations

import json

from reconciler.engine.memory import Memory
from reconciler.engine.state import Deployment, parse, without
from tests.engine.test_state import CIPHERTEXT, deployment, names, resource, urn


def memory(earlier: Deployment, *resources: str, **arguments: list[str]) -> Memory:
    """Of these resources, and of the arguments of others, by name."""
    return Memory.of(
        earlier,
        [urn(name) for name in resources],
        [],
        {urn(name): (urn(name), each) for name, each in arguments.items()},
    )


def test_arguments_have_their_earlier_values_in_inputs_and_outputs():
    earlier = deployment(resource("a", inputs={"x": 1, "y": 1}, outputs={"x": 1, "y": 1, "id": "1"}))
    now = deployment(resource("a", inputs={"x": 2, "y": 2, "z": 2}, outputs={"x": 2, "z": 2}), resource("b"))
    *_, a, b = memory(earlier, a=["x", "z"]).recalled(now)["resources"]
    assert (a["inputs"], a["outputs"]) == ({"x": 1, "y": 2}, {"x": 1})
    assert b == resource("b")


def test_what_was_renamed_since_has_the_values_of_its_earlier_name():
    earlier, now = deployment(resource("a", inputs={"x": 1})), deployment(resource("b", inputs={"x": 2}))
    recalled = Memory.of(earlier, [], [], {urn("b"): (urn("a"), ["x"])}).recalled(now)
    assert [one["inputs"] for one in recalled["resources"][2:]] == [{"x": 1}]


def test_what_is_gone_is_there_again_without_mention_of_what_is_not():
    stays, gone = resource("stays"), resource("gone")
    lost = resource("lost", dependencies=[urn("gone"), urn("stays")], propertyDependencies={"x": [urn("gone")]})
    earlier = deployment(stays, gone, lost)
    recalled = memory(earlier, "lost").recalled(deployment(stays))
    assert names(recalled) == {"stays", "lost"}
    last = recalled["resources"][-1]
    assert (last["dependencies"], last["propertyDependencies"]) == ([urn("stays")], {"x": []})


def test_what_came_back_is_not_there_twice():
    earlier = deployment(resource("a", inputs={"x": 1}))
    now = deployment(resource("a", inputs={"x": 2}))
    assert memory(earlier, "a").recalled(now) == now


def test_what_was_taken_in_for_a_while_goes():
    now = deployment(resource("a", dependencies=[urn("stranger")]), resource("stranger"))
    recalled = Memory(strangers=[urn("stranger")]).recalled(now)
    assert names(recalled) == {"a"}
    assert recalled["resources"][-1]["dependencies"] == []


def test_a_note_in_the_state_says_all_of_it():
    earlier = deployment(resource("a", inputs={"x": 1}), resource("gone", inputs={"s": [1]}))
    whole = Memory.of(earlier, [urn("gone")], [urn("stranger")], {urn("a"): (urn("a"), ["x"])})
    noted = whole.noted(without(earlier, [urn("gone")]))
    assert Memory.left_by_a_killed_run(json.loads(json.dumps(noted))) == whole
    assert names(noted) == {"a"}
    assert parse(noted).outputs.items() >= {"commit": "abc", "definitions": "123"}.items()
    recalled = whole.recalled(noted)
    assert recalled == earlier
    assert Memory.left_by_a_killed_run(recalled) is None


def test_no_secret_is_in_a_note_and_none_is_lost_by_a_run_that_ends():
    """An exported deployment shows secrets, and the engine would keep the text of a note as it is."""
    shown = {**CIPHERTEXT, "plaintext": '"CANARY"'}
    values = {"x": 1, "secret": shown, "deep": {"secret": shown, "list": [shown, 2]}}
    earlier = deployment(resource("a", inputs=values, outputs=values), resource("gone", inputs=values))
    whole = Memory.of(earlier, [urn("gone")], [], {urn("a"): (urn("a"), ["x", "secret", "deep"])})
    noted = whole.noted(deployment(resource("a", inputs={}, outputs={})))
    assert "CANARY" not in json.dumps(noted)
    assert whole.recalled(noted) == earlier
    memory = Memory.left_by_a_killed_run(noted)
    assert memory
    assert parse(memory.recalled(noted)).resources["group", "gone"].inputs == {"x": 1, "deep": {"list": [2]}}


def test_what_was_mended_before_the_kill_is_there_once():
    earlier = deployment(resource("gone"))
    noted = Memory.of(earlier, [urn("gone")], [], {}).noted(deployment(resource("gone", id="new")))
    memory = Memory.left_by_a_killed_run(noted)
    assert memory
    assert [one.id for one in parse(memory.recalled(noted)).resources.values()] == ["new"]


def test_no_run_was_killed():
    assert Memory.left_by_a_killed_run(deployment()) is None
    assert Memory.left_by_a_killed_run({}) is None
