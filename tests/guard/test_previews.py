"""A preview is not refused for what only `up` may not do: a pull request is previewed before anybody has taken it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.guard import check
from reconciler.plan import Override
from tests.guard.cases import not_promoted, older_commit


@pytest.mark.parametrize("case", [not_promoted, older_commit])
def test_a_preview_is_not_refused(case):
    settings = replace(case.SETTINGS, circumstances=replace(case.SETTINGS.circumstances, applies=False))
    (result,) = check(case.refused(), case.SETTINGS)
    assert check(case.refused(), settings) == []
    override = Override(result.rule, result.object, "It was announced.", "ada", datetime(2026, 1, 1, tzinfo=UTC))
    assert check(case.refused(), settings, [override]) == [], "the same options fit both commands"
