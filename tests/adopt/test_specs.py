"""The spec written for a live object is read back as the same spec, for every kind."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.adopt.not_adopted import NotAdoptable, Reason
from reconciler.adopt.specs import canonical_spec, escaped, spec_of, uncovered, without_defaults
from reconciler.adopt.text import dumped
from reconciler.definitions.errors import Problem
from reconciler.definitions.variables import Variables
from reconciler.definitions.yaml_text import YamlText
from reconciler.kinds import kind_named, kinds
from reconciler.kinds.mapping import Vocabulary, canonical, encode, schema, with_references
from reconciler.kinds.secret_fields import with_required_secrets, without_secrets
from reconciler.okta.snapshot import LiveObject
from tests.of_kinds import all_about
from tests.specimens import SECRET, filled, needed, values, variants

KINDS = pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)
HERE = ("test.yaml", 1, 1)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
YAML_WORDS = ["NO", "on", "007", "1e3", "null", "~", "true", "0x1f", "- a", "a: b", "# a", "a #b", "=", "<<", "%a", ""]
SPACES = [" a", "a ", "a\nb", "a\n b\n", "\ta", "a\x85b", "\u2028", "\ufeff", "'", '"']
TRICKY = st.sampled_from([*YAML_WORDS, *SPACES, "${a}", "$${a}", "$$$${b", "${user.login}"])


def read_back(text):
    """The value that the loader reads from YAML text, in an environment without variables."""
    yaml = YamlText(text, "test.yaml")
    (root,) = yaml.documents()
    problems = list(yaml.problems)
    value = Variables({}, "test", problems).fill(root.value, HERE)
    assert problems == []
    return value


@cache
def specimens(kind):
    return [
        canonical(kind.fields.model_validate(made(kind.fields, variant)))
        for made in (filled, needed)
        for variant in variants(kind.name)
    ]


@st.composite
def specs(draw, kind):
    """A valid spec, with some plain texts replaced by others."""
    spec = dict(draw(st.sampled_from(specimens(kind))))
    for name in (
        draw(st.lists(st.sampled_from(plain_fields(kind)), unique=True, max_size=5)) if plain_fields(kind) else ()
    ):
        other = draw(st.sampled_from(known_values(kind, name)) | TEXT | TRICKY)
        with suppress(NotAdoptable):
            spec = canonical_spec(kind, spec | {name: other})
    return spec


@cache
def plain_fields(kind):
    return [field.name for field in schema(kind.fields) if field.comparable and not (field.part or field.ref)]


@cache
def known_values(kind, name):
    return list(next(values(field) for field in schema(kind.fields) if field.name == name))


def live(kind, spec):
    """The object as the API returns it; references are ids made from names."""
    with_ids = with_references(kind.fields, spec, lambda target, name: f"{target}={name}")
    wire = json.loads(json.dumps(kind.write_api(encode(kind.fields, with_ids, Vocabulary.API))))
    return LiveObject(kind, "an-id", wire | dict(all_about()[kind.name].besides if kind.name in all_about() else {}))


def named(kind, identity):
    return identity.removeprefix(f"{kind}=")


def required_secrets(kind, spec):
    """The required secrets, which a document contains besides the spec that the tenant shows."""
    complete = with_required_secrets(kind.fields, spec, lambda _: "env:A_SECRET")
    return {one.name: complete[one.name] for one in schema(kind.fields) if one.secret and one.name in complete}


@KINDS
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_written_spec_is_read_back_as_the_tenant_has_it(kind, data):
    drawn = data.draw(specs(kind))
    spec = with_required_secrets(kind.fields, spec_of(live(kind, drawn), named), lambda _: f"env:{SECRET}")
    text = dumped(escaped(without_defaults(kind.fields, spec)))
    again = canonical(kind.fields.model_validate(required_secrets(kind, drawn) | read_back(text)))
    shown = [field for field in schema(kind.fields) if field.comparable and not field.linked]
    usual = {one.name for one in shown if one.is_usual(drawn[one.name])}
    assert {one.name: without_secrets(one, again[one.name]) for one in shown} == {
        one.name: None if one.name in usual else without_secrets(one, drawn[one.name]) for one in shown
    }


@KINDS
def test_only_necessary_fields_are_written(kind):
    for variant in variants(kind.name):
        spec = spec_of(live(kind, canonical(kind.fields.model_validate(filled(kind.fields, variant)))), named)
        written = without_defaults(kind.fields, spec)
        for name in written:
            less = {other: value for other, value in written.items() if other != name}
            with suppress(ValidationError):
                complete = canonical(kind.fields.model_validate(required_secrets(kind, spec) | less))
                assert {key: complete[key] for key in spec} != spec, name


@given(TEXT | TRICKY | st.text("${}a.", max_size=8))
def test_text_is_never_read_as_a_variable(text):
    problems: list[Problem] = []
    value = Variables({}, "test", problems).fill(escaped(text), HERE)
    assert (value, problems) == (text, [])


def test_expressions_of_okta_stay_readable():
    assert escaped("${user.login}") == "${user.login}"
    assert escaped({"${a}": ["${domain}/x"]}) == {"${a}": ["$${domain}/x"]}


def test_users_in_conditions_without_a_field_are_not_covered():
    policy = kind_named("global-session-policy")
    people = {"users": {"exclude": [], "include": ["00u1"]}, "groups": {"include": ["00g1"]}}
    item = {"name": "a", "conditions": {"people": people}}
    assert list(uncovered(policy.fields, item)) == [("conditions.people.users.include", ["00u1"])]


def test_conditions_in_the_rules_of_a_list_are_not_covered_without_a_field():
    rules = kind_named("authentication-policy-rules")
    conditions = {"future": {"include": ["x"]}, "people": {"users": {"include": ["00u1"]}}}
    item = {"rules": [{"name": "a", "conditions": conditions}]}
    assert list(uncovered(rules.fields, item)) == [("conditions.future.include", ["x"])]


@KINDS
def test_the_fields_of_a_kind_are_covered(kind):
    for variant in variants(kind.name):
        item = live(kind, canonical(kind.fields.model_validate(filled(kind.fields, variant))))
        assert list(uncovered(kind.fields, kind.read_api(dict(item.json)))) == []


def test_an_invalid_object_is_reported_with_the_errors_of_its_model():
    rule = kind_named("group-rule")
    spec = canonical(rule.fields.model_validate(filled(rule.fields, "one")))
    item = live(rule, spec)
    broken = LiveObject(rule, "an-id", {**item.json, "status": "INVALID", "name": "x" * 60})
    with pytest.raises(NotAdoptable) as caught:
        spec_of(broken, named)
    assert caught.value.reason is Reason.INVALID
    assert caught.value.detail == ("name has 60 characters; at most 50 are allowed; status cannot be INVALID")
