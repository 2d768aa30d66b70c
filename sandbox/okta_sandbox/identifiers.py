"""Generated values: ids, key ids, secrets, error ids.

An Okta id has 20 characters: the first three identify the kind (00u user, 00g group, 0oa app, ...), the last three are
the same within an org. Clients match ids as 20 word characters.
"""

import random
import string

ALPHANUMERIC = string.ascii_letters + string.digits
URL_SAFE = ALPHANUMERIC + "-_"
ORG_SUFFIX = "1d7"  # a digit and a lower-case letter, as in every Okta id
ID_LENGTH = 20


class Identifiers:
    """A source of generated values; reproducible with a seed."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def text(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """Random characters of an alphabet."""
        return "".join(self._random.choices(alphabet, k=length))

    def new(self, prefix: str) -> str:
        """An id whose first characters are `prefix`."""
        return prefix + self.text(ID_LENGTH - len(prefix) - len(ORG_SUFFIX)) + ORG_SUFFIX

    def key_id(self) -> str:
        """43 characters, like the base64url of a SHA-256."""
        return self.text(40, URL_SAFE) + "a1A"

    def client_secret(self) -> str:
        """64 characters."""
        return self.text(64, URL_SAFE)

    def error_id(self) -> str:
        """The `errorId` of an error."""
        return "oae" + self.text(22)

    def request_id(self) -> str:
        """32 hexadecimal digits."""
        return self.text(32, "0123456789abcdef")

    def uuid(self) -> str:
        """A UUID, as of System Log events."""
        digits = self.text(32, "0123456789abcdef")
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def rsa_modulus(self, bits: int) -> int:
        """An odd number with exactly that many bits, which looks like an RSA modulus."""
        return self._random.getrandbits(bits) | (1 << (bits - 1)) | 1
