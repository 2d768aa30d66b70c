"""What `validate` accepts, the stand-in accepts in preview and on write, and a second diff is empty."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reconciler.kinds import kind_named, kinds
from reconciler.kinds.mapping import Vocabulary, canonical, encode
from reconciler.kinds.refusals import CREATED_ACTIVE, Phase
from reconciler.stand_in.inputs import changed, refusals, with_defaults
from tests.settled import all_declared
from tests.test_any_spec import altered


@pytest.mark.parametrize("name", [kind.name for kind in kinds()])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_valid_definitions_are_not_refused(name: str, data: st.DataObject):
    kind = kind_named(name)
    specs = [one.spec for one in all_declared().declarations.values() if one.kind is kind]
    try:
        spec = canonical(kind.fields.model_validate(data.draw(altered(kind.fields, data.draw(st.sampled_from(specs))))))
    except ValueError:
        assume(False)
    inputs: dict[str, Any] = encode(kind.fields, spec, Vocabulary.INPUTS)
    checked = with_defaults(kind, inputs)

    for phase in (Phase.PREVIEW, Phase.CREATE, Phase.UPDATE):
        told = dict(refusals(kind, checked if phase is not Phase.PREVIEW else inputs, phase))
        if phase is Phase.CREATE and CREATED_ACTIVE in kind.fields.refusals and spec["status"] == "INACTIVE":
            assert told.pop("status")  # `up` makes it ACTIVE first
        assert not told
    assert not changed(kind, checked, checked)
