"""What must never be in output: a secret, and text that harms a terminal or a build server."""

from __future__ import annotations

import unicodedata

TOKEN = "00aCANARYq7Wx2vN9rT4sW8yB1zC6dE3fG5hJ0kM3n"
EVIL = "\x1b[2J\x1b]0;x\x07\r\n::error::x\n##[error]x\x9b31m\x85\u2028\u202ex]]>\x7f\x00"
"""Escapes, line ends, GitHub commands, C1 controls, a direction mark, the end of a CDATA section."""


def assert_harmless(text: str, secret: str = TOKEN) -> None:
    """The text has no part of the secret, nothing that moves a cursor, and no command to a build server."""
    assert secret not in text
    assert secret.lower() not in text.lower()
    half = len(secret) // 2
    assert secret[:half] not in text
    assert secret[-half:] not in text
    odd = {character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")} - {"\n"}
    assert odd == set()
    for line in text.split("\n"):
        assert not line.strip().startswith("::")
        assert "##[" not in line
