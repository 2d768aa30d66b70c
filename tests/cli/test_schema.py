"""`reconciler schema`."""

import json

import pytest

from reconciler.definitions.json_schema import SCHEMAS


@pytest.mark.parametrize("what", SCHEMAS)
def test_what_people_write_has_a_schema(invoke, what: str):
    assert json.loads(invoke("schema", what).output) == SCHEMAS[what]()


def test_documents_if_nothing_is_said(invoke):
    assert invoke("schema").output == invoke("schema", "document").output


def test_into_a_file(invoke, tmp_path):
    assert invoke("schema", "--output", str(tmp_path / "schema.json")).output == ""
    assert (tmp_path / "schema.json").read_text() == invoke("schema").output
