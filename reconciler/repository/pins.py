"""The pins in generated files: the actions of workflows, and the version of the reconciler.

Somebody who only moves a pin, as Dependabot does, has not edited a file.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from reconciler.repository.action import ActionPin
from reconciler.version import DISTRIBUTION, numbers_of

_USES: Final = re.compile(r"(?<=uses: )(?P<name>[\w.-]+/[\w./-]+)@(?P<ref>\S+)(?: # (?P<version>\S+))?")
_REQUIREMENT: Final = re.compile(rf"{re.escape(DISTRIBUTION)}==[\w.!+-]+")


def digest(text: str) -> str:
    """SHA-256 of a text without its pins."""
    neutral = _REQUIREMENT.sub(DISTRIBUTION, _USES.sub(r"\g<name>", text))
    return hashlib.sha256(neutral.encode()).hexdigest()


def with_newer_pins_of(text: str, other: str, action: ActionPin) -> str:
    """The text with the pins of another text, where these are newer; without those of our own action."""
    pins = {match["name"]: match for match in _USES.finditer(other) if match["name"] != action.name}

    def newer(match: re.Match[str]) -> str:
        theirs = pins.get(match["name"], match)
        return theirs[0] if _version(theirs) > _version(match) else match[0]

    return _USES.sub(newer, text)


def repinned(text: str, earlier: str, action: ActionPin) -> str:
    """The text with the pins of this version. `earlier` is the name of the action so far."""
    ours = {earlier, action.name}
    text = _USES.sub(lambda match: action.uses if match["name"] in ours else match[0], text)
    return _REQUIREMENT.sub(f"{DISTRIBUTION}=={action.version}", text)


def _version(match: re.Match[str]) -> tuple[int, ...]:
    """The version of a pin, which stands in the comment; the lowest one without a comment."""
    return numbers_of(match["version"] or "")
