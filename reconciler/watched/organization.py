"""Settings of the whole organization, and what users see of it."""

from __future__ import annotations

from reconciler.watched.row import Area, Row
from reconciler.watched.rules import LOOK_CHANGED, PROTECTION_REDUCED, SETTING_CHANGED

_ORG, _BRANDING = Area.ORGANIZATION, Area.BRANDING
_BRANDS = "/api/v1/brands"


def _setting(word: str, path: str, *events: str, scope: str = "okta.orgs", rule: object = None) -> Row:
    """A single object with settings."""
    changed = PROTECTION_REDUCED if rule is PROTECTION_REDUCED else SETTING_CHANGED
    return Row(word=word, area=_ORG, path=path, single=True, scope=scope, events=events, changed=changed)


ROWS = (
    _setting("organization", "/api/v1/org", "system.org."),
    _setting("org-preferences", "/api/v1/org/preferences", "system.org."),
    _setting("okta-communication", "/api/v1/org/privacy/oktaCommunication", "system.org."),
    Row(
        word="org-contact",
        area=_ORG,
        path="/api/v1/org/contacts",
        id="contactType",
        label=("contactType",),
        scope="okta.orgs",
        events=("system.org.",),
        changed=SETTING_CHANGED,
    ),
    Row(
        word="user-of-contact",
        area=_ORG,
        path="/api/v1/org/contacts/{id}",
        below="/api/v1/org/contacts",
        owner_id="contactType",
        condition="contacts",
        single=True,
        scope="okta.orgs",
        events=("system.org.",),
        changed=SETTING_CHANGED,
    ),
    _setting(
        "rate-limits-per-client",
        "/api/v1/rate-limit-settings/per-client",
        "system.rate_limit.configuration.update",
        scope="okta.rateLimits",
        rule=PROTECTION_REDUCED,
    ),
    *(
        Row(
            word=word,
            area=_ORG,
            path="/api/v1/principal-rate-limits",
            query=f'filter=principalType eq "{principal}"',
            label=("principalId",),
            kept=("principalId", "defaultPercentage", "defaultConcurrencyPercentage"),
            scope="okta.principalRateLimits",
            events=("system.rate_limit.configuration.update",),
            with_owner=True,
            changed=SETTING_CHANGED,
        )
        for word, principal in (("rate-limit-of-token", "SSWS_TOKEN"), ("rate-limit-of-app", "OAUTH_CLIENT"))
    ),
    Row(
        word="feature",
        area=_ORG,
        path="/api/v1/features",
        kept=("status",),
        scope="okta.features",
        events=("system.feature.",),
        with_owner=True,
        changed=SETTING_CHANGED,
    ),
    Row(
        word="push-provider",
        area=_ORG,
        path="/api/v1/push-providers",
        volatile=("lastUpdatedDate",),
        secret=("configuration.tokenSigningKey",),
        scope="okta.pushProviders",
        events=("system.push_provider.",),
        changed=SETTING_CHANGED,
    ),
    Row(
        word="brand",
        area=_BRANDING,
        path=_BRANDS,
        query="limit=100",
        scope="okta.brands",
        events=("system.brand.",),
        changed=LOOK_CHANGED,
    ),
    Row(
        word="sign-in-page",
        area=_BRANDING,
        path=f"{_BRANDS}/{{id}}/pages/sign-in/customized",
        below=_BRANDS,
        condition="brands",
        single=True,
        secret=("pageContent",),
        scope="okta.brands",
        events=("system.custom_signin.",),
        new=LOOK_CHANGED,
        changed=LOOK_CHANGED,
    ),
    Row(
        word="theme",
        area=_BRANDING,
        path=f"{_BRANDS}/{{id}}/themes",
        below=_BRANDS,
        condition="brands",
        scope="okta.brands",
        events=("system.theme.update",),
        with_owner=True,
        changed=SETTING_CHANGED,
    ),
    Row(
        word="domain",
        area=_BRANDING,
        path="/api/v1/domains",
        member="domains",
        label=("domain",),
        volatile=("publicCertificate.expiration", "publicCertificate.fingerprint", "validationStatus"),
        scope="okta.domains",
        events=("system.custom_url_domain.",),
        new=LOOK_CHANGED,
        gone=LOOK_CHANGED,
        changed=LOOK_CHANGED,
    ),
    Row(
        word="email-domain",
        area=_BRANDING,
        path="/api/v1/email-domains",
        label=("domain",),
        volatile=("validationStatus",),
        scope="okta.emailDomains",
        events=("system.email_domain.",),
        new=LOOK_CHANGED,
        gone=LOOK_CHANGED,
        changed=LOOK_CHANGED,
    ),
    Row(
        word="email-server",
        area=_BRANDING,
        path="/api/v1/email-servers",
        member="email-servers",
        label=("alias",),
        scope="okta.emailServers",
        events=("system.custom_email_server.lifecycle.",),
        new=LOOK_CHANGED,
        gone=LOOK_CHANGED,
        changed=LOOK_CHANGED,
    ),
    Row(
        word="sms-template",
        area=_BRANDING,
        path="/api/v1/templates/sms",
        scope="okta.templates",
        events=("system.sms.",),
        new=LOOK_CHANGED,
        changed=LOOK_CHANGED,
    ),
)
