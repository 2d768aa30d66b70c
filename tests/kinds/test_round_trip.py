"""`decode(encode(spec)) == spec` for every kind and every vocabulary."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.kinds import kinds
from reconciler.kinds.mapping import Vocabulary, canonical, decode, encode, schema, with_references
from reconciler.kinds.secret_fields import without_secrets
from tests.specimens import accepts, filled, needed, values, variants, with_list_words

KINDS = pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)


@cache
def specimens(kind):
    """Valid specs: for each variant, one with every field set and one with the required fields only."""
    return [made(kind.fields, variant) for made in (filled, needed) for variant in variants(kind.name)]


@cache
def other_values(model):
    """Possible values of each field that is no structure."""
    return {field.name: _values(field) for field in schema(model) if not field.part}


def _values(field):
    known = st.sampled_from(list(values(field)))
    if field.shape == "one" and accepts(field, "any text"):
        known |= ANY_TEXT
    return known | st.none() if field.optional else known


def altered(draw, model, spec):
    """The spec of a kind or a structure, with other valid values in some fields."""
    fields = [field for field in schema(model) if not field.owns]
    for field in draw(st.lists(st.sampled_from(fields), unique_by=lambda field: field.name, max_size=6)):
        value = spec.get(field.name)
        if field.part and value:
            one = field.shape == "one"
            new = altered(draw, field.part, value) if one else [altered(draw, field.part, item) for item in value]
        else:
            new = draw(other_values(model).get(field.name, st.just(value)))
        if _is_valid(model, changed := spec | {field.name: new}):
            spec = changed
    return spec


@st.composite
def specs(draw, kind):
    """A valid spec in canonical form."""
    return canonical(kind.fields.model_validate(altered(draw, kind.fields, draw(st.sampled_from(specimens(kind))))))


def _is_valid(model, spec):
    try:
        model.model_validate(spec)
    except ValueError:
        return False
    return True


def expected(kind, spec, vocabulary):
    """The spec as decoded: the API returns no secrets, and links are not part of the request body."""
    fields = {name: _field(kind, name) for name in spec}
    shown = {
        name: with_list_words(fields[name], value)
        for name, value in spec.items()
        if vocabulary in fields[name].places or fields[name].unread
    }
    if vocabulary is not Vocabulary.API:
        return shown
    return {
        name: field.default(spec)
        if field.unread or (field.linked and value is not None)
        else without_secrets(field, value)
        for name, value in shown.items()
        for field in [_field(kind, name)]
    }


def _field(kind, name):
    return next(field for field in schema(kind.fields) if field.name == name)


@KINDS
@pytest.mark.parametrize("vocabulary", list(Vocabulary))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_encoded_specs_can_be_decoded(kind, vocabulary, data):
    spec = data.draw(specs(kind))
    wire = json.loads(json.dumps(encode(kind.fields, spec, vocabulary)))
    assert decode(kind.fields, wire, vocabulary) == expected(kind, spec, vocabulary)


@KINDS
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_shape_of_the_api_can_be_decoded(kind, data):
    spec = data.draw(specs(kind))
    wire = json.loads(json.dumps(kind.write_api(encode(kind.fields, spec, Vocabulary.API))))
    read = decode(kind.fields, kind.read_api(wire), Vocabulary.API)
    compared = {
        field.name: field.compared(spec[field.name], read[field.name])
        for field in schema(kind.fields)
        if field.name in read
    }
    assert compared == expected(kind, spec, Vocabulary.API)


@KINDS
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_canonical_form_is_valid_and_canonical(kind, data):
    spec = data.draw(specs(kind))
    assert canonical(kind.fields.model_validate(spec)) == spec


@KINDS
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_references_can_be_translated_and_back(kind, data):
    spec = data.draw(specs(kind))
    as_ids = with_references(kind.fields, spec, lambda target, name: f"{target}:{name}")
    assert with_references(kind.fields, as_ids, lambda target, token: token.removeprefix(f"{target}:")) == spec
