"""Which spellings of a secret are found, and what stays readable."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.known_secrets import REDACTED, SHORTEST_PIECE, KnownSecrets

TOKEN = "00aQ7pLx2vN9-rT4sW8_yB1zC6dE3fG5hJ0kM+n/=o"


def shown(text, *secrets):
    return KnownSecrets(secrets or [TOKEN]).redact(text)


@pytest.mark.parametrize(
    "spelling",
    [
        TOKEN,
        quote(TOKEN),
        quote(TOKEN, safe=""),
        json.dumps(TOKEN),
        TOKEN.encode().hex(),
        TOKEN.encode().hex().upper(),
        base64.b64encode(TOKEN.encode()).decode(),
        base64.urlsafe_b64encode(TOKEN.encode()).decode(),
    ],
)
def test_spellings(spelling):
    text = shown(f"a {spelling} b")
    assert REDACTED in text
    assert len(text) < len(f"a {REDACTED} b") + 6


@settings(deadline=None)
@given(before=st.binary(max_size=9), after=st.binary(max_size=9), secret=st.binary(min_size=6).map(bytes.hex))
def test_base64_of_a_secret_among_other_bytes(before, after, secret):
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    assert REDACTED in shown(encoded, secret)


@settings(deadline=None)
@given(st.integers(0, len(TOKEN)), st.integers(0, len(TOKEN)))
def test_half_of_a_secret_is_redacted(start, end):
    piece = TOKEN[start:end]
    assert (shown(f"<{piece}>") == f"<{REDACTED}>") == (len(piece) >= max(SHORTEST_PIECE, len(TOKEN) / 2))


def test_a_secret_that_is_split_over_two_values():
    assert shown(f"{TOKEN[:25]}; {TOKEN[25:]}") == f"{REDACTED}; {TOKEN[25:]}"


def test_text_that_shares_little_with_a_secret_stays_readable():
    text = "https://hooks.acme.example/services/other and the production environment"
    assert shown(text, "https://hooks.acme.example/services/T0/B0/9f8e7d6c5b4a39281706f5e4d3c2b1a0") == text
    assert shown("a" + " " * 60 + "b", "a secret" + " " * 40 + "with a gap") == "a" + " " * 60 + "b"


def test_secrets_can_be_added_later():
    known = KnownSecrets()
    assert known.redact("first-secret") == "first-secret"
    known.add("first-secret")
    assert known.redact("first-secret second-secret") == f"{REDACTED} second-secret"
    known.add("second-secret")
    assert known.redact("first-secret second-secret") == f"{REDACTED} {REDACTED}"


@pytest.mark.parametrize("line_break", ["\n", "\\n"])
def test_lines_of_a_pem_are_redacted_also_if_line_breaks_were_escaped(line_break):
    lines = ["-----BEGIN PRIVATE KEY-----", "MIGHAgEAMBMGByqGSM49", "AgEGCCqGSM49AwEHBG0w", "-----END PRIVATE KEY-----"]
    assert shown(f"<{lines[2]}>", line_break.join(lines)) == f"<{REDACTED}>"


def test_only_the_private_members_of_a_jwk_are_secret():
    jwk = json.dumps(
        {"kty": "EC", "kid": "my-key-2025", "x": "public-part-x", "d": "private-part-d", "use": "sig"}, indent=1
    )
    assert shown(jwk, jwk) == jwk.replace("private-part-d", REDACTED)
    assert shown('"use": "sig"', jwk) == '"use": "sig"'


@pytest.mark.parametrize("text", ['{"kty": "EC"', '{"d": "private-part-d"}', '{"kty": "EC", "x": "private-part-d"}'])
def test_any_other_json_is_a_secret_as_a_whole(text):
    assert shown(f"<{text}>", text) == f"<{REDACTED}>"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://kim:pass@acme.example/x", f"https://{REDACTED}@acme.example/x"),
        ("s3://AKIA:se+cret@bucket?region=eu", f"s3://{REDACTED}@bucket?region=eu"),
        ("postgresql://r:p%40ss:word@db:5432/history", f"postgresql://{REDACTED}@db:5432/history"),
        ("at https://a:b@c.example, and", f"at https://{REDACTED}@c.example, and"),
        ("https://kim@acme.example", "https://kim@acme.example"),
        ("http://127.0.0.1:8080/a@b", "http://127.0.0.1:8080/a@b"),
    ],
)
def test_a_url_shows_no_password(url, safe):
    assert shown(url) == safe


def test_settings_hold_secrets(tmp_path):
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery\n")
    known = KnownSecrets.of_settings(
        {
            "PULUMI_CONFIG_PASSPHRASE": "the other passphrase",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            "PULUMI_BACKEND_URL": "s3://AKIA:wJalrXUtnFEMI/K7MDENG@bucket",
            "RECONCILER_HISTORY": "postgresql://reconciler@db/history?password=of-the-database",
            "https_proxy": "http://proxy:through%2Fthe-proxy@proxy.example",
            "HOME": "/home/of-nobody",
        }
    )
    for secret in (
        "the other passphrase",
        "correct horse battery",
        "wJalrXUtnFEMI/K7MDENG",
        "of-the-database",
        "through%2Fthe-proxy",
        "through/the-proxy",
    ):
        assert known.redact(f"<{secret}>") == f"<{REDACTED}>"
    assert known.redact("reconciler /home/of-nobody bucket") == "reconciler /home/of-nobody bucket"


def test_a_passphrase_file_that_cannot_be_read_is_for_the_engine_to_refuse(tmp_path):
    assert KnownSecrets.of_settings({"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path)}).redact("x") == "x"


def test_a_word_that_was_shown_is_redacted_once_it_is_a_secret():
    known = KnownSecrets(["another-secret"])
    assert known.redact("correct-horse") == "correct-horse"
    known.add("correct-horse")
    assert known.redact("correct-horse") == REDACTED
