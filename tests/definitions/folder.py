"""A definitions folder that a test writes, and the problems of loading it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.definitions import Address, Declaration, DefinitionsError, Desired, load

ENVIRONMENT = """\
tenant:
  url: http://127.0.0.1:7701
  credentials: {token: env:OKTA_API_TOKEN}
"""


class Folder:
    """A definitions folder with one environment, `staging`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment()

    def environment(self, rest: str = "", name: str = "staging") -> None:
        """Write an environment. `rest` starts in line 4."""
        self.write(ENVIRONMENT + dedent(rest), f"environments/{name}.yaml")

    def write(self, text: str, file: str = "a.yaml") -> None:
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")

    def load(self, environment: str = "staging") -> Desired:
        return load(self.path, environment)

    def declaration(self, kind: str, name: str) -> Declaration:
        return self.load().declarations[Address(kind, name)]

    def problems(self, environment: str = "staging") -> list[str]:
        """The problems as `file:line:column: message | hint`, with the path relative to the folder."""
        with pytest.raises(DefinitionsError) as caught:
            self.load(environment)
        prefix = f"{self.path.as_posix()}/"
        return [f"{problem} | {problem.hint}".replace(prefix, "") for problem in caught.value.problems]


def group(name: str, label: str = "", rest: str = "") -> str:
    """A document with six lines, followed by `rest`."""
    return (
        f"---\nkind: group\nname: {name}\nowner: identity\npurpose: To test.\n"
        f"spec: {{name: {label or name.title()}}}\n{rest}"
    )


def document(kind: str, name: str, spec: str) -> str:
    """A document whose spec starts in line 7, column 3."""
    indented = "".join(f"  {line}\n" for line in dedent(spec).splitlines())
    return f"---\nkind: {kind}\nname: {name}\nowner: identity\npurpose: To test.\nspec:\n{indented}"
