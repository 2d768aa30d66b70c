"""Laws that every kind obeys, including new kinds without tests of their own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, ForwardRef, get_args, get_origin

import pytest

from reconciler.definitions import load_all
from reconciler.kinds import kind_named, kind_of_resource, kinds, path_levels
from reconciler.kinds.fields import IDENTITY
from reconciler.kinds.mapping import (
    Vocabulary,
    canonical,
    declarable_arguments,
    joined_kinds,
    owner_of,
    replacing,
    schema,
)
from reconciler.kinds.shapes import Edge
from tests.specimens import accepts, filled, needed, variants

KINDS = pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
REFERS_AHEAD = {("user-schema-property", "master_override_priorities")}
"""References to kinds that come later: most attributes of users come before the group rules that need them."""
COMPANY = Path(__file__).parents[1] / "company/definitions"


def parts(model):
    """The model and all structures inside it, except owned objects."""
    yield model
    for field in schema(model):
        if field.part and not field.owns:
            yield from parts(field.part)


def package_of(kind):
    """The package with the Pulumi classes of a kind."""
    folder = kind.resource.split(":")[1].split("/")[0]
    return import_module("pulumi_okta" if folder == "index" else f"pulumi_okta.{folder.lower()}")


def arguments_of(function):
    """The names of the arguments of a Pulumi class, with their annotations."""
    unimportant = {"self", "__self__", "resource_name", "opts", "__props__"}
    parameters = inspect.signature(function, eval_str=True).parameters
    return {name: parameter.annotation for name, parameter in parameters.items() if name not in unimportant}


def structure_in(annotation, package):
    """The class of an argument that is a structure, or a list of structures; None if it is neither."""
    name = annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else getattr(annotation, "__name__", "")
    if name.endswith("Args"):
        return getattr(package, name)
    return next((found for inner in get_args(annotation) if (found := structure_in(inner, package))), None)


def is_mapping(annotation):
    """Whether an argument is a mapping, whose members no class names."""
    return get_origin(annotation) is Mapping or any(map(is_mapping, get_args(annotation)))


def resource_arguments(kind):
    """The arguments of the Pulumi class of a kind, with their annotations."""
    resource = getattr(package_of(kind), kind.resource.rpartition(":")[2])
    assert resource.pulumi_type == kind.resource
    return arguments_of(resource._internal_init)


def with_arguments(model, annotations, package):
    """The fields of a model and its structures, each with its argument; None if Pulumi has no such argument."""
    for field in schema(model):
        if Vocabulary.ARGUMENTS in field.places:
            argument = annotations.get(field.argument)
            _, *inside = field.places[Vocabulary.ARGUMENTS][0]
            for member in inside:
                if shared := structure_in(argument, package):
                    argument = arguments_of(shared.__init__).get(member)
                else:
                    assert is_mapping(argument), f"{field.argument} has no members"
            yield f"{model.__name__}.{field.name}", field, argument
            structure = structure_in(argument, package)
            if field.part and structure:
                yield from with_arguments(field.part, arguments_of(structure.__init__), package)


@KINDS
def test_every_argument_exists(kind):
    annotations = resource_arguments(kind)
    for name, _, argument in with_arguments(kind.fields, annotations, package_of(kind)):
        assert argument is not None, name
    assert set(kind.parent_arguments) | set(kind.fixed_arguments) <= annotations.keys()


@KINDS
def test_every_argument_is_a_field_or_has_a_reason(kind):
    arguments = resource_arguments(kind).keys()
    assert arguments - declarable_arguments(kind) == kind.not_declarable.keys()
    assert all(kind.not_declarable.values())


@KINDS
def test_every_structure_is_a_structure_or_text_for_the_provider(kind):
    package = package_of(kind)
    for name, field, argument in with_arguments(kind.fields, resource_arguments(kind), package):
        is_structure = bool(field.part and not field.as_api)
        translated = field.places[Vocabulary.ARGUMENTS][1] is not IDENTITY
        assert is_structure == bool(structure_in(argument, package)) or is_mapping(argument) or translated, name


@KINDS
def test_no_two_fields_share_a_path(kind):
    for model in parts(kind.fields):
        for vocabulary in Vocabulary:
            places = [field.places[vocabulary][0] for field in schema(model) if vocabulary in field.places]
            assert len(places) == len(set(places)), f"{model.__name__} in {vocabulary}"


@KINDS
def test_every_field_has_a_description_and_a_class(kind):
    for model in parts(kind.fields):
        for field in schema(model):
            name = f"{model.__name__}.{field.name}"
            assert field.description.endswith((".", ")")), name
            known = field.places.keys() | ({Vocabulary.API} if field.unread else set())
            assert field.owns or known == set(Vocabulary), name


@KINDS
def test_every_kind_is_described(kind):
    assert kind.description
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.name)
    assert re.fullmatch(r"okta\.[a-zA-Z]+", kind.shape.scope)
    assert kind.events or kind.unlogged
    assert (kind.label_field in kind.fields.model_fields) != kind.shape.sole
    assert kind.label_field or kind.shape.sole
    assert kind_named(kind.name) is kind
    assert kind_of_resource(kind.resource) is kind


@KINDS
def test_parents_exist_and_own_their_kinds(kind):
    for name in kind.parents:
        parent = kind_named(name)
        assert kind.name in {field.owns.kind for field in schema(parent.fields) if field.owns}
        assert kind_named(name).shape.path == kind_named(kind.parents[0]).shape.path
    assert len(kind.parent_arguments) == len(path_levels(kind)) - 1
    assert kind.shape.path.startswith("/") == (len(path_levels(kind)) == 1)


@KINDS
def test_what_objects_are_within_is_no_kind_of_its_own(kind):
    if kind.within:
        assert not (kind.parents or kind.owned_by or kind.shape.ids_below_owner)
        assert kind.within.name not in {known.name for known in kinds()}
        assert kind.within.shape.scope and kind.within.description


@KINDS
def test_a_field_that_refers_to_the_owner_is_one_reference(kind):
    owner = owner_of(kind)
    assert (owner is not None) == bool(kind.owned_by)
    if owner:
        assert owner.ref
        assert owner.shape == "one" and owner.replaces and not owner.optional
        assert owner.refers_to
        for name in owner.refers_to:
            assert set(owner.ref.words) <= {known.name for known in kind_named(name).system}
        assert kind.shape.ids_below_owner and not kind.parents and not kind.parent_arguments


@KINDS
def test_an_object_is_found_in_what_writes_it(kind):
    item: dict[str, Any] = {"id": "key", "title": "Title"}
    *above, last = kind.shape.id_member.split(".")
    inside = item
    for name in above:
        inside = inside.setdefault(name, {})
    inside[last] = "key"
    found = kind.shape.found_in(kind.shape.body(item), "key")
    assert {"title": "Title"}.items() <= found.items()


@KINDS
def test_an_import_id_says_what_an_object_is_known_by(kind):
    ids = tuple("abc"[: len(path_levels(kind)) + bool(kind.owned_by) - kind.shape.part_of_owner])
    shape = kind.shape
    assert shape.imported_ids(shape.imported_as(ids)) == ids
    assert shape.known_as(shape.imported_as(ids)) == shape.identified(ids[-2] if len(ids) > 1 else "", ids[-1])
    assert shape.known_as("") == ""


@KINDS
def test_owned_kinds_name_their_owner(kind):
    for field in schema(kind.fields):
        if field.owns:
            owned = kind_named(field.owns.kind)
            assert kind.name in owned.parents
            assert owned.shape.part_of_owner == field.owns.whole
            assert field.info.is_required() is False


@KINDS
def test_relations_are_named_by_the_object_that_they_join(kind):
    if not kind.known_by_name:
        return  # both objects that it joins identify it
    assert bool(joined_kinds(kind)) == (isinstance(kind.shape, Edge) or kind.owned_by == kind.label_field != "")
    if joined_kinds(kind):
        assert kind.parents or kind.owned_by
        assert kind.shape.ids_below_owner
        assert kind.label_field in replacing(kind.fields)


@KINDS
def test_lists_that_are_fields_are_read_for_every_object(kind):
    read = {detail.path: detail for detail in kind.details}
    for model in parts(kind.fields):
        for field in schema(model):
            if field.sub_list:
                assert model is kind.fields, "only the object itself has lists below it"
                assert field.shape in ("list", "set")
                assert (read[field.sub_list.path].of == "") == (field.only is None)
                assert read[field.sub_list.path].member == field.path


@KINDS
def test_references_are_to_kinds_that_have_names_of_their_own(kind):
    for model in parts(kind.fields):
        for field in schema(model):
            for name in field.refers_to:
                assert not kind_named(name).parents


@KINDS
def test_prioritised_objects_have_a_priority(kind):
    assert kind.shape.ordered == ("priority" in kind.fields.model_fields)


@KINDS
def test_defaults_pass_validation(kind):
    for variant in variants(kind.name):
        for made in (filled, needed):
            model = kind.fields.model_validate(made(kind.fields, variant))
            assert kind.fields.model_validate(canonical(model)) == model
            for field in schema(kind.fields):
                default = field.default(canonical(model))
                assert field.info.is_required() or accepts(field, default), f"{kind.name}.{field.name}"


@KINDS
def test_the_definitions_of_a_company_show_every_kind(kind):
    desired = load_all(COMPANY)
    assert all(any(address.kind == kind.name for address in one.declarations) for one in desired.values())


def test_kinds_come_after_owners_and_referenced_kinds():
    known: list[str] = []
    for kind in kinds():
        references = {
            name
            for model in parts(kind.fields)
            for field in schema(model)
            for name in field.refers_to
            if (kind.name, field.name) not in REFERS_AHEAD
        }
        assert {*kind.parents, *references} <= {kind.name, *known}, kind.name
        known.append(kind.name)


def test_names_of_system_objects_are_valid_in_documents():
    for kind in kinds():
        names = [system.name for system in kind.system]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) for name in names)
        assert all(system.meaning for system in kind.system)
