"""docs/files.md names every file that the code names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.cli.environment import STATE_FOLDER
from reconciler.definitions import files, owners, transaction
from reconciler.engine.local_state import LocalState
from reconciler.engine.project import PROJECT_FILE
from reconciler.engine.toolchain.location import cache_directory
from reconciler.repository import MANIFEST
from reconciler.repository.generated import _TEMPLATES as GENERATED
from reconciler.repository.generated import SCHEMAS
from reconciler.repository.starting import _TEMPLATES as STARTING
from reconciler.repository.upgrade import NEW

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/files.md").read_text()
LOCATION = re.compile(r'os\.environ\.get\("((?:RECONCILER|PULUMI|XDG)_\w+)"[^)]*\) or |"(XDG_CACHE_HOME|PULUMI_HOME)"')


def named() -> set[str]:
    """The names and paths in the code."""
    state = LocalState(Path(), "PROJECT", "ENVIRONMENT")
    own = (state.kept, state.journal, state.unverified, state.checkpoint)
    return {
        MANIFEST,
        PROJECT_FILE,
        STATE_FOLDER,
        cache_directory().name,
        transaction.NOTE,
        transaction._STAGED_NOTE,
        NEW,
        *(f"definitions/{one[0]}" for one in (files.IGNORE, files.GUARDS, files.OWNERS, files.PINS, files.VARIABLES)),
        f"definitions/{files.ENVIRONMENTS}/",
        f"definitions/{files.IMPORTS}/",
        *owners._CODEOWNERS,
        *STARTING,
        *(path.as_posix() for path in own),
        ".pulumi/backups/",
        ".pulumi/locks/",
    }


@pytest.mark.parametrize("name", sorted(named()))
def test_a_name_of_the_code_is_on_the_page(name):
    assert name in PAGE


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_a_generated_file_is_on_the_page(path):
    folder, _, name = path.rpartition("/")
    assert f"`{path}`" in PAGE or f"`{folder}/`" in PAGE or f"`{name}`" in PAGE


def test_the_folders_of_generated_files_are_on_the_page():
    assert "`.github/workflows/`" in PAGE
    assert f"`{SCHEMAS}`" in PAGE


def test_every_variable_that_names_a_location_is_on_the_page():
    texts = "\n".join(path.read_text() for path in (ROOT / "reconciler").rglob("*.py"))
    found = {name for match in LOCATION.findall(texts) for name in match if name}
    assert {"RECONCILER_AUDIT", "RECONCILER_BASELINES", "RECONCILER_HISTORY", "PULUMI_BACKEND_URL"} <= found
    assert {name for name in found if f"`{name}`" not in PAGE} == set()


def test_every_row_is_complete():
    tables = re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)
    assert len(tables) >= 6
    for table in tables:
        head, _, *rows = table.splitlines()
        columns = [cell.strip() for cell in head.split("|")[1:-1]]
        for row in rows:
            cells = dict(zip(columns, (cell.strip() for cell in row.split("|")[1:-1]), strict=True))
            assert all(cells[name] for name in columns if name not in ("also written by", "generated")), row
