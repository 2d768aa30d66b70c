"""Imports in the look-up of objects: the id decides, not the name."""

from __future__ import annotations

import pytest

from reconciler.definitions import Address, load
from reconciler.engine.state import EMPTY, Applied, State
from reconciler.matching import Ambiguous, NotInTenant, StateMatch
from reconciler.okta.snapshot import Unreadable
from tests.adopt.tenant import adopted, assigned, bookmark, everyone, group, snapshot
from tests.matches import match_of


@pytest.fixture
def twins():
    return bookmark("0oa1", "Twice"), bookmark("0oa2", "Twice")


def look_up(folder, live, state=EMPTY):
    return match_of(load(folder, "production"), state, live).recognised


def test_two_objects_with_the_same_name_are_distinguished(tmp_path, twins):
    staff = group("00g1", "Staff")
    live = snapshot(staff, *twins, *(assigned(app, ["00g1"]) for app in twins))
    adopted(live, tmp_path)
    found = look_up(tmp_path, live)
    assert sorted(found.values()) == ["00g1", "0oa1", "0oa1", "0oa2", "0oa2"]
    assert {address.kind for address in found} == {"group", "bookmark-app", "app-group-assignments"}


def test_a_name_is_not_ambiguous_if_an_import_names_the_other_object(tmp_path, twins):
    live = snapshot(*twins)
    adopted(live, tmp_path)
    imports = tmp_path / "imports" / "production.yaml"
    lines = imports.read_text().splitlines()
    imports.write_text("\n".join(lines[:-1]) + "\n")
    assert sorted(look_up(tmp_path, live).values()) == ["0oa1", "0oa2"]


def test_without_imports_the_error_names_both(tmp_path, twins):
    adopted(snapshot(twins[0]), tmp_path)
    (tmp_path / "imports" / "production.yaml").unlink()
    with pytest.raises(Ambiguous, match=r"2 objects in the tenant are named 'Twice': 0oa1, 0oa2"):
        look_up(tmp_path, snapshot(*twins))


def test_an_import_of_a_deleted_object_is_an_error_at_its_line(tmp_path):
    adopted(snapshot(group("00g1", "Staff")), tmp_path)
    with pytest.raises(NotInTenant, match=r"imports/production.yaml:3:10: the tenant has no group with the id 00g1"):
        look_up(tmp_path, snapshot(group("00g2", "Staff")))


def test_an_import_is_no_error_if_the_kind_could_not_be_read(tmp_path):
    staff = group("00g1", "Staff")
    adopted(snapshot(staff), tmp_path)
    assert look_up(tmp_path, snapshot(unreadable=[Unreadable(staff.kind, None, "403")])) == {}


def test_an_object_that_okta_made_cannot_be_imported(tmp_path):
    adopted(snapshot(group("00g1", "Staff")), tmp_path)
    with pytest.raises(NotInTenant, match="made by Okta"):
        look_up(tmp_path, snapshot(everyone("00g1")))


def test_an_object_in_the_state_under_another_name_cannot_be_imported(tmp_path):
    staff = group("00g1", "Staff")
    adopted(snapshot(staff), tmp_path)
    state = State({("group", "old"): Applied(staff.kind, "old", "urn:old", "00g1", {})}, {}, False)
    with pytest.raises(NotInTenant, match="is in the state already, as old"):
        look_up(tmp_path, snapshot(staff), state)


def test_an_object_in_the_state_needs_no_import(tmp_path):
    staff = group("00g1", "Staff")
    adopted(snapshot(staff), tmp_path)
    state = State({("group", "staff"): Applied(staff.kind, "staff", "urn:staff", "00g9", {})}, {}, False)
    desired = load(tmp_path, "production")
    assert StateMatch.of(desired, state).ids == {Address("group", "staff"): "00g9"}
    assert look_up(tmp_path, snapshot(), state) == {}
