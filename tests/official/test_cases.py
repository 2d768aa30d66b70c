"""The stand-in results in the same objects as the official plugin, recorded with the same programs."""

from __future__ import annotations

import pytest

from tests.official.recorded import CASES, Case, Stage, cases
from tests.official.tenants import Program, Refused, Tenant


def _parameters() -> list[object]:
    return [pytest.param(case, id=case.name) for case in cases()]


@pytest.mark.skipif(not CASES.is_dir(), reason="no recordings: ../shared is not there")
@pytest.mark.parametrize("case", _parameters())
def test_same_inputs_result_in_same_objects(case: Case):
    if case.failed_at_once:
        pytest.skip("the program failed before it made anything: its inputs are not recorded")
    if case.not_served_then:
        pytest.skip("the tenant of the recording did not serve all endpoints")
    if case.missing_kinds:
        pytest.skip(f"no kinds yet: {', '.join(case.missing_kinds)}")
    if case.not_declarable:
        pytest.skip(f"definitions cannot state: {', '.join(case.not_declarable)}")
    if case.untold:
        pytest.skip(f"the recording does not tell what it removes: {', '.join(case.untold)}")
    with Tenant() as official, Tenant() as ours:
        for tenant in (official, ours):
            tenant.learn_around(resource for stage in case.stages for resource in stage.resources)
        program = Program(ours)
        for resource in case.taken_over:
            official.has(resource)
            ours.has(resource)
        for stage in case.stages_with_inputs:
            for request in stage.changes:
                official.send(request)
                if request.is_about_a_user and request.comes_first:
                    ours.send(request)
            refused = _run(program, stage)
            assert bool(stage.error) == bool(refused), refused or stage.error
            for request in stage.changes:
                if request.is_about_a_user and not request.comes_first:
                    ours.send(request)
            ours.ids = {**official.ids, **ours.ids}
            for path in _paths(stage):
                ours.recognise_items(path, official)
            different = {
                path: (wanted, got)
                for path in _paths(stage)
                if (wanted := official.state_at(path, official.ids)) != (got := ours.state_at(path, official.ids))
            }
            assert different == {}, stage.step


def _run(program: Program, stage: Stage) -> str:
    try:
        program.destroy() if stage.step == "destroy" else program.apply(stage.resources)
    except Refused as error:
        return str(error)
    return ""


def _paths(stage: Stage) -> list[str]:
    """The paths of the objects that a stage changed, and of the lists that contain them."""
    found = set()
    for request in stage.changes:
        steps = request.path.partition("?")[0].split("/")
        found |= {"/".join(steps[:length]) for length in range(4, len(steps) + 1)}
    return sorted(found)
