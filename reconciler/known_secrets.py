"""The secrets of one run, and their redaction from text in every encoding in which they can appear."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from reconciler.printable import printable

REDACTED: Final = "[redacted]"
SHORTEST: Final = 6
"""Characters of the shortest secret that is searched for: shorter ones would match words of a report."""
SHORTEST_PIECE: Final = 12
"""Characters of the shortest piece of a secret that is searched for; a piece is also at least half of the secret."""

_USERINFO = re.compile(r"(?<=://)[^\s/?#:@\"'<>]*:[^\s/?#\"'<>]*@")
"""The user and password in a URL."""
_SECRET_SETTINGS = (
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_ACCESS_TOKEN",
    "OKTA_API_TOKEN",
    "OKTA_ACCESS_TOKEN",
    "OKTA_API_PRIVATE_KEY",
    "OKTA_SANDBOX_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "VAULT_TOKEN",
    "VAULT_SECRET_ID",
    "VAULT_JWT",
    "OP_SERVICE_ACCOUNT_TOKEN",
    "OP_CONNECT_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
)
"""Environment variables that hold secrets of the engine, the provider, the places where state is kept and the stores
of secrets."""
_URL_SETTINGS = (
    "PULUMI_BACKEND_URL",
    "RECONCILER_BASELINES",
    "RECONCILER_HISTORY",
    "RECONCILER_AUDIT",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
)
"""Environment variables with URLs that may contain credentials."""
_SECRET_PARAMETER = re.compile(r"key|pass|pwd|secret|sig|token", re.IGNORECASE)
_WORD = 60
"""Characters of the longest text that is remembered."""
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})
"""The members of a JWK that are secret (RFC 7518, section 6)."""
_FEW = 100
"""As many needles are looked for one after the other."""
_SHORTEST_LONE_USER = 16
"""Characters from which on a user without a password is taken for a token."""


class KnownSecrets:
    """Secrets, as they become known. What was added counts for everything that is shown from then on."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._adding = Lock()
        self._parts: set[str] = set()
        self._forms: list[str] = []
        """All encoded forms, longest first."""
        self._needles: list[str] = []
        """All encoded forms, and the blocks of the secrets: every large piece of a secret contains one."""
        self._beginnings: frozenset[str] = frozenset()
        """The first characters of the needles."""
        self._pattern: re.Pattern[str] | None = None
        self._unchanged: set[str] = set()
        """Short texts that were looked at and need no redaction: a report repeats the same words many times."""
        self.add(*secrets)

    @classmethod
    def of_settings(cls, environ: Mapping[str, str]) -> KnownSecrets:
        """The secrets in the environment variables that configure the engine, the provider and the stores."""
        known = cls(environ.get(name, "") for name in _SECRET_SETTINGS)
        known._add_file(environ.get("PULUMI_CONFIG_PASSPHRASE_FILE", ""))
        for name in _URL_SETTINGS:
            known.add(*_credentials(environ.get(name, "")), *_credentials(environ.get(name.lower(), "")))
        return known

    def add(self, *secrets: str) -> None:
        """Add secrets."""
        with self._adding:
            self._add({part for secret in secrets for part in _parts(secret)} - self._parts)

    def _add(self, parts: set[str]) -> None:
        if parts:
            self._parts = self._parts | parts  # a new set: another thread may be going through the old one
            forms = {form for part in self._parts for form in _forms(part) if len(form) >= SHORTEST}
            self._forms = sorted(forms, key=lambda form: (-len(form), form))
            self._needles = [*self._forms, *{block for part in self._parts for _, block in _blocks(part)}]
            self._beginnings = frozenset(needle[:SHORTEST] for needle in self._needles)
            self._pattern = None
            self._unchanged.clear()

    def redact(self, text: str) -> str:
        """The text without known secrets, large pieces of them, or passwords in URLs."""
        if text in self._unchanged:
            return text
        redacted = self._redacted(text)
        if redacted == text and len(text) <= _WORD:
            self._unchanged.add(text)
        return redacted

    def _redacted(self, text: str) -> str:
        if self._may_hold(text):
            self._pattern = self._pattern or re.compile("|".join(map(re.escape, self._forms)))
            text = self._pattern.sub(REDACTED, text)
            text = _without(text, (span for part in self._parts for span in _pieces(part, text)))
        return _USERINFO.sub(f"{REDACTED}@", text) if "://" in text else text

    def holds(self, text: str) -> bool:
        """Whether the text contains a known secret or a large piece of one."""
        return self._may_hold(text) and (
            any(form in text for form in self._forms) or any(True for part in self._parts for _ in _pieces(part, text))
        )

    def _may_hold(self, text: str) -> bool:
        """A fast check that rules out most texts, also with many secrets and long texts."""
        if len(self._needles) <= _FEW:
            return any(needle in text for needle in self._needles)
        windows = (text[position : position + SHORTEST] for position in range(len(text) - SHORTEST + 1))
        return not self._beginnings.isdisjoint(windows)

    def _add_file(self, path: str) -> None:
        if path:
            try:
                self.add(Path(path).read_text("utf-8"))
            except (OSError, ValueError):  # whoever needs the file reports the error
                return


