"""Pulumi's state of a stack: what the last runs applied.

Everything here is a pure function of an exported deployment (`pulumi stack export`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.file_formats import STATE
from reconciler.kinds import Kind, Spec, kind_of_resource
from reconciler.kinds.mapping import Field, Vocabulary, camel_case, decode, owner_of, schema
from reconciler.kinds.secret_fields import fields_with_secrets
from reconciler.kinds.shapes import RANK

Deployment = dict[str, Any]
STACK = "pulumi:pulumi:Stack"
"""The type of the resource that represents the stack itself and has its outputs."""
FORMAT_OUTPUT = "format"
"""The stack output with the format version of the other outputs. States of earlier versions lack it."""
SECRET_KEY = "4dabf18193072939515e22adb298388d"
"""The key that marks a secret, encrypted or not."""


def is_secret(value: Any) -> bool:
    """Whether a value of the state is a secret, encrypted or not."""
    return isinstance(value, dict) and SECRET_KEY in value


@dataclass(frozen=True, slots=True)
class Applied:
    """One resource in the state."""

    kind: Kind
    name: str
    urn: str
    id: str
    inputs: Mapping[str, Any]

    @property
    def spec(self) -> Spec:
        """The applied values in canonical form. References are ids, secrets are ciphertext.

        A structure that is encrypted as a whole has its default value: see `encrypted`.
        """
        unknown = {field.input for field in self._encrypted}
        known = {name: value for name, value in self.inputs.items() if name not in unknown}
        return decode(self.kind.fields, known, Vocabulary.INPUTS)

    @property
    def encrypted(self) -> frozenset[str]:
        """The fields with structures whose applied values are unknown.

        One secret in a list, or in an argument that is a single text, makes the engine encrypt all of it.
        """
        return frozenset(field.name for field in self._encrypted)

    @property
    def _encrypted(self) -> list[Field]:
        names = fields_with_secrets(self.kind.fields)
        fields = [field for field in schema(self.kind.fields) if field.name in names] if names else []
        return [field for field in fields if _is_encrypted(field, self.inputs)]

    @property
    def levels(self) -> tuple[str, ...]:
        """Its kind, the kind of its owner, and so on, from the URN."""
        types = self.urn.split("::")[2].split("$")
        return tuple(kind.name for kind in map(kind_of_resource, reversed(types)) if kind)

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """The ids of its owner, of the owner's owner, and so on."""
        return tuple(self.inputs[name] for name in map(camel_case, self.kind.parent_arguments) if name in self.inputs)


@dataclass(frozen=True, slots=True)
class State:
    """The state of one stack."""

    resources: Mapping[tuple[str, str], Applied]
    """By kind and name."""
    outputs: Mapping[str, Any]
    """The stack's outputs."""
    interrupted: bool
    """Whether a run was interrupted: the state has pending operations."""
    written: datetime | None = None
    """When it was last written, which is when the last `up` ended; None if never."""


EMPTY = State({}, {}, False)


def parse(deployment: Deployment) -> State:
    """The state in an exported deployment."""
    resources: dict[tuple[str, str], Applied] = {}
    for resource in deployment.get("resources") or ():
        kind = kind_of_resource(resource["type"])
        if kind and resource.get("id") and not resource.get("delete"):
            name = resource["urn"].split("::", 3)[3]
            inputs = resource.get("inputs") or {}
            identity = _identity(kind, resource["id"], inputs)
            resources[kind.name, name] = Applied(kind, name, resource["urn"], identity, inputs)
    return State(resources, stack_outputs(deployment), bool(deployment.get("pending_operations")), _written(deployment))


def stack_outputs(deployment: Deployment) -> Mapping[str, Any]:
    """The outputs of the stack; empty if there is none."""
    resources: Iterable[dict[str, Any]] = deployment.get("resources") or ()
    return next((one.get("outputs") or {} for one in resources if one["type"] == STACK), {})


def checked(deployment: Deployment, where: str | Path) -> Deployment:
    """The deployment, which was read from `where`. Raises `NewerFormat` if a newer reconciler wrote its outputs."""
    STATE.check(where, stack_outputs(deployment).get(FORMAT_OUTPUT), "replace it with a backup")
    return deployment


