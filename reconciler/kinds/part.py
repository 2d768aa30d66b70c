"""The models of kinds: their fields, and the structures inside them."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from reconciler.kinds.fields import Only
from reconciler.kinds.refusals import Refusal
from reconciler.kinds.risks import Risk

Json = dict[str, Any]
Spec = dict[str, Any]
"""A kind's fields in canonical form: JSON values, sets sorted, references as logical names or as ids."""


class Part(BaseModel):
    """The fields of a kind, or a structure inside one: a frozen model that accepts no other fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    refusals: ClassVar[tuple[Refusal, ...]] = ()
    """What the official provider refuses although Okta accepts it."""
    risks: ClassVar[tuple[Risk, ...]] = ()
    """The risks of changes. Those of base classes apply too: see `risks_of`."""

    @model_validator(mode="before")
    @classmethod
    def _without_meaningless(cls, data: Any) -> Any:
        """Accept null for a field that does not apply to the object, as in the canonical form."""
        names = [name for name in _conditional(cls) if isinstance(data, dict) and data.get(name, ...) is None]
        return {name: value for name, value in data.items() if name not in names} if names else data

    @model_validator(mode="after")
    def _can_be_applied(self) -> Self:
        """Refuse what the provider would refuse during `up`, or ignore."""
        errors = [
            self.error_at(name, f"{only.reason}: leave it out")
            for name, only in _conditional(type(self)).items()
            if name in self.model_fields_set and self._can_judge(only.when) and not only.when(self)
            if getattr(self, name) != type(self).model_fields[name].default
        ]
        errors += [
            self.error_at(refusal.field, refusal.message)
            for refusal in self.refusals
            if refusal.of_definitions and refusal.field in self.__dict__
            if self._can_judge(refusal.when) and refusal.when(self)
        ]
        return self.without_errors(errors)

    def _can_judge(self, rule: Callable[[Any], object]) -> bool:
        """Whether a rule can be evaluated: if some fields are invalid, it may need a missing one."""
        if self.__dict__.keys() >= type(self).model_fields.keys():
            return True
        try:
            rule(self)
        except AttributeError:
            return False
        return True

    @classmethod
    def is_conditional(cls, name: str) -> bool:
        """Whether a field applies to some objects only."""
        return name in _conditional(cls)

    def without_errors(self, errors: list[InitErrorDetails]) -> Self:
        """The structure itself. Raises ValidationError with all the errors, if there are any."""
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)
        return self

    def error_at(self, name: str, message: str, index: int | None = None) -> InitErrorDetails:
        """An error of a rule about several fields, reported at one field or one item of it."""
        value = getattr(self, name)
        loc, value = ((name,), value) if index is None else ((name, index), value[index])
        return InitErrorDetails(type="value_error", loc=loc, input=value, ctx={"error": ValueError(message)})


@cache
def risks_of(model: type[Part]) -> tuple[Risk, ...]:
    """The risks of a model and of its base classes."""
    classes = (one for one in reversed(model.__mro__) if issubclass(one, Part))
    return tuple(risk for one in classes for risk in one.__dict__.get("risks", ()))


@cache
def _conditional(model: type[Part]) -> dict[str, Only]:
    """The fields that apply to some objects only."""
    markers = ((name, marker) for name, info in model.model_fields.items() for marker in info.metadata)
    return {name: marker for name, marker in markers if isinstance(marker, Only)}


@cache
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """The docstrings below the fields of a model, its base classes included.

    The source is read only when they are asked for: reading it for all models takes longer than loading them.
    """
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one is not BaseModel:
            found |= _docstrings(one.__module__).get(one.__qualname__, {})
    return found


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """The docstrings below the fields of each class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_of_fields(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _of_fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(node.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)


def describe(models: Iterable[type[BaseModel]]) -> None:
    """Give the fields of models, and of all models inside them, their docstrings, for JSON schemas."""
    for model in models:
        _describe(model)


@cache
def _describe(model: type[BaseModel]) -> None:
    for name, info in model.model_fields.items():
        describe(_models_in(info.annotation))
        info.description = info.description or descriptions(model).get(name)
    model.model_rebuild(force=True)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models_in(one)
