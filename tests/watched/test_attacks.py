"""Every attack on what no kind covers is noticed, rated and attributed, and no secret is stored."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from reconciler.drift.baseline_values import Baseline
from reconciler.drift.findings import DRIFT
from reconciler.watched import row_of_word
from tests.watched.attacks import ATTACKS, Attack
from tests.watched.org import Org, baseline_of
from tests.watched.seeds import seed

_MINIMUM = 76


class Watched:
    """A seeded tenant, with the baseline after the last attack."""

    def __init__(self) -> None:
        self.org = Org()
        seed(self.org)
        self.before: Baseline = baseline_of(self.org.read())
        self.known = {(finding.id, finding.verdict) for finding in self.org.findings(self.before)}


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """One tenant for all attacks, which follow each other."""
    yield Watched()


def test_there_are_enough_attacks():
    assert len(ATTACKS) >= _MINIMUM
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "-"))
def test_an_attack_is_noticed(watched: Watched, attack: Attack):
    attack.change(watched.org)
    live = watched.org.read()
    found = [one for one in watched.org.findings(watched.before, live) if (one.id, one.verdict) not in watched.known]
    watched.before = baseline_of(live)
    watched.known |= {(finding.id, finding.verdict) for finding in watched.org.findings(watched.before, live)}

    by_row = row_of_word(attack.word) is not None
    about = [finding for finding in found if finding.kind == attack.word or not by_row]
    assert about, [(finding.kind, finding.label, finding.field) for finding in found]
    assert all(finding.verdict in DRIFT for finding in about)
    assert max(finding.severity for finding in about) >= attack.severity
    assert "CANARY" not in str(found)
    assert b"CANARY" not in orjson.dumps(watched.before)
