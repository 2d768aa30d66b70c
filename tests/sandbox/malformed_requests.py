"""Random malformed requests; `sending` sends them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from okta_sandbox import system_log
from okta_sandbox.families import ROUTES

ENDPOINTS = [(route.method, route.path) for route in [*ROUTES, *system_log.ROUTES]]
OWN = [
    (method, f"/_sandbox{path}")
    for method, path in [
        ("GET", ""),
        ("POST", "/reset"),
        ("POST", "/seed"),
        ("GET", "/stats"),
        ("DELETE", "/stats"),
        ("POST", "/administrators"),
        ("POST", "/service-apps"),
        ("POST", "/consistency"),
        ("GET", "/faults"),
    ]
]
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "BREW", "get"]
IDS = [
    "me",
    "default",
    "00g00000000000000000",
    "x",
    "%00",
    "%2F",
    "..",
    "a" * 500,
    "%C3%A9",
    "%ff",
    "%ed%a0%80",
    "%",
    "%zz",
]
IDS += ["-1", "%0d%0aX:%20y", "%22", ";a=b", "%E2%80%AE", "{id}", "*"]
QUERIES = ["filter", "search", "q", "after", "limit", "since", "until", "sortOrder", "sortBy", "expand", "type", "kid"]
QUERIES += ["activate", "sendEmail", "provider", "nextLogin", "removeUsers", "%00", "%ff", ""]
VALUES = [
    "",
    "0",
    "-1",
    "1",
    "9" * 400,
    "9" * 5000,
    "1e9",
    "%D9%A3",
    "1_0",
    "true",
    "null",
    "%00",
    "%ff",
    "%ed%a0%80",
    "%",
]
VALUES += ["(", ")", "[", "]", '"', '"%5C', "%5B%5D%28%29", "(" * 3000, "not%20" * 3000, "id%20eq%20%22x%22", "a%20eq"]
VALUES += [
    "id%20eq%201e999",
    "id%20gt%20nan",
    "profile..x%20pr",
    "(id%20pr)" * 500,
    "2026-01-01",
    "9999-12-31T23:59:59Z",
]
VALUES += [
    "0001-01-01T00:00:00-14:00",
    "x" * 20_000,
    "a%20eq%20%22" + "%5C" * 300,
    "id%20pr%20and%20" * 400 + "id%20pr",
]
VALUES += [
    'published%20gt%20"x"',
    "type%20eq%20true",
    "id%20co%205",
    "profile.name%20sw%20%22%5B%22",
    "\xe9",
    "\xff\xfe",
]
LITERALS = [
    b"null",
    b"true",
    b"0",
    b"-1",
    b"1e400",
    b"9" * 400,
    b"1.5",
    b"NaN",
    b"-Infinity",
    b'""',
    b'"x"',
    b'"\\ud800"',
]
LITERALS += [
    b'"\\u0000"',
    b'"' + b"x" * 3000 + b'"',
    b"[]",
    b"{}",
    b"[null]",
    b'[{"id":1}]',
    b'{"id":null}',
    b"18446744073709551616",
]
LITERALS += [
    b'"2026-13-01T00:00:00Z"',
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b'"http://["',
    b'"http://127.0.0.1:99999/"',
    b'"${x"',
    b'"("',
]
MEMBERS = [
    "id",
    "name",
    "type",
    "status",
    "profile",
    "settings",
    "conditions",
    "actions",
    "credentials",
    "label",
    "signOnMode",
]
MEMBERS += [
    "priority",
    "policy",
    "protocol",
    "channel",
    "config",
    "events",
    "items",
    "include",
    "keys",
    "jwk",
    "scopes",
    "\u0000",
]
MEMBERS += [
    "login",
    "groups",
    "seconds",
    "path",
    "pipeline",
    "users",
    "apps",
    "definitions",
    "properties",
    "x5c",
    "_links",
    "_embedded",
]
TYPES = [
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "application/x-www-form-urlencoded",
    "",
    "\xff",
]
TYPES += ["multipart/form-data", "multipart/form-data; boundary=x", "application/json-patch+json", "a/b/c;;="]
HEADERS = [
    "Accept",
    "Accept-Encoding",
    "If-None-Match",
    "Range",
    "User-Agent",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "Cookie",
]
HEADERS += [
    "Forwarded",
    "Proxy-Authorization",
    "If-Modified-Since",
    "Accept-Language",
    "Date",
    "TE",
    "X-HTTP-Method-Override",
]
TEXTS = [
    "",
    "x",
    "\xe9\xff",
    "a" * 9000,
    "[",
    ",,,",
    "bytes=0-1",
    'for="["',
    "\x7f",
    "*/*;q=x",
    "Thu, 99 Foo",
    "a=b; c",
    "\t",
]
SIGNATURES = [
    "SSWS",
    "SSWS \xff",
    "Bearer",
    "Bearer x.y.z",
    "Bearer " + "." * 900,
    "Basic Og==",
    "\xe9",
    "",
    "Bearer e30.e30.e30",
]


@dataclass(frozen=True)
class MalformedRequest:
    """A request; `cut_short` leaves out the end of its body."""

    method: str
    target: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes = b""
    chunked: bool = False
    cut_short: bool = False

    def on_the_wire(self) -> bytes:
        """As HTTP/1.1 has it."""
        framing = (
            b"Transfer-Encoding: chunked" if self.chunked else b"Content-Length: %d" % (len(self.body) + self._missing)
        )
        lines = [b"%s %s HTTP/1.1" % (self.method.encode(), self.target), framing]
        lines += [b"%s: %s" % header for header in self.headers]
        chunk = b"%x\r\n%s" % (len(self.body) + self._missing, self.body)
        end = b"" if self.cut_short else b"\r\n0\r\n\r\n"
        return (
            b"\r\n".join(lines)
            + b"\r\n\r\n"
            + (chunk + end if self.chunked and self.body else end if self.chunked else self.body)
        )

    @property
    def _missing(self) -> int:
        return 7 if self.cut_short else 0

    def __str__(self) -> str:
        shown = self.on_the_wire()
        return repr(shown if len(shown) < 1500 else shown[:1200] + b" ... " + shown[-200:])


def malformed_request(
    chance: random.Random,
    host: str,
    ids: Mapping[str, str] = {},
    token: str = "secret",
) -> MalformedRequest:
    """Any request, usually with only some odd parts; `ids` are of objects that are there, by their name in paths."""
    method, path = chance.choice(ENDPOINTS if chance.random() < 0.95 else OWN)
    if chance.random() < 0.8:
        for name, identifier in ids.items():
            path = path.replace(f"{{{name}}}", identifier)
    if chance.random() < 0.15:
        method = chance.choice(METHODS)
    path = "/".join(
        chance.choice(IDS) if step.startswith("{") or chance.random() < 0.03 else step for step in path.split("/")
    )
    if chance.random() < 0.04:
        path = chance.choice(
            ["", "*", "//", "/" * 300, "/api/v1/" + "x" * 70_000, "/\xe9\xff", "/a b", "/%", path + "/", "//" + path]
        )
    pairs = [(chance.choice(QUERIES), chance.choice(VALUES)) for _ in range(chance.choice([0, 0, 1, 1, 2, 3]))]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    if chance.random() < 0.05:
        query = chance.choice(["&&&", "=", "?", "a", "%", "a=%ff&a=2", "#x", "limit=1&limit=2", "\xff", "a" * 60_000])
    target = f"{path}?{query}" if query else path
    if chance.random() < 0.08:
        target = (
            chance.choice([f"http://{host}", "http://127.0.0.1", "HTTP://localhost:1", "http://[::1]", "http://", "x:"])
            + target
        )
    headers = [
        ("Host", host),
        ("Authorization", f"SSWS {token}" if chance.random() < 0.9 else chance.choice(SIGNATURES)),
    ]
    headers += [(chance.choice(HEADERS), chance.choice(TEXTS)) for _ in range(chance.choice([0, 0, 0, 1, 2]))]
    if chance.random() < 0.02:
        headers.append(
            chance.choice([("Expect", "100-continue"), ("Connection", "Upgrade"), ("Expect", "x"), ("Connection", "x")])
        )
    if chance.random() < 0.01:
        headers += [("Connection", "Upgrade"), ("Upgrade", chance.choice(["websocket", "h2c"]))]
    body = malformed_body(chance) if method in ("POST", "PUT", "PATCH") or chance.random() < 0.05 else b""
    if body:
        headers.append(("Content-Type", chance.choice([TYPES[0], TYPES[0], *TYPES])))
    return MalformedRequest(
        method,
        target.encode("latin-1", "replace"),
        [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers],
        body,
        chunked=bool(body) and chance.random() < 0.1,
        cut_short=bool(body) and chance.random() < 0.03,
    )


def malformed_body(chance: random.Random) -> bytes:
    """JSON of odd shapes, or none at all."""
    kind = chance.random()
    if kind < 0.05:
        return chance.choice(
            [b"[" * 5000, b"{", b'{"a":1,}', b"\xff\xfe{", b"nul", b" ", b"\x00", b'{"a":1}{', b"a=b&c=%ff", b"--x\r\n"]
        )
    if kind < 0.1:
        depth = chance.randrange(2, 3000)
        name = chance.choice(MEMBERS).encode()
        return chance.choice([b"[" * depth + b"]" * depth, (b'{"%s":' % name) * depth + b"1" + b"}" * depth])
    return _json(chance, 0)


def _json(chance: random.Random, depth: int) -> bytes:
    kind = chance.random()
    if depth and (depth > 4 or kind < 0.55):
        return chance.choice(LITERALS)
    if depth and kind < 0.65:
        return b"[" + b",".join(_json(chance, depth + 1) for _ in range(chance.randrange(3))) + b"]"
    members = (
        b'"%s":%s' % (chance.choice(MEMBERS).replace("\0", "\\u0000").encode(), _json(chance, depth + 1))
        for _ in range(chance.randrange(5))
    )
    return b"{" + b",".join(members) + b"}"
