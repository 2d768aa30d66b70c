"""The risk rules: what each means, for drift and for plans, and its severity. Kinds declare when a rule applies."""

from __future__ import annotations

from reconciler.kinds import authenticator_threats
from reconciler.kinds.risks import Rule, Severity

_SIGN_IN = "sign-in-weakened"
_REDIRECT = "unsafe-redirect"

MFA_WEAKENED = Rule(
    "mfa-weakened",
    Severity.CRITICAL,
    "a sign-in requires fewer or weaker factors than declared",
    planned="sign-ins will need fewer or weaker factors",
    blocks=_SIGN_IN,
)
PASSWORD_WEAKENED = Rule(
    "password-weakened",
    Severity.HIGH,
    "a password may be weaker than declared",
    planned="passwords may be weaker",
    blocks=_SIGN_IN,
)
REDIRECTS_WIDENED = Rule(
    "redirects-widened",
    Severity.CRITICAL,
    "an app can redirect users to an address that is not declared",
    planned="an app will redirect users to another address",
)
WILDCARD_URI = Rule(
    "wildcard-uri",
    Severity.CRITICAL,
    "an address contains a wildcard that is not declared",
    planned="an address will contain a wildcard",
    blocks=_REDIRECT,
)
PLAIN_HTTP = Rule(
    "plain-http",
    Severity.HIGH,
    "an app or site has an address without TLS that is not declared",
    planned="an app or site will have an address without TLS",
    blocks=_REDIRECT,
)
ORIGINS_WIDENED = Rule(
    "origins-widened",
    Severity.HIGH,
    "a site is trusted that is not declared as trusted",
    planned="another site will be trusted, or trusted with more",
)
ASSIGNED_TO_EVERYONE = Rule(
    "assigned-to-everyone",
    Severity.HIGH,
    "a policy, rule or app applies to all users, which is not declared",
    planned="a policy, rule or app will apply to all users",
    blocks="assigned-to-everyone",
)
RULE_SWITCHED_OFF = Rule(
    "rule-switched-off",
    Severity.HIGH,
    "a declared rule or policy is inactive or missing",
    planned="a rule or policy will be switched off, deleted or replaced",
)
APP_MOVED = Rule(
    "app-moved",
    Severity.HIGH,
    "an app uses a different authentication policy than declared",
    planned="an app will use another authentication policy",
)
PASSWORDS_SHOWN = Rule(
    "passwords-shown",
    Severity.HIGH,
    "an app shows or shares a password that should not be shown or shared",
    planned="an app will show or share a password",
)
SECRET_ROTATED = Rule(
    "secret-rotated", Severity.HIGH, "a key or secret was changed", planned="a key or secret will change"
)
ZONE_WIDENED = Rule(
    "zone-widened",
    Severity.HIGH,
    "a zone includes addresses or locations that are not declared",
    planned="a zone will include other or more addresses or locations",
)
BLOCKLIST_NARROWED = Rule(
    "blocklist-narrowed",
    Severity.HIGH,
    "a blocklist blocks fewer addresses or locations than declared",
    planned="a blocklist will block fewer addresses or locations",
)
GRANTS_WIDENED = Rule(
    "grants-widened",
    Severity.HIGH,
    "an app can use a grant type that is not declared and makes tokens easier to obtain",
    planned="an app will be able to use a grant type that makes tokens easier to obtain",
)
IMPLICIT_FLOW = Rule(
    "implicit-flow",
    Severity.HIGH,
    "an app or rule allows the implicit or the password grant, which is not declared",
    planned="an app or rule will allow the implicit or the password grant",
    blocks="implicit-flow",
)
PROOF_WEAKENED = Rule(
    "proof-weakened",
    Severity.HIGH,
    "client authentication or signing is weaker than declared",
    planned="client authentication or signing will be weaker",
    blocks=_SIGN_IN,
)
ADMIN_ROLE_GRANTED = Rule(
    "admin-role-granted",
    Severity.CRITICAL,
    "a group or a service app was granted an admin role",
    planned="a group or a service app will be granted an admin role",
)
CUSTOM_ROLE_GRANTED = Rule(
    "custom-role-granted",
    Severity.CRITICAL,
    "a custom admin role was given to a member that is not declared for it",
    planned="more groups, apps or people will have a custom admin role",
)
ADMIN_ROLE_WIDENED = Rule(
    "admin-role-widened",
    Severity.CRITICAL,
    "a custom admin role allows more than declared",
    planned="a custom admin role will allow more",
)
ADMIN_SCOPE_WIDENED = Rule(
    "admin-scope-widened",
    Severity.CRITICAL,
    "administrators can administer more objects than declared",
    planned="administrators will be able to administer more objects",
)
RESOURCE_SET_UNDECLARED = Rule(
    "resource-set-undeclared", Severity.HIGH, "a resource set for administrators is not declared"
)
ADMIN_ROLE_UNDECLARED = Rule("admin-role-undeclared", Severity.HIGH, "a custom admin role is not declared")
ADMIN_GROUP_UNDECLARED = Rule("admin-group-undeclared", Severity.HIGH, "a group with an admin role is not declared")
MEMBERSHIP_WIDENED = Rule(
    "membership-widened",
    Severity.HIGH,
    "a group rule assigns users to a group that are not declared for it",
    planned="a group rule will assign other users to a group",
)
ADMIN_GROUP_FILLED = Rule(
    "admin-group-filled",
    Severity.CRITICAL,
    "a changed group rule assigns users to a group with an admin role",
    planned="a group rule will assign other users to a group with an admin role",
)
GROUP_OWNER_ADDED = Rule(
    "group-owner-added",
    Severity.HIGH,
    "a group has an owner that is not declared for it, who can add members",
    planned="more people will be able to add members to a group",
)
ADMIN_GROUP_OWNED = Rule(
    "admin-group-owned",
    Severity.CRITICAL,
    "a group with an admin role has an owner that is not declared for it: whoever it adds becomes an administrator",
    planned="more people will be able to make others administrators by adding them to a group",
)
MEMBER_ADDED = Rule(
    "member-added",
    Severity.HIGH,
    "a group has a member that is not declared for it",
    planned="a group will have more members",
)
ADMIN_MEMBER_ADDED = Rule(
    "admin-member-added",
    Severity.CRITICAL,
    "a group with an admin role has a member that is not declared for it",
    planned="a group with an admin role will have more members",
)
MEMBER_REMOVED = Rule(
    "member-removed",
    Severity.MEDIUM,
    "a declared member of a group is no longer in it",
    planned="a group will lose a member",
)
ACCESS_WIDENED = Rule(
    "access-widened",
    Severity.HIGH,
    "an app is available to users that are not declared for it",
    planned="an app will be available to more users",
)
SENSITIVE_APP_ASSIGNED = Rule(
    "sensitive-app-assigned",
    Severity.CRITICAL,
    "an app that requires phishing-resistant factors is assigned to users that are not declared for it",
    planned="an app that requires phishing-resistant factors will be assigned to more users",
)
PROVISIONING_CHANGED = Rule(
    "provisioning-changed",
    Severity.HIGH,
    "users, passwords or groups are sent to an app, or taken from it, differently",
    planned="users, passwords or groups will be sent to an app, or taken from it, differently",
)
PROVISIONING_REDIRECTED = Rule(
    "provisioning-redirected",
    Severity.CRITICAL,
    "users, and perhaps their passwords, are sent to an address that is not declared, or taken from it",
    planned="users, and perhaps their passwords, will be sent to another address, or taken from it",
)
IMPORTS_CHANGED = Rule(
    "imports-changed",
    Severity.CRITICAL,
    "users imported from an app get other accounts than declared, or accounts without confirmation",
    planned="users imported from an app will get other accounts, or accounts without confirmation",
)
IDENTITY_CHANGED = Rule(
    "identity-changed",
    Severity.HIGH,
    "an app or API receives different user attributes than declared",
    planned="an app or API will receive different user attributes",
)
AUDIENCE_CHANGED = Rule(
    "audience-changed",
    Severity.HIGH,
    "tokens or assertions have a different audience or issuer than declared",
    planned="tokens or assertions will have a different audience or issuer",
)
TOKENS_WIDENED = Rule(
    "tokens-widened",
    Severity.HIGH,
    "an authorization server issues tokens for more clients, users, grant types or scopes than declared",
    planned="an authorization server will issue tokens for more clients, users, grant types or scopes",
)
CONSENT_WAIVED = Rule(
    "consent-waived",
    Severity.HIGH,
    "users are no longer asked for consent",
    planned="users will no longer be asked for consent",
)
SERVER_SWITCHED_OFF = Rule(
    "server-switched-off",
    Severity.HIGH,
    "an authorization server is inactive",
    planned="an authorization server will be inactive",
)
SERVICE_UNDECLARED = Rule(
    "service-undeclared", Severity.HIGH, "an app that is not declared can get tokens for itself (client_credentials)"
)
API_MANAGE_GRANTED = Rule(
    "api-manage-granted",
    Severity.CRITICAL,
    "an app may change the tenant through Okta's API, which is not declared",
    planned="an app will be able to change the tenant through Okta's API",
)
API_READ_GRANTED = Rule(
    "api-read-granted",
    Severity.HIGH,
    "an app may ask for more scopes of Okta's API than when it was applied",
    planned="an app will be able to ask for more scopes of Okta's API",
)
LASTS_LONGER = Rule(
    "lasts-longer",
    Severity.HIGH,
    "a token or session is valid for longer than declared",
    planned="a token or session will be valid for longer",
)
ASKED_LESS_OFTEN = Rule(
    "asked-less-often",
    Severity.HIGH,
    "users are asked for factors less often than declared",
    planned="users will be asked for factors less often",
    blocks=_SIGN_IN,
)
RECOVERY_WIDENED = Rule(
    "recovery-widened",
    Severity.HIGH,
    "there are more ways to recover an account than declared",
    planned="there will be more ways to recover an account",
    blocks=_SIGN_IN,
)
NOTIFIED_LESS = Rule(
    "notified-less",
    Severity.HIGH,
    "users receive fewer notifications about their account than declared",
    planned="users will receive fewer notifications about their account",
)
CONDITIONS_CHANGED = Rule(
    "conditions-changed",
    Severity.HIGH,
    "a rule or policy applies to other users or sign-ins than declared",
    planned="a rule or policy will apply to other users or sign-ins",
)
ORDER_CHANGED = Rule(
    "order-changed",
    Severity.HIGH,
    "a rule or policy has a different priority than declared",
    planned="a rule or policy will have a different priority",
)
RULE_ADDED = Rule("rule-added", Severity.HIGH, "an active rule or policy is not declared")
EXEMPT_ZONE_FILLED = Rule(
    "exempt-zone-filled",
    Severity.HIGH,
    "addresses that are not declared are exempt from blocking",
    planned="more addresses will be exempt from blocking",
)
DENY_ZONE_NARROWED = Rule(
    "deny-zone-narrowed",
    Severity.HIGH,
    "a zone that a rule uses to deny access or require more factors includes less than declared",
    planned="a zone that a rule uses to deny access or require more factors will include less",
)
PEOPLE_EXEMPTED = Rule(
    "people-exempted",
    Severity.HIGH,
    "the users included in or excluded from a rule have changed",
    planned="other users will be included in or excluded from a rule",
)
EVENTS_REDIRECTED = Rule(
    "events-redirected",
    Severity.HIGH,
    "events of the tenant are sent to an address, or in a way, that is not declared",
    planned="events of the tenant will be sent to another address, or in another way",
)
MONITORING_REDUCED = Rule(
    "monitoring-reduced",
    Severity.HIGH,
    "a receiver of events gets fewer of them than declared, or none",
    planned="a receiver of events will get fewer of them, or none",
)
HOOK_REDIRECTED = Rule(
    "hook-redirected",
    Severity.CRITICAL,
    "sign-ins, tokens or passwords pass through an address, or in a way, that is not declared",
    planned="sign-ins, tokens or passwords will pass through another address, or in another way",
)
HOOK_SILENCED = Rule(
    "hook-silenced",
    Severity.HIGH,
    "an address that decides about sign-ins, tokens or imports is no longer asked",
    planned="an address that decides about sign-ins, tokens or imports will no longer be asked",
)
IDENTITY_PROVIDER_ADDED = Rule(
    "identity-provider-added",
    Severity.CRITICAL,
    "an identity provider that is not declared can sign people in, as anybody it names",
    planned="another identity provider will sign people in, as anybody it names",
)
IDENTITY_PROVIDER_CHANGED = Rule(
    "identity-provider-changed",
    Severity.CRITICAL,
    "an identity provider signs people in with an issuer, an address, a client or a key that is not declared",
    planned="an identity provider will sign people in with another issuer, address, client or key",
)
ACCOUNT_MATCHING_CHANGED = Rule(
    "account-matching-changed",
    Severity.CRITICAL,
    "people of an identity provider get other accounts than declared: links or matching rules changed",
    planned="people of an identity provider will get other accounts: links or matching rules will change",
)
SIGN_INS_REROUTED = Rule(
    "sign-ins-rerouted",
    Severity.CRITICAL,
    "a rule sends sign-ins to an identity provider that is not declared for them",
    planned="a rule will send sign-ins to another identity provider",
)
PROVISIONING_WIDENED = Rule(
    "provisioning-widened",
    Severity.HIGH,
    "an identity provider can create, reactivate or overwrite accounts, which is not declared",
    planned="an identity provider will be able to create, reactivate or overwrite accounts",
)
PROVIDER_GROUPS_WIDENED = Rule(
    "provider-groups-widened",
    Severity.HIGH,
    "an identity provider adds people to groups in a way that is not declared",
    planned="an identity provider will add people to groups in another way",
)
ENROLMENT_WEAKENED = Rule(
    "enrolment-weakened",
    Severity.HIGH,
    "people can enroll other authenticators than declared, or need not enroll a declared one",
    planned="people will be able to enroll other authenticators, or will not need to enroll one",
    blocks=_SIGN_IN,
)
DEVICE_CHECK_WEAKENED = Rule(
    "device-check-weakened",
    Severity.HIGH,
    "devices must meet fewer or weaker conditions than declared",
    planned="devices will have to meet fewer or weaker conditions",
    blocks=_SIGN_IN,
)
DEVICE_CHECK_ADDED = Rule(
    "device-check-added",
    Severity.MEDIUM,
    "a device assurance that is not declared can take the place of a declared one in rules",
)
BEHAVIOR_WEAKENED = Rule(
    "behavior-weakened",
    Severity.HIGH,
    "fewer sign-ins count as unusual than declared, and rules ask for less or apply no longer",
    planned="fewer sign-ins will count as unusual, and rules will ask for less or apply no longer",
    blocks=_SIGN_IN,
)
THREATS_UNBLOCKED = Rule(
    "threats-unblocked",
    Severity.HIGH,
    "requests from addresses known for attacks are blocked or logged less than declared",
    planned="requests from addresses known for attacks will be blocked or logged less",
)
MAPPING_CHANGED = Rule(
    "mapping-changed",
    Severity.HIGH,
    "users get other attributes than declared, such as those that group rules and apps decide by",
    planned="users will get other attributes, such as those that group rules and apps decide by",
)
HELP_REDIRECTED = Rule(
    "help-redirected",
    Severity.HIGH,
    "users who need help are sent to another address or telephone number than declared",
    planned="users who need help will be sent to another address or telephone number",
)
REALM_FILLED = Rule(
    "realm-filled",
    Severity.HIGH,
    "users get into another realm than declared, whose administrators manage them",
    planned="users will get into another realm, whose administrators will manage them",
)
SIGNALS_FORGED = Rule(
    "signals-forged",
    Severity.HIGH,
    "Okta believes messages about the risks of people from a source that is not declared",
    planned="Okta will believe messages about the risks of people from another source",
)
SIGNALS_LOST = Rule(
    "signals-lost",
    Severity.HIGH,
    "Okta no longer learns about the risks of people from a declared source",
    planned="Okta will no longer learn about the risks of people from a source",
)
PUSHES_REDIRECTED = Rule(
    "pushes-redirected",
    Severity.HIGH,
    "push notifications for sign-ins go through an account at Apple or Google that is not declared, or through none",
    planned="push notifications for sign-ins will go through another account at Apple or Google, or through none",
)
REGISTRATION_OPENED = Rule(
    "registration-opened",
    Severity.HIGH,
    "people can register themselves more easily than declared, or get into another group",
    planned="people will be able to register themselves more easily, or get into another group",
)
THREAT_RESPONSE_REDUCED = Rule(
    "threat-response-reduced",
    Severity.HIGH,
    "risky sessions are not ended or checked as declared",
    planned="risky sessions will no longer be ended or checked, or in another way",
)
CLIENTS_UNLIMITED = Rule(
    "clients-unlimited",
    Severity.HIGH,
    "one client can send more requests to sign-in pages than declared",
    planned="one client will be able to send more requests to sign-in pages",
)
LIMITS_WIDENED = Rule(
    "limits-widened",
    Severity.HIGH,
    "an app can use up more of the rate limits of the tenant than declared: it can slow down all others",
    planned="an app will be able to use up more of the rate limits of the tenant",
)
ADMINISTRATORS_TOLD_LESS = Rule(
    "administrators-told-less",
    Severity.HIGH,
    "administrators are told later than declared that a rate limit is used up, or not at all",
    planned="administrators will be told later that a rate limit is used up, or not at all",
)
NOTIFICATIONS_STOPPED = Rule(
    "notifications-stopped",
    Severity.HIGH,
    "super administrators do not get e-mails that are declared for them, such as reports of suspicious activity",
    planned="super administrators will not get e-mails of a kind any more",
)
CAPTCHA_WEAKENED = Rule(
    "captcha-weakened",
    Severity.HIGH,
    "fewer pages have a CAPTCHA than declared, or a different one",
    planned="fewer pages will have a CAPTCHA, or a different one",
)