def _identity(kind: Kind, identity: str, inputs: Mapping[str, Any]) -> str:
    """What an object is known by. The provider may leave out the owner of an id that is unique only below it."""
    if not kind.shape.ids_below_owner or "/" in identity:
        return identity
    field = owner_of(kind)
    names = [field.input] if field else list(map(camel_case, kind.parent_arguments[:1]))
    owner = next((str(inputs[name]) for name in names if name in inputs), "")
    return kind.shape.identified(owner, identity)


def _written(deployment: Deployment) -> datetime | None:
    """The time in the manifest. A state that was never written has the year 1."""
    try:
        time = datetime.fromisoformat((deployment.get("manifest") or {})["time"])
    except (KeyError, TypeError, ValueError):
        return None
    return time if time.year > 1 and time.tzinfo else None


def _is_encrypted(field: Field, inputs: Mapping[str, Any]) -> bool:
    """Whether the inputs have ciphertext instead of a structure in a field, at any depth."""
    value = inputs.get(field.input)
    if field.secret or field.part is None or value is None:
        return False
    if is_secret(value):
        return True
    names, items = fields_with_secrets(field.part), [value] if field.shape == "one" else value
    inner = [one for one in schema(field.part) if one.name in names]
    return any(_is_encrypted(one, item) for item in items if isinstance(item, Mapping) for one in inner)


def without_pending(deployment: Deployment) -> Deployment:
    """The deployment without the pending operations of an interrupted run.

    Nothing is lost: objects that such a run created are found in the tenant and imported; its updates and deletions
    are found by comparison.
    """
    return {key: value for key, value in deployment.items() if key != "pending_operations"}


def without(deployment: Deployment, urns: Iterable[str]) -> Deployment:
    """The deployment without these resources, the resources they own, and all references to them."""
    gone = set(urns)
    kept: list[dict[str, Any]] = []
    for resource in deployment.get("resources") or ():
        if resource["urn"] in gone or resource.get("parent") in gone:
            gone.add(resource["urn"])
        else:
            kept.append(resource)
    return deployment | {"resources": [without_mentions(resource, gone) for resource in kept]}


def with_outputs(deployment: Deployment, outputs: Mapping[str, Any]) -> Deployment:
    """The deployment in which the stack has these outputs too."""
    return deployment | {
        "resources": [
            resource | {"outputs": (resource.get("outputs") or {}) | dict(outputs)}
            if resource["type"] == STACK
            else resource
            for resource in deployment.get("resources") or ()
        ]
    }


def without_priorities(deployment: Deployment, urns: Collection[str]) -> Deployment:
    """The deployment in which these resources have priority 0, so that the engine sends the declared one."""
    return deployment | {
        "resources": [
            resource | {part: (resource.get(part) or {}) | {RANK: 0} for part in ("inputs", "outputs")}
            if resource["urn"] in urns
            else resource
            for resource in deployment.get("resources") or ()
        ]
    }


def without_mentions(resource: dict[str, Any], gone: Set[str]) -> dict[str, Any]:
    """The resource without references to `gone` ones: the engine rejects a state with dangling references."""
    result = dict(resource)
    if "dependencies" in resource:
        result["dependencies"] = [urn for urn in resource["dependencies"] if urn not in gone]
    if "propertyDependencies" in resource:
        result["propertyDependencies"] = {
            name: [urn for urn in urns or () if urn not in gone]
            for name, urns in resource["propertyDependencies"].items()
        }
    if resource.get("deletedWith") in gone:
        del result["deletedWith"]
    return result


def mentioned(resource: dict[str, Any]) -> set[str]:
    """The URNs that a resource refers to, except its parent and its provider."""
    by_property = (urn for urns in (resource.get("propertyDependencies") or {}).values() for urn in urns or ())
    return {*(resource.get("dependencies") or ()), *by_property} | {resource.get("deletedWith") or ""}


_MASK = "[secret]"
"""What the engine's events show instead of a secret."""
SECRET_MARKS = (SECRET_KEY, _MASK)
"""The texts in every value with a secret."""


def without_secrets(value: Any) -> Any:
    """A value without the secrets in it."""
    match value:
        case dict():
            return {key: without_secrets(inner) for key, inner in value.items() if not _has_secret(inner)}
        case list():
            return [without_secrets(inner) for inner in value if not _has_secret(inner)]
        case _:
            return value


def _has_secret(value: Any) -> bool:
    return is_secret(value) or (isinstance(value, str) and _MASK in value)
