"""What each environment has, in all formats."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from reconciler.commit import Commit, LogEntry
from reconciler.history import Run
from reconciler.last_up import LastUp
from reconciler.report.status import MOST_COMMITS, STATUS_FORMATS, EnvironmentStatus, PromotionStatus, Status
from reconciler.report.status_json import schema
from tests.report import samples

PUBLISHED = Path(__file__).parents[2] / "docs/schemas/status.schema.json"
SUFFIX = {"text": "txt", "json": "json", "markdown": "md"}
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
COMMITS = [
    LogEntry("b" * 40, "Ada", "2026-01-02T00:00:00+00:00", "Require MFA for payroll"),
    LogEntry("a" * 40, "Grace", "2026-01-01T00:00:00+00:00", "Add the group auditors"),
]
UP = LastUp("d" * 64, "e" * 64, Commit("b" * 40), WHEN, "alice", "https://ci/1", "0.1.0", clean=True)
RUN = Run(WHEN, "b" * 40, 3, 5, 1, 2, 0, 0)
STATUS = Status(
    "origin/main",
    "c" * 40,
    [
        EnvironmentStatus("staging", "https://staging.example", "", UP, False, [], RUN),
        EnvironmentStatus(
            "production",
            "https://acme.okta.com",
            "",
            replace(UP, commit=Commit("0" * 40, dirty=True), clean=False),
            True,
            COMMITS,
            replace(RUN, drift=0),
            promotion=PromotionStatus("staging", "waiting", commits=COMMITS[:1]),
        ),
        EnvironmentStatus("new", "https://new.example", promotion=PromotionStatus("broken", "not ready", "it failed")),
        EnvironmentStatus("broken", problem="the state cannot be read: access denied", drift_problem="no such table"),
        EnvironmentStatus("old", last=LastUp("d" * 64), promotion=PromotionStatus("staging", "waiting")),
        EnvironmentStatus("same", last=UP, promotion=PromotionStatus("staging", "taken")),
    ],
)


@pytest.mark.parametrize("form", STATUS_FORMATS)
def test_a_status(golden, form):
    golden(f"status.{SUFFIX[form]}", STATUS_FORMATS[form](STATUS))


def test_the_published_schema_is_the_one_of_the_models(golden):
    golden(PUBLISHED, schema())
    Draft202012Validator.check_schema(json.loads(schema()))
    Draft202012Validator(json.loads(schema())).validate(json.loads(STATUS_FORMATS["json"](STATUS)))


def test_many_commits_are_cut():
    many = Status("HEAD", "c", [EnvironmentStatus("staging", last=UP, beyond=COMMITS[:1] * (MOST_COMMITS + 2))])
    said = STATUS_FORMATS["text"](many)
    assert said.count("Require MFA") == MOST_COMMITS
    assert "and 2 more commits" in said
    assert len(json.loads(STATUS_FORMATS["json"](many))["environments"][0]["beyond"]) == MOST_COMMITS + 2


@pytest.mark.parametrize("name", samples.HOSTILE)
@pytest.mark.parametrize("form", STATUS_FORMATS)
def test_names_do_nothing(form, name):
    commits = [LogEntry("b" * 40, name, name, name)]
    one = EnvironmentStatus("staging", "", name, replace(UP, by=name, commit=Commit(name)), True, commits, None, name)
    hostile = STATUS_FORMATS[form](Status(name, name, [one]))
    plain = STATUS_FORMATS[form](
        Status(
            "x",
            "x",
            [
                replace(
                    one,
                    problem="x",
                    last=replace(UP, by="x", commit=Commit("x")),
                    beyond=[LogEntry("b" * 40, "x", "x", "x")],
                    drift_problem="x",
                )
            ],
        )
    )
    assert len(hostile.split("\n")) == len(plain.split("\n"))
    assert not any(ord(character) < 32 for character in hostile if character != "\n")
    if form == "markdown":
        assert "<script" not in re.sub(r"`[^`\n]*`", "", hostile)
