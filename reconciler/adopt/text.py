"""Writes documents as readable YAML. The same document always gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent
from typing import Any, Final

import yaml
from yaml.nodes import ScalarNode, SequenceNode

from reconciler.adopt.draft import Draft, secret_reference
from reconciler.adopt.specs import as_written
from reconciler.definitions.model import Address
from reconciler.kinds import kinds
from reconciler.kinds.secret_fields import secrets_in

OWNER: Final = "unassigned"
"""The owner of an adopted object until a person names one."""

_WIDTH: Final = 100
_FLOW_WIDTH: Final = 90
_SIMPLE: Final = re.compile(r"[A-Za-z0-9_*][A-Za-z0-9 _./+-]*")
_TEXT: Final = re.compile("[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")


class _Dumper(yaml.SafeDumper):
    """Writes for the core schema of YAML 1.2, which the loader uses."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, value: str) -> ScalarNode:
    style = None
    if not _TEXT.fullmatch(value) or value.endswith("\n\n") or value == "\n":
        style = '"'  # after trailing line breaks the dumper would write an end-of-document marker
    elif "\n" in value:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _list(dumper: _Dumper, values: Sequence[Any]) -> SequenceNode:
    simple = all(isinstance(value, str) and _SIMPLE.fullmatch(value) for value in values)
    flow = simple and sum(len(value) + 2 for value in values) <= _FLOW_WIDTH
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=flow or not values)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _letters = ["" if letter == "\0" else letter for letter in _first]
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _letters)


def documents_text(drafts: Sequence[Draft], environments: Sequence[str] = ()) -> str:
    """Several documents in one file, sorted by name, and limited to `environments` if any are given."""
    return "---\n".join(_document(draft, environments) for draft in sorted(drafts, key=lambda draft: draft.name))


def imports_text(imports: Mapping[Address, str]) -> str:
    """The imports of an environment, by kind and name."""
    by_kind = {
        kind.name: {
            address.name: identity for address, identity in sorted(imports.items()) if address.kind == kind.name
        }
        for kind in kinds()
    }
    return dumped({kind: names for kind, names in by_kind.items() if names}) if imports else ""


def dumped(value: Mapping[str, Any]) -> str:
    """A mapping as YAML, with its keys in their order."""
    return str(
        yaml.dump(
            dict(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
        )
    )


def _document(draft: Draft, environments: Sequence[str]) -> str:
    environments = draft.environments or environments
    envelope: dict[str, Any] = {"kind": draft.kind.name, "name": draft.name, "owner": OWNER, "purpose": draft.purpose}
    if environments:
        envelope["environments"] = list(environments)
    return dumped(envelope) + "spec:\n" + indent("".join(_fields(draft)), "  ")


def _fields(draft: Draft) -> Iterator[str]:
    for field in as_written(draft.kind.fields):
        if field.name in draft.spec:
            if any(secrets_in(draft.kind.fields, {field.name: draft.spec[field.name]})):
                yield "# Okta never returns the secrets in this field: set the variables it names.\n"
            yield dumped({field.name: draft.spec[field.name]})
        elif field.name in draft.secrets:
            line = f"{field.name}: {secret_reference(draft.name, field.name)}"
            if draft.secrets[field.name]:
                yield f"{line} # Okta never returns this secret: set the variable\n"
            else:
                yield f"# {line} # uncomment to set this secret; otherwise it stays unchanged\n"
