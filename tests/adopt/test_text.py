"""Readable YAML: the loader reads back the same values, and texts are quoted only where necessary."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.adopt.documents import drafts
from reconciler.adopt.draft import Draft
from reconciler.adopt.reading_back import load_problem
from reconciler.adopt.specs import escaped
from reconciler.adopt.text import documents_text, dumped
from reconciler.definitions.documents import documents_of
from reconciler.definitions.errors import Problem
from reconciler.definitions.yaml_text import YamlText
from reconciler.kinds import Kind, Listed, Part
from reconciler.kinds.fields import Name, SecretRef
from reconciler.kinds.kind import _registry
from reconciler.okta.snapshot import LiveObject
from tests.adopt.tenant import group, snapshot

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
SCALARS = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | TEXT
KEYS = TEXT.filter(lambda key: key != "<<")
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def read(text):
    yaml = YamlText(text, "test.yaml")
    (root,) = yaml.documents()
    assert yaml.problems == []
    return root.value


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4))
def test_any_value_is_read_back_the_same(value):
    assert read(dumped(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30:00", "12:30:00"),
        ("2026-01-31", "2026-01-31"),
        ("007", "'007'"),
        ("1e3", "'1e3'"),
        (".5", "'.5'"),
        ("0x1f", "'0x1f'"),
        ("null", "'null'"),
        ("~", "'~'"),
        ("true", "'true'"),
        ("", "''"),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("- a", "'- a'"),
        ('user.department == "Engineering"', 'user.department == "Engineering"'),
        ("${source.login}", "${source.login}"),
        ("it's", "it's"),
        ("two\nlines", "|-\n  two\n  lines"),
        ("a\x85b", '"a\\Nb"'),
        (7, "7"),
        (None, "null"),
        (True, "true"),
        ([], "[]"),
        ({}, "{}"),
        (["NL", "NO"], "[NL, NO]"),
        (["64496"], "['64496']"),
        (["https://a.example.com"], "\n  - https://a.example.com"),
        ([{"group": "a"}], "\n  - group: a"),
    ],
)
def test_a_value(value, text):
    assert dumped({"a": value}) == f"a: {text}\n".replace(": \n", ":\n")


def test_long_text_is_folded_between_words():
    text = dumped({"purpose": "words " * 40 + "end"})
    assert max(map(len, text.splitlines())) <= 120
    assert text.count("\n") == 3


def test_long_lists_have_a_line_for_each_item():
    names = [f"group-number-{number}" for number in range(12)]
    assert dumped({"groups": names}).splitlines()[1] == "  - group-number-0"


LINES = st.lists(st.sampled_from(["", "\n", "\n\n", " ", "\t", "\r", "---", "...", "# no", "a: b", "word"]), max_size=8)
NASTY = TEXT | LINES.map("".join) | LINES.map("\n".join)


def draft(name, **spec):
    item = group("00g1", "A")
    return Draft(item, name, "It is there.", {"name": "A", **spec}, {}, (item,))


@given(st.lists(NASTY.map(escaped), min_size=1, max_size=3))
@example(["two\n\n", "\n", "\n\n", " \n\n"])
def test_any_text_is_contained_in_its_own_document(texts):
    drafts_of_texts = [draft(f"group-{number}", description=text) for number, text in enumerate(texts)]
    problems: list[Problem] = []
    documents, complete = documents_of(YamlText(documents_text(drafts_of_texts), "test.yaml"), problems)
    assert (problems, complete) == ([], True)
    assert [document.spec["description"] for document in documents] == texts
    assert [load_problem(one) for one in drafts_of_texts] == [""] * len(texts)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"description": "\ud800"}, "invalid YAML"),
        ({"description": "${name}"}, "has no variable name"),
        ({"description": "x" * 1025}, "description has 1025 characters"),
        ({"colour": "red"}, "its YAML would be read back with other values"),
    ],
)
def test_a_document_that_would_be_read_differently_is_reported(spec, reason):
    assert reason in load_problem(draft("a", **spec))


class HookFields(Part):
    """An unregistered kind with secrets."""

    name: Name
    key: SecretRef
    other_key: SecretRef | None = None
    uri: str


HOOK = Kind(
    name="hook",
    resource="okta:hook/hook:Hook",
    fields=HookFields,
    shape=Listed(path="/api/v1/hooks", scope="okta.hooks"),
)


def test_secrets_are_references_to_fill_in(monkeypatch):
    monkeypatch.setitem(_registry, "hook", HOOK)
    hook = LiveObject(HOOK, "who1", {"id": "who1", "name": "Tell us", "uri": "https://hook.example.com"})
    made, not_adopted = drafts(snapshot(hook), [hook], {("hook", "who1"): "tell-us"}, {}, lambda value: False)
    assert not_adopted == []
    assert documents_text(made, ["production"]) == (
        "kind: hook\n"
        "name: tell-us\n"
        "owner: unassigned\n"
        "purpose: Not described yet; adopted as the tenant had it.\n"
        "environments: [production]\n"
        "spec:\n"
        "  name: Tell us\n"
        "  key: env:TELL_US_KEY # Okta never returns this secret: set the variable\n"
        "  # other_key: env:TELL_US_OTHER_KEY # uncomment to set this secret; otherwise it stays unchanged\n"
        "  uri: https://hook.example.com\n"
    )
