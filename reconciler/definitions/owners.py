"""The owners that documents may name: those in `owners.yaml`, and those in the repository's CODEOWNERS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import StringConstraints, model_validator

from reconciler.definitions.errors import Problem, did_you_mean
from reconciler.definitions.files import OWNERS, UnreadablePath, read_text
from reconciler.definitions.model import Desired
from reconciler.definitions.validation import validate
from reconciler.definitions.yaml_files import read_entries
from reconciler.kinds import Part

_CODEOWNERS: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for the file; the first one counts."""
_ROOTS: Final = (".git", "Pulumi.yaml")
"""What marks the root of a repository."""


class OwnerFields(Part):
    """How to reach an owner."""

    github: Annotated[str, StringConstraints(pattern=r"^@[A-Za-z0-9-]+(/[A-Za-z0-9._-]+)?$")] | None = None
    """GitHub team or user, such as `@acme/payments`."""
    mail: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    """E-mail address."""
    description: Annotated[str, StringConstraints(min_length=1)] | None = None
    """What the owner is responsible for."""

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.github is None and self.mail is None:
            raise ValueError("needs github or mail")
        return self


@dataclass(frozen=True, slots=True)
class Owners:
    """The known owners."""

    listed: Mapping[str, OwnerFields] = field(default_factory=dict)
    """Those in `owners.yaml`, by the name that documents use."""
    code_owners: frozenset[str] = frozenset()
    """Teams, users and addresses of CODEOWNERS, such as `@acme/payments`."""

    def __bool__(self) -> bool:
        return bool(self.listed or self.code_owners)

    def knows(self, name: str) -> bool:
        """Whether an owner is known. Documents can name a team of CODEOWNERS without `@` and organisation."""
        return name in self.names

    @property
    def names(self) -> frozenset[str]:
        """All names that documents may use."""
        return frozenset({*self.listed, *(name for owner in self.code_owners for name in _short_names(owner))})


def read_owners(policy: Path, problems: list[Problem]) -> Owners:
    """The owners of a policy folder and of the repository around it; errors are added to `problems`."""
    return Owners(dict(_listed(policy, problems)), frozenset(_code_owners(policy, problems)))


def unknown_owners(environments: Iterable[Desired], owners: Owners) -> list[Problem]:
    """The documents whose owner is unknown, sorted by location; none if no owner is known."""
    documents = {
        one.source: one.owner for desired in environments for one in desired.declarations.values() if not one.parent
    }
    return [
        Problem(source, f"owner {name} is neither in owners.yaml nor in CODEOWNERS", did_you_mean(name, owners.names))
        for source, name in sorted(documents.items())
        if owners and not owners.knows(name)
    ]


def _listed(policy: Path, problems: list[Problem]) -> Iterator[tuple[str, OwnerFields]]:
    for name, raw, mark in read_entries(policy, OWNERS, "owners", problems):
        if owner := validate(OwnerFields, raw, mark, f"owner {name}", problems):
            yield name, owner


def _code_owners(policy: Path, problems: list[Problem]) -> Iterator[str]:
    root = _repository(policy.resolve())
    path = next((root / name for name in _CODEOWNERS if (root / name).is_file()), None)
    try:
        text = read_text(path) if path else ""
    except UnreadablePath as error:
        problems.append(error.problem)
        return
    for line in text.splitlines():
        _, *owners = line.partition("#")[0].split() or [""]
        yield from (owner for owner in owners if "@" in owner)


def _repository(folder: Path) -> Path:
    """The root of the repository that contains a folder; the folder itself outside of one."""
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in _ROOTS):
            return candidate
    return folder


def _short_names(owner: str) -> set[str]:
    """`@acme/payments` is also `acme/payments` and `payments`; an e-mail address has one name."""
    if not owner.startswith("@"):
        return {owner}
    return {owner, owner[1:], owner.rpartition("/")[2].removeprefix("@")}
