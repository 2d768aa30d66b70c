"""The list of credentials that are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reconciler.cli.rotate import as_text
from reconciler.rotation.due import Due, DueReport

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=100)


def test_columns_are_aligned_and_each_credential_has_its_next_action():
    due = [
        Due("oidc-app console", "client secret", "ocs1", OLD, "production console"),
        Due("backup", "API token", "00T1", OLD, ""),
    ]
    assert as_text(DueReport(due, 7, (), "", 9), "production", timedelta(days=90), NOW).splitlines() == [
        "production: 2 of 7 credentials at least 90 days old; 9 requests",
        "  100 days  client secret  oidc-app console  ocs1  created 2026-02-21",
        "      reconciler rotate production console",
        "  100 days  API token      backup            00T1  created 2026-02-21",
        "      replace it in the Admin Console",
    ]


def test_nothing_due():
    shown = as_text(DueReport((), 1, (), "", 2), "production", timedelta(days=90), NOW)
    assert shown == "production: 0 of 1 credential at least 90 days old; 2 requests\n"


def test_a_name_from_the_tenant_cannot_start_a_line_of_its_own():
    token = Due("backup\nproduction: 0 of 7 credentials\x1b[2J", "API token", "00T1", OLD, "")
    shown = as_text(DueReport([token], 1, (), "", 2), "production", timedelta(days=90), NOW)
    assert len(shown.splitlines()) == 3
    assert "\x1b" not in shown
