"""The action that workflows call: the repository that has it, and the release that they are pinned to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

NO_OWNER: Final = "replace-this-with-the-owner-of-the-reconciler/okta-reconciler"
"""The repository in workflows until the company names its own. GitHub's names have at most 39 characters, so nobody can
register this one and receive credentials."""
_ACTION: Final = re.compile(
    r"(?P<repository>[A-Za-z0-9-]+/[A-Za-z0-9._-]+?)(?:/action)?(?:@(?P<ref>[A-Za-z0-9][\w./-]*))?", re.ASCII
)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class ActionPin:
    """Where the action is, in which version."""

    repository: str
    """The owner and the name of the repository."""
    ref: str
    """The tag of a release, such as `v0.1.0`, or a commit."""
    version: str
    """The version of the reconciler that it belongs to."""

    @classmethod
    def parse(cls, text: str, version: str) -> Self:
        """Read `OWNER/REPOSITORY[@REF]`; the default is the tag of the version. Raises `ValueError`."""
        match = _ACTION.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not OWNER/REPOSITORY or OWNER/REPOSITORY@REF")
        return cls(match["repository"], match["ref"] or tag(version), version)

    @property
    def by_tag(self) -> bool:
        """Whether it is pinned to a tag."""
        return _COMMIT.fullmatch(self.ref) is None

    @property
    def text(self) -> str:
        """The repository and the ref, as `parse` reads them."""
        return f"{self.repository}@{self.ref}"

    @property
    def name(self) -> str:
        """What workflows call, without the ref."""
        return f"{self.repository}/action"

    @property
    def uses(self) -> str:
        """What a step of a workflow says: a commit has its version beside it."""
        return f"{self.name}@{self.ref}" + ("" if self.by_tag else f" # {tag(self.version)}")

    @property
    def documentation(self) -> str:
        """The address of the documentation of this version; empty without an owner."""
        if self.repository == NO_OWNER:
            return ""
        return f"https://github.com/{self.repository}/blob/{self.ref}/README.md#documentation"


def tag(version: str) -> str:
    """The tag of a release."""
    return f"v{version}"
