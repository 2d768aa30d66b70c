"""A preview is not refused for what only `up` may not do: a pull request is previewed before anybody has taken it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.guard import check
from tests.guard.cases import not_promoted, older_commit


@pytest.mark.parametrize("case", [not_promoted, older_commit])
def test_a_preview_is_not_refused(case):
    settings = replace(case.SETTINGS, circumstances=replace(case.SETTINGS.circumstances, applies=False))
    assert check(case.refused(), case.SETTINGS)
    assert check(case.refused(), settings) == []
