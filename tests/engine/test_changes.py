from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation import EngineEvent
from pulumi.automation.events import OpType

from reconciler.engine.changes import Change, Changes, Operation, Outcome
from reconciler.kinds import kind_named, kinds

GROUP = "okta:group/group:Group"
NOTHING = {
    OpType.SAME,
    OpType.READ,
    OpType.READ_REPLACEMENT,
    OpType.REFRESH,
    OpType.DISCARD,
    OpType.DISCARD_REPLACED,
    OpType.REMOVE_PENDING_REPLACE,
}
HAPPENS = {
    OpType.CREATE: Operation.CREATE,
    OpType.UPDATE: Operation.UPDATE,
    OpType.DELETE: Operation.DELETE,
    OpType.IMPORT: Operation.IMPORT,
    OpType.REPLACE: Operation.REPLACE,
    OpType.CREATE_REPLACEMENT: Operation.REPLACE,
    OpType.DELETE_REPLACED: Operation.REPLACE,
    OpType.IMPORT_REPLACEMENT: Operation.REPLACE,
}


def urn(name: str, token: str = GROUP) -> str:
    return f"urn:pulumi:test::okta::{token}::{name}"


def step(op: str, name: str = "people", token: str = GROUP, **more: Any) -> dict[str, Any]:
    own = token.rpartition("$")[2]
    return {"op": op, "urn": urn(name, token), "type": own, "provider": "", "old": None, "new": None, **more}


def event(**content: Any) -> EngineEvent:
    """An event as the Automation API reads it from the engine."""
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, **content})


def begins(*args: Any, **more: Any) -> EngineEvent:
    return event(resourcePreEvent={"metadata": step(*args, **more), "planning": True})


def ends(*args: Any, **more: Any) -> EngineEvent:
    return event(resOutputsEvent={"metadata": step(*args, **more), "planning": False})


def says(message: str, severity: str = "error", subject: str | None = None) -> EngineEvent:
    more = {"urn": subject} if subject is not None else {}
    return event(diagnosticEvent={"message": message, "severity": severity, "color": "never", **more})


def fails(*args: Any, **more: Any) -> EngineEvent:
    return event(resOpFailedEvent={"metadata": step(*args, **more), "status": 1, "steps": 1})


def taken(*events: EngineEvent) -> Changes:
    changes = Changes()
    for each in events:
        changes.observe(each)
    return changes


def test_every_operation_of_the_engine_is_known():
    assert HAPPENS.keys() | NOTHING == set(OpType)


@pytest.mark.parametrize("operation", sorted(HAPPENS))
def test_operations_that_change_an_object_are_changes(operation: OpType):
    changes = taken(begins(operation.value))
    assert list(changes) == [Change(HAPPENS[operation], "group", "people")]
    assert (len(changes), changes.done, changes.unchanged) == (1, 0, 0)
    assert changes.count(HAPPENS[operation]) == 1


@pytest.mark.parametrize("operation", sorted(NOTHING))
def test_other_operations_are_no_changes(operation: OpType):
    changes = taken(begins(operation.value), ends(operation.value))
    assert (len(changes), changes.done) == (0, 0)
    assert changes.unchanged == (operation is OpType.SAME)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_every_kind_is_recognised_and_names_may_have_any_character(kind):
    changes = taken(begins("create", "a::b/c$d", f"okta:x/y:Z${kind.resource}"))
    assert list(changes) == [Change(Operation.CREATE, kind.name, "a::b/c$d")]


@pytest.mark.parametrize("token", ["pulumi:pulumi:Stack", "pulumi:providers:okta", "okta:user/user:User"])
def test_other_resources_are_no_changes(token: str):
    changes = taken(begins("create", token=token), ends("create", token=token), begins("same", token=token))
    assert (len(changes), changes.done, changes.unchanged) == (0, 0, 0)


def test_a_replacement_that_deletes_first_is_one_change():
    operations = ("delete-replaced", "replace", "create-replacement")
    detail = {"detailedDiff": {"type": {"diffKind": "update-replace", "inputDiff": True}}}
    changes = taken(*(each for op in operations for each in (begins(op, **detail), ends(op, **detail))))
    assert list(changes) == [Change(Operation.REPLACE, "group", "people", ("type",))]
    assert changes.done == 1


