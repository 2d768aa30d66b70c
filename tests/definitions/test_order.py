"""The order in which declarations can be created."""

import pytest

from reconciler.definitions import Address, Declaration, DefinitionsError, Source
from reconciler.definitions.order import in_creation_order
from reconciler.definitions.references import references
from reconciler.kinds import kind_named
from tests.definitions.folder import document, group


def declaration(kind, name, *, parent=None, line=1, **spec):
    return Declaration(kind_named(kind), name, spec, frozenset(spec), Source("f", line, 1), parent=parent)


def ordered(*declarations):
    return [address.name for address in in_creation_order({one.address: one for one in declarations})]


def test_referenced_objects_come_first():
    rule = declaration("group-rule", "a", groups=["z"])
    assert ordered(rule, declaration("group", "z")) == ["z", "a"]


def test_owners_come_first_and_siblings_by_priority():
    server = declaration("authorization-server", "s")
    policies = [
        declaration("access-policy", f"s/{name}", parent=server.address, clients=["ALL_CLIENTS"], priority=priority)
        for name, priority in (("a", 3), ("b", 1), ("c", 2))
    ]
    assert ordered(*policies, server) == ["s", "s/b", "s/c", "s/a"]


def test_default_order_is_by_kind_and_name():
    some = [declaration("group", "b"), declaration("trusted-origin", "a"), declaration("group", "a")]
    assert ordered(*some) == ordered(*reversed(some)) == ["a", "b", "a"]


def test_cycle_is_reported():
    group = declaration("group", "g", parent=Address("group-rule", "r"), line=1)
    rule = declaration("group-rule", "r", groups=["g"], line=2)
    with pytest.raises(DefinitionsError) as caught:
        ordered(group, rule)
    (problem,) = caught.value.problems
    assert problem.message in {
        "these objects refer to each other: group g -> group-rule r -> group g",
        "these objects refer to each other: group-rule r -> group g -> group-rule r",
    }


def test_a_whole_folder(folder):
    folder.write(document("group-rule", "a", "{name: R, expression: 'true', groups: [b]}") + group("b"), "a.yaml")
    for name, priority in (("first", 2), ("second", 1)):
        spec = f"name: {name}\npriority: {priority}\ngroups_included: [b]\nrules: [{{name: Y}}, {{name: X}}]"
        folder.write(document("password-policy", name, spec), f"{name}.yaml")
    seen: list[Address] = []
    for address, one in folder.load().declarations.items():
        assert {reference.target for reference in references(one)} <= set(seen)
        assert one.parent is None or one.parent in seen
        seen.append(address)
    names = [address.name for address in seen]
    assert names.index("second") < names.index("first")
    assert names.index("first/Y") < names.index("first/X")
