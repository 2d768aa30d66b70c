"""The file that keeps a tenant, and its format version."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from okta_sandbox.journal import SCHEMA, VERSION, NewerTenantFile, SqliteJournal


def with_version(path: Path, version: int) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(SCHEMA)
        database.execute("INSERT INTO object VALUES ('Thing', '', 'a', 1, '{\"n\": 1}', '{}')")
        database.execute(f"PRAGMA user_version = {version}")
    return path


@pytest.mark.parametrize("version", [0, VERSION])
def test_a_file_of_today_or_earlier_is_read_and_has_the_version_afterwards(version: int, tmp_path: Path) -> None:
    journal = SqliteJournal(with_version(tmp_path / "tenant.db", version))
    assert [record.body for record in journal.load()] == [{"n": 1}]
    journal.close()
    with closing(sqlite3.connect(tmp_path / "tenant.db")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (VERSION,)


@pytest.mark.parametrize("name", ["notes.txt", "no/such/folder.db"])
def test_what_is_no_file_of_a_tenant_is_refused_and_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database")
    command = [sys.executable, "-m", "okta_sandbox", "--state", str(tmp_path / name)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert f"Error: {tmp_path / name} is not the file of a tenant, or is damaged: " in ended.stderr
    assert (tmp_path / "notes.txt").read_text() == "no database"


def test_a_newer_file_is_refused_and_stays(tmp_path: Path) -> None:
    file = with_version(tmp_path / "tenant.db", VERSION + 1)
    before = file.read_bytes()
    with pytest.raises(NewerTenantFile, match=f"has format version {VERSION + 1}, and .* up to {VERSION}: .* upgrade"):
        SqliteJournal(file)
    command = [sys.executable, "-m", "okta_sandbox", "--state", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert f"Error: {file}: the tenant has format version {VERSION + 1}" in ended.stderr
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["tenant.db"]
