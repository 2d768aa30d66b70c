"""`reconciler schema`."""

import json

from reconciler.definitions.json_schema import document_schema, environment_schema


def test_the_schema_of_documents(invoke):
    assert json.loads(invoke("schema").output) == document_schema()


def test_the_schema_of_environments(invoke):
    assert json.loads(invoke("schema", "--environment").output) == environment_schema()


def test_into_a_file(invoke, tmp_path):
    assert invoke("schema", "--output", str(tmp_path / "schema.json")).output == ""
    assert (tmp_path / "schema.json").read_text() == invoke("schema").output
