"""What is declared is what a tenant then has: for every kind, with every field set, and with none."""

from __future__ import annotations

import pytest

from tests.e2e.workspace import Workspace
from tests.specimens import bare, everything

pytestmark = pytest.mark.e2e


def test_every_field_converges_when_it_is_set_left_out_and_set_again(workspace: Workspace):
    for documents in (everything(), bare(), everything()):
        workspace.declare(documents)
        workspace.up()
        workspace.expect_settled()


def test_a_fresh_tenant_takes_definitions_that_leave_everything_out(workspace: Workspace):
    workspace.declare(bare())

    outcome = workspace.up()

    assert " created; 0 unchanged" in outcome.out
    workspace.expect_settled()
