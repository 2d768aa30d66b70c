"""The passphrase that encrypts the secrets in a state, and whether a state was created with the default one."""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path

import yaml

KNOWN = "sandbox"
"""The default passphrase for the states of local tenants, which hold no real secrets."""
VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
ITERATIONS = 1_000_000
"""The number with which the engine derives its key."""


def created_with(passphrase: str, settings: Path) -> bool:
    """Whether a stack was created with this passphrase, judged by the salt in its settings (`Pulumi.NAME.yaml`)."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        loaded = yaml.safe_load(settings.read_text("utf-8"))
        version, salt, _, nonce, ciphertext = str(loaded["encryptionsalt"]).split(":")
        if version != "v1":
            return False
        key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), base64.b64decode(salt), ITERATIONS)
        return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(ciphertext), None) == b"pulumi"
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, binascii.Error, InvalidTag):
        return False