@pytest.mark.parametrize("last", ["delete-replaced", "replace", "create-replacement"])
def test_a_replacement_with_a_rename_is_one_change(last: str):
    """The engine deletes it by its earlier name."""
    old = {"old": {"id": "0pr1", "urn": urn("people"), "type": GROUP}}
    operations = [("delete-replaced", "people"), ("replace", "persons"), ("create-replacement", "persons")]
    done = operations[: [op for op, _ in operations].index(last) + 1]
    changes = taken(*(each for op, name in done for each in (begins(op, name, **old), ends(op, name, **old))))
    assert list(changes) == [Change(Operation.REPLACE, "group", done[-1][1])]
    assert changes.completed == ({urn("persons")} if last == "create-replacement" else set())


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        (("delete-replaced", "remove-pending-replace"), Operation.DELETE),
        (("delete-replaced", "replace", "create-replacement", "remove-pending-replace"), Operation.REPLACE),
        (("create-replacement", "remove-pending-replace"), Operation.REPLACE),  # after a run that was killed
    ],
)
def test_an_undeclared_object_deleted_with_a_replaced_one_is_a_delete(operations: tuple[str, ...], expected: Operation):
    old = {"old": {"id": "00g1", "urn": urn("people"), "type": GROUP}}
    changes = taken(*(each for op in operations for each in (begins(op, **old), ends(op, **old))))
    assert [change.operation for change in changes] == [expected]
    assert changes.done == 1


def test_a_list_deleted_with_its_app_is_a_delete_while_the_app_is_replaced():
    """Both have one id."""
    app, assignments = "okta:app/oAuth:OAuth", "okta:index/appGroupAssignments:AppGroupAssignments"
    old = {"old": {"id": "0oa1", "urn": urn("app", app), "type": app}}
    operations = [
        ("delete-replaced", assignments),
        ("delete-replaced", app),
        ("replace", app),
        ("create-replacement", app),
        ("remove-pending-replace", assignments),
    ]
    changes = taken(*(begins(op, "app", token, **old) for op, token in operations))
    assert {change.kind: change.operation for change in changes} == {
        "oidc-app": Operation.REPLACE,
        "app-group-assignments": Operation.DELETE,
    }


@pytest.mark.parametrize(
    ("detail", "fields"),
    [
        ({}, ()),
        ({"diffs": None, "detailedDiff": None}, ()),
        ({"diffs": ["name", "description"]}, ("description", "name")),
        (
            {
                "diffs": ["other"],
                "detailedDiff": {
                    key: {"diffKind": "update", "inputDiff": True}
                    for key in ("rules[0].access", "rules[1].name", "description", "a.b")
                },
            },
            ("a", "description", "rules"),
        ),
    ],
)
def test_changed_fields_are_listed_once_and_in_order(detail, fields):
    (change,) = taken(begins("update", **detail))
    assert change.fields == fields


@pytest.mark.parametrize(
    ("kind", "path", "field"),
    [
        ("bookmark-app", "hideIos", "hide_ios"),
        ("network-zone", "dynamicLocations[0]", "locations"),
        ("global-session-policy-rule", "sessionIdle", "session_idle"),
        ("password-policy", "passwordMinLength", "password_min_length"),
        ("oidc-app", "redirectUris[1]", "redirect_uris"),
        ("authentication-policy", "rules[0].groupsIncludeds", "rules"),
        ("app-group-assignments", "appId", "appId"),
    ],
)
def test_fields_have_the_names_that_definitions_use(kind, path, field):
    detail = {path: {"diffKind": "update", "inputDiff": True}}
    (change,) = taken(begins("update", token=kind_named(kind).resource, detailedDiff=detail))
    assert change.fields == (field,)


def test_only_finished_steps_are_done():
    changes = taken(begins("create", "a"), begins("create", "b"), ends("create", "a"), ends("create", "never-begun"))
    assert (len(changes), changes.done) == (2, 1)
    assert changes.completed == {urn("a")}


# Failures


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (urn("people"), "group people: no such user"),
        (urn("a/b", f"okta:auth/server:Server${GROUP}"), "group a/b: no such user"),
        ("urn:pulumi:test::okta::pulumi:pulumi:Stack::okta-test", "no such user"),
        ("", "no such user"),
        (None, "no such user"),
    ],
)
def test_a_failure_names_its_object(subject, said):
    assert taken(says("  no such user\n", subject=subject)).failures == [said]


@pytest.mark.parametrize("message", ["", "  \n", "update failed", "preview failed", "resource x failed to register"])
def test_consequences_of_other_failures_are_not_reported(message: str):
    assert taken(says(message)).failures == []


