"""Relations of objects with findings: their owners, and the objects that refer to them."""

from dataclasses import replace

from reconciler.definitions.model import Address, Credentials, Declaration, Desired, Environment, Source
from reconciler.drift.findings import Finding, Verdict
from reconciler.drift.relations import Relation, relations
from reconciler.kinds import kind_named

APP = ("oidc-app", "console")
POLICY = ("authentication-policy", "strict")
RULES = ("authentication-policy-rules", "strict")


def declared(address, parent=None, **spec):
    return Declaration(
        kind_named(address[0]),
        address[1],
        spec,
        frozenset(spec),
        Source("a.yaml", 1, 1),
        parent=Address(*parent) if parent else None,
    )


def desired(*declarations):
    environment = Environment("test", "https://tenant.example", Credentials())
    return Desired(environment, {one.address: one for one in declarations}, "")


TENANT = desired(
    declared(POLICY),
    declared(RULES, parent=POLICY),
    declared(APP, authentication_policy="strict"),
    declared(("oidc-app", "other"), authentication_policy="easy"),
)


def found(*addresses):
    return [Finding(Verdict.CHANGED, kind, name, name, field="description") for kind, name in addresses]


def test_relations_from_referring_objects():
    assert relations(TENANT, found(POLICY)) == (Relation(APP, POLICY, owns=False),)


def test_relations_from_owners():
    assert relations(TENANT, found(RULES)) == (Relation(POLICY, RULES, owns=True),)


def test_referenced_objects_are_not_related():
    assert relations(TENANT, found(APP)) == ()


def test_relations_are_unique_and_sorted():
    several = found(RULES, POLICY, POLICY)
    assert relations(TENANT, several) == relations(TENANT, several[::-1])
    assert len(relations(TENANT, several)) == 2


def test_unmanaged_objects_have_no_relations():
    stray = replace(found(POLICY)[0], name="", okta_id="rst1")
    gone = found(("authentication-policy", "no longer declared"))
    assert relations(TENANT, [stray, *gone]) == ()
