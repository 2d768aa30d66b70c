"""Siblings end up in the declared order, whatever order they had before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from reconciler.drift import Verdict
from tests.e2e.documents import document
from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e

ORDERS = ["DBAC", "CBA", "AECBD"]
"""Orders in which some siblings already have the declared priority and are moved when others are sent."""


def policy(rules: Sequence[str], **edits: Any) -> dict[str, Any]:
    items = [{"name": rule, **edits.get(rule, {})} for rule in rules]
    return document("global-session-policy", "p", name="P", priority=1, groups_included=["everyone"], rules=items)


def rules_path(workspace: Workspace) -> str:
    (item,) = [one for one in workspace.tenant.read().objects["global-session-policy"] if one.label == "P"]
    return f"{item.path}/rules"


def order(workspace: Workspace) -> str:
    rules = workspace.tenant.request("GET", rules_path(workspace))
    return "".join(rule["name"] for rule in sorted(rules, key=lambda rule: rule["priority"]) if not rule["system"])


def put_in_order(workspace: Workspace, wanted: str) -> None:
    path = rules_path(workspace)
    rules = {rule["name"]: rule for rule in workspace.tenant.request("GET", path)}
    for priority, name in enumerate(wanted, start=1):
        workspace.tenant.request("PUT", f"{path}/{rules[name]['id']}", rules[name] | {"priority": priority})
    assert order(workspace) == wanted


def changes_in(report: str) -> list[str]:
    """The objects that change, and the values of their fields."""
    return [line for line in report.splitlines() if line.startswith(" ~ ") or " -> " in line]


@pytest.mark.parametrize("wanted", ORDERS)
def test_reordering_the_definitions(workspace: Workspace, wanted: str):
    workspace.declare([policy(sorted(wanted))])
    workspace.up()
    workspace.declare([policy(wanted)])

    preview = changes_in(workspace.expect(0, "preview").out)
    up = changes_in(workspace.up().out)

    assert order(workspace) == wanted
    assert preview == up, "a priority that is only sent again is no change"
    workspace.expect_settled()


@pytest.mark.parametrize("wanted", ORDERS)
def test_reordering_the_tenant(workspace: Workspace, wanted: str):
    """The whole order has drifted: a rule that happens to be at its applied position is not pending."""
    workspace.declare([policy(sorted(wanted))])
    workspace.up()
    put_in_order(workspace, wanted)
    workspace.declare([policy(sorted(wanted), A={"session_idle": 30})])
    found = {f"{one.name}.{one.field}": one.verdict for one in workspace.comparison().findings()}
    assert found.pop("p/A.session_idle") is Verdict.PENDING
    assert set(found.values()) == {Verdict.CHANGED}

    workspace.expect(0, "repair", "--yes")

    assert order(workspace) == "".join(sorted(wanted))
    found = {f"{one.name}.{one.field}": one.verdict for one in workspace.comparison().findings()}
    assert found == {"p/A.session_idle": Verdict.PENDING}
    workspace.up()
    workspace.expect_settled()


def test_reordering_both_at_once(workspace: Workspace):
    workspace.declare([policy("ABCD")])
    workspace.up()
    put_in_order(workspace, "DCBA")
    workspace.declare([policy("BADC")])
    assert {one.verdict for one in workspace.comparison().findings()} == {Verdict.CONFLICT}

    workspace.expect(0, "repair", "--yes")

    assert order(workspace) == "BADC"
    workspace.expect_settled()


def test_importing_rules_that_exist_in_another_order(workspace: Workspace):
    workspace.declare([policy("ABCD")])
    workspace.up()
    put_in_order(workspace, "DBAC")
    with workspace.reconciler() as reconciler:
        reconciler.stack.forget([one.urn for one in reconciler.stack.state().resources.values()])

    workspace.up()

    assert order(workspace) == "ABCD"
    workspace.expect_settled()
