"""A large managed tenant: definitions, a local tenant that matches them, and the state.

The objects are created over the API, and the state is written as `up` would write it. Applying thousands of objects
through the engine would take longer than the benchmarks themselves.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import watched_objects
from okta_sandbox import process
from reconciler.cli.environment import baselines
from reconciler.definitions import Address, Declaration, Desired, load
from reconciler.engine.stack import Stack
from reconciler.kinds.mapping import Vocabulary, camel_case, encode, with_references
from reconciler.matching.look_up import look_up_referred
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.okta.snapshot import Snapshot
from reconciler.stand_in.objects import Objects
from reconciler.watched import Watch, read_rows

ENVIRONMENT_NAME = "production"
TOKEN_VARIABLE = "OKTA_BENCHMARK_TOKEN"
PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "benchmark"}
DESCRIPTION = "Measured."
STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class LargeTenant:
    """The folder, the address and the settings of the tenant."""

    root: Path
    url: str
    environment: Mapping[str, str]
    """Environment variables for the commands."""
    objects: int


@contextmanager
def running(
    root: Path, *, groups: int, apps: int, assignments: int, policies: int = 0, watched: bool = False
) -> Iterator[LargeTenant]:
    """A running tenant with its definitions, state and baseline, inside a `with` block.

    If something is to be `watched`, it also has identity providers, hooks, administrators and so on.
    """
    with process.start() as tenant:
        write_definitions(root, tenant.url, groups, apps, assignments, policies)
        desired = load(root / "definitions", ENVIRONMENT_NAME)
        backend = root / ".state"
        backend.mkdir()
        environment = {TOKEN_VARIABLE: tenant.token, "PULUMI_BACKEND_URL": backend.as_uri(), **PASSPHRASE}
        ids, live = asyncio.run(make(desired, tenant.url, tenant.token, watched))
        declared = {identities[-1] for identities in ids.values()}
        baselines(root).save(ENVIRONMENT_NAME, live, declared=declared)
        stack = Stack(ENVIRONMENT_NAME, root, environment)
        stack.restore(stack.export() | {"resources": list(state(desired, ids, stack.project))})
        yield LargeTenant(root, tenant.url, environment, len(desired.declarations))


@contextmanager
def fresh(root: Path, groups: int) -> Iterator[tuple[LargeTenant, dict[str, str]]]:
    """An empty running tenant with definitions of groups and no state, and the headers for requests to it."""
    with process.start() as running:
        write_definitions(root, running.url, groups, 0, 0, 0)
        (root / ".state").mkdir()
        backend = {"PULUMI_BACKEND_URL": (root / ".state").as_uri()}
        environment = {TOKEN_VARIABLE: running.token, **backend, **PASSPHRASE}
        yield LargeTenant(root, running.url, environment, groups), dict(running.headers)


def change_descriptions(root: Path, count: int) -> None:
    """Change the description of this many declared groups."""
    for file in sorted((root / "definitions").glob("*.yaml")):
        text = file.read_text()
        now = min(count, text.count(DESCRIPTION))
        file.write_text(text.replace(DESCRIPTION, "Changed.", now))
        count -= now


def write_definitions(root: Path, url: str, groups: int, apps: int, assignments: int, policies: int) -> None:
    """Write groups, apps that are assigned to them in turn, and authentication policies that are assigned in turn."""
    folder = root / "definitions"
    (folder / "environments").mkdir(parents=True)
    tenant = {"tenant": {"url": url, "credentials": {"token": f"env:{TOKEN_VARIABLE}"}}}
    (folder / "environments" / f"{ENVIRONMENT_NAME}.yaml").write_text(json.dumps(tenant))
    shutil.copy(Path(__file__).parent.parent / "Pulumi.yaml", root)
    per_app = assignments // apps if apps else 0
    documents: list[tuple[str, str, dict[str, Any]]] = [
        ("group", f"group-{number}", {"name": f"Group {number:05}", "description": DESCRIPTION})
        for number in range(groups)
    ]
    documents += [
        (
            "authentication-policy",
            f"policy-{number}",
            {
                "name": f"Policy {number:03}",
                "description": DESCRIPTION,
                "rules": [{"name": f"Rule {rule}", "re_authentication_frequency": "PT1H"} for rule in range(3)],
            },
        )
        for number in range(policies)
    ]
    for number in range(apps):
        spec = {
            "label": f"App {number:04}",
            "type": "web",
            "redirect_uris": [f"https://app-{number}.example.com/callback"],
            "groups": [{"group": f"group-{(number * per_app + index) % groups}"} for index in range(per_app)],
        }
        if policies:
            spec["authentication_policy"] = f"policy-{number % policies}"
        documents.append(("oidc-app", f"app-{number}", spec))
    for start in range(0, len(documents), 500):
        # JSON is YAML, and faster to write.
        part = documents[start : start + 500]
        (folder / f"{start:06}.yaml").write_text(
            "\n---\n".join(
                json.dumps({"kind": kind, "name": name, "owner": "benchmark", "purpose": "To measure.", "spec": spec})
                for kind, name, spec in part
            )
        )


async def make(
    desired: Desired, url: str, token: str, watched: bool = False
) -> tuple[dict[Address, tuple[str, ...]], Snapshot]:
    """Create every declared object. Returns the ids, owners first, and a snapshot of the tenant."""
    ids: dict[Address, tuple[str, ...]] = {}
    async with OktaClient(url, ApiToken(token)) as client:
        objects = Objects(client)
        system = await look_up_referred(desired, client)
        ids.update({address: (identity,) for address, identity in system.ids.items()})

        async def one(declaration: Declaration) -> None:
            owner_ids = ids[declaration.parent] if declaration.parent else ()
            spec = with_references(
                declaration.kind.fields, declaration.spec, lambda kind, name: ids[Address(kind, name)][-1]
            )
            ids[declaration.address] = await objects.create(declaration.kind, owner_ids, spec)

        for kinds in (("group",), ("authentication-policy",), ("authentication-policy-rules",), ("oidc-app",), ()):
            now = [
                d for d in desired.declarations.values() if d.address not in ids and (not kinds or d.kind.name in kinds)
            ]
            for start in range(0, len(now), 200):
                await asyncio.gather(*(one(declaration) for declaration in now[start : start + 200]))
        if watched:
            await watched_objects.make(client, url)
        managed = {identities[-1] for identities in ids.values()}
        return ids, await snapshot.read(
            client,
            watch=Watch(read_rows()),
            owners=lambda owner, owned: owner.id in managed or owner.built_in,  # as `up` reads for the baseline
        )


def state(desired: Desired, ids: Mapping[Address, tuple[str, ...]], project: str) -> Iterator[dict[str, Any]]:
    """The resources of the state that `up` would have written."""
    stack = f"urn:pulumi:{ENVIRONMENT_NAME}::{project}::"
    root = f"{stack}{STACK_TYPE}::{project}-{ENVIRONMENT_NAME}"
    provider = f"{stack}pulumi:providers:okta::default_6_8_0"
    yield {"urn": root, "custom": False, "type": STACK_TYPE}
    yield {
        "urn": provider,
        "custom": True,
        "id": "b6f1f4a5-6f0e-4c6e-9f3a-0d6a3b1f2c77",
        "type": "pulumi:providers:okta",
        "inputs": {"version": "6.8.0"},
        "outputs": {"version": "6.8.0"},
    }
    types: dict[Address, str] = {}
    for address, declaration in desired.declarations.items():
        kind = declaration.kind
        owner = declaration.parent
        types[address] = f"{types[owner]}${kind.resource}" if owner else kind.resource
        spec = with_references(kind.fields, declaration.spec, lambda kind, name: ids[Address(kind, name)][-1])
        owner_ids = ids[owner] if owner else ()
        parents = {
            camel_case(name): identity
            for name, identity in zip(reversed(kind.parent_arguments), owner_ids, strict=True)
        }
        inputs = encode(kind.fields, spec, Vocabulary.INPUTS) | parents
        inputs |= {camel_case(name): value for name, value in kind.fixed_arguments.items()}
        yield {
            "urn": f"{stack}{types[address]}::{declaration.name}",
            "custom": True,
            "id": ids[address][-1],
            "type": kind.resource,
            "inputs": inputs,
            "outputs": inputs,
            "parent": f"{stack}{types[owner]}::{owner.name}" if owner else root,
            "provider": f"{provider}::b6f1f4a5-6f0e-4c6e-9f3a-0d6a3b1f2c77",
        }
