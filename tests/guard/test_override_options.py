"""The options that override a guard can be pasted into a shell, whatever the name of the object is."""

from __future__ import annotations

import shlex

import pytest

from reconciler.plan import GuardResult
from reconciler.plan.model import RefusedByGuards
from reconciler.report.plan_values import how_to_override

NAMES = ["group break glass", "group $(id)", 'group "a"', "group `id`", "group it's", "group café", "*", "group !x\\"]


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_reads_the_object_as_it_is(name):
    result = GuardResult("protected", name, "title", "detail", "hint")
    ((_, hint),) = RefusedByGuards([result]).explanations()
    for text in (hint.partition("for one run: ")[2], how_to_override(result)):
        assert shlex.split(text) == ["--allow", f"protected:{name}", "--reason", "..."]
