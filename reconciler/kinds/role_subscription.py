"""Notifications that Okta sends to super administrators."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from reconciler.kinds.conditions import became
from reconciler.kinds.fields import Api, Argument, Bool, Codec, Replaces
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.provider import Provider, Switch
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import Adopted
from reconciler.kinds.threats import NOTIFICATIONS_STOPPED

_ROLE: Final = "SUPER_ADMIN"

Notification = Literal[
    "AD_AGENT",
    "AGENT_AUTO_UPDATE_NOTIFICATION",
    "APP_IMPORT",
    "CONNECTOR_AGENT",
    "IWA_AGENT",
    "LDAP_AGENT",
    "OKTA_ANNOUNCEMENT",
    "OKTA_ISSUE",
    "OKTA_UPDATE",
    "RATELIMIT_NOTIFICATION",
    "REPORT_SUSPICIOUS_ACTIVITY",
    "USER_DEPROVISION",
    "USER_LOCKED_OUT",
]
"""The notifications that the provider knows."""

_SUBSCRIBED: Final = {"subscribed": True, "unsubscribed": False}
_STATUS = Codec(
    encode=lambda subscribed: "subscribed" if subscribed else "unsubscribed",
    decode=lambda status: _SUBSCRIBED.get(status, status),
)


class RoleSubscription(Part):
    """Whether super administrators get a kind of e-mail from Okta (`/api/v1/roles/SUPER_ADMIN/subscriptions`).

    Every tenant has these settings. A definition that is removed leaves its setting as it is. The notifications of
    other roles are not declared; those of organization administrators are compared with the baseline.
    """

    risks = (changed(NOTIFICATIONS_STOPPED, "subscribed", when=became(False), new=True),)

    notification_type: Annotated[Notification, Replaces()]
    """What the e-mails are about, such as `REPORT_SUSPICIOUS_ACTIVITY`: users who report sign-ins that were not their
    own."""
    subscribed: Annotated[Bool, Api("status", _STATUS), Argument("status", _STATUS)]
    """Whether the administrators get them. Administrators can have settings of their own instead."""


_OFF_AT_FIRST: Final = ("APP_IMPORT",)
"""The notifications that nobody gets in a new tenant."""


def _is_known(item: Json) -> bool:
    return item.get("notificationType") in get_args(Notification)


ROLE_SUBSCRIPTION = register(
    Kind(
        name="role-subscription",
        resource="okta:index/roleSubscription:RoleSubscription",
        fields=RoleSubscription,
        label_field="notification_type",
        shape=Adopted(
            path=f"/api/v1/roles/{_ROLE}/subscriptions",
            scope="okta.roles",
            id_member="notificationType",
            import_id=f"{_ROLE}/{{0}}",
            claims=_is_known,
            others="notification",
        ),
        provider=Provider(
            update_method="",
            switch=Switch("subscribed", on="subscribe", off="unsubscribe"),
            takes_over=lambda spec, item: bool(spec["notification_type"] == item.get("notificationType")),
            deletes_nothing=True,
        ),
        fixed_arguments={"role_type": _ROLE},
        fresh={"channels": (["email"],)},
        untouched=lambda spec: spec["subscribed"] is (spec["notification_type"] not in _OFF_AT_FIRST),
        events=("iam.role.subscriptions.update",),
        risks_of_others=(changed(NOTIFICATIONS_STOPPED, "status"),),
    )
)
