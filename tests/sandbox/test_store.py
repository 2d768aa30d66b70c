from pathlib import Path

import pytest

from okta_sandbox.journal import SqliteJournal
from okta_sandbox.store import Store


def name_of(body: dict[str, object]) -> str:
    return str(body["name"])


def test_a_failed_transaction_leaves_everything_as_it_was() -> None:
    store = Store(names={"Thing": name_of})
    first, second = (store.add("Thing", each, {"name": each}) for each in "ab")
    child = store.add("Part", "p", {}, parent="a")
    with pytest.raises(ValueError, match="no"), store.transaction():
        store.change(second, {"name": "changed"})
        store.remove_tree(first)
        store.add("Thing", "c", {"name": "c"})
        raise ValueError("no")
    assert store.all("Thing") == [first, second]
    assert store.all("Part", "a") == [child]
    assert store.named("Thing", "b") == second
    assert store.named("Thing", "changed") is None
    assert store.named("Thing", "c") is None


def test_a_removed_relation_leaves_what_belongs_to_the_joined_object() -> None:
    store = Store()
    role = store.add("Role", "cr1", {})
    permission = store.add("Permission", "okta.users.read", {}, role.id)
    resource_set = store.add("ResourceSet", "iam1", {})
    store.add("RoleBinding", role.id, {}, resource_set.id)

    store.remove_tree(resource_set)

    assert store.all("RoleBinding", resource_set.id) == []
    assert store.all("Permission", role.id) == [permission]


def test_remove_tree_and_remove() -> None:
    store = Store()
    user = store.add("User", "u", {})
    store.add("Role", "r", {}, parent="u")
    membership = store.add("Membership", "u", {}, parent="g")
    store.remove(membership)
    assert store.count("Role", "u") == 1
    store.remove_tree(user)
    assert store.count("Role", "u") == 0


def test_a_name_is_free_again_after_a_change_or_a_delete() -> None:
    store = Store(names={"Thing": name_of})
    thing = store.add("Thing", "a", {"name": "old"})
    thing = store.change(thing, {"name": "new"})
    assert store.named("Thing", "old") is None
    store.remove(thing)
    assert store.named("Thing", "new") is None


def test_journal_restores_commits_in_order(tmp_path: Path) -> None:
    file = tmp_path / "tenant.db"
    store = Store(SqliteJournal(file))
    with store.transaction():
        first = store.add("Thing", "b", {"n": 1}, private={"secret": "x"})
        store.add("Thing", "a", {"n": 2})
        gone = store.add("Thing", "gone", {})
    with store.transaction():
        first = store.change(first, {"n": 3})
        store.remove(gone)
    store.add("Thing", "uncommitted", {})
    again = Store(SqliteJournal(file))
    assert [record.id for record in again.all("Thing")] == ["b", "a"]
    assert again.get("Thing", "b") == first
    with again.transaction():
        assert again.add("Thing", "later", {}).sequence > first.sequence
