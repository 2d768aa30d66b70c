"""Prints whom an issue mentions: the owners of the definitions that findings are about.

The owner of a document is looked up in `owners.yaml`; without an entry there, its file in `CODEOWNERS`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
MOST = 10
"""Owners that are mentioned."""
HANDLE = re.compile(r"@[\w.-]+(/[\w.-]+)?")


def main() -> None:
    """`owners.py REPOSITORY REPORT`: print a line that mentions them, or nothing."""
    root, report = map(Path, sys.argv[1:])
    if handles := mentioned(root, json.loads(report.read_text())):
        print(f"\nOwners of the definitions: {' '.join(handles)}\n")


def mentioned(root: Path, report: Mapping[str, Any]) -> Sequence[str]:
    """The owners, those of most findings first."""
    owners = Owners.of(root)
    tenant: dict[str, Any] = {"file": f"definitions/environments/{report['environment']}.yaml", "line": 1}
    places = [
        each["source"] or tenant for each in report["findings"] if each["verdict"] not in {"pending", "unreadable"}
    ]
    counts = Counter(handle for place in places for handle in owners.at(place["file"], place["line"]))
    return [handle for handle, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][:MOST]


@dataclass(frozen=True)
class Owners:
    """Who owns what in a repository."""

    root: Path
    teams: Mapping[str, str]
    """The handle of each owner that `owners.yaml` names."""
    rules: str
    """The text of `CODEOWNERS`."""

    @classmethod
    def of(cls, root: Path) -> Owners:
        """The owners as the repository states them."""
        file = root / "definitions/owners.yaml"
        named = (yaml.safe_load(file.read_text()) if file.is_file() else None) or {}
        teams = {name: str(entry["github"]) for name, entry in named.items() if entry and entry.get("github")}
        rules = next(((root / place).read_text() for place in PLACES if (root / place).is_file()), "")
        return cls(root, teams, rules)

    def at(self, file: str, line: int) -> list[str]:
        """The handles of who owns the document at a line of a file."""
        owner = self._owner(file, line)
        found = [self.teams[owner]] if owner in self.teams else self._in_rules(file)
        return [handle for handle in found if HANDLE.fullmatch(handle)]

    def _owner(self, file: str, line: int) -> str:
        path = self.root / file
        for document in _documents(path) if path.is_file() else ():
            if document.start_mark.line < line <= document.end_mark.line + 1:
                return str(yaml.SafeLoader("").construct_document(document).get("owner", ""))
        return ""

    def _in_rules(self, file: str) -> list[str]:
        """The last rule that matches the file decides."""
        found: list[str] = []
        for line in self.rules.splitlines():
            pattern, *owners = line.partition("#")[0].split() or [""]
            if pattern and re.fullmatch(_expression(pattern), file):
                found = owners
        return found


def _documents(path: Path) -> Iterator[yaml.MappingNode]:
    for node in yaml.compose_all(path.read_text(), yaml.SafeLoader):
        if isinstance(node, yaml.MappingNode):
            yield node


def _expression(pattern: str) -> str:
    """A pattern of CODEOWNERS, which are those of .gitignore without negation and ranges."""
    start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    body = re.escape(pattern.strip("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    below = "/.*" if pattern.endswith("/") else "(?:/.*)?"
    return start + body.replace(r"\?", "[^/]") + below


if __name__ == "__main__":
    main()
