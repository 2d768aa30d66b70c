"""Every rule of the official provider is in the tables, and is handled as they say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pulumi.runtime.proto import provider_pb2
from pydantic import ValidationError

from reconciler.definitions import DefinitionsError
from reconciler.definitions.errors import Problem
from reconciler.kinds import Kind, Spec, chain, kind_named, kinds, path_levels
from reconciler.kinds.mapping import canonical, schema
from reconciler.kinds.refusals import Phase, Refusal, SpecAttributes, refused
from reconciler.stand_in import StandIn
from reconciler.stand_in.inputs import refusals
from tests.of_kinds import OMIT, all_about
from tests.official import (
    rules_of_all_kinds,
    rules_of_apps,
    rules_of_authentication_policies,
    rules_of_authorization_servers,
    rules_of_oidc_apps,
    rules_of_policies,
    rules_of_saml_apps,
)
from tests.official.applied import Applied, OwnTenant, inputs_of
from tests.official.provider_rules import (
    NOTHING,
    RULES,
    Converges,
    NotDeclarable,
    Refused,
    RefusedByValidate,
    Rule,
    ShownBy,
    WorkedAround,
    matched,
    provider_rules,
)
from tests.official.recorded import CASES, cases
from tests.official.tenants import Refused as StandInRefused
from tests.official.tenants import struct
from tests.official.usual import USUAL, declaration_of, documents, parts, usual
from tests.okta.tenants import client_of
from tests.okta.virtual_time import run
from tests.settled import all_declared, desired_of

TABLES: tuple[Rule, ...] = (
    *rules_of_all_kinds.TABLE,
    *rules_of_policies.TABLE,
    *rules_of_authentication_policies.TABLE,
    *rules_of_apps.TABLE,
    *rules_of_oidc_apps.TABLE,
    *rules_of_saml_apps.TABLE,
    *rules_of_authorization_servers.TABLE,
    *(rule for known in all_about().values() for rule in known.rules),
)
PHASES = {
    "preview": Phase.PREVIEW,
    "create": Phase.CREATE,
    "update": Phase.UPDATE,
    "delete": Phase.DELETE,
}
CALLS = {Phase.CREATE: "Create", Phase.UPDATE: "Update", Phase.DELETE: "Delete"}
needs_facts = pytest.mark.skipif(not RULES.is_file(), reason="no facts: ../shared is not there")


def handled_by(*types: Any) -> list[Any]:
    """Each handling of these types, with its entry."""
    return [
        pytest.param(entry, handling, id=f"{entry}:{number}")
        for entry in TABLES
        for number, handling in enumerate(entry.handled)
        if isinstance(handling, types)
    ]


# The tables


@needs_facts
def test_every_rule_is_in_the_tables_once():
    rules = provider_rules()
    accounted = Counter(one for entry in TABLES for one in matched(entry, rules))
    missing = [str(one) for one in rules if one not in accounted]
    twice = [str(one) for one, times in accounted.items() if times > 1]
    assert (missing, twice) == ([], [])


def test_every_entry_says_how_its_rules_are_handled():
    assert [str(entry) for entry in TABLES if not entry.handled] == []


@needs_facts
def test_entries_for_refusals_do_not_only_converge():
    """They test a refusal, or give a reason why none is possible."""
    rules = provider_rules()
    untested = [
        str(entry)
        for entry in TABLES
        if {one.result for one in matched(entry, rules)} == {"refused"}
        if not any(
            isinstance(handling, Refused | RefusedByValidate | WorkedAround | NotDeclarable | ShownBy)
            for handling in entry.handled
        )
    ]
    assert untested == []


def test_every_kind_has_a_usual_definition():
    assert set(USUAL) == {kind.name for kind in kinds()}
    for kind, spec in USUAL.items():
        assert declaration_of(kind, desired_of(documents(kind, spec)[0])).kind.name == kind


# What `validate` and the provider refuse


def problems_of(kind: str, spec: Spec) -> list[Problem]:
    try:
        desired_of(documents(kind, spec)[0])
    except DefinitionsError as error:
        return list(error.problems)
    return []


def location_of(kind: str, spec: Spec, field: str) -> tuple[int, int]:
    """Line and column of a field, or of the innermost structure around it that is declared."""
    docs, path = documents(kind, spec)
    steps = ["spec", *path, *(int(step) if step.isdigit() else step for step in re.findall(r"\w+", field))]
    node = list(yaml.compose_all(yaml.safe_dump_all(docs, sort_keys=False)))[-1]
    mark = node.start_mark
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if key.value == step), None)
            if entry is None:
                break
            key, node = entry
            mark = key.start_mark if step == "spec" else node.start_mark
        elif isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            mark = node.start_mark
        else:
            break
    return mark.line + 1, mark.column + 1


@pytest.mark.parametrize(("entry", "handling"), handled_by(Refused, RefusedByValidate))
def test_validate_refuses_it_at_its_location(entry: Rule, handling: Refused | RefusedByValidate):
    wrong = usual(handling.kind, handling.wrong)

    problems = problems_of(handling.kind, wrong)

    fitting = [one for one in problems if handling.message in one.message]
    assert fitting, [str(one) for one in problems]
    assert (fitting[0].source.line, fitting[0].source.column) == location_of(handling.kind, wrong, handling.field)
    assert [str(one) for one in problems_of(handling.kind, usual(handling.kind, handling.right))] == []


@pytest.mark.parametrize(("entry", "handling"), handled_by(WorkedAround))
def test_validate_accepts_what_up_works_around(entry: Rule, handling: WorkedAround):
    assert [str(one) for one in problems_of(handling.kind, usual(handling.kind, handling.wrong))] == []


def program_of(kind: Kind, changes: Spec) -> dict[str, Any]:
    """The arguments for the usual definition with these changes, which may be invalid."""
    sensible = canonical(kind.fields.model_validate(with_priority(kind, USUAL[kind.name])))
    spec = {name: value for name, value in (sensible | changes).items() if value is not OMIT}
    return inputs_of(kind, spec, [f"owner-{level}" for level in range(len(path_levels(kind)) - 1)])


def with_priority(kind: Kind, spec: Spec) -> Spec:
    return {"priority": 1, **spec} if "priority" in kind.fields.model_fields else spec


class Context:
    async def abort(self, code: Any, message: str) -> None:
        raise StandInRefused(message)


def call(method: str, request: Any) -> Any:
    """Call the stand-in, which must not send any request."""

    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"sent: {request.method} {request.url}")

    async def work() -> Any:
        async with client_of(never) as client:
            return await getattr(StandIn(client), method)(request, Context())

    return run(work())


def error_of(method: str, urn: str, inputs: dict[str, Any]) -> str:
    """The error of a refused create, update or delete, before which nothing was sent."""
    request = {
        "Create": lambda: provider_pb2.CreateRequest(urn=urn, properties=struct(inputs)),
        "Update": lambda: provider_pb2.UpdateRequest(urn=urn, id="x", news=struct(inputs), olds=struct(inputs)),
        "Delete": lambda: provider_pb2.DeleteRequest(urn=urn, id="x", properties=struct(inputs)),
    }[method]()
    with pytest.raises(StandInRefused) as caught:
        call(method, request)
    return str(caught.value)


def phases_of(entry: Rule) -> Phase:
    phases = Phase(0)
    for name in entry.phases.split():
        phases |= PHASES[name]
    return phases


@pytest.mark.parametrize(("entry", "handling"), handled_by(Refused, WorkedAround))
def test_the_stand_in_refuses_in_the_phases_of_the_provider(entry: Rule, handling: Refused | WorkedAround):
    kind = kind_named(handling.kind)
    urn = f"urn:pulumi:test::okta::{'$'.join(one.resource for one in reversed(chain(kind)))}::tested"
    inputs, phases = program_of(kind, handling.wrong), phases_of(entry)
    field = re.sub(r"\[\d+\]", "", (isinstance(handling, Refused) and handling.at) or handling.field)

    check = call("Check", provider_pb2.CheckRequest(urn=urn, news=struct(inputs)))
    early = [one.property for one in check.failures]
    if Phase.PREVIEW in phases:
        assert field in early
    else:
        assert early == []
        for phase in (Phase.CREATE, Phase.UPDATE, Phase.DELETE):
            named = [name for name, _ in refusals(kind, inputs, phase)]
            assert (field in named) == (phase in phases), phase
            if phase in phases:
                assert f"{field}: " in error_of(CALLS[phase], urn, inputs)

    right = program_of(kind, handling.right)
    assert [refusal for phase in PHASES.values() for refusal in refusals(kind, right, phase)] == []


def all_refusals() -> dict[int, tuple[str, Refusal]]:
    return {
        id(one): (f"{model.__name__}.{one.field}", one)
        for kind in kinds()
        for model in parts(kind)
        for one in model.refusals
    }


def test_every_refusal_of_every_kind_is_tested():
    triggered: set[int] = set()

    def look(model: Any, spec: Spec) -> None:
        triggered.update(id(one) for one in refused(model.refusals, SpecAttributes(spec), Phase.ALWAYS))
        for field in schema(model):
            if field.part and (value := spec.get(field.name)):
                for item in [value] if field.shape == "one" else value:
                    if isinstance(item, dict):
                        look(field.part, item)

    for _, handling in (parameter.values for parameter in handled_by(Refused, RefusedByValidate, WorkedAround)):
        kind = kind_named(handling.kind)
        sensible = canonical(kind.fields.model_validate(with_priority(kind, USUAL[kind.name])))
        look(kind.fields, {name: value for name, value in (sensible | handling.wrong).items() if value is not OMIT})

    assert [f"{name}: {one.message}" for key, (name, one) in all_refusals().items() if key not in triggered] == []


def test_every_field_that_applies_to_some_objects_only_is_tested():
    tested: set[tuple[str, str]] = set()
    for _, handling in (parameter.values for parameter in handled_by(Refused, RefusedByValidate)):
        if "leave it out" in handling.message:
            tested.add((handling.kind, handling.field.rpartition(".")[2]))
    conditional = {
        (kind.name, field.name) for kind in kinds() for model in parts(kind) for field in schema(model) if field.only
    }
    assert conditional - tested - refused_in_specimens() == set()


def refused_in_specimens() -> set[tuple[str, str]]:
    """Kind and name of each field that a specimen cannot have, although another one of the kind has it."""
    found: set[tuple[str, str]] = set()
    items = [
        (declaration.kind, model, item)
        for declaration in all_declared().declarations.values()
        for model, item in structures(declaration.kind.fields, declaration.spec)
    ]
    for kind, model, item in items:
        for field in schema(model):
            values = (other.get(field.name) for _, same, other in items if same is model)
            others = [value for value in values if value not in (None, field.default(item))]
            if field.only and others and not field.only.when(SpecAttributes(item)):
                with pytest.raises(ValidationError) as caught:
                    model.model_validate(item | {field.name: others[0]})
                assert f"{field.only.reason}: leave it out" in str(caught.value)
                found.add((kind.name, field.name))
    return found


def structures(model: Any, spec: Spec) -> Iterator[tuple[Any, Spec]]:
    """A spec and the structures inside it, with their models."""
    owned = {field.name for field in schema(model) if field.owns}
    yield model, {name: value for name, value in spec.items() if name not in owned}
    for field in schema(model):
        if field.part and field.name not in owned and (value := spec.get(field.name)):
            for item in [value] if field.shape == "one" else value:
                yield from structures(field.part, item)


# Convergence


@pytest.mark.parametrize(("entry", "handling"), handled_by(Converges))
def test_it_converges(entry: Rule, handling: Converges):
    after = desired_of(documents(handling.kind, usual(handling.kind, handling.after))[0])
    before = desired_of(documents(handling.kind, usual(handling.kind, handling.before))[0])
    declaration = declaration_of(handling.kind, after)
    with OwnTenant() as tenant:
        applied = Applied(tenant)
        applied.up(after)
        assert applied.differences(declaration, after) == {}, "created"
        posted = bodies(tenant, declaration.kind)
        again = len(tenant.sent)
        applied.up(after)
        assert tenant.sent[again:] == [], "a second up"
    with OwnTenant() as tenant:
        applied = Applied(tenant)
        applied.up(before)
        start = len(tenant.sent)
        applied.up(after)
        assert applied.differences(declaration, after) == {}, "changed"
        put = bodies(tenant, declaration.kind, start)
        if handling.no_change:
            assert tenant.sent[start:] == []
    for body in [posted] * ("create" in entry.phases) + [put] * ("update" in entry.phases and before != after):
        for path, value in handling.sends.items():
            assert member(body, path) == value, path


def bodies(tenant: OwnTenant, kind: Kind, start: int = 0) -> Any:
    """The body of the last request from `start` on that created or updated an object of the kind."""
    last = kind.shape.path.rpartition("/")[2]
    sent = [one.body for one in tenant.sent[start:] if one.body and last in one.path.split("/")[-2:]]
    fixed = {name: value for name, value in kind.provider.fixed.items() if "." not in name}
    return next((body for body in reversed(sent) if fixed.items() <= body.items()), None)


def member(body: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        elif isinstance(body, dict) and step in body:
            body = body[step]
        else:
            return NOTHING
    return body


# What definitions cannot declare, and what other tests cover


@pytest.mark.parametrize(("entry", "handling"), handled_by(NotDeclarable))
def test_no_field_has_the_arguments(entry: Rule, handling: NotDeclarable):
    assert handling.reason
    for word in entry.kinds.split():
        models = parts(kind_named(word)) if word != "*" else (part for kind in kinds() for part in parts(kind))
        known = {name for model in models for field in schema(model) for name in argument_names(field)}
        assert known.isdisjoint(handling.arguments), word


def argument_names(field: Any) -> set[str]:
    return {path[0] for vocabulary, (path, _) in field.places.items() if vocabulary.value == "arguments"}


@pytest.mark.parametrize(("entry", "handling"), handled_by(ShownBy))
def test_the_named_case_or_test_exists(entry: Rule, handling: ShownBy):
    assert handling.reason
    if handling.shown_by.startswith("case "):
        if not CASES.is_dir():
            pytest.skip("no recordings: ../shared is not there")
        case = next(case for case in cases() if case.name == handling.shown_by.removeprefix("case "))
        tokens = {resource.token for stage in case.stages for resource in stage.resources}
        assert not case.missing_kinds
        assert not case.failed_at_once
        assert entry.kinds == "*" or tokens & {kind_named(word).resource for word in entry.kinds.split()}
    else:
        file, _, name = handling.shown_by.partition("::")
        text = (Path(__file__).parents[1] / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), handling.shown_by
