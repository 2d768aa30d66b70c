"""The published schema of saved plans."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.plan.file import schema
from tests.plan.saved import saved
from tests.plan.worlds import small_world

PUBLISHED = Path(__file__).parents[2] / "docs/schemas/plan.schema.json"


def test_the_published_schema_is_the_one_of_the_models(golden):
    golden(PUBLISHED, schema())


def test_saved_plans_are_valid():
    Draft202012Validator.check_schema(json.loads(schema()))
    Draft202012Validator(json.loads(schema())).validate(saved(small_world()).model_dump(mode="json"))
