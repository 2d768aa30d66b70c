import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.engine.changes import Change, Changes, Operation
from reconciler.report import PLAN_FORMATS, ComparedWith, PlanReport, render_drift, render_plan
from reconciler.report.plan import MEANING, ORDER, SIGNS
from reconciler.report.plan_json import schema
from tests.report import samples

CREATE = Change(Operation.CREATE, "group", "a")
PUBLISHED = Path(__file__).parents[2] / "docs/schemas/plan-report.schema.json"


def test_every_operation_has_a_sign_a_meaning_and_a_position():
    assert set(SIGNS) == set(MEANING) == set(ORDER) == set(Operation)


def test_destructive_changes_come_first():
    operations = [change.operation for change in samples.plan().in_order]
    assert operations[:2] == [Operation.DELETE, Operation.REPLACE]
    plan = samples.plan()
    assert [*plan.destructive, *plan.other_changes] == plan.in_order


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_warning_comes_before_the_changes(form):
    text = render_plan(samples.plan(), form)
    assert text.index("Destructive: 1 delete, 1 replace") < text.index("interns")
    assert text.index("interns") < text.index("courier") < text.index("contractors")


@pytest.mark.parametrize(
    ("plan", "conclusion"),
    [
        (samples.plan(), "2 to create, 1 to update, 1 to replace, 1 to delete, 1 to import; 66 unchanged"),
        (samples.plan(applied=True), "2 created, 1 updated, 1 replaced, 1 deleted, 1 imported; 66 unchanged"),
        (PlanReport("a", "u", Changes(unchanged=3)), "No changes; 3 unchanged"),
        (
            PlanReport("a", "u", Changes({"a": CREATE}, ["no"], failed={"a"}), applied=True),
            "Incomplete (1 failure): 1 failed; 0 unchanged",
        ),
        (
            PlanReport("a", "u", Changes(dict.fromkeys("ab", CREATE), ["no"], completed={"a"}), applied=True),
            "Incomplete (1 failure): 1 created, 1 with an unknown outcome; 0 unchanged",
        ),
        (
            samples.account(),
            "Interrupted: 1 created, 1 deleted, 1 failed, 1 half done, 1 with an unknown outcome, 2 not tried; "
            "66 unchanged",
        ),
        (
            PlanReport("a", "u", Changes(interrupted=True), applied=True),
            "Interrupted before any change; 0 unchanged",
        ),
        (PlanReport("a", "u", Changes(failures=["no", "never"])), "The preview failed (2 failures); 0 unchanged"),
    ],
)
def test_the_last_line_of_the_text_is_the_summary(plan, conclusion):
    assert render_plan(plan).splitlines()[-1] == conclusion


def test_the_warning_after_a_run_counts_only_completed_deletions():
    assert samples.plan(applied=True).warning == "Destructive: 1 deleted, 1 replaced"
    assert samples.account().warning == "Destructive: 1 deleted"


@pytest.mark.parametrize("form", PLAN_FORMATS)
def test_after_a_run_no_change_is_planned(form):
    """Every change has an outcome, `not tried` included."""
    text = render_plan(samples.account(), form)
    assert not re.search(r"\bto (be )?(create|update|replace|delete|import|release)", text)
    for name in ("interns", "contractors", "auditors", "payments-console", "courier", "old-office"):
        assert name in text
    assert "not tried" in text


def test_uncommitted_changes_are_reported():
    clean = replace(samples.account(), dirty=False)
    for form, said in (("text", ", with uncommitted changes"), ("markdown", ", with uncommitted changes")):
        assert said in render_plan(samples.account(), form)
        assert said not in render_plan(clean, form)
    assert json.loads(render_plan(samples.account(), "json"))["dirty"] is True
    assert json.loads(render_plan(clean, "json"))["dirty"] is False
    report = replace(samples.report(), dirty=True)
    for form in ("text", "markdown", "html"):
        assert ", with uncommitted changes" in render_drift(report, form)
        assert ", with uncommitted changes" not in render_drift(samples.report(), form)
    assert json.loads(render_drift(report, "json"))["dirty"] is True


def test_a_plan_as_json_matches_its_published_schema(golden):
    golden(PUBLISHED, schema())
    validator = Draft202012Validator(json.loads(schema()))
    for plan in (samples.plan(), samples.plan(applied=True), samples.account()):
        validator.validate(json.loads(render_plan(plan, "json")))
    outcomes = [one["outcome"] for one in json.loads(render_plan(samples.account(), "json"))["changes"]]
    assert outcomes == ["done", "done", "failed", "half done", "unknown", "not tried", "not tried"]
    assert {one["outcome"] for one in json.loads(render_plan(samples.plan(), "json"))["changes"]} == {None}


def test_many_fields_are_wrapped():
    change = Change(Operation.UPDATE, "oidc-app", "a", tuple(f"some_field_{number}" for number in range(30)))
    text = render_plan(PlanReport("a", "u", Changes({"a": change})))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "some_field_29" in text


def test_all_lines_of_a_failure_are_shown():
    text = render_plan(samples.plan(failures=("error: 403\n\x1b[31mE0000006",)))
    assert "failed  error: 403\n        \\x1b[31mE0000006\n" in text


def test_only_operations_that_occur_are_explained():
    text = render_plan(PlanReport("a", "u", Changes({"a": Change(Operation.CREATE, "group", "a")})))
    assert "+ create" in text
    assert "delete" not in text


@pytest.mark.parametrize(("form", "said"), [("text", "name, url (drifted)"), ("markdown", "`name`, `url` (drifted)")])
def test_drift_that_an_update_restores_is_marked_and_explained(form, said):
    change = Change(Operation.UPDATE, "bookmark-app", "a", ("name",), ("url",))
    text = render_plan(PlanReport("a", "u", Changes({"a": change})), form)
    assert said in text
    assert "(drifted): changed in the tenant" in text
    plain = render_plan(PlanReport("a", "u", Changes({"a": Change(Operation.UPDATE, "bookmark-app", "a")})), form)
    assert "drifted" not in plain


@pytest.mark.parametrize(
    ("compared_with", "said"),
    [
        (ComparedWith(True, samples.STARTED), "Compared with the tenant and the state of 2026-03-01 02:00:07 UTC"),
        (ComparedWith(False, samples.STARTED), "Compared with the state of 2026-03-01 02:00:07 UTC only"),
        (ComparedWith(True, None), "Compared with the tenant; there is no state yet"),
        (ComparedWith(False, None), "Not compared with the tenant; there is no state yet"),
    ],
)
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_plan_says_what_it_was_compared_with(compared_with, said, form):
    assert said in render_plan(PlanReport("a", "u", Changes(), compared_with=compared_with), form)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_recreated_objects_and_notes_are_reported(form):
    change = Change(Operation.CREATE, "group", "people", deleted=True)
    text = render_plan(PlanReport("a", "u", Changes({"a": change}, notes=["one gap"])), form)
    assert "(deleted in the tenant)" in text
    assert "Note: one gap" in text
