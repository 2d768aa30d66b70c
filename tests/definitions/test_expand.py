"""Documents that expand to several declarations."""

import pytest

from reconciler.definitions import Address
from tests.definitions.folder import document

SERVER = """\
name: Payments
audiences: [https://api.example]
scopes:
  - name: read
  - name: write
    previously: change
policies:
  - name: Services
    description: D
    clients: [ALL_CLIENTS]
    previously: [Machines, Robots]
    rules:
      - {name: Fast, grant_types: [client_credentials], groups: [everyone]}
      - name: Slow
        previously: Slower
        grant_types: [client_credentials]
        groups: [everyone]
  - {name: People, description: D, clients: [ALL_CLIENTS]}
"""


@pytest.fixture
def server(folder):
    text = document("authorization-server", "payments", SERVER) + "previously: money\n"
    folder.write(text)
    return folder.load().declarations


def test_each_owned_item_is_a_declaration_named_after_its_owner(server):
    assert [str(address) for address in server] == [
        "authorization-server payments",
        "authorization-server-scope payments/read",
        "authorization-server-scope payments/write",
        "access-policy payments/Services",
        "access-policy payments/People",
        "access-policy-rule payments/Services/Fast",
        "access-policy-rule payments/Services/Slow",
    ]


def test_each_declaration_has_its_parent(server):
    assert server[Address("authorization-server", "payments")].parent is None
    assert server[Address("access-policy", "payments/Services")].parent == Address("authorization-server", "payments")
    rule = server[Address("access-policy-rule", "payments/Services/Slow")]
    assert rule.parent == Address("access-policy", "payments/Services")


def test_owner_does_not_contain_owned_items(server):
    declaration = server[Address("authorization-server", "payments")]
    assert not {"scopes", "claims", "policies"} & declaration.spec.keys()
    assert declaration.declared == {"name", "audiences"}


def test_position_in_the_list_is_the_declared_priority(server):
    policies = [server[Address("access-policy", f"payments/{name}")] for name in ("Services", "People")]
    assert [policy.spec["priority"] for policy in policies] == [1, 2]
    assert policies[1].declared == {"name", "description", "clients", "priority"}
    assert policies[1].where("priority") == policies[1].source


def test_items_of_unordered_lists_have_no_priority(server):
    assert "priority" not in server[Address("authorization-server-scope", "payments/write")].spec


def test_earlier_names_combine_with_those_of_owners(server):
    names = {str(address): declaration.previously for address, declaration in server.items()}
    assert names["authorization-server payments"] == ("money",)
    assert names["authorization-server-scope payments/read"] == ("money/read",)
    assert names["authorization-server-scope payments/write"] == ("payments/change", "money/write", "money/change")
    assert set(names["access-policy-rule payments/Services/Slow"]) == {
        f"{server}/{policy}/{rule}"
        for server in ("payments", "money")
        for policy in ("Services", "Machines", "Robots")
        for rule in ("Slow", "Slower")
    } - {"payments/Services/Slow"}


def test_owners_and_items_have_their_location(server):
    places = {str(address): str(declaration.source).rpartition("a.yaml:")[2] for address, declaration in server.items()}
    assert places["authorization-server payments"] == "2:1"
    assert places["authorization-server-scope payments/write"] == "11:7"
    assert places["access-policy-rule payments/Services/Slow"] == "20:11"


APP = "label: A\nurl: https://a.example\n"


def test_a_whole_list_is_one_declaration_with_the_name_of_its_owner(folder):
    folder.write(document("bookmark-app", "a", APP + "groups:\n  - group: everyone\n") + "previously: b\n")
    assignments = folder.declaration("app-group-assignments", "a")
    assert assignments.spec == {"groups": [{"group": "everyone", "profile": {}}]}
    assert assignments.declared == {"groups"}
    assert assignments.parent == Address("bookmark-app", "a")
    assert assignments.previously == ("b",)
    assert str(assignments.source).endswith("a.yaml:9:3")
    assert str(assignments.where("groups.0.group")).endswith("a.yaml:10:14")


def test_a_whole_list_that_is_empty_is_declared_and_one_left_out_is_not(folder):
    folder.write(document("bookmark-app", "a", APP + "groups: []"))
    assert folder.declaration("app-group-assignments", "a").spec == {"groups": []}
    folder.write(document("bookmark-app", "a", APP))
    assert Address("app-group-assignments", "a") not in folder.load().declarations


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("priority: 1", "12:5: policies[0] has a priority | leave it out: the position in the list is the priority"),
        ("previously: 1", "12:17: policies[0].previously must be an earlier name, or a list of them | "),
        ("previously: []", "12:17: policies[0].previously must be an earlier name, or a list of them | "),
        ("previously: ['']", "12:17: policies[0].previously must be an earlier name, or a list of them | "),
        ("rules: x", "12:12: policies[0].rules must be a list, not x | write [x]"),
        ("rules: [x]", "12:13: policies[0].rules[0] must be a mapping, not x | "),
        ("rules: null", "12:12: policies[0].rules must be a list, not null | write [] for none"),
    ],
)
def test_invalid_owned_item(folder, line, problem):
    spec = f"name: S\naudiences: [a]\npolicies:\n- name: P\n  description: D\n  {line}\n  clients: [ALL_CLIENTS]\n"
    folder.write(document("authorization-server", "s", spec))
    assert folder.problems() == [f"a.yaml:{problem}"]


def test_a_rule_inside_a_whole_list_has_no_earlier_name(folder):
    folder.write(document("authentication-policy", "p", "name: P\ndescription: D\nrules: [{name: R, previously: Q}]"))
    assert folder.problems()[0].startswith("a.yaml:9:21: rules[0] has no field previously")


CLAIMS = """\
name: S
audiences: [a]
claims:
  - {name: tier, claim_type: RESOURCE, value: user.tier}
  - {name: tier, logical_name: tier-identity, claim_type: IDENTITY, value: user.tier, previously: rank}
"""


def test_an_item_that_shares_its_name_is_called_by_its_logical_name(folder):
    folder.write(document("authorization-server", "s", CLAIMS))
    claims = [one for one in folder.load().declarations.values() if one.kind.name == "authorization-server-claim"]
    assert [(one.name, one.label, one.previously) for one in claims] == [
        ("s/tier", "tier", ()),
        ("s/tier-identity", "tier", ("s/rank",)),
    ]


@pytest.mark.parametrize("name", ["1", "''", "' x'", "[x]", "null"])
def test_a_logical_name_is_text(folder, name):
    folder.write(document("authorization-server", "s", CLAIMS.replace("tier-identity", name)))
    (problem,) = folder.problems()
    assert "claims[1].logical_name must be text" in problem


def test_only_items_that_may_share_their_name_have_a_logical_one(folder):
    spec = "name: S\naudiences: [a]\nscopes: [{name: x, logical_name: y}]"
    folder.write(document("authorization-server", "s", spec))
    assert "has no field logical_name" in folder.problems()[0]
