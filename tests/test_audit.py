"""The audit: lines that are only ever added."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.audit import Audit, AuditLine, AuditNotWritten, AuditOverride, as_json, counts, new_run, schema
from reconciler.engine.changes import Outcome

PUBLISHED = Path(__file__).parents[1] / "docs/schemas/audit-line.schema.json"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LINE = AuditLine(
    event="begin",
    run="r1",
    time=WHEN,
    command="up",
    environment="production",
    tenant="https://acme.okta.com",
    commit="c",
    dirty=False,
    definitions="d",
    documents="s",
    by="alice",
    ci_run="",
    tool="0.1.0",
    overrides=(AuditOverride(rule="protected", object="app payroll", reason="Moved.", by="alice", at=WHEN),),
)


def line(run: str, event: str, minutes: int = 0) -> AuditLine:
    return LINE.model_copy(update={"run": run, "event": event, "time": WHEN + timedelta(minutes=minutes)})


@pytest.fixture(params=["folder", "url"])
def audit(request: pytest.FixtureRequest, tmp_path: Path) -> Audit:
    return Audit(str(tmp_path / "audit") if request.param == "folder" else f"memory://{tmp_path}/audit")


def test_lines_are_added_and_found_again(audit: Audit):
    assert audit.lines("production") == []
    written = [line("r1", "begin"), line("r2", "begin", 1), line("r1", "end", 2)]
    for each in written:
        audit.add(each)
    assert audit.lines("production") == written
    assert audit.lines("staging") == []
    assert audit.unfinished("production") == [written[1]], "a killed run leaves its first line"
    for each in (line("r3", "begin", 3), line("r3", "end", 4).model_copy(update={"end": "refused"})):
        audit.add(each)
    assert audit.unfinished("production") == [written[1]]
    for each in (line("r4", "begin", 5), line("r4", "end", 6).model_copy(update={"end": "done"})):
        audit.add(each)
    assert audit.unfinished("production") == [], "the killed run is known to have ended"


def test_a_file_has_one_object_per_line_and_belongs_to_its_user(tmp_path: Path):
    for name in ("r1", "r2"):
        Audit(tmp_path.as_uri()).add(line(name, "begin"))
    file = tmp_path / "production.jsonl"
    assert [json.loads(each)["run"] for each in file.read_text().splitlines()] == ["r1", "r2"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_incomplete_line_spoils_no_other(tmp_path: Path):
    audit = Audit(str(tmp_path))
    audit.add(line("r1", "begin"))
    with (tmp_path / "production.jsonl").open("a") as file:
        file.write('{"version": 1, "ev')
    audit.add(line("r2", "begin", 1))
    assert [each.run for each in audit.lines("production")] == ["r1", "r2"]


def test_a_line_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(AuditNotWritten, match=r"production\.jsonl: "):
        Audit(str(tmp_path / "file")).add(LINE)
    with pytest.raises(AuditNotWritten, match="nowhere://audit/production/"):
        Audit("nowhere://audit").add(LINE)

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(AuditNotWritten, match="No space left"):
        Audit(str(tmp_path)).add(LINE)


def test_an_incomplete_write_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "write", lambda descriptor, data: len(data) - 1)
    with pytest.raises(AuditNotWritten, match="no space left"):
        Audit(str(tmp_path)).add(LINE)


def test_names_cannot_confuse_a_log():
    text = as_json(LINE.model_copy(update={"by": "a\nb\x1b[31m\u202e"}))
    assert text.isascii()
    assert text.isprintable()


def test_lines_of_later_versions_are_read(tmp_path: Path):
    (tmp_path / "production.jsonl").write_text(json.dumps(json.loads(as_json(LINE)) | {"new": 1}) + "\n")
    assert Audit(str(tmp_path)).lines("production") == [LINE]


def test_the_published_schema_is_the_one_of_the_model():
    assert PUBLISHED.read_text() == schema(), f"write it anew: {PUBLISHED}"
    Draft202012Validator.check_schema(json.loads(schema()))
    Draft202012Validator(json.loads(schema())).validate(json.loads(as_json(LINE)))


def test_ids_of_runs_differ_and_sort_by_time():
    assert new_run() != new_run()
    assert new_run()[:8] == f"{datetime.now(UTC):%Y%m%d}"


def test_counts_have_words_in_order():
    assert counts([Outcome.HALF_DONE, Outcome.DONE, Outcome.DONE]) == {"done": 2, "half done": 1}
