"""No module above the kinds names a kind, imports its module, or asks which shape it has."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import reconciler
from reconciler.kinds import AREAS, Shape, kinds, shapes

PACKAGE = Path(reconciler.__file__).parent
BELOW = ("kinds", "sandbox", "watched")
"""The kinds themselves, the local tenant, which has endpoints instead of kinds, and the table of what is watched: a row
has the word that reports use, and a kind takes over a row by the path of its list, not by its name."""

NAMES = {kind.name for kind in kinds()}
KIND_MODULES = {module for modules in AREAS.values() for module in modules}
SHAPES = {name for name, value in vars(shapes).items() if isinstance(value, type) and issubclass(value, Shape)}
OF_LISTS = {"list_key", "whole_list_of"}
"""The words by which only the kinds tell a whole list from other shapes."""

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("cli/demo/console_changes.py", "authentication-policy-rules"): "the demo changes objects of one known company",
    ("cli/demo/console_changes.py", "oidc-app"): "the demo changes objects of one known company",
    ("cli/demo/console_changes.py", "app-group-assignments"): "the demo changes objects of one known company",
    ("cli/demo/console_changes.py", "global-session-policy-rule"): "the demo changes objects of one known company",
    ("cli/demo/console_changes.py", "idp-oidc"): "the demo changes objects of one known company",
    ("cli/demo/console_changes.py", "bookmark-app"): "the demo changes objects of one known company",
    ("stand_in/objects.py", "whole_list_of"): "the stand-in has one writer per shape, as the official provider has",
}


def named_in(code: str) -> Iterator[str]:
    """The names of kinds, modules of kinds and shapes that a module contains."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Constant(value=str(text)) if text in NAMES:
                yield text
            case ast.ImportFrom(module=str(module), names=imported):
                names = {each.name for each in imported}
                if module.startswith("reconciler.kinds"):
                    yield from {*module.split(".")[2:3], *names} & KIND_MODULES
                    yield from names & ((SHAPES - {"Shape"}) | OF_LISTS)
            case ast.Import(names=imported):
                yield from {each.name.rpartition(".")[2] for each in imported} & KIND_MODULES
            case ast.Attribute(attr=word) if word in OF_LISTS | SHAPES - {"Shape"}:
                yield word


def found() -> set[tuple[str, str]]:
    paths = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py")]
    return {
        (path.as_posix(), word)
        for path in paths
        if path.parts[0] not in BELOW
        for word in named_in((PACKAGE / path).read_text(encoding="utf-8"))
    }


def test_nothing_above_the_kinds_names_a_kind_or_a_shape():
    assert sorted(found() - EXCEPTIONS.keys()) == []


def test_every_exception_is_needed():
    assert sorted(EXCEPTIONS.keys() - found()) == []


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
    assert word in set(named_in(code))


@pytest.mark.parametrize("code", ["'the group Staff'", "from reconciler.kinds.shapes import Shape, member"])
def test_what_does_not_count_as_naming(code):
    assert set(named_in(code)) == set()
