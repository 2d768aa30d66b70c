"""What a run sets aside is put back into the state, even if the run is killed."""

from __future__ import annotations

import json

from reconciler.engine.set_aside import SetAside
from reconciler.engine.state import Deployment, parse, without
from tests.engine.test_state import CIPHERTEXT, deployment, names, resource, urn


def set_aside(earlier: Deployment, *resources: str, **arguments: list[str]) -> SetAside:
    """These resources, and these arguments of others, by name."""
    return SetAside.of(
        earlier,
        [urn(name) for name in resources],
        [],
        {urn(name): (urn(name), each) for name, each in arguments.items()},
    )


def test_arguments_have_their_earlier_values_in_inputs_and_outputs():
    earlier = deployment(resource("a", inputs={"x": 1, "y": 1}, outputs={"x": 1, "y": 1, "id": "1"}))
    now = deployment(resource("a", inputs={"x": 2, "y": 2, "z": 2}, outputs={"x": 2, "z": 2}), resource("b"))
    *_, a, b = set_aside(earlier, a=["x", "z"]).restored(now)["resources"]
    assert (a["inputs"], a["outputs"]) == ({"x": 1, "y": 2}, {"x": 1})
    assert b == resource("b")


def test_a_renamed_resource_gets_its_earlier_values():
    earlier, now = deployment(resource("a", inputs={"x": 1})), deployment(resource("b", inputs={"x": 2}))
    restored = SetAside.of(earlier, [], [], {urn("b"): (urn("a"), ["x"])}).restored(now)
    assert [one["inputs"] for one in restored["resources"][2:]] == [{"x": 1}]


def test_a_missing_resource_is_added_without_references_to_missing_resources():
    stays, gone = resource("stays"), resource("gone")
    lost = resource("lost", dependencies=[urn("gone"), urn("stays")], propertyDependencies={"x": [urn("gone")]})
    earlier = deployment(stays, gone, lost)
    restored = set_aside(earlier, "lost").restored(deployment(stays))
    assert names(restored) == {"stays", "lost"}
    last = restored["resources"][-1]
    assert (last["dependencies"], last["propertyDependencies"]) == ([urn("stays")], {"x": []})


def test_a_resource_that_the_state_has_again_is_not_added():
    earlier = deployment(resource("a", inputs={"x": 1}))
    now = deployment(resource("a", inputs={"x": 2}))
    assert set_aside(earlier, "a").restored(now) == now


def test_temporary_resources_are_removed():
    now = deployment(resource("a", dependencies=[urn("temporary")]), resource("temporary"))
    restored = SetAside(temporary=[urn("temporary")]).restored(now)
    assert names(restored) == {"a"}
    assert restored["resources"][-1]["dependencies"] == []


def test_the_record_in_the_state_is_complete():
    earlier = deployment(resource("a", inputs={"x": 1}), resource("gone", inputs={"s": [1]}))
    whole = SetAside.of(earlier, [urn("gone")], [urn("temporary")], {urn("a"): (urn("a"), ["x"])})
    recorded = whole.recorded(without(earlier, [urn("gone")]))
    assert SetAside.from_interrupted_run(json.loads(json.dumps(recorded))) == whole
    assert names(recorded) == {"a"}
    assert parse(recorded).outputs.items() >= {"commit": "abc", "definitions": "123"}.items()
    restored = whole.restored(recorded)
    assert restored == earlier
    assert SetAside.from_interrupted_run(restored) is None


def test_the_record_has_no_secrets_and_a_finished_run_restores_them():
    """An exported deployment shows secrets, and the engine would not encrypt them in the record."""
    shown = {**CIPHERTEXT, "plaintext": '"CANARY"'}
    values = {"x": 1, "secret": shown, "deep": {"secret": shown, "list": [shown, 2]}}
    earlier = deployment(resource("a", inputs=values, outputs=values), resource("gone", inputs=values))
    whole = SetAside.of(earlier, [urn("gone")], [], {urn("a"): (urn("a"), ["x", "secret", "deep"])})
    recorded = whole.recorded(deployment(resource("a", inputs={}, outputs={})))
    assert "CANARY" not in json.dumps(recorded)
    assert whole.restored(recorded) == earlier
    set_aside = SetAside.from_interrupted_run(recorded)
    assert set_aside
    assert parse(set_aside.restored(recorded)).resources["group", "gone"].inputs == {"x": 1, "deep": {"list": [2]}}


def test_a_resource_repaired_before_the_kill_is_not_duplicated():
    earlier = deployment(resource("gone"))
    recorded = SetAside.of(earlier, [urn("gone")], [], {}).recorded(deployment(resource("gone", id="new")))
    set_aside = SetAside.from_interrupted_run(recorded)
    assert set_aside
    assert [one.id for one in parse(set_aside.restored(recorded)).resources.values()] == ["new"]


def test_a_state_without_a_record_has_nothing_to_put_back():
    assert SetAside.from_interrupted_run(deployment()) is None
    assert SetAside.from_interrupted_run({}) is None
