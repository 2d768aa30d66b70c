"""Any valid spec that is written to a tenant is read back unchanged, so nothing drifts by itself.

The tenant is the sandbox in this process; no engine is needed. Specs start as those of `specimens`, with some fields
changed, emptied or omitted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from okta_sandbox.application import create_app
from reconciler.errors import TenantError
from reconciler.kinds import Kind, Part, Spec, kind_named, kind_of_fields, kinds
from reconciler.kinds.mapping import canonical, schema, with_references
from reconciler.kinds.people import USER
from reconciler.kinds.secret_fields import without_secrets
from reconciler.okta import snapshot
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from tests.console import Console
from tests.of_kinds import all_about
from tests.people import hire
from tests.settled import all_declared
from tests.specimens import accepts, updated, values, with_list_words

REFUSED = (
    "default-exempt-ip-zone",  # not every tenant has it
    "Authenticator Enrollment Policies",
)
"""Values that a definition may have and Okta refuses."""
ONLY_CLASSIC = {("global-session-policy-rule", "primary_factor")}
"""Fields that may be null only on a tenant of the Classic Engine."""


@dataclass(frozen=True)
class Kept:
    """One object of the tenant, and its initial spec."""

    kind: Kind
    ids: tuple[str, ...]
    spec: Spec


class Tenant:
    """A sandbox in this process that holds everything that the specimens declare."""

    def __init__(self) -> None:
        # httpx and falcon type the same protocol differently.
        self.transport = httpx.ASGITransport(app=cast(Any, create_app(seed=1)))
        self.ids: dict[tuple[str, str], str] = {}
        self.kept: dict[str, list[Kept]] = {}
        asyncio.run(self._fill())

    def client(self) -> OktaClient:
        """A client that never waits for a rate limit."""
        return OktaClient("http://127.0.0.1", ApiToken("any"), transport=self.transport, reserve=-1000)

    def identity(self, kind: str, name: str) -> str:
        return self.ids.get((kind, name), name)

    async def _fill(self) -> None:
        async with self.client() as client:
            people = await hire(client)
            self.ids |= {(USER, login): identity for login, identity in people.ids.items()}
            live = await snapshot.read(client)
            for kind in kinds():
                for known in kind.system:
                    if found := live.system_id(kind, known.name):
                        self.ids[kind.name, known.name] = found
            places: dict[object, tuple[str, ...]] = {}
            for address, declaration in all_declared().declarations.items():
                kind = declaration.kind
                owner = places[declaration.parent] if declaration.parent else ()
                owner = (live.around[kind.name],) if kind.within else owner
                spec = with_references(kind.fields, declaration.spec, self.identity)
                ids = await Console(client).create(kind, owner, spec)
                if kind.shape.part_of_owner:
                    ids = ids[-1:]
                else:
                    places[address] = ids
                    self.ids[address.kind, address.name] = ids[-1]
                self.kept.setdefault(kind.name, []).append(Kept(kind, ids, declaration.spec))


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    return Tenant()


@st.composite
def altered(draw: st.DrawFn, model: type[Part], spec: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The spec with some fields changed, emptied or omitted, at any depth."""
    result = dict(spec)
    kind = kind_of_fields(model)
    known = all_about().get(kind.name) if kind else None
    fixed = {kind.label_field if kind else "", "priority", *(known.fixed if known else ())}
    fields = [
        one
        for one in schema(model)
        if not (not one.comparable or one.replaces or one.name in fixed)
        if one.sub_list is None or one.sub_list.emptied_in_place  # the provider replaces the object
    ]
    for field in draw(st.lists(st.sampled_from(fields), max_size=4, unique_by=id)) if fields else ():
        choices: list[st.SearchStrategy[Any]] = []
        if field.sparse and field.server_filled:
            # Okta, or the app's entry in the catalogue, names the members.
            turned = {
                key: not item if isinstance(item, bool) else item
                for key, item in (result.get(field.name) or {}).items()
            }
            choices += [st.just(turned)] if turned else []
        elif field.part is None:
            choices.append(st.sampled_from([value for value in values(field) if accepts(field, value)]))
        elif field.shape == "one" and result.get(field.name):
            choices.append(altered(field.part, result[field.name], depth + 1))
        elif result.get(field.name):
            choices.append(items_altered(field.part, result[field.name], depth + 1))
        if field.shape != "one":
            choices.append(st.just([]))
        if field.optional:
            choices.append(st.none())
        if draw(st.booleans()) or not choices:
            result.pop(field.name, None)
        else:
            result[field.name] = draw(st.one_of(choices))
    return result


@st.composite
def items_altered(draw: st.DrawFn, part: type[Part], items: list[Any], depth: int) -> list[Any]:
    chosen = draw(st.permutations(items).map(list))
    chosen = chosen[: draw(st.integers(0, len(chosen)))]
    return [draw(altered(part, item, depth)) for item in chosen]


@pytest.mark.parametrize("name", [kind.name for kind in updated()])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_tenant_returns_what_was_written(name: str, tenant: Tenant, data: st.DataObject):
    kind = kind_named(name)
    kept = data.draw(st.sampled_from(tenant.kept[name]))
    raw = data.draw(altered(kind.fields, kept.spec))
    try:
        declared = canonical(kind.fields.model_validate(raw))
    except ValueError:
        assume(False)
    declared = {
        field.name: declared[field.name]
        for field in schema(kind.fields)
        if field.comparable and field.name != "priority"
    }
    wanted = with_references(kind.fields, declared, tenant.identity)

    async def write_and_read() -> Spec | None:
        async with tenant.client() as client:
            await Console(client).update(kind, kept.ids, wanted)
            return await Console(client).read(kind, kept.ids)

    try:
        found = asyncio.run(write_and_read())
    except TenantError as error:
        assert any(reason in error.message for reason in REFUSED), error.message
        assume(False)

    assert found is not None
    wanted = {
        field.name: with_list_words(field, wanted.get(field.name))
        for field in schema(kind.fields)
        if field.name in wanted
    }
    ordered, shown = in_one_order(kind.fields, wanted), in_one_order(kind.fields, found)
    for field in schema(kind.fields):
        if field.name not in ordered:
            continue
        value = ordered[field.name]
        if value is not None or (name, field.name) not in ONLY_CLASSIC:
            assert field.compared(value, shown[field.name]) == without_secrets(field, value), field.name


def in_one_order(model: type[Part], spec: Spec) -> Spec:
    """The spec with sets of ids sorted as ids: they were sorted as names."""
    result = dict(spec)
    for field in schema(model):
        value = spec.get(field.name)
        if value and field.part:
            part = field.part
            whole = [in_one_order(part, item) for item in ([value] if field.shape == "one" else value)]
            result[field.name] = whole[0] if field.shape == "one" else whole
        elif value and field.shape == "set":
            result[field.name] = sorted(value)
    return result
