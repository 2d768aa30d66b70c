"""What changes of authenticators mean to an attacker."""

from __future__ import annotations

from typing import Final

from reconciler.kinds.risks import Rule, Severity

AUTHENTICATOR_ENABLED = Rule(
    "authenticator-enabled",
    Severity.HIGH,
    "people can sign in or recover accounts with an authenticator that is not declared or not active as declared",
    planned="people will be able to sign in or recover accounts with another authenticator",
)
AUTHENTICATOR_WEAKENED = Rule(
    "authenticator-weakened",
    Severity.HIGH,
    "an authenticator verifies less than declared, or can be used for more",
    planned="an authenticator will verify less, or can be used for more",
    blocks="sign-in-weakened",
)
AUTHENTICATOR_REDIRECTED = Rule(
    "authenticator-redirected",
    Severity.CRITICAL,
    "another service or app than declared verifies the people who use an authenticator",
    planned="another service or app will verify the people who use an authenticator",
)
AUTHENTICATOR_DISABLED = Rule(
    "authenticator-disabled",
    Severity.HIGH,
    "a declared authenticator is missing or inactive: people sign in without it",
    planned="an authenticator will be inactive: people will sign in without it",
)

RULES: Final = (AUTHENTICATOR_ENABLED, AUTHENTICATOR_WEAKENED, AUTHENTICATOR_REDIRECTED, AUTHENTICATOR_DISABLED)
"""All of them, in display order."""
