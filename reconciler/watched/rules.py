"""The risk rules of watched collections: what each means and its severity. See `reconciler.kinds.threats`."""

from __future__ import annotations

from reconciler.kinds.risks import Rule, Severity

ADMIN_ACCESS_WIDENED = Rule(
    "admin-access-widened",
    Severity.CRITICAL,
    "another user, group or app can administer the tenant, or can administer more of it",
)
ADMIN_ACCESS_REDUCED = Rule(
    "admin-access-reduced", Severity.HIGH, "an admin role was taken away: administrators may be locked out"
)
ADMIN_GROUP_JOINED = Rule(
    "admin-group-joined", Severity.CRITICAL, "a user was added to a group with an admin role, or to a sensitive group"
)
ADMIN_GROUP_LEFT = Rule(
    "admin-group-left", Severity.MEDIUM, "a user was removed from a group with an admin role, or from a sensitive group"
)
SENSITIVE_APP_OPENED = Rule(
    "sensitive-app-opened", Severity.HIGH, "a user was assigned directly to an app that is marked as sensitive"
)
CREDENTIAL_ADDED = Rule(
    "credential-added", Severity.HIGH, "there is a new credential: an API token, a client secret or a key"
)
CREDENTIAL_CHANGED = Rule(
    "credential-changed",
    Severity.HIGH,
    "a credential was changed: its status, its value or the networks it may be used from",
)
SIGN_IN_SOURCE_ADDED = Rule(
    "sign-in-source-added", Severity.CRITICAL, "people can sign in through an identity provider that was added"
)
SIGN_IN_SOURCE_CHANGED = Rule(
    "sign-in-source-changed",
    Severity.HIGH,
    "an identity provider was changed or removed, or a key that its assertions are verified with",
)
ROUTING_CHANGED = Rule(
    "routing-changed", Severity.HIGH, "a rule sends sign-ins to another identity provider than before"
)
AUTHENTICATOR_CHANGED = Rule(
    "authenticator-changed", Severity.HIGH, "a way to authenticate was added, removed, weakened or otherwise changed"
)
POLICY_CHANGED = Rule(
    "policy-changed",
    Severity.HIGH,
    "a policy or rule that decides about sign-ins or enrolment was added, removed or changed",
)
SIGNAL_CHANGED = Rule(
    "signal-changed",
    Severity.HIGH,
    "a signal that policies rely on was added, removed or changed: a behavior, a device check or a risk provider",
)
PROTECTION_REDUCED = Rule(
    "protection-reduced", Severity.HIGH, "a protection against attacks was changed or switched off"
)
DETECTION_REDUCED = Rule(
    "detection-reduced",
    Severity.CRITICAL,
    "events may no longer reach those who watch them: a stream or hook was removed or changed",
)
EVENTS_SENT_ELSEWHERE = Rule(
    "events-sent-elsewhere", Severity.HIGH, "events of the tenant are sent to another receiver"
)
TOKENS_INTERCEPTED = Rule(
    "tokens-intercepted",
    Severity.CRITICAL,
    "an inline hook was added, removed or changed: it decides about sign-ins, registrations, tokens or passwords",
)
ALERTS_REDUCED = Rule("alerts-reduced", Severity.HIGH, "administrators or users are notified of less than before")
SUPPORT_ACCESS_CHANGED = Rule(
    "support-access-changed", Severity.HIGH, "Okta's support or another third party can enter the tenant, or no longer"
)
API_SERVICE_CHANGED = Rule(
    "api-service-changed", Severity.HIGH, "an integration that uses Okta's API was added, removed or changed"
)
PROFILE_CHANGED = Rule(
    "profile-changed", Severity.HIGH, "a profile attribute or mapping was changed: it can decide about access"
)
TRUST_WIDENED = Rule("trust-widened", Severity.HIGH, "tokens of another authorization server are trusted")
LOOK_CHANGED = Rule(
    "look-changed", Severity.HIGH, "what users see was changed: a domain, a sender, a sign-in page or a message"
)
SETTING_CHANGED = Rule("setting-changed", Severity.MEDIUM, "a setting of the whole organization was changed")

RULES = (
    ADMIN_ACCESS_WIDENED,
    ADMIN_ACCESS_REDUCED,
    ADMIN_GROUP_JOINED,
    ADMIN_GROUP_LEFT,
    SENSITIVE_APP_OPENED,
    CREDENTIAL_ADDED,
    CREDENTIAL_CHANGED,
    SIGN_IN_SOURCE_ADDED,
    SIGN_IN_SOURCE_CHANGED,
    ROUTING_CHANGED,
    AUTHENTICATOR_CHANGED,
    POLICY_CHANGED,
    SIGNAL_CHANGED,
    PROTECTION_REDUCED,
    DETECTION_REDUCED,
    EVENTS_SENT_ELSEWHERE,
    TOKENS_INTERCEPTED,
    ALERTS_REDUCED,
    SUPPORT_ACCESS_CHANGED,
    API_SERVICE_CHANGED,
    PROFILE_CHANGED,
    TRUST_WIDENED,
    LOOK_CHANGED,
    SETTING_CHANGED,
)
"""All rules of watched collections, in display order."""
