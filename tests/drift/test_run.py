from dataclasses import replace

import pytest

from reconciler.drift.findings import DRIFT, Finding, Verdict
from tests.report import samples


def test_counts_include_every_verdict():
    counts = samples.report().counts
    assert list(counts) == list(Verdict)
    assert counts[Verdict.UNMANAGED] == 2
    assert sum(counts.values()) == len(samples.everything())


@pytest.mark.parametrize("verdict", Verdict)
def test_what_is_drift(verdict):
    assert samples.report([Finding(verdict, "group", "a", "A")]).has_drift is (verdict in DRIFT)


def test_live_objects_are_counted_over_all_kinds():
    assert samples.report().live == 42


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        replace(samples.report(), started=samples.STARTED.replace(tzinfo=None))
