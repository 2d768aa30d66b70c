"""The definitions of a company converge, and reading a tenant takes as many requests as planned."""

from __future__ import annotations

import json
import re
import shutil
from math import ceil, inf
from pathlib import Path

import pytest
import yaml

from reconciler.definitions.model import Desired
from reconciler.definitions.people import logins
from reconciler.kinds import Kind, kinds
from reconciler.kinds.mapping import documents_of
from reconciler.okta.people import searches
from reconciler.okta.snapshot import LiveObject, Snapshot, is_detail
from reconciler.watched import read_rows
from reconciler.watched.table import owner_lists
from tests.e2e.documents import bookmark, group, server
from tests.e2e.workspace import ENVIRONMENT, Workspace

pytestmark = pytest.mark.e2e

COMPANY = Path(__file__).parents[1] / "company/definitions"


def ship(workspace: Workspace, environment: str) -> None:
    """Use the company's definitions in the workspace, for its tenant."""
    shutil.rmtree(workspace.definitions)
    shutil.copytree(COMPANY, workspace.definitions)
    there = (workspace.definitions / "environments" / f"{environment}.yaml").read_text()
    text = re.sub(r"(?m)^  url: .*$", f"  url: {workspace.tenant.url}", there, count=1)
    credentials = json.dumps(dict(workspace.tenant.sign_in.credentials))
    text = re.sub(r"(?m)^  credentials:\n    token: .*$", f"  credentials: {credentials}", text, count=1)
    (workspace.definitions / "environments" / f"{ENVIRONMENT}.yaml").write_text(text)
    pins = yaml.safe_load((workspace.definitions / "pins.yaml").read_text())
    pins["environments"][ENVIRONMENT] = {
        "hosts": ["127.0.0.1"],
        "secrets": pins["environments"][environment]["secrets"],
    }
    workspace.write("pins.yaml", [pins])
    only = re.compile(rf"(?m)^environments: \[{environment}\]$")
    for file in workspace.definitions.rglob("*.yaml"):
        file.write_text(only.sub(f"environments: [{ENVIRONMENT}]", file.read_text()))
    of_definitions = re.findall(r"(?!TEST_TENANT)\w+: env:(\w+)", everything_written(workspace))
    workspace.secrets.update(dict.fromkeys(of_definitions, "x"))


def everything_written(workspace: Workspace) -> str:
    return "".join(file.read_text() for file in workspace.definitions.rglob("*.yaml"))


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_definitions_of_a_company_converge(workspace: Workspace, environment: str):
    ship(workspace, environment)

    workspace.up()

    assert len(workspace.comparison().state.resources) > 60
    workspace.expect_settled()
    plan_of(workspace)
    of_kinds = workspace.tenant.stats()
    workspace.tenant.clear_stats()
    workspace.expect(0, "drift")
    in_drift = workspace.tenant.stats()
    assert of_kinds.keys() < in_drift.keys()
    more = {path for (method, path), count in in_drift.items() if count != of_kinds.get((method, path))}
    rows = paths_of_rows()
    assert [path for path in more if not any(map(pattern(path).fullmatch, rows))] == []


def pattern(path: str) -> re.Pattern[str]:
    """Matches the paths that have any text instead of each parameter of a path."""
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


def paths_of_rows() -> set[str]:
    """The lists that are read for what no kind covers, and the lists of their owners."""
    owners = {path for row in read_rows() if row.below for path, _ in owner_lists(row)}
    return {row.path for row in read_rows()} | owners


def test_requests_for_a_large_tenant_depend_on_pages_and_not_objects(workspace: Workspace):
    """A thousand groups and three hundred apps, all undeclared: pages of lists, and no request for single objects."""
    workspace.declare([group("people"), bookmark("handbook", groups=[{"group": "people"}]), server()])
    workspace.up()
    small = plan_of(workspace)
    workspace.tenant.request("POST", "/_sandbox/seed", {"groups": 1000, "apps": 300, "assignments": 600})

    large = plan_of(workspace)

    groups, apps, mappings, rate_limits = 5, 1, 3, 6
    assert large - small == groups + apps + mappings + rate_limits


def plan_of(workspace: Workspace) -> int:
    """The requests of one read, which match the plan."""
    comparison = workspace.comparison()
    workspace.tenant.clear_stats()
    live = comparison.live()
    stats = workspace.tenant.stats()
    assert {method for method, _ in stats} == {"GET"}
    assert sum(stats.values()) == live.requests == plan(live, comparison.reconciler.desired)
    return live.requests


def plan(live: Snapshot, desired: Desired) -> int:
    """The requests of a read: a page of each list, and a list for each owner that is managed or in every tenant.

    Two for a kind whose objects are below one that every tenant has: the list of that one, and its own.

    One more for each document about an object, such as the schema of a user type, and one search for the people whom
    definitions name.

    One more for each group with admin privileges (its roles) and each service app (its granted scopes).

    The lists of a single owner fit on one page here.
    """
    lists: dict[tuple[str, str], int] = {}
    for kind in kinds():
        if not (kind.parents or kind.owned_by):
            key = (kind.within or kind).shape.source
            lists[key] = lists.get(key, 0) + (0 if kind.within else len(live.objects[kind.name]))
    within = sum(kind.within is not None for kind in kinds())
    pages = sum(max(1, ceil(count / page_size(query))) for (_, query), count in lists.items())
    everything = [item for items in live.objects.values() for item in items]
    owned = sum(len(asked(owner, live, desired)) for owner in everything)
    owned += sum(
        len(
            {
                kind.shape.source
                for kind in documents_of(owner.kind)
                if not kind.shape.read_if_declared and _has(owner, kind, desired)
            }
        )
        for owner in everything
    )
    owned += len({item.owner_id for item in everything if item.kind.shape.read_if_declared})
    details = sum(not one.of_managed for item in everything for one in item.details)
    details += sum(one.of_managed for ours in desired.declarations.values() for one in ours.kind.details)
    people = len(list(searches("profile.login", logins(desired.declarations.values()))))
    return pages + within + owned + details + people


def page_size(query: str) -> float:
    """The objects on a page of a list; a list without a limit has one page."""
    limit = re.search(r"\blimit=(\d+)", query)
    return int(limit[1]) if limit else inf


def asked(owner: LiveObject, live: Snapshot, desired: Desired) -> set[tuple[str, str]]:
    """The lists that are read for the children of an object; kinds can share one."""
    labels = {(one.kind.name, one.label) for one in desired.declarations.values()}
    ours = (owner.kind.name, owner.label) in labels
    return {
        kind.shape.source
        for kind in kinds()
        if owner.kind.name in kind.parents and not is_detail(owner.kind, kind)
        if _has(owner, kind, desired)
        if ours or (owner.everywhere and (kind.shape.okta_adds or not kind.shape.part_of_owner))
    }


def _has(owner: LiveObject, kind: Kind, desired: Desired) -> bool:
    """Whether an owner has objects of a kind, as far as Okta says it, or whether some are declared."""
    if kind.of_owners(dict(owner.json)):
        return True
    above = {one.parent for one in desired.declarations.values() if one.kind is kind and one.parent}
    return (owner.kind.name, owner.label) in {(one.kind, desired.declarations[one].label) for one in above}