@pytest.mark.parametrize("severity", ["info", "warning", "debug", "info#err"])
def test_only_errors_are_failures(severity: str):
    assert taken(says("look", severity)).failures == []


def test_failures_are_reported_once_and_in_order():
    first, second = says("b", subject=urn("x")), says("a", subject=urn("x"))
    assert taken(first, second, first).failures == ["group x: b", "group x: a"]


def test_other_events_change_nothing():
    others = [
        event(cancelEvent={}),
        event(stdoutEvent={"message": "hello", "color": "never"}),
        event(preludeEvent={"config": {}}),
        event(
            summaryEvent={
                "maybeCorrupt": False,
                "durationSeconds": 1,
                "resourceChanges": {"same": 1},
                "PolicyPacks": {},
            }
        ),
    ]
    assert taken(*others) == Changes()


# Two passes


def test_an_object_imported_and_then_updated_counts_as_imported():
    first = taken(begins("import", "a"), ends("import", "a"), begins("create", "b"), ends("create", "b"))
    second = taken(begins("update", "a"), ends("update", "a"), begins("update", "c"), ends("update", "c"), says("no"))
    first.add(second)
    assert {change.name: change.operation for change in first} == {
        "a": Operation.IMPORT,
        "b": Operation.CREATE,
        "c": Operation.UPDATE,
    }
    assert (first.done, first.failures) == (3, ["no"])


def test_an_object_imported_to_be_deleted_counts_as_deleted():
    first = taken(begins("import", "a"), ends("import", "a"))
    first.add(taken(begins("delete", "a"), ends("delete", "a")))
    assert [change.operation for change in first] == [Operation.DELETE]


def outcomes(*events: EngineEvent) -> dict[str, Outcome]:
    return {change.name: outcome for change, outcome in taken(*events).outcomes}


def test_every_change_of_a_run_has_an_outcome():
    assert outcomes(
        begins("create", "a"),
        ends("create", "a"),
        begins("create", "b"),
        says("error: 403", subject=urn("b")),
        fails("create", "b"),
        begins("update", "c"),
    ) == {"a": Outcome.DONE, "b": Outcome.FAILED, "c": Outcome.UNKNOWN}


def test_a_replacement_without_the_new_object_is_half_done():
    half = [begins("delete-replaced", "a"), ends("delete-replaced", "a"), begins("replace", "a")]
    assert outcomes(*half) == {"a": Outcome.HALF_DONE}
    assert outcomes(*half, ends("replace", "a"), begins("create-replacement", "a")) == {"a": Outcome.HALF_DONE}
    assert outcomes(*half, begins("create-replacement", "a"), ends("create-replacement", "a")) == {"a": Outcome.DONE}


def test_items_have_the_outcome_of_their_list():
    changes = taken(begins("delete", "a"), fails("delete", "a"))
    changes.add_lost_items(urn("a"), ("app-group-assignments", "a"), ["people"])
    assert [outcome for _, outcome in changes.outcomes] == [Outcome.FAILED, Outcome.FAILED]


def test_a_failure_in_the_second_pass_is_not_done():
    first = taken(begins("import", "a"), ends("import", "a"))
    first.add(taken(begins("update", "a"), fails("update", "a")))
    assert [outcome for _, outcome in first.outcomes] == [Outcome.FAILED]
    assert first.done == 0


def test_a_cancelled_engine_is_no_failure():
    assert taken(says("update canceled")).failures == []


# Reverted drift


def test_fields_changed_in_the_tenant_are_separate_from_fields_changed_in_definitions():
    changes = Changes({"a": Change(Operation.UPDATE, "group", "a", ("description", "name"))})
    changes.mark_reverted("a", {"name", "other"})
    changes.mark_reverted("not there", {"name"})
    assert list(changes) == [Change(Operation.UPDATE, "group", "a", ("description",), ("name",))]


def test_only_a_create_can_restore_a_deleted_object():
    made, taken_in = Change(Operation.CREATE, "group", "a"), Change(Operation.IMPORT, "group", "b")
    changes = Changes({"a": made, "b": taken_in})
    for urn in ("a", "b", "c"):
        changes.mark_recreated(urn)
    assert [one.deleted for one in changes] == [True, False]


def test_resources_dropped_from_the_state_are_no_changes():
    changes = Changes({"a": Change(Operation.DELETE, "group", "a"), "b": Change(Operation.DELETE, "group", "b")})
    changes.exclude(["a", "c"])
    assert [one.name for one in changes] == ["b"]
