import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.engine.changes import Changes
from reconciler.report import ComparedWith, PlanReport, render_plan
from reconciler.report.plan_json import schema
from tests.report import samples

PUBLISHED = Path(__file__).parents[2] / "docs/schemas/plan-report.schema.json"


def test_the_published_schema_is_the_one_of_the_models(golden):
    golden(PUBLISHED, schema())


@pytest.mark.parametrize(
    "plan",
    [
        samples.plan(),
        samples.plan(applied=True),
        samples.plan(failures=("403",)),
        samples.reviewed(),
        samples.reviewed(applied=True),
        samples.hostile_plan(),
        PlanReport("a", "u", Changes()),
        PlanReport("a", "u", Changes(), compared_with=ComparedWith(False, None)),
    ],
)
def test_plans_are_valid(plan):
    Draft202012Validator.check_schema(json.loads(schema()))
    Draft202012Validator(json.loads(schema())).validate(json.loads(render_plan(plan, "json")))


def test_the_document_has_everything():
    document = json.loads(render_plan(samples.plan(failures=("403",)), "json"))
    assert (document["unchanged"], document["failures"], document["applied"]) == (66, ["403"], False)
    assert [change["operation"] for change in document["changes"]][:2] == ["delete", "replace"]
    assert document["compared_with"] == {"tenant": True, "state_written": "2026-02-27T02:00:07Z"}
