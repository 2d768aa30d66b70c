"""References to secrets: where a secret is, and how a reference to it is written.

What a store would take for the same secret in another spelling (`//`, `..`, escapes, ids, ARNs) is refused, so that no
reference slips past a pattern in `pins.yaml`. Some stores ignore letter case: there, patterns allow only the case in
which they are written, and credentials are recognised in any case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

_SEGMENT = r"(?!\.{1,2}(?:[/#]|$))[A-Za-z0-9_.+=@~-]+"
"""A part of a path, except `.` and `..`."""
_KEY = r"[A-Za-z0-9_.-]+"
_OF_1PASSWORD = r"(?![A-Za-z0-9]{26}(?:/|$))(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]+"
"""A name in 1Password, except the id of a vault, an item or a field."""
_PATTERN = re.compile(r"[A-Za-z0-9_.+=@~/#*?-]+")
"""What follows the colon of a pattern for a store. `fnmatch` would take brackets for a set of characters."""
_OF_ESC = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
"""A name in Pulumi ESC."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to refer to a secret."""

    name: str
    form: str
    """How a reference is written, for messages."""
    shape: re.Pattern[str]
    """What follows the colon: the group `location`, `key` if an entry has several members, and in the location
    `version` if it can name one."""
    rule: str = ""
    """What the form leaves open, for messages."""
    in_store: bool = True
    """Whether reading the secret contacts a store or runs a program."""
    writable: bool = True
    """Whether a new secret can be written where a reference points."""
    entry: re.Pattern[str] | None = None
    """The beginning of a location that names the entry, if a location can also name a part of one."""


def _scheme(
    name: str,
    form: str,
    shape: str,
    rule: str = "",
    *,
    in_store: bool = True,
    writable: bool = True,
    entry: str = "",
) -> Scheme:
    return Scheme(name, form, re.compile(shape), rule, in_store, writable, re.compile(entry) if entry else None)


_PATH_RULE = "letters, digits and _.+=@~- between single slashes; no . or .. and no escapes"

SCHEMES: Final[Mapping[str, Scheme]] = {
    scheme.name: scheme
    for scheme in (
        _scheme("env", "env:NAME", r"(?P<location>[A-Za-z_][A-Za-z0-9_]*)", in_store=False, writable=False),
        _scheme("file", "file:PATH", r"(?P<location>\S+)", in_store=False),
        _scheme(
            "vault",
            "vault:MOUNT/PATH#KEY",
            rf"(?P<location>{_SEGMENT}(?:/{_SEGMENT})+)#(?P<key>{_KEY})",
            f"a path as for `vault kv get`: {_PATH_RULE}",
        ),
        _scheme(
            "aws-sm",
            "aws-sm:NAME or aws-sm:NAME#KEY",
            rf"(?P<location>{_SEGMENT}(?:/{_SEGMENT})*)(?:#(?P<key>{_KEY}))?",
            f"a name, not an ARN: {_PATH_RULE}",
        ),
        _scheme(
            "aws-ssm",
            "aws-ssm:NAME or aws-ssm:/PATH/NAME",
            r"(?P<location>(?!/aws/|\.{1,2}$)(?:[A-Za-z0-9_.-]+|(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]+){2,}))",
            "a name, not an ARN, without a version or a label; a name with one part has no leading slash, and "
            "parameters of AWS (/aws/) cannot be used",
        ),
        _scheme(
            "azure-kv",
            "azure-kv:VAULT/NAME",
            r"(?P<location>[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]/[A-Za-z0-9-]{1,127})",
            "letters, digits and hyphens; no version",
        ),
        _scheme(
            "gcp-sm",
            "gcp-sm:PROJECT/NAME or gcp-sm:PROJECT/NAME/VERSION",
            r"(?P<location>[a-z][a-z0-9-]{4,28}[a-z0-9]/[A-Za-z0-9_-]{1,255}(?:/(?P<version>[1-9][0-9]*))?)",
            "the id of the project, not its number; a version is a number, and without one it is the latest",
            entry="[^/]+/[^/]+",
        ),
        _scheme(
            "op",
            "op://VAULT/ITEM/FIELD or op://VAULT/ITEM/SECTION/FIELD",
            rf"(?P<location>//{_OF_1PASSWORD}(?:/{_OF_1PASSWORD}){{2,3}})",
            "names of letters, digits and _.-, not ids",
            entry="//[^/]+/[^/]+",
        ),
        _scheme(
            "esc",
            "esc:ORGANIZATION/PROJECT/ENVIRONMENT#KEY",
            rf"(?P<location>{_OF_ESC}/{_OF_ESC}/{_OF_ESC})#(?P<key>{_KEY})",
            "without a version; KEY is a path below `values`, such as apps.console",
        ),
        _scheme(
            "exec",
            "exec:NAME",
            r"(?P<location>[a-z0-9][a-z0-9_.-]*)",
            "the name of a command in pins.yaml: lower-case letters, digits and _.-",
        ),
    )
}
"""All schemes, by name."""

