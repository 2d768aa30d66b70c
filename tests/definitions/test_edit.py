"""Edits of YAML text set the requested values and keep all other text."""

from __future__ import annotations

import copy
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.definitions.edit import CannotEdit, revised, same, without_document
from reconciler.definitions.yaml_text import YamlText
from reconciler.definitions.yaml_write import entry

AWKWARD = (
    *("NO", "1", "true", "~", "", "a: b", "x #y", "- a", "---", "#c", ":", "key:", "?", "&x", "*y", "!t", "%d", "@"),
    *(
        "`",
        "1e3",
        "0o7",
        "'q'",
        '"',
        " lead",
        "multi\nline",
        "[x]",
        "a,b",
        "${v}",
        "é",
        "😀",
        "\u2028",
        "\x85",
        "\ufeff",
    ),
)
texts = st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
keys = st.sampled_from(["name", "kid", "a", "b", "c", "d d", "e"])
values = st.recursive(
    texts | st.integers(-99, 99) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
roots = st.dictionaries(keys, values, min_size=1, max_size=5)


def written(root: dict[str, Any]) -> str:
    return "".join(f"{entry(key, value, 0)}\n" for key, value in root.items())


def read(text: str) -> list[Any]:
    reading = YamlText(text, "a.yaml")
    found = [root.value for root in reading.documents()]
    assert reading.problems == []
    return found


@given(roots)
def test_written_values_are_read_back(root: dict[str, Any]):
    assert same(read(written(root)), [root])


@given(roots, roots)
def test_any_document_can_be_replaced_without_changing_others(before: dict[str, Any], after: dict[str, Any]):
    kept = next(iter(before))
    wanted = {**after, kept: before[kept]}
    text = f"# above\n{written(before)}---\n# below\nother: 1 # stays\n"

    result = revised(text, 2, wanted)

    assert same(read(result), [wanted, {"other": 1}])
    assert result.startswith("# above\n")
    assert result.endswith("---\n# below\nother: 1 # stays\n")


@given(roots)
def test_unchanged_values_change_no_text(root: dict[str, Any]):
    text = written(root) + "# the end"
    assert revised(text, 1, dict(reversed(root.items()))) == text


@given(st.lists(st.integers(0, 9), unique=True, max_size=8), st.lists(st.integers(0, 9), unique=True, min_size=1))
def test_moved_list_items_keep_their_lines(before: list[int], after: list[int]):
    def lines(numbers: list[int]) -> str:
        return "".join(f"  # about {number}\n  - name: n{number} # {number}\n" for number in numbers)

    text = f"keep: 'it' # so\nitems:{' []' if not before else ''}\n{lines(before)}"
    result = revised(text, 1, {"keep": "it", "items": [{"name": f"n{number}"} for number in after]})

    assert result.startswith("keep: 'it' # so\nitems:")
    for number in set(before) & set(after):
        assert f"  # about {number}\n  - name: n{number} # {number}\n" in result
    for number in set(before) - set(after):
        assert f"about {number}" not in result


TEXT = dedent("""\
    # All of it.
    ---
    kind: authorization-server
    name: x
    spec:
      # What may be asked for.
      scopes:
        # The first one.
        - name: one  # 1
          description: "quoted"

        - name: two
          claims: [a, b]   # in brackets
      uris: # where to
        - https://a # a
        - https://b
      flow: {a: 1,   b: 'x'}
      note:
      lifetime: 0x10
    # The other one.
    ---
    kind: group
    name: y
    spec: {name: Y}
    """)


def edited(**spec: Any) -> set[tuple[str, str]]:
    """The lines that differ after an edit of the first document: `("-", line)` and `("+", line)`."""
    root = read(TEXT)[0]
    after = revised(TEXT, 3, {**root, "spec": {**root["spec"], **spec}}).splitlines()
    before = TEXT.splitlines()
    return {("-", line) for line in before if line not in after} | {("+", line) for line in after if line not in before}


ONE = {"name": "one", "description": "quoted"}
TWO = {"name": "two", "claims": ["a", "b"]}


@pytest.mark.parametrize(
    ("spec", "difference"),
    [
        ({"lifetime": 17}, {("-", "  lifetime: 0x10"), ("+", "  lifetime: 17")}),
        ({"note": "yes: it is"}, {("-", "  note:"), ("+", '  note: "yes: it is"')}),
        ({"added": ["a", "b"]}, {("+", "  added: [a, b]")}),
        ({"flow": {"a": 1, "b": "it's", "c": True}}, {
            ("-", "  flow: {a: 1,   b: 'x'}"), ("+", "  flow: {a: 1,   b: 'it''s', c: true}")
        }),
        ({"uris": ["https://a", "https://b", "https://c"]}, {("+", "    - https://c")}),
        ({"uris": ["https://b"]}, {("-", "    - https://a # a")}),
        ({"uris": []}, {
            ("-", "  uris: # where to"), ("-", "    - https://a # a"), ("-", "    - https://b"),
            ("+", "  uris: [] # where to"),
        }),
        ({"scopes": [{**ONE, "description": "other"}, TWO]}, {
            ("-", '      description: "quoted"'), ("+", '      description: "other"')
        }),
        ({"scopes": [ONE, {**TWO, "claims": ["a", "b", "c"]}]}, {
            ("-", "      claims: [a, b]   # in brackets"), ("+", "      claims: [a, b, c]   # in brackets")
        }),
        ({"scopes": [TWO, ONE]}, set()),
        ({"scopes": [ONE, {"name": "new", "claims": [{"b": 1}]}, TWO]}, {
            ("+", "    - name: new"), ("+", "      claims:"), ("+", "        - b: 1")
        }),
        ({"scopes": [TWO]}, {
            ("-", "    # The first one."), ("-", "    - name: one  # 1"), ("-", '      description: "quoted"')
        }),
    ],
)  # fmt: skip
def test_only_changed_lines_differ(spec: dict[str, Any], difference: set[tuple[str, str]]):
    assert edited(**spec) == difference


def test_removed_document_loses_the_comment_above_it():
    assert without_document(TEXT, 3) == "# All of it.\n# The other one.\n---\nkind: group\nname: y\nspec: {name: Y}\n"
    assert without_document(TEXT, 22) == TEXT[: TEXT.rindex("---")]


def test_windows_line_breaks_and_a_missing_final_one_are_kept():
    assert revised("a: 1\r\nb: 2", 1, {"a": 1, "b": 3, "c": [{"d": 1}]}) == "a: 1\r\nb: 3\r\nc:\r\n  - d: 1"


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("- k: {types: [password]}  # why", "- k: {types: [password]}  # why\n    p: 1", [
            {"k": {"types": ["password"]}, "p": 1}
        ]),
        ("- k: # one\n      - a # a\n    p: 1", "- k: # one\n      - b\n    p: 1", [{"k": ["b"], "p": 1}]),
        ("[\n    a, # a\n    b, # b\n    c # c\n  ]", "[\n    a, # a\n    c # c\n  ]", ["a", "c"]),
        ("[\n    a, # a\n    b # b\n  ]", "[\n    a # a\n  ]", ["a"]),
        ("[\n    a, # a\n    b # b\n  ]", "[\n    a, # a\n    b, # b\n    c\n  ]", ["a", "b", "c"]),
        ("[\n    a, # a\n    b, # b\n  ]", "[\n    b, # b\n    c,\n    a, # a\n  ]", ["b", "c", "a"]),
        ("[a, # a\n   b] # b", "[a # a\n   ] # b", ["a"]),
        ("[a, # a\n   b] # b", "[b, a # a\n   ] # b", ["b", "a"]),
        ("[a, b, # of both\n   c]", "[b, # of both\n   c]", ["b", "c"]),
        ("[ # all\n    a # a\n  ] # end", "[ # all\n  ] # end", []),
        ("[\n    a\n  ]", "[]", []),
        ("{a: 1, # a\n   b: 2, # b\n   c}", "{a: 1, # a\n   c: 3}", {"a": 1, "c": 3}),
        ("| # text\n    a", "# text\n  - b: 1", [{"b": 1}]),
        ("# numbers\n    - 1", "2 # numbers", 2),
    ],
)  # fmt: skip
def test_comments_stay_with_their_values(before: str, after: str, wanted: Any):
    lead = "\n  " if before.startswith("-") else " "
    shown = f"x:{lead}{before}\ny: 1 # y\n"
    assert revised(shown, 1, {"x": wanted, "y": 1}) == f"x:{lead}{after}\ny: 1 # y\n"


ANCHORED = "a: 1 # one\n---\nb: &x 1\nc: *x\n"


def test_anchors_do_not_prevent_edits_of_other_documents():
    assert revised(ANCHORED, 1, {"a": 2}) == ANCHORED.replace("a: 1", "a: 2")
    assert without_document(ANCHORED, 3) == "a: 1 # one\n"
    with pytest.raises(CannotEdit, match="anchors"):
        revised(ANCHORED, 3, {"b": 1, "c": 2})


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "a: 1\na: 2\n", "a: [\n"])
def test_unsupported_edits_are_refused(text: str):
    with pytest.raises(CannotEdit):
        revised(text, 1, {"a": 3})


def test_missing_document_is_refused():
    with pytest.raises(CannotEdit, match="line 2"):
        revised("a: 1\n", 2, copy.deepcopy({"a": 2}))
