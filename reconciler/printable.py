"""Escapes untrusted text, so that it cannot move a cursor or change the direction of writing.

Facts about GitHub's runner: actions/runner, `ActionCommand.cs`. It runs lines that begin with
`::`, after white space, and `##[` anywhere in a line, as commands. Azure Pipelines and TeamCity do so with `##vso[` and
`##teamcity[`.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(?=#\w*\[)")
_STYLE: Final = re.compile(r"\x1b\[(?:[012]|[39][0-7])m")
"""The colours and weights that the program itself uses; none moves a cursor or hides text."""


def printable(text: str) -> str:
    """The text with control characters, line ends and direction marks escaped."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def printable_line(line: str, *, styled: bool = False, begun: bool = False) -> str:
    """A printable line that is no command to a build server.

    With `styled`, the colours of this program are kept. With `begun`, the line continues one that is already written.
    """
    if styled and "\x1b" in line:
        styles = [*_STYLE.findall(line), ""]
        parts = zip(_STYLE.split(line), styles, strict=True)
        line = "".join(printable(part) + style for part, style in parts)
    else:
        line = printable(line)
    if "::" not in line and "##" not in line:
        return line
    return _COMMAND.sub(lambda match: _no_command(match, begun), line)


def printable_lines(text: str) -> str:
    """A text of several lines, each made safe by `printable_line`."""
    return "\n".join(map(printable_line, text.split("\n")))


def printable_json(document: Any) -> str:
    """The document as JSON in printable ASCII, without commands to build servers."""
    text = json.dumps(document, indent=2).replace("\x7f", "\\u007f")
    return re.sub(r"#(?=#\w*\[)", r"\\u0023", text) + "\n"


def _no_command(match: re.Match[str], begun: bool) -> str:
    if match[0] == "#":
        return "\\x23"
    return match[0] if begun else f"{match[1]}\\x3a"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
