"""Rate limits: what one client may use up, and when administrators are told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.conditions import became, larger
from reconciler.kinds.fields import Api, Argument, Bool, Checked, Int
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.shapes import Singleton
from reconciler.kinds.threats import ADMINISTRATORS_TOLD_LESS, CLIENTS_UNLIMITED

_SCOPE = "okta.rateLimits"
_EVENTS = ("system.rate_limit.configuration.update",)
_PATH = "/api/v1/rate-limit-settings"

Mode = Annotated[Literal["ENFORCE", "PREVIEW", "DISABLE"], Checked()]


def _enforced_less(change: Change) -> bool:
    """The limit was enforced, by itself or through the default mode of all pages."""
    before = change.expected or change.spec.get("default_mode", "ENFORCE")
    now = change.actual or change.spec.get("default_mode", "ENFORCE")
    return bool(before == "ENFORCE" and now != "ENFORCE")


class RateLimitNotifications(Part):
    """Whether administrators are told about rate limits (`/api/v1/rate-limit-settings/admin-notifications`).

    Every tenant has this setting once. A definition that is removed leaves it as it is.
    """

    risks = (changed(ADMINISTRATORS_TOLD_LESS, "notifications_enabled", when=became(False)),)

    notifications_enabled: Bool
    """Whether administrators get e-mails when a limit is nearly reached, or exceeded."""


class RateLimitWarningThreshold(Part):
    """When Okta warns about rate limits (`/api/v1/rate-limit-settings/warning-threshold`).

    Every tenant has this setting once. A definition that is removed leaves it as it is.
    """

    risks = (changed(ADMINISTRATORS_TOLD_LESS, "warning_threshold", when=larger),)

    warning_threshold: Annotated[Int, Field(ge=30, le=90)]
    """Used part of a limit, in percent, from which Okta warns: 30 to 90."""


class RateLimitsPerClient(Part):
    """How much of the limits of sign-in pages one client may use (`/api/v1/rate-limit-settings/per-client`).

    Every tenant has this setting once. A definition that is removed leaves it as it is.
    """

    risks = (
        changed(
            CLIENTS_UNLIMITED, "default_mode", "login_page", "oauth2_authorize", "oie_app_intent", when=_enforced_less
        ),
    )

    default_mode: Mode
    """`ENFORCE` refuses clients that ask too often, `PREVIEW` only logs them, `DISABLE` does neither."""
    login_page: Annotated[
        Mode | None, Api("useCaseModeOverrides.LOGIN_PAGE"), Argument("use_case_mode_overrides.login_page")
    ] = None
    """Mode for the sign-in page. Left out: `default_mode`."""
    oauth2_authorize: Annotated[
        Mode | None, Api("useCaseModeOverrides.OAUTH2_AUTHORIZE"), Argument("use_case_mode_overrides.oauth2_authorize")
    ] = None
    """Mode for the authorization endpoints of OAuth. Left out: `default_mode`."""
    oie_app_intent: Annotated[
        Mode | None, Api("useCaseModeOverrides.OIE_APP_INTENT"), Argument("use_case_mode_overrides.oie_app_intent")
    ] = None
    """Mode for links that open apps. Left out: `default_mode`."""


RATE_LIMIT_NOTIFICATIONS = register(
    Kind(
        name="rate-limit-notifications",
        resource="okta:index/rateLimitAdminNotificationSettings:RateLimitAdminNotificationSettings",
        fields=RateLimitNotifications,
        shape=Singleton(path=f"{_PATH}/admin-notifications", scope=_SCOPE, name="rate_limiting_admin_notification"),
        label_field="",
        fresh={"notificationsEnabled": (True,)},
        events=_EVENTS,
    )
)

RATE_LIMIT_WARNING_THRESHOLD = register(
    Kind(
        name="rate-limit-warning-threshold",
        resource="okta:index/rateLimitWarningThresholdPercentage:RateLimitWarningThresholdPercentage",
        fields=RateLimitWarningThreshold,
        shape=Singleton(
            path=f"{_PATH}/warning-threshold", scope=_SCOPE, name="rate_limiting_warning_threshold_percentage"
        ),
        label_field="",
        fresh={"warningThreshold": (90,)},
        events=_EVENTS,
    )
)

RATE_LIMITS_PER_CLIENT = register(
    Kind(
        name="rate-limits-per-client",
        resource="okta:index/rateLimiting:RateLimiting",
        fields=RateLimitsPerClient,
        shape=Singleton(path=f"{_PATH}/per-client", scope=_SCOPE, name="rate_limiting"),
        label_field="",
        fresh={"defaultMode": ("ENFORCE",)},
        events=_EVENTS,
    )
)
