"""Foreign text as a terminal, a page or an eye can take it: nothing in it moves a cursor or turns the direction."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with control characters, line ends and signs that turn the direction of writing made visible."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
