"""Secrets that the run knows are never written, wherever they are in the tenant."""

from __future__ import annotations

from tests.adopt.tenant import (
    adopted,
    assigned,
    bookmark,
    everyone,
    group,
    reasons,
    session_policy,
    session_rule,
    snapshot,
)
from tests.faults import contents

SECRET = "token-0123456789"


def test_an_object_with_a_secret_is_not_adopted_nor_what_refers_to_it(tmp_path):
    wiki, policy = bookmark("0oa1", "Wiki"), session_policy("00p1", "People", 1)
    live = snapshot(
        everyone(),
        group("00g1", "Day shift", f"its token is {SECRET}"),
        group("00g2", "Night shift"),
        wiki,
        assigned(wiki, ["00g1", "00g2"]),
        policy,
        session_rule(policy, "First", 1),
        session_rule(policy, f"Rule of {SECRET}", 2),
    )
    made = adopted(live, tmp_path, secrets=[SECRET])
    assert {draft.name for draft in made.drafts} == {"night-shift", "people", "wiki"}
    assert [(reason, subject.partition(" ")[0], detail) for reason, subject, detail in reasons(made)] == [
        ("SECRET", "global-session-policy-rule", "in name: rotate the secret, because it is readable in the tenant"),
        ("SECRET", "group", "in description: rotate the secret, because it is readable in the tenant"),
        (
            "REFERENCE",
            "app-group-assignments",
            "refers to the group 'Day shift' (00g1), which is not adopted",
        ),
    ]
    documents = {path: text for path, text in contents(tmp_path).items() if path.endswith(".yaml")}
    assert not any(SECRET.encode() in text for text in documents.values())
