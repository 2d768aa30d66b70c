"""Programs that the official plugin ran, and what it sent and left behind, as recorded beside the repository."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from reconciler.kinds import Kind, kind_of_resource, kinds
from reconciler.kinds.mapping import camel_case

CASES = Path(__file__).parents[3] / "shared" / "official-plugin" / "cases"
FACTS = CASES.parents[1] / "okta-facts" / "provider-rules.json"
KIND_FACTS = FACTS.with_name("kinds.json")
ENGINE_TYPES = ("pulumi:pulumi:Stack", "pulumi:providers:okta")
USER = "okta:user/user:User"
"""The type of users, whom definitions only name. Recorded programs create them, and tests repeat their requests."""
_USUAL = {"login", "email", "firstName", "lastName", "postalAddress"}
_OF_USERS = re.compile(r"/api/v1/users(\?.*|/[^/?]+(/lifecycle/.*)?)?")


@dataclass(frozen=True)
class Resource:
    """A resource of a stack after a step; ids are those of the recorded run."""

    token: str
    name: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def kind(self) -> Kind:
        kind = kind_of_resource(self.token)
        assert kind is not None
        return kind


@dataclass(frozen=True)
class Request:
    """A request that the plugin sent, and what the tenant answered."""

    method: str
    path: str
    body: Any
    status: int
    answer: Any

    @property
    def is_about_a_user(self) -> bool:
        """Whether it creates, changes or deletes a user."""
        return self.method != "GET" and _OF_USERS.fullmatch(self.path) is not None

    @property
    def comes_first(self) -> bool:
        """Whether the program may name the user, who has no types and attributes that the program makes."""
        body = self.body or {}
        return self.method != "DELETE" and body.get("profile", {}).keys() <= _USUAL and "type" not in body

    @property
    def on_item(self) -> bool:
        """Whether it is about an object that existed before."""
        return isinstance(self.answer, dict) and str(self.answer.get("id")) in self.path


@dataclass(frozen=True)
class Stage:
    """One step: `up`, `update` (with other inputs) or `destroy`."""

    step: str
    error: str
    resources: tuple[Resource, ...]
    requests: tuple[Request, ...]

    @property
    def changes(self) -> Iterator[Request]:
        return (request for request in self.requests if request.method != "GET")


@dataclass(frozen=True)
class Case:
    name: str
    stages: tuple[Stage, ...]

    @property
    def missing_kinds(self) -> tuple[str, ...]:
        """The types of resources that are no kinds here yet."""
        tokens = {resource.token for stage in self.stages for resource in stage.resources}
        failed = {stage.error.partition(" ")[0] for stage in self.stages if stage.error}
        known = {kind.resource.rpartition(":")[2] for kind in kinds()}
        return tuple(sorted({token for token in tokens if kind_of_resource(token) is None} | (failed - known)))

    @property
    def not_declarable(self) -> tuple[str, ...]:
        """The arguments in the programs that the provider uses and definitions cannot state, with their kinds."""
        ignored = ignored_arguments()
        return tuple(
            sorted(
                {
                    f"{resource.kind.name}.{argument}"
                    for stage in self.stages
                    for resource in stage.resources
                    for argument in resource.kind.not_declarable
                    if (value := resource.inputs.get(camel_case(argument)))
                    and value != provider_defaults(resource.token).get(argument)
                    and (resource.token, argument) not in ignored
                }
            )
        )

    @property
    def not_served_then(self) -> bool:
        """Whether the tenant did not serve an endpoint that the plugin needed."""
        sent = [request for stage in self.stages for request in stage.requests]
        return any((one.answer or {}).get("errorCode") == "E0000022" for one in sent if isinstance(one.answer, dict))

    @property
    def untold(self) -> tuple[str, ...]:
        """The ids that it removes and that no answer or resource told before, such as those of members of a binding."""
        told = json.dumps([[one.answer, one.body] for stage in self.stages for one in stage.requests])
        told += json.dumps([resource.id for stage in self.stages for resource in stage.resources])
        removed = {
            one.path.rpartition("/")[2] for stage in self.stages for one in stage.requests if one.method == "DELETE"
        }
        return tuple(sorted(identity for identity in removed if identity not in told))

    @property
    def stages_with_inputs(self) -> Iterator[Stage]:
        """The steps up to an update that failed: the stack kept the earlier inputs, and the new ones are unknown."""
        yield self.stages[0]
        for before, after in pairwise(self.stages):
            failed = {one.name: one.inputs for one in after.resources if f" {one.name}: " in f" {after.error}"}
            if any(failed.get(one.name) == one.inputs for one in before.resources):
                return
            yield after

    @property
    def taken_over(self) -> Iterator[Resource]:
        """The resources that no request of the first step created: the tenant had the objects.

        Those that nobody can create are in a fresh tenant, too.
        """
        posts = (one for one in self.stages[0].changes if one.method == "POST" and not one.on_item)
        made = {one.answer.get("id") for one in posts if isinstance(one.answer, dict)}
        return (
            one
            for one in self.stages[0].resources
            if one.kind.shape.creatable and one.kind.provider.takes_over_some and one.id not in made
        )

    @property
    def failed_at_once(self) -> bool:
        """Whether nothing was made: what the program contained is not recorded then."""
        return not self.stages[0].resources


@cache
def provider_defaults(token: str) -> Mapping[str, str]:
    """The values that the provider gives to arguments which a program leaves out."""
    known = json.loads(KIND_FACTS.read_text())["kinds"]
    return next((one["defaulted"] for one in known if one["token"] == token), {})


@cache
def ignored_arguments() -> frozenset[tuple[str, str]]:
    """Type and argument of what the provider takes and does not use when it creates an object."""
    rules = json.loads(FACTS.read_text())["rules"]
    return frozenset(
        (rule["token"], rule["fields"][0])
        for rule in rules
        if (rule["phase"], rule["then"], len(rule["fields"])) == ("create", "ignored", 1)
    )


def cases() -> list[Case]:
    """All recorded cases; none where the recordings are not there."""
    return [_case(json.loads(file.read_text())) for file in sorted(CASES.glob("*.json"))]


def _case(data: Mapping[str, Any]) -> Case:
    return Case(data["case"], tuple(_stage(stage) for stage in data["stages"]))


def _stage(data: Mapping[str, Any]) -> Stage:
    resources = tuple(
        Resource(one["type"], one["name"], one["id"], one["inputs"], one["outputs"])
        for one in data.get("resources", [])
        if one["type"] not in (*ENGINE_TYPES, USER)
    )
    requests = tuple(
        Request(one["method"], one["path"], one["body"], one["status"], one["answer"]) for one in data["requests"]
    )
    return Stage(data["step"], data["error"], resources, requests)
