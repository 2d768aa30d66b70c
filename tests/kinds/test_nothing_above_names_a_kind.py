"""No module above the kinds names a kind, imports its module, or asks which shape it has."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import reconciler
from reconciler.kinds import AREAS, Shape, kinds, shapes

PACKAGE = Path(reconciler.__file__).parent
BELOW = ("kinds", "sandbox")
"""The kinds themselves, and the local tenant, which has endpoints instead of kinds."""

NAMES = {kind.name for kind in kinds()}
KIND_MODULES = {module for modules in AREAS.values() for module in modules}
SHAPES = {"list_key", "whole_list_of"} | {
    name
    for name, value in vars(shapes).items()
    if isinstance(value, type) and issubclass(value, Shape) and value is not Shape
}
"""The shapes, and the words by which only the kinds tell a whole list from other shapes."""

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("cli/demo/console_changes.py", "kind"): "the demo changes objects of the company that it has defined itself",
    ("watched/", "kind"): "a row has the word that reports use; a kind takes it over by the path of its list",
    ("stand_in/objects.py", "shape"): "the stand-in has one writer per shape, as the official provider has",
}
"""The reasons by path (of a module, or of a package with a slash) and by what it names: `kind`, `module`, `shape`."""


def named_in(code: str) -> Iterator[tuple[str, str]]:
    """The kinds, modules of kinds and shapes that a module names: what each is, and its name."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Constant(value=str(text)) if text in NAMES:
                yield "kind", text
            case ast.ImportFrom(module=str(module), names=imported) if module.startswith("reconciler.kinds"):
                names = {each.name for each in imported}
                yield from (("module", name) for name in {*module.split(".")[2:3], *names} & KIND_MODULES)
                yield from (("shape", name) for name in names & SHAPES)
            case ast.Import(names=imported):
                yield from (
                    ("module", name) for each in imported if (name := each.name.rpartition(".")[2]) in KIND_MODULES
                )
            case ast.Attribute(attr=word) if word in SHAPES:
                yield "shape", word


def found() -> dict[tuple[str, str], set[str]]:
    """The names, by the path of the module, or of a package with an exception, and by what is named."""
    names: dict[tuple[str, str], set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] in BELOW:
            continue
        for sort, name in named_in(path.read_text(encoding="utf-8")):
            package = f"{place.parts[0]}/"
            where = package if (package, sort) in EXCEPTIONS else place.as_posix()
            names.setdefault((where, sort), set()).add(name)
    return names


def test_nothing_above_the_kinds_names_a_kind_or_a_shape():
    assert {key: names for key, names in found().items() if key not in EXCEPTIONS} == {}


def test_every_exception_is_needed():
    assert sorted(EXCEPTIONS.keys() - found().keys()) == []


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("if kind.name == 'oidc-app': ...", "oidc-app"),
        ("from reconciler.kinds.oidc_app import OIDC_APP", "oidc_app"),
        ("from reconciler.kinds import oidc_app", "oidc_app"),
        ("import reconciler.kinds.oidc_app", "oidc_app"),
        ("from reconciler.kinds.shapes import WholeList", "WholeList"),
        ("isinstance(shape, shapes.WholeList)", "WholeList"),
        ("if kind.shape.list_key: ...", "list_key"),
    ],
)
def test_what_counts_as_naming(code, word):
    assert word in {name for _, name in named_in(code)}


@pytest.mark.parametrize("code", ["'the group Staff'", "from reconciler.kinds.shapes import Shape, member"])
def test_what_does_not_count_as_naming(code):
    assert list(named_in(code)) == []