def _credentials(url: str) -> Iterator[str]:
    """The secrets in a URL: a password, a token instead of a user, and parameters with telling names."""
    if "://" not in url:
        return
    rest = url.partition("://")[2]
    userinfo, at, _ = rest.rpartition("@")
    user, colon, password = userinfo.partition(":")
    if at and (colon or len(user) >= _SHORTEST_LONE_USER):
        yield password or user
        yield unquote(password or user)
    for name, value in parse_qsl(rest.partition("?")[2]):
        if _SECRET_PARAMETER.search(name):
            yield value


def _parts(secret: str) -> Iterator[str]:
    """The secret and its lines: a private key may be printed line by line.

    Of a private JWK, only its private members: others, such as its `kid`, are no secrets.
    """
    if members := _private_members(secret):
        yield from (member for member in members if len(member) >= SHORTEST)
        return
    whole = secret.replace("\\n", "\n") if "-----BEGIN" in secret else secret
    lines = (line for line in whole.splitlines() if not line.startswith("-----"))
    yield from (part for part in {secret, secret.strip(), *map(str.strip, lines)} if len(part.strip()) >= SHORTEST)


def _private_members(secret: str) -> list[str]:
    """The private members of a JWK; none of any other text."""
    if not secret.lstrip().startswith("{"):
        return []
    try:
        members = json.loads(secret)
    except (ValueError, RecursionError):
        return []
    if "kty" not in members:
        return []
    return [value for name, value in members.items() if name in _PRIVATE_MEMBERS and isinstance(value, str)]


def _forms(secret: str) -> Iterator[str]:
    """The encoded forms of a secret in reports, errors, headers and URLs."""
    yield secret
    yield printable(secret)
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret), quote(secret, safe="!'()*~")):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
    yield html.escape(secret)
    yield html.escape(secret).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    data = secret.encode("utf-8", "surrogatepass")
    yield data.hex()
    yield data.hex().upper()
    yield from _in_base64(data)


def _in_base64(data: bytes) -> Iterator[str]:
    """The base64 of these bytes at each alignment: alone, or after others as in `user:password`."""
    for before, mixed in ((0, 0), (1, 2), (2, 3)):  # how many characters hold bits of the preceding bytes
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(bytes(before) + data).decode()
            whole = (before + len(data)) * 8 // 6
            yield text[mixed:whole]


def _pieces(secret: str, text: str) -> Iterator[tuple[int, int]]:
    """The spans that hold at least half of a secret that was cut or split over two values.

    A piece that long contains at least one whole block of the secret.
    """
    least = _shortest_piece(secret)
    for begin, block in _blocks(secret):
        found = text.find(block)
        while found >= 0:
            start, end = found, found + len(block)
            while start and begin - (found - start) > 0 and text[start - 1] == secret[begin - (found - start) - 1]:
                start -= 1
            while end < len(text) and begin + end - found < len(secret) and text[end] == secret[begin + end - found]:
                end += 1
            if len(text[start:end].strip()) >= least:
                yield start, end
            found = text.find(block, found + 1)


def _shortest_piece(secret: str) -> int:
    return max(SHORTEST_PIECE, (len(secret) + 1) // 2)


def _blocks(secret: str) -> Iterator[tuple[int, str]]:
    """The secret in blocks half as long as its shortest piece, each with its offset; none for a shorter secret."""
    least = _shortest_piece(secret)
    size = (least + 1) // 2
    if len(secret) >= least:
        yield from ((begin, secret[begin : begin + size]) for begin in range(0, len(secret) - size + 1, size))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these spans redacted; adjoining spans are merged."""
    kept, position = "", 0
    for start, end in sorted(spans):
        if end <= position:
            continue
        if start > position or not position:
            kept += text[position:start] + REDACTED
        position = end
    return kept + text[position:]
