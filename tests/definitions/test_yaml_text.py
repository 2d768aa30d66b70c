"""YAML text: its values, and the location of every problem."""

import pytest

from reconciler.definitions.yaml_text import MAX_DEPTH, YamlText


def read(text):
    yaml = YamlText(text, "f")
    return [root.value for root in yaml.documents()], [str(problem) for problem in yaml.problems]


def value_of(text):
    values, problems = read(text)
    assert problems == []
    return values[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("'null'", "null"),
        ('"12"', "12"),
        ("12", 12),
        ("-12", -12),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2025-03-01", "2025-03-01"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("192.0.2.1", "192.0.2.1"),
        ("=", "="),
        ("PT2H", "PT2H"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text, value):
    found = value_of(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_that_yaml_1_1_takes_for_booleans_are_text():
    assert value_of("on: 1\nNO: 2\nyes: 3") == {"on": 1, "NO": 2, "yes": 3}


def test_several_documents_and_empty_ones():
    assert read("a: 1\n---\n---\n# nothing\n---\n- b\n...\n") == ([{"a": 1}, ["b"]], [])


def test_every_value_has_its_location():
    yaml = YamlText("a: x\nlist:\n  - y\n  - {b: z}\n", "f")
    (root,) = yaml.documents()
    assert root.mark == ("f", 1, 1)
    assert root.value.keys_at == {"a": ("f", 1, 1), "list": ("f", 2, 1)}
    assert root.value.values_at == {"a": ("f", 1, 4), "list": ("f", 3, 3)}
    assert root.value["list"].items_at == [("f", 3, 5), ("f", 4, 5)]


def test_an_alias_is_the_value_that_it_names():
    assert value_of("a: &x [1, {b: 2}]\nc: *x") == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3", "f:3:1: the key a is listed twice"),
        ("1: x", "f:1:1: a key must be text, not 1"),
        ("true: x", "f:1:1: a key must be text, not true"),
        ("~: x", "f:1:1: a key must be text, not null"),
        ("? [a]\n: x", "f:1:3: a key must be text, not a mapping or a list"),
        ("a: &x {b: 1}\n<<: *x", "f:2:1: << is not supported in YAML 1.2"),
        ("a: !secret b", "f:1:4: the tag !secret is not allowed"),
        ("a: !!python/object:os.system []", "f:1:4: the tag !!python/object:os.system is not allowed"),
        ("a: !!str 12", "f:1:4: the tag !!str is not allowed"),
        (
            "a: 12345678901234567890",
            "f:1:4: the number 12345678901234567890 is too long or too large to be exact",
        ),
        ("a: 1e999", "f:1:4: the number 1e999 is too long or too large to be exact"),
    ],
)
def test_problem_of_one_value_does_not_hide_others(text, problem):
    values, problems = read(f"{text}\n---\nnext: 1")
    assert problems == [problem]
    assert values[-1] == {"next": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a:\n\t- b", "f:2:1: tabs are not allowed here"),
        ("a: b: c", "f:1:5: invalid YAML: mapping values are not allowed in this context"),
        ("a: @b", "f:1:4: text cannot begin with @"),
        ("a: 'b", "f:1:6: invalid YAML: found unexpected end of stream while scanning a quoted scalar"),
        ("a: [b", "f:2:1: invalid YAML: did not find expected ',' or ']' while parsing a flow sequence"),
        ("a: {b: 1", "f:2:1: invalid YAML: did not find expected ',' or '}' while parsing a flow mapping"),
        ("a: 1\n b: 2", "f:2:3: invalid YAML: mapping values are not allowed in this context"),
        ("a: *x", "f:1:4: *x: no value before this one is marked &x"),
        ("a: &x [*x]", "f:1:8: *x: no value before this one is marked &x"),
        ("a: 1\nb: \x00", "f:2:4: the character U+0000 is not allowed in YAML"),
        ("a: \x1b[31m", "f:1:4: the character U+001B is not allowed in YAML"),
    ],
)
def test_syntax_errors_end_reading(text, problem):
    yaml = YamlText(text, "f")
    assert list(yaml.documents()) == []
    assert [str(found) for found in yaml.problems] == [problem]
    assert not yaml.complete


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("marker", "line"),
    [("<<<<<<< HEAD", 2), ("||||||| merged common ancestors", 2), ("=======", 2), (">>>>>>> 1234abc (Rename it)", 2)],
)
def test_an_unresolved_merge_is_one_clear_problem(marker, line, ending):
    yaml = YamlText(ending.join(["kind: group", marker, "name: a", "name: b", ""]), "f")
    assert list(yaml.documents()) == []
    (problem,) = yaml.problems
    assert str(problem) == f"f:{line}:1: unresolved merge conflict ({marker[:7]})"
    assert problem.hint
    assert not yaml.complete


@pytest.mark.parametrize("text", ["a: |\n  =======\n  <<<<<<< HEAD\n", "a: '======='", "a: <<<<<<<", "========: 1"])
def test_similar_text_is_kept(text):
    assert read(text)[1] == []


def test_documents_before_the_broken_one_are_read():
    values, problems = read("a: 1\n---\nb: [")
    assert values == [{"a": 1}]
    assert len(problems) == 1


def test_anchors_are_limited_to_their_document():
    assert read("a: &x 1\n---\nb: *x")[1] == ["f:3:4: *x: no value before this one is marked &x"]


def test_values_may_be_nested_as_deep_as_the_limit():
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH)[1] == []


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deeper_nesting_is_refused(opening):
    place = MAX_DEPTH * len(opening) + 1
    assert read(opening * 100_000)[1] == [f"f:1:{place}: mappings and lists are nested more than 100 levels deep"]


def test_aliases_that_multiply_are_refused():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    values, problems = read(bomb)
    assert values == []
    assert problems == ["f:4:45: with its aliases written out, the document has more than 10000 values"]


def test_deeply_nested_aliases_are_refused():
    chain = "a0: &a0 []\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 5000))
    assert "with its aliases written out" in read(chain)[1][0]