HINT: Final = "write env:NAME, file:PATH or a reference to a store (docs/definitions.md, Secrets)"


@dataclass(frozen=True, slots=True)
class SecretReference:
    """A reference, taken apart."""

    scheme: Scheme
    location: str
    """What the store is asked for."""
    key: str = ""
    """The member of the entry; empty if the entry is one text."""
    version: str = ""
    """The version of the entry that the location names; empty for the newest."""

    @property
    def entry(self) -> str:
        """The entry of the store that holds the secret: other references may name another part of it."""
        whole = self.scheme.entry and self.scheme.entry.match(self.location)
        return f"{self.scheme.name}:{whole[0] if whole else self.location}"


def is_reference(text: str) -> bool:
    """Whether a text begins like a reference to a secret."""
    scheme, colon, _ = text.partition(":")
    return bool(colon) and scheme in SCHEMES


def is_in_store(text: str) -> bool:
    """Whether reading the secret of a reference contacts a store or runs a program."""
    return is_reference(text) and SCHEMES[text.partition(":")[0]].in_store


def parsed(text: str) -> SecretReference:
    """A reference, taken apart. Raises `ValueError`, with how to write it; the message does not quote the text."""
    name, _, rest = text.partition(":")
    if name not in SCHEMES:
        raise ValueError(f"must be a reference to a secret: {HINT}")
    scheme = SCHEMES[name]
    found = scheme.shape.fullmatch(rest)
    if found is None:
        raise ValueError(f"must be {scheme.form}" + (f" ({scheme.rule})" if scheme.rule else ""))
    groups = found.groupdict()
    return SecretReference(scheme, groups["location"], groups.get("key") or "", groups.get("version") or "")


def checked_reference(text: str) -> str:
    """A reference as it is written. Raises `ValueError`."""
    parsed(text)
    return text


def checked_pattern(text: str) -> str:
    """A pattern of references. Raises `ValueError` if it cannot match one: then it would not do what it seems to."""
    name, _, rest = text.partition(":")
    if is_in_store(text):
        path = rest.partition("#")[0].removeprefix("//" if name == "op" else "/" if name == "aws-ssm" else "")
        if not _PATTERN.fullmatch(rest) or any(part in ("", ".", "..") for part in path.split("/")):
            raise ValueError(f"must be {SCHEMES[name].form}, with * and ? as wildcards")
    return text


def may_name(pattern: str, one: SecretReference) -> bool:
    """Whether a pattern, or a reference, may match a reference to some part of the same entry, in any letter case."""
    pattern, entry = pattern.casefold(), one.entry.casefold()
    before, hash_sign, _ = pattern.partition("#")
    if hash_sign:
        return fnmatchcase(entry, before)
    ends_entry = "/" if one.scheme.entry else "#"  # what follows an entry, and what a wildcard may match
    beginnings = [pattern[: at.start()] for at in re.finditer(rf"[?{ends_entry}]", pattern)]
    beginnings += [
        pattern[: at.end()]
        for at in re.finditer(r"\*", pattern)
        if ends_entry == "/" or "/" not in pattern[at.end() :]  # a key has no slash
    ]
    return any(fnmatchcase(entry, beginning) for beginning in (pattern, *beginnings))