ATTRIBUTE_OPENED = Rule(
    "attribute-opened",
    Severity.HIGH,
    "users can change an attribute that they cannot change as declared: rules and apps may give access by it",
    planned="users will be able to change an attribute themselves: rules and apps may give access by it",
)
ATTRIBUTE_SOURCE = Rule(
    "attribute-source",
    Severity.HIGH,
    "the values of an attribute come from another source than declared",
    planned="the values of an attribute will come from another source",
)
ATTRIBUTE_UNCHECKED = Rule(
    "attribute-unchecked",
    Severity.MEDIUM,
    "an attribute can have values that it cannot have as declared, or lacks some",
    planned="an attribute will be able to have other values",
)
LOGIN_UNCHECKED = Rule(
    "login-unchecked",
    Severity.HIGH,
    "user names can have a form that they cannot have as declared: one may pass for that of somebody else",
    planned="user names will be able to have another form: one may pass for that of somebody else",
)
ATTRIBUTE_LOST = Rule(
    "attribute-lost",
    Severity.HIGH,
    "a declared attribute is missing, and so are its values",
    planned="an attribute and all its values will be deleted",
)

RULES = (
    MFA_WEAKENED,
    PASSWORD_WEAKENED,
    REDIRECTS_WIDENED,
    WILDCARD_URI,
    PLAIN_HTTP,
    ORIGINS_WIDENED,
    ASSIGNED_TO_EVERYONE,
    RULE_SWITCHED_OFF,
    APP_MOVED,
    PASSWORDS_SHOWN,
    SECRET_ROTATED,
    ZONE_WIDENED,
    BLOCKLIST_NARROWED,
    GRANTS_WIDENED,
    IMPLICIT_FLOW,
    PROOF_WEAKENED,
    ADMIN_ROLE_GRANTED,
    CUSTOM_ROLE_GRANTED,
    ADMIN_ROLE_WIDENED,
    ADMIN_ROLE_UNDECLARED,
    ADMIN_SCOPE_WIDENED,
    RESOURCE_SET_UNDECLARED,
    ADMIN_GROUP_UNDECLARED,
    ADMIN_GROUP_FILLED,
    GROUP_OWNER_ADDED,
    ADMIN_GROUP_OWNED,
    MEMBER_ADDED,
    ADMIN_MEMBER_ADDED,
    MEMBER_REMOVED,
    MEMBERSHIP_WIDENED,
    SENSITIVE_APP_ASSIGNED,
    ACCESS_WIDENED,
    PROVISIONING_CHANGED,
    PROVISIONING_REDIRECTED,
    IMPORTS_CHANGED,
    IDENTITY_CHANGED,
    AUDIENCE_CHANGED,
    TOKENS_WIDENED,
    CONSENT_WAIVED,
    SERVER_SWITCHED_OFF,
    SERVICE_UNDECLARED,
    API_MANAGE_GRANTED,
    API_READ_GRANTED,
    LASTS_LONGER,
    ASKED_LESS_OFTEN,
    RECOVERY_WIDENED,
    NOTIFIED_LESS,
    CONDITIONS_CHANGED,
    ORDER_CHANGED,
    RULE_ADDED,
    EXEMPT_ZONE_FILLED,
    DENY_ZONE_NARROWED,
    PEOPLE_EXEMPTED,
    IDENTITY_PROVIDER_ADDED,
    IDENTITY_PROVIDER_CHANGED,
    ACCOUNT_MATCHING_CHANGED,
    SIGN_INS_REROUTED,
    PROVISIONING_WIDENED,
    PROVIDER_GROUPS_WIDENED,
    ENROLMENT_WEAKENED,
    EVENTS_REDIRECTED,
    MONITORING_REDUCED,
    HOOK_REDIRECTED,
    HOOK_SILENCED,
    DEVICE_CHECK_WEAKENED,
    DEVICE_CHECK_ADDED,
    BEHAVIOR_WEAKENED,
    THREATS_UNBLOCKED,
    SIGNALS_FORGED,
    SIGNALS_LOST,
    PUSHES_REDIRECTED,
    REGISTRATION_OPENED,
    REALM_FILLED,
    MAPPING_CHANGED,
    HELP_REDIRECTED,
    THREAT_RESPONSE_REDUCED,
    CLIENTS_UNLIMITED,
    LIMITS_WIDENED,
    ADMINISTRATORS_TOLD_LESS,
    NOTIFICATIONS_STOPPED,
    CAPTCHA_WEAKENED,
    *authenticator_threats.RULES,
    ATTRIBUTE_OPENED,
    ATTRIBUTE_SOURCE,
    ATTRIBUTE_UNCHECKED,
    LOGIN_UNCHECKED,
    ATTRIBUTE_LOST,
)
"""All rules, in display order."""
