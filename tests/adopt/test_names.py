"""Logical names: made from labels, stable, unique, independent of the order of objects."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adopt.names import logical_names, slug
from reconciler.definitions import Address
from reconciler.kinds import kind_named
from reconciler.okta.snapshot import LiveObject
from tests.adopt.tenant import bookmark, group

LABELS = st.text(max_size=12) | st.sampled_from(["A b", "a-b", "A  B", "Everyone", "default", "日本", "x" * 300])


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Payments Operators", "payments-operators"),
        ("R&D / Größe (São Paulo)", "r-and-d-grosse-sao-paulo"),
        ("v1.2_beta", "v1.2_beta"),
        ("...", ""),
        ("日本", ""),
        ("Ørsted", "orsted"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_label_becomes_a_name(label, expected):
    assert slug(label) == expected


@given(LABELS)
def test_a_name_is_valid_in_documents(label):
    assert re.fullmatch(r"([a-z0-9][a-z0-9._-]*)?", slug(label))


@given(st.lists(LABELS, max_size=8), st.randoms())
def test_names_are_unique_and_do_not_depend_on_the_order(labels, random):
    items = [group(f"00g{number}", label) for number, label in enumerate(labels)]
    names = logical_names(items, {}, ())
    assert len(set(names.values())) == len(items)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", name) for name in names.values())
    assert not set(names.values()) & {"everyone", "okta-administrators"}
    random.shuffle(items)
    assert logical_names(items, {}, ()) == names


def test_objects_with_the_same_label_all_get_a_digest():
    names = logical_names([group("00g1", "A b"), group("00g2", "a-B"), group("00g3", "c")], {}, ())
    assert names["group", "00g3"] == "c"
    clashing = {names["group", "00g1"], names["group", "00g2"]}
    assert len(clashing) == 2
    assert all(re.fullmatch("a-b-[0-9a-f]{6}", name) for name in clashing)


def test_known_names_are_kept_and_taken_names_avoided():
    names = logical_names(
        [group("00g1", "A"), group("00g2", "B"), group("00g3", "C")],
        {("group", "00g2"): "old"},
        [Address("group", "a")],
    )
    assert names["group", "00g1"].startswith("a-")
    assert names["group", "00g2"] == "old"
    assert names["group", "00g3"] == "c"


def test_apps_of_different_kinds_have_different_names_and_policies_may_share_one():
    saml = LiveObject(kind_named("saml-app"), "0oa2", {"id": "0oa2", "label": "Tool"})
    names = logical_names([bookmark("0oa1", "Tool"), saml], {}, ())
    assert names["bookmark-app", "0oa1"] != names["saml-app", "0oa2"]
    policies = [
        LiveObject(kind_named(kind), "00p1", {"id": "00p1", "name": "Workforce"})
        for kind in ("global-session-policy", "password-policy")
    ]
    assert set(logical_names(policies, {}, ()).values()) == {"workforce"}
