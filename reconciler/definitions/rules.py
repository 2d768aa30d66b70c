"""Rules over several fields, checked as far as possible while other fields are invalid.

Pydantic checks them only if all fields are valid. Users would see the next error only after they fixed the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from reconciler.definitions.explanations import Path
from reconciler.kinds import Part
from reconciler.kinds.mapping import schema


def broken_rules(model: type[Part], value: Any, errors: Iterable[ErrorDetails]) -> Iterator[ErrorDetails]:
    """The rules that a value breaks besides these errors, nested structures included."""
    yield from _broken(model, value, {error["loc"] for error in errors}, ())


def _broken(model: type[Part], value: Any, wrong: set[Path], above: Path) -> Iterator[ErrorDetails]:
    if not isinstance(value, Mapping):
        return
    names = {str(loc[0]) for loc in wrong if loc}
    if names:
        item = _incomplete(model, value, names)
        for error in _rules(item):
            yield {**error, "loc": (*above, *error["loc"])}
    for field in schema(model):
        if field.name not in names or field.part is None:
            continue
        inside = {loc[1:] for loc in wrong if loc and loc[0] == field.name}
        if field.shape == "one":
            yield from _broken(field.part, value.get(field.name), inside, (*above, field.name))
        elif isinstance(items := value.get(field.name), list):
            for index, item_value in enumerate(items):
                deeper = {loc[1:] for loc in inside if loc and loc[0] == index}
                yield from _broken(field.part, item_value, deeper, (*above, field.name, index))


def _incomplete(model: type[Part], value: Mapping[str, Any], wrong: set[str]) -> Part:
    """The structure without the invalid fields, and without the fields derived from them.

    An unknown key may be a misspelled field, so that fields that are left out count as unknown too.
    """
    given: dict[str, Any] = {}
    unknown = set(wrong)
    known = _Known(unknown)
    misspelt = not wrong <= model.model_fields.keys()
    for name, info in model.model_fields.items():
        if name in unknown:
            continue
        if name in value and not (value[name] is None and model.is_conditional(name)):
            try:
                known[name] = given[name] = _adapter(model, name).validate_python(value[name])
            except ValidationError:
                unknown.add(name)
        elif misspelt or info.is_required():
            unknown.add(name)
        else:
            try:
                known[name] = info.get_default(call_default_factory=True, validated_data=known)
            except AttributeError:
                unknown.add(name)
    item = model.model_construct(_fields_set=set(given), **known)
    for name in unknown:
        item.__dict__.pop(name, None)
    return item


class _Known(dict[str, Any]):
    """The known values for defaults. Unknown values raise AttributeError, as the structure does."""

    def __init__(self, unknown: set[str]) -> None:
        super().__init__()
        self._unknown = unknown

    def get(self, name: str, default: Any = None) -> Any:
        if name in self._unknown:
            raise AttributeError(name)
        return super().get(name, default)

    def __missing__(self, name: str) -> Any:
        raise AttributeError(name)


@cache
def _adapter(model: type[Part], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    annotation: Any = info.annotation
    return TypeAdapter(Annotated[annotation, "and its constraints:", *info.metadata])


def _rules(item: Part) -> Iterator[ErrorDetails]:
    """The errors of the validators of the whole structure. Validators that need unknown values are skipped."""
    for name, validator in type(item).__pydantic_decorators__.model_validators.items():
        if validator.info.mode != "after":
            continue
        try:
            getattr(item, name)()
        except ValidationError as error:
            yield from error.errors(include_url=False)
        except ValueError as error:
            yield {"type": "value_error", "loc": (), "msg": str(error), "input": {}, "ctx": {"error": error}}
        except AttributeError:
            continue
