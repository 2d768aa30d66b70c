from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import httpx
import pulumi
import pytest
from pydantic import SecretStr

from reconciler.commit import commit_of
from reconciler.definitions import DefinitionsError, load
from reconciler.definitions.model import Address
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.tenant import Tenant
from tests.engine_under_mocks import Run, run
from tests.okta.tenants import Shelf
from tests.settled import identity_of, shelves, system_items

COMPANY = Path(__file__).parent / "company/definitions"


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A tenant with nothing in it but what every tenant has, whatever the environment names."""
    shelf = Shelf(shelves(system_items()))

    def client(self: Tenant, *args: Any, **options: Any) -> OktaClient:
        return OktaClient(self.environment.url, ApiToken("t"), transport=httpx.MockTransport(shelf))

    monkeypatch.setattr(Tenant, "client", client)
    monkeypatch.setattr(Tenant, "secrets", lambda self, reference, source: SecretStr("s"))
    return shelf


def program(environment: str) -> Run:
    return run(
        lambda: runpy.run_path(str(COMPANY.parent / "stacks/__main__.py"), run_name="__main__") and None, environment
    )


def environments() -> list[str]:
    return sorted(path.stem for path in (COMPANY / "environments").glob("*.yaml"))


@pytest.mark.parametrize("environment", environments())
def test_a_plain_pulumi_up_registers_the_declarations_of_its_environment(environment: str, tenant: Shelf):
    found = program(environment)
    desired = load(COMPANY, environment)
    assert sorted((one.type, one.name) for one in found.resources) == sorted(
        (one.kind.resource, address.name) for address, one in desired.declarations.items()
    )
    assert found.outputs["definitions"] == desired.digest
    commit = commit_of(COMPANY)
    assert (found.outputs["commit"], found.outputs.get("dirty", False)) == (commit.id, commit.dirty)
    assert not any(one.import_id for one in found.resources)


def test_only_system_objects_are_looked_up(tenant: Shelf):
    program(environments()[0])
    assert tenant.asked
    assert all(line.startswith("GET ") for line in tenant.asked)
    assert not any(part in line for line in tenant.asked for part in ("/rules?", "/scopes", "/claims", "/apps/"))


def test_references_to_system_objects_become_ids(tenant: Shelf):
    found = program(environments()[0])
    everyone = identity_of("group", "everyone")
    assert any(everyone in str(one.inputs) for one in found.resources)
    assert Address("group", "everyone") not in load(COMPANY, environments()[0]).declarations


def test_a_stack_without_an_environment_is_an_error(tenant: Shelf):
    with pytest.raises(DefinitionsError):
        program("nowhere")
    assert tenant.asked == []


def test_the_stack_name_comes_from_pulumi(tenant: Shelf):
    names: list[str] = []
    run(lambda: names.append(pulumi.get_stack()), "some-stack")
    assert names == ["some-stack"]
