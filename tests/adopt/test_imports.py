"""Imports, when objects are looked up: the id counts, not the name."""

from __future__ import annotations

import pytest

from reconciler.definitions import Address, load
from reconciler.engine.state import EMPTY, Applied, State
from reconciler.lookup import Ambiguous, Managed, NotInTenant, recognised
from reconciler.okta.snapshot import Unreadable
from tests.adopt.tenant import adopted, assigned, bookmark, everyone, group, snapshot


@pytest.fixture
def twins():
    return bookmark("0oa1", "Twice"), bookmark("0oa2", "Twice")


def look_up(folder, live, state=EMPTY):
    desired = load(folder, "production")
    managed = Managed.of(desired, state)
    fresh = [one for address, one in desired.declarations.items() if address not in managed.ids]
    return recognised(fresh, managed, live)


def test_two_of_one_name_are_told_apart(tmp_path, twins):
    staff = group("00g1", "Staff")
    live = snapshot(staff, *twins, *(assigned(app, ["00g1"]) for app in twins))
    adopted(live, tmp_path)
    found = look_up(tmp_path, live)
    assert sorted(found.values()) == ["00g1", "0oa1", "0oa1", "0oa2", "0oa2"]
    assert {address.kind for address in found} == {"group", "bookmark-app", "app-group-assignments"}


def test_a_name_that_an_import_has_taken_is_no_longer_ambiguous(tmp_path, twins):
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


def test_an_id_that_is_gone_is_an_error_at_its_line(tmp_path):
    adopted(snapshot(group("00g1", "Staff")), tmp_path)
    with pytest.raises(NotInTenant, match=r"imports/production.yaml:3:10: the tenant has no group with the id 00g1"):
        look_up(tmp_path, snapshot(group("00g2", "Staff")))


def test_an_id_that_could_not_be_read_is_not_taken_for_gone(tmp_path):
    staff = group("00g1", "Staff")
    adopted(snapshot(staff), tmp_path)
    assert look_up(tmp_path, snapshot(unreadable=[Unreadable(staff.kind, None, "403")])) == {}


def test_what_okta_made_cannot_be_imported(tmp_path):
    adopted(snapshot(group("00g1", "Staff")), tmp_path)
    with pytest.raises(NotInTenant, match="made by Okta"):
        look_up(tmp_path, snapshot(everyone("00g1")))


def test_what_the_state_has_by_another_name_cannot_be_imported(tmp_path):
    staff = group("00g1", "Staff")
    adopted(snapshot(staff), tmp_path)
    state = State({("group", "old"): Applied(staff.kind, "old", "urn:old", "00g1", {})}, {}, False)
    with pytest.raises(NotInTenant, match="is in the state already, as old"):
        look_up(tmp_path, snapshot(staff), state)


def test_what_is_in_the_state_needs_no_import(tmp_path):
    staff = group("00g1", "Staff")
    adopted(snapshot(staff), tmp_path)
    state = State({("group", "staff"): Applied(staff.kind, "staff", "urn:staff", "00g9", {})}, {}, False)
    desired = load(tmp_path, "production")
    assert Managed.of(desired, state).ids == {Address("group", "staff"): "00g9"}
    assert look_up(tmp_path, snapshot(), state) == {}
