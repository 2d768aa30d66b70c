"""The standard admin roles of Okta, which groups and service apps can have."""

from __future__ import annotations

from typing import Literal

StandardRole = Literal[
    "HELP_DESK_ADMIN",
    "READ_ONLY_ADMIN",
    "API_ACCESS_MANAGEMENT_ADMIN",
    "APP_ADMIN",
    "GROUP_MEMBERSHIP_ADMIN",
    "MOBILE_ADMIN",
    "ORG_ADMIN",
    "REPORT_ADMIN",
    "SUPER_ADMIN",
    "USER_ADMIN",
]
