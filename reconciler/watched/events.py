"""Where events, tokens and messages of the tenant go: hooks, log streams, notifications."""

from __future__ import annotations

from reconciler.watched.row import Area, Row
from reconciler.watched.rules import (
    ALERTS_REDUCED,
    CREDENTIAL_CHANGED,
    DETECTION_REDUCED,
    EVENTS_SENT_ELSEWHERE,
    TOKENS_INTERCEPTED,
)

_AREA = Area.EVENTS
_HOOK_SECRETS = ("channel.config.headers", "channel.config.authScheme.value")

ROWS = (
    Row(
        word="event-hook",
        area=_AREA,
        path="/api/v1/eventHooks",
        scope="okta.eventHooks",
        events=(
            "event_hook.created",
            "event_hook.updated",
            "event_hook.deleted",
            "event_hook.activated",
            "event_hook.deactivated",
        ),
        secret=_HOOK_SECRETS,
        volatile=("verificationStatus",),
        new=EVENTS_SENT_ELSEWHERE,
        gone=DETECTION_REDUCED,
        changed=DETECTION_REDUCED,
    ),
    Row(
        word="inline-hook",
        area=_AREA,
        path="/api/v1/inlineHooks",
        scope="okta.inlineHooks",
        events=(
            "inline_hook.created",
            "inline_hook.updated",
            "inline_hook.deleted",
            "inline_hook.activated",
            "inline_hook.deactivated",
        ),
        secret=_HOOK_SECRETS,
        new=TOKENS_INTERCEPTED,
        gone=TOKENS_INTERCEPTED,
        changed=TOKENS_INTERCEPTED,
    ),
    Row(
        word="hook-key",
        area=_AREA,
        path="/api/v1/hook-keys",
        scope="okta.inlineHooks",
        events=("system.hook.key.",),
        volatile=("isUsed",),
        gone=CREDENTIAL_CHANGED,
        changed=CREDENTIAL_CHANGED,
    ),
    Row(
        word="log-stream",
        area=_AREA,
        path="/api/v1/logStreams",
        query="limit=200",
        scope="okta.logStreams",
        events=("system.log_stream.lifecycle.",),
        secret=("settings.token",),
        new=EVENTS_SENT_ELSEWHERE,
        gone=DETECTION_REDUCED,
        changed=DETECTION_REDUCED,
    ),
    Row(
        word="security-notifications",
        area=_AREA,
        path="/api/internal/org/settings/security-notification-settings",
        single=True,
        scope="okta.orgs",
        events=("system.org.",),
        changed=ALERTS_REDUCED,
    ),
    Row(
        word="rate-limit-notifications",
        area=_AREA,
        path="/api/v1/rate-limit-settings/admin-notifications",
        single=True,
        scope="okta.rateLimits",
        events=("system.rate_limit.configuration.update",),
        changed=ALERTS_REDUCED,
    ),
    Row(
        word="rate-limit-warning",
        area=_AREA,
        path="/api/v1/rate-limit-settings/warning-threshold",
        single=True,
        scope="okta.rateLimits",
        events=("system.rate_limit.configuration.update",),
        changed=ALERTS_REDUCED,
    ),
    *(
        Row(
            word=f"notifications-of-{role.lower().replace('_', '-')}",
            area=_AREA,
            path=f"/api/v1/roles/{role}/subscriptions",
            id="notificationType",
            label=("notificationType",),
            scope="okta.roles",
            events=("iam.role.subscriptions.update",),
            changed=ALERTS_REDUCED,
        )
        for role in ("SUPER_ADMIN", "ORG_ADMIN")
    ),
)
