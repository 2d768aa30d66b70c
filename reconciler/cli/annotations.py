"""Annotations: the lines of a log that GitHub shows beside the lines of a file.

The format is GitHub's: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from typing import Literal

from reconciler.definitions import Problem

_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = _IN_DATA | {":": "%3A", ",": "%2C"}


def annotation(level: Literal["error", "warning"], problem: Problem) -> str:
    """`::error file=apps.yaml,line=3,col=5::...`, with the hint on a second line."""
    source = problem.source
    message = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    file = _escaped(source.file, _IN_PROPERTIES)
    return f"::{level} file={file},line={source.line},col={source.column}::{_escaped(message, _IN_DATA)}"


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
