"""A definitions folder that a test writes, and what loading it says."""

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
        """Write an environment that goes on with `rest`, which begins in line 4."""
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
        """Each as `file:line:column: message | hint`, with the file as seen from the folder."""
        with pytest.raises(DefinitionsError) as caught:
            self.load(environment)
        prefix = f"{self.path.as_posix()}/"
        return [f"{problem} | {problem.hint}".replace(prefix, "") for problem in caught.value.problems]


def group(name: str, label: str = "", rest: str = "") -> str:
    """A document of six lines and those of `rest`."""
    return (
        f"---\nkind: group\nname: {name}\nowner: identity\npurpose: To test.\n"
        f"spec: {{name: {label or name.title()}}}\n{rest}"
    )


def document(kind: str, name: str, spec: str) -> str:
    """A document whose spec begins in its seventh line, in column 3."""
    indented = "".join(f"  {line}\n" for line in dedent(spec).splitlines())
    return f"---\nkind: {kind}\nname: {name}\nowner: identity\npurpose: To test.\nspec:\n{indented}"
