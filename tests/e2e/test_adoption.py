"""Adopted definitions match the tenant: importing them changes nothing, and they create the same objects elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.adopt.not_adopted import Reason
from reconciler.cli import run
from reconciler.definitions import Desired, load
from reconciler.definitions.model import Address, Declaration
from reconciler.kinds import Kind, Spec, kind_named, kinds
from reconciler.kinds.mapping import joined_kinds, schema, with_references
from reconciler.kinds.secret_fields import holds_secrets, without_secrets
from reconciler.kinds.shapes import Keyed, OneOfNamedOwner, always, never
from tests.e2e.existing_tenant import by_names, make
from tests.e2e.tampering import known_as
from tests.e2e.workspace import ENVIRONMENT, Outcome, SandboxTenant, StartTenant, Workspace
from tests.settled import document
from tests.specimens import everything

pytestmark = pytest.mark.e2e

COMPANY = Path(__file__).parents[1] / "company/definitions"
DOCS = Path(__file__).parents[2] / "docs"
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Adopted:
    """A tenant filled from other definitions, and a workspace with what was adopted from it."""

    before: frozenset[tuple[str, str]]
    """Kind and label of each object that the tenant had when it was new."""
    labels: Mapping[Address, str]
    """The names in Okta of what was declared: those of objects that the tenant had before stay."""
    declared: Desired
    workspace: Workspace
    first: Outcome
    files: dict[str, bytes]

    @property
    def adopted(self) -> Desired:
        return load(self.workspace.definitions, ENVIRONMENT)


def adopt(workspace: Workspace, *options: str) -> Outcome:
    return workspace.expect(0, "adopt", "--into", str(workspace.definitions), *options)


def files(workspace: Workspace) -> dict[str, bytes]:
    root = workspace.definitions
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def with_secrets(workspace: Workspace) -> Workspace:
    """The workspace with a value for every secret that its definitions refer to."""
    documents = (content for path, content in files(workspace).items() if not path.startswith("environments/"))
    named = re.findall(r"env:(\w+)", b"\n".join(documents).decode())
    return replace(workspace, secrets=dict.fromkeys(named, "a-client-secret-of-the-tests"))


def changes(tenant: SandboxTenant) -> dict[tuple[str, str], int]:
    return {endpoint: count for endpoint, count in tenant.stats().items() if endpoint[0] in CHANGING}


def kind_of(address: Address) -> Kind:
    return kind_named(address.kind)


def is_written_again(kind: Kind) -> bool:
    """Whether the provider updates an imported object: Okta does not return what the provider would send."""
    return any(holds_secrets(field) or (field.unread and field.provider_default) for field in schema(kind.fields))


def add_group(tenant: SandboxTenant, name: str) -> None:
    tenant.request("POST", "/api/v1/groups", {"profile": {"name": name}})


def add_bookmark(tenant: SandboxTenant, label: str, url: str) -> None:
    app = {"name": "bookmark", "label": label, "signOnMode": "BOOKMARK", "settings": {"app": {"url": url}}}
    tenant.request("POST", "/api/v1/apps", app)


@pytest.fixture(scope="module")
def tenant_here(start_tenant: StartTenant) -> Iterator[SandboxTenant]:
    with start_tenant() as tenant:
        yield tenant


@pytest.fixture(scope="module")
def all_kinds(tenant_here: SandboxTenant, tmp_path_factory: pytest.TempPathFactory) -> Adopted:
    """A tenant with unmanaged objects of every kind, with every field."""
    elsewhere = Workspace(tmp_path_factory.mktemp("elsewhere"), tenant_here)
    elsewhere.declare(everything())
    declared = load(elsewhere.definitions, ENVIRONMENT)
    before = {(item.kind.name, item.label) for items in tenant_here.read().objects.values() for item in items}
    made = tenant_here.do(lambda client: make(client, declared))
    live = tenant_here.read().by_id
    labels = {
        address: item.label
        for address, ids in made.items()
        if (item := live.get((address.kind, known_as(kind_of(address), ids))))
    }
    workspace = Workspace(tmp_path_factory.mktemp("adopting"), tenant_here)
    return Adopted(frozenset(before), labels, declared, workspace, adopt(workspace), files(workspace))


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
def test_every_field_of_every_kind_is_adopted(kind: Kind, all_kinds: Adopted):
    by_label = {
        (address.kind, one.label if joined_kinds(one.kind) else all_kinds.labels.get(address, one.label)): address.name
        for address, one in all_kinds.declared.declarations.items()
        if not one.parent
    }

    def was_there(address: Address | None, declaration: Declaration) -> bool:
        """Whether it is one of a new tenant, which creating it left as it was."""
        label = all_kinds.labels.get(address, declaration.label) if address else declaration.label
        return kind.shape.creatable and (kind.name, label) in all_kinds.before

    def specs(desired: Desired) -> dict[str, Any]:
        """The fields of what was created, by name.

        Objects without a name in Okta have the one that they were declared with.
        """
        names = {address: by_label.get((address.kind, one.label)) for address, one in desired.declarations.items()}

        def name(of: str, known: str) -> str:
            return names.get(Address(of, known)) or known

        return {
            name(kind.name, address.name).replace("_", "-"): {
                field.name: None if field.unread else without_secrets(field, spec.get(field.name))
                for field in schema(kind.fields)
            }
            for address, declaration in desired.declarations.items()
            if declaration.kind is kind
            if not was_there(address if desired is all_kinds.declared else None, declaration)
            for spec in [with_references(kind.fields, declaration.spec, name)]
        }

    declared = specs(all_kinds.declared)
    assert declared
    adopted = specs(all_kinds.adopted)
    if kind.untouched is always or kind.of_owners is never:
        assert not adopted, "adoption cannot tell what an administrator changed, or does not read it"
        return
    assert adopted.keys() == declared.keys()
    for name, spec in adopted.items():
        compared = {
            field.name: field.compared(declared[name][field.name], spec[field.name])
            for field in schema(kind.fields)
            if field.comparable
        }
        assert compared == {field: declared[name][field] for field in compared}


def test_adopted_definitions_are_valid(all_kinds: Adopted):
    outcome = all_kinds.workspace.expect(0, "validate")
    assert outcome.out.splitlines()[-1].split() == ["all", str(len(all_kinds.adopted.declarations))]


def test_adopting_again_writes_the_same(all_kinds: Adopted):
    adopt(all_kinds.workspace)
    assert files(all_kinds.workspace) == all_kinds.files


def test_adoption_uses_only_list_requests(all_kinds: Adopted):
    """A document with many objects, such as the schema of a user type, is a list too."""
    tenant = all_kinds.workspace.tenant
    tenant.clear_stats()
    adopt(all_kinds.workspace)
    assert changes(tenant) == {}
    documents = {kind.shape.path for kind in kinds() if isinstance(kind.shape, Keyed)}
    documents |= {kind.shape.path.rpartition("/")[0] for kind in kinds() if isinstance(kind.shape, OneOfNamedOwner)}
    requested = {re.sub(r"\{\w+\}(?=/)", "{id}", path) for _, path in tenant.stats()}
    single = {path for path in requested if path.endswith("}") and path.rpartition("/")[0] not in documents}
    assert not single, "single objects were requested"


def test_objects_that_okta_made_are_not_adopted(all_kinds: Adopted):
    labels = {declaration.label for declaration in all_kinds.adopted.declarations.values()}
    assert not labels & {"Everyone", "default", "Default Policy", "Okta Dashboard", "BlockedIpZone", "openid"}
    assert "Made by Okta: " in all_kinds.first.err


def test_default_values_are_not_reported(all_kinds: Adopted):
    """Of objects that every tenant has. The others have values that the tests gave them."""
    unsupported = re.search(f"{Reason.UNSUPPORTED.value}:((\n  .*)+)", all_kinds.first.err)
    assert unsupported
    assert re.findall(r"'([\w-]+)' \w+: (.*)", unsupported[1]) == []
    assert Reason.TENANT_IDS.value not in all_kinds.first.err


def test_importing_adopted_objects_changes_nothing(all_kinds: Adopted):
    workspace, tenant = with_secrets(all_kinds.workspace), all_kinds.workspace.tenant
    before = by_names(tenant.read())
    tenant.clear_stats()

    workspace.up()

    # The provider cannot import rules of authentication policies: it writes them again unchanged. Nor can it import
    # secrets, nor what only it knows: it writes such objects again, with the secret that the definition names and with
    # its default, once each.
    again = Counter(kind.shape.path for kind in map(kind_of, all_kinds.adopted.declarations) if is_written_again(kind))
    again.pop("/api/v1/apps", None)
    written = Counter[str]()
    for (_, path), count in changes(tenant).items():
        if not path.endswith("/rules/{rule}"):
            written[path.rpartition("/")[0]] += count
    assert written <= again
    assert by_names(tenant.read()) == before
    workspace.expect_settled()
    report = json.loads(workspace.expect(0, "coverage", "--format", "json").out)
    assert report["total"]["unmanaged"] == 0, report
    assert report["total"]["managed"] == len(all_kinds.adopted.declarations)
    assert f"{ENVIRONMENT}: 0 documents for 0 objects" in adopt(workspace).out
    changed = {path for path, content in files(workspace).items() if content != all_kinds.files.get(path)}
    assert changed == {f"imports/{ENVIRONMENT}-not-adopted.md"}, "what it says of fields is about new documents"
    assert files(workspace).keys() == all_kinds.files.keys()


@pytest.mark.both_sign_ins
def test_new_objects_are_adopted_beside_managed_ones(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant)
    add_group(tenant, "Day shift")
    adopt(workspace)
    workspace.up()
    before = files(workspace)
    add_group(tenant, "Night shift")
    add_bookmark(tenant, "Twice", "https://one.example.com")
    add_bookmark(tenant, "Twice", "https://two.example.com")

    adopt(workspace)

    after = files(workspace)
    first, second = sorted(after.keys() - before.keys() - {"groups/night-shift.yaml"})
    assert first.startswith("bookmark-apps/twice-") and second.startswith("bookmark-apps/twice-")
    assert after["groups/day-shift.yaml"] == before["groups/day-shift.yaml"]
    tenant.clear_stats()
    assert "3 imported" in workspace.up().out
    assert changes(tenant) == {}


def test_a_second_environment_leaves_the_first_as_it_is(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant)
    add_group(tenant, "Day shift")
    add_bookmark(tenant, "Wiki", "https://one.example.com")
    workspace.write_environment("second")
    adopt(workspace)
    workspace.up()
    before = files(workspace)

    workspace.expect(0, "adopt", "--into", str(workspace.definitions), environment="second")

    assert before.items() <= files(workspace).items()
    workspace.expect(0, "validate")
    workspace.expect_settled()
    known = len(load(workspace.definitions, ENVIRONMENT).declarations)
    assert f"{known} to import" in workspace.expect(0, "preview", environment="second").out


def test_text_that_ends_in_line_breaks_is_adopted(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant)
    tenant.request("POST", "/api/v1/groups", {"profile": {"name": "Day shift", "description": "two\n\n"}})
    adopt(workspace)
    workspace.expect(0, "validate")
    workspace.up()
    workspace.expect_settled()


def test_the_exit_code_is_3_if_something_could_not_be_read(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant)
    add_bookmark(tenant, "Wiki", "https://one.example.com")
    tenant.order_fault(method="GET", path="/api/v1/groups", status=403)

    adopted = workspace.expect(3, "adopt", "--into", str(workspace.definitions))
    counted = workspace.expect(3, "coverage")

    assert "could not be read: group: " in counted.out
    assert "Could not be read:" in adopted.err
    assert "bookmark-apps/wiki.yaml" in files(workspace)


@pytest.mark.only_by_token("the token is used as a name; a private key is too long for one")
def test_a_secret_of_the_environment_is_redacted(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant)
    expression = {"type": "urn:okta:expression:1.0", "value": 'user.department == "A"'}
    add_group(tenant, "Day shift")
    (identity,) = (item.id for item in tenant.read().objects["group"] if not item.built_in)
    rule = {"name": tenant.token, "type": "group_rule", "conditions": {"expression": expression}}
    rule |= {"actions": {"assignUserToGroups": {"groupIds": [identity]}}}
    tenant.request("POST", "/api/v1/groups/rules", rule)
    tenant.request("DELETE", f"/api/v1/groups/{identity}")

    outcome = adopt(workspace)

    page = files(workspace)["imports/test-not-adopted.md"].decode()
    assert "[redacted]" in outcome.err and tenant.token not in outcome.err
    assert "redacted" in page and tenant.token not in page


def test_adopted_definitions_create_the_same_tenant_again(tenant: SandboxTenant, sign_in: str, tmp_path: Path):
    """The objects are created, adopted, and applied to an empty tenant: except for ids, the tenants are the same."""
    first = tmp_path / "first"
    shutil.copytree(COMPANY, first)
    workspace = Workspace(tmp_path, tenant)
    new = by_names(tenant.read())
    tenant.do(lambda client: make(client, load(first, "production")))
    made = by_names(tenant.read())
    adopt(workspace)
    assert_shown(workspace, "oidc-apps/payments-console.yaml")
    shutil.rmtree(workspace.definitions / "imports")
    tenant.reset()
    emptied = replace(
        with_secrets(workspace), tenant=tenant.signed_in(sign_in)
    )  # of a fresh org, with an app of its own
    assert by_names(emptied.tenant.read()) == new

    emptied.up()

    again = by_names(emptied.tenant.read())
    assert {one: (spec, again.get(one)) for one, spec in made.items() if spec != again.get(one)} == {}
    assert again.keys() == made.keys()
    emptied.expect_settled()


def test_adopted_definitions_of_every_kind_create_the_same_tenant_again(
    all_kinds: Adopted, tenant: SandboxTenant, tmp_path: Path
):
    """Documents adopted from one tenant, without its ids, are applied to an empty one."""
    apart = ("imports/", "environments/")
    documents = {path: content for path, content in all_kinds.files.items() if not path.startswith(apart)}
    secrets = re.findall(r"env:(\w+)", b"\n".join(documents.values()).decode())
    other = Workspace(tmp_path, tenant, dict.fromkeys(secrets, "a-client-secret-of-the-tests"))
    for path, content in documents.items():
        file = other.definitions / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    other.up()

    assert by_names(tenant.read()) == by_names(all_kinds.workspace.tenant.read())
    other.expect_settled()


def test_two_claims_of_one_name_are_two_objects_everywhere(tenant: SandboxTenant, tmp_path: Path):
    """Declared, made, settled, accepted after a change, adopted: one for access tokens and one for ID tokens."""
    workspace = Workspace(tmp_path / "first", tenant)
    access = {"name": "tier", "claim_type": "RESOURCE", "value": "user.tier"}
    identity: Spec = access | {
        "logical_name": "tier-identity",
        "claim_type": "IDENTITY",
        "always_include_in_token": False,
    }

    def server(*claims: Spec) -> Spec:
        return document("authorization-server", "s", name="S", audiences=["a"], claims=list(claims))

    workspace.declare([server(access)])
    workspace.up()
    before = {each.id for each in tenant.read().objects["authorization-server-claim"] if not each.built_in}

    workspace.declare([server(identity, access)])
    workspace.up()

    live = {each.natural_key: each for each in tenant.read().objects["authorization-server-claim"]}
    assert {live["tier", "RESOURCE"].id} == before
    workspace.expect_settled()

    item = live["tier", "IDENTITY"]
    tenant.request("PUT", item.path, {**item.json, "value": "user.level"})
    drift = workspace.expect(2, "drift").out
    assert "s/tier-identity" in drift and "s/tier:" not in drift
    for claim_type in ("RESOURCE", "IDENTITY"):
        claim = {"name": "rank", "claimType": claim_type, "valueType": "EXPRESSION", "value": "user.rank"}
        tenant.request("POST", item.path.rpartition("/")[0], claim)
    workspace.expect(0, "accept", "--yes")
    workspace.up()
    workspace.expect_settled()

    other = Workspace(tmp_path / "second", tenant)
    adopt(other)
    tenant.clear_stats()
    other.up()
    assert changes(tenant) == {}
    other.expect_settled()


def assert_shown(workspace: Workspace, path: str) -> None:
    """The page on adoption shows the file."""
    text = (workspace.definitions / path).read_text().partition("\n")[2]
    assert f"# definitions/{path}\n{text}```" in (DOCS / "adoption.md").read_text()


def test_objects_of_one_name_need_their_ids(tenant: SandboxTenant, tmp_path: Path):
    """Without imports the adopted documents are ambiguous; the error names both objects."""
    workspace = Workspace(tmp_path, tenant)
    add_bookmark(tenant, "Twice", "https://one.example.com")
    add_bookmark(tenant, "Twice", "https://two.example.com")
    adopt(workspace)
    workspace.expect(0, "validate")
    twice = sorted(path for path in files(workspace) if "twice" in path)

    shutil.rmtree(workspace.definitions / "imports")

    outcome = workspace.expect(1, "validate")
    assert len(twice) == 2
    assert all(path in outcome.err for path in twice)


def test_a_new_folder_gets_the_environment_too(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant)
    add_group(tenant, "Night shift")
    into = tmp_path / "elsewhere"

    workspace.expect(0, "adopt", "--into", str(into))

    assert run(["--definitions", str(into), "validate", ENVIRONMENT]) == 0
    assert load(into, ENVIRONMENT).environment.url == tenant.url


def test_a_secret_in_the_tenant_is_not_written(tenant: SandboxTenant, tmp_path: Path):
    workspace = Workspace(tmp_path, tenant)
    secret = next(iter(tenant.sign_in.variables.values())).strip()[:200]
    profile = {"name": "Day shift", "description": f"sign in with {secret}"}
    tenant.request("POST", "/api/v1/groups", {"profile": profile})
    add_group(tenant, "Night shift")
    refused = workspace.expect(4, "accept", "--yes")
    assert "group day-shift.description contains a secret of this run" in refused.err
    assert "accepted" in refused.out
    assert not any(secret.encode() in text for text in files(workspace).values())

    assert Reason.SECRET.value in adopt(workspace).err
    assert not any(secret.encode() in text for text in files(workspace).values())
