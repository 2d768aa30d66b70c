"""Foreign text as a terminal, a page or an eye can take it: nothing in it moves a cursor or turns the direction.

Facts about GitHub's runner: actions/runner, `ActionCommand.cs`. A line that begins with `::`, after white space, is a
command to it; so is `##[` anywhere in a line. Azure Pipelines and TeamCity take `##vso[` and `##teamcity[`.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(?=#\w*\[)")
_STYLE: Final = re.compile(r"\x1b\[(?:[012]|[39][0-7])m")
"""The colours and weights in which the program writes: what moves a cursor or hides text is not among them."""


def printable(text: str) -> str:
    """The text with control characters, line ends and signs that turn the direction of writing made visible."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def printable_line(line: str, *, styled: bool = False, begun: bool = False) -> str:
    """A line as it may leave the process: printable, and no command to a build server that reads it.

    With `styled`, the colours of this program stay. A line that has `begun` continues one that was written before.
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
    """A text of several lines that are our own, each as it may leave the process."""
    return "\n".join(map(printable_line, text.split("\n")))


def printable_json(document: Any) -> str:
    """The document as JSON in printable ASCII; in none of its texts is a command to a build server."""
    text = json.dumps(document, indent=2).replace("\x7f", "\\u007f")
    return re.sub(r"#(?=#\w*\[)", r"\\u0023", text) + "\n"


def _no_command(match: re.Match[str], begun: bool) -> str:
    if match[0] == "#":
        return "\\x23"
    return match[0] if begun else f"{match[1]}\\x3a"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
