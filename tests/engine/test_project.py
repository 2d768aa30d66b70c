from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.engine.project import project_name
from reconciler.errors import EngineError


def test_the_name_is_read_from_the_file(tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text("runtime: python\nname: acme.identity-2\n")
    assert project_name(tmp_path) == "acme.identity-2"


@pytest.mark.parametrize("content", ["", "runtime: python", "- name", "name: 7", "name: a b", "name: [", "name: ''"])
def test_a_file_without_a_name_is_an_error_that_names_the_file(content: str, tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text(content)
    with pytest.raises(EngineError, match=r"Pulumi\.yaml"):
        project_name(tmp_path)


def test_a_missing_file_is_an_error(tmp_path: Path):
    with pytest.raises(EngineError, match="cannot be read"):
        project_name(tmp_path)
