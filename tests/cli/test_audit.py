"""The audit of a command, where it is more than the audit itself."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from reconciler.audit import AuditLine
from reconciler.cli.audit import AuditedRun
from reconciler.file_formats import AUDIT_LINE

LINES = Path(__file__).parents[1] / "formats/files/audit-1.jsonl"


def test_newer_lines_are_not_left_out_when_unfinished_runs_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_AUDIT", str(tmp_path))
    first, _ = LINES.read_text().splitlines()
    newer = json.loads(first) | {"version": AUDIT_LINE.version + 1}
    (tmp_path / "test.jsonl").write_text(f"{first}\n{json.dumps(newer)}\n")
    run = AuditedRun("up")
    run._begun = AuditLine.model_validate_json(first)
    run._reconciler = cast(Any, SimpleNamespace(stack=SimpleNamespace(root=tmp_path)))
    run.report_unfinished()
    assert capsys.readouterr().err == (
        f"the runs that have not ended are not known: {tmp_path}/test.jsonl: the audit line has format version 2, "
        "and this reconciler reads versions up to 1\n"
    )
