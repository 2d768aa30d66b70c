"""`reconciler schema`."""

import json

import pytest

from reconciler.cli.schema import SCHEMAS


@pytest.mark.parametrize("what", SCHEMAS)
def test_every_file_people_write_has_a_schema(invoke, what: str):
    assert json.loads(invoke("schema", what).output) == SCHEMAS[what]()


def test_the_default_is_the_schema_of_documents(invoke):
    assert invoke("schema").output == invoke("schema", "document").output


def test_into_a_file(invoke, tmp_path):
    assert invoke("schema", "--output", str(tmp_path / "schema.json")).output == ""
    assert (tmp_path / "schema.json").read_text() == invoke("schema").output
