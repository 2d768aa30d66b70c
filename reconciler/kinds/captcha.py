"""CAPTCHAs, and the pages of the tenant that show one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from reconciler.kinds.conditions import fewer
from reconciler.kinds.fields import Api, Argument, Name, OnDelete, Purpose, Ref, Relates, Replaces, SecretRef, SetOf
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.refusals import Phase, Refusal
from reconciler.kinds.risks import changed, gone
from reconciler.kinds.shapes import Listed, Singleton
from reconciler.kinds.threats import CAPTCHA_WEAKENED

CaptchaRef = Annotated[str, Ref("captcha"), Relates(Purpose.USE, OnDelete.REFUSED)]


class Captcha(Part):
    """An account at a CAPTCHA service (`/api/v1/captchas`)."""

    risks = (changed(CAPTCHA_WEAKENED, "type", "site_key"), gone(CAPTCHA_WEAKENED))

    name: Name
    """Name of the CAPTCHA."""
    type: Annotated[Literal["HCAPTCHA", "RECAPTCHA_V2"], Replaces()]
    """The service."""
    site_key: Annotated[str, StringConstraints(min_length=1)]
    """Key that the service gave to the site. It is public."""
    secret_key: SecretRef
    """Secret with which Okta checks the answers."""


CAPTCHA = register(
    Kind(
        name="captcha",
        resource="okta:index/captcha:Captcha",
        fields=Captcha,
        shape=Listed(path="/api/v1/captchas", scope="okta.captchas"),
        identity_engine=True,
        events=("system.captcha.",),
    )
)


class CaptchaOrgWideSettings(Part):
    """The pages of the tenant that show a CAPTCHA (`/api/v1/org/captcha`).

    Every tenant has this setting once. A definition that is removed leaves it as it is.
    """

    refusals = (
        Refusal(
            "enabled_for",
            lambda settings: settings.enabled_for and not settings.captcha,
            "needs a `captcha`",
            Phase.PREVIEW | Phase.VALIDATE,
        ),
    )
    risks = (
        changed(CAPTCHA_WEAKENED, "captcha"),
        changed(CAPTCHA_WEAKENED, "enabled_for", when=fewer),
    )

    captcha: Annotated[CaptchaRef | None, Api("captchaId"), Argument("captcha_id")] = None
    """The CAPTCHA that the pages show."""
    enabled_for: Annotated[SetOf[Literal["SIGN_IN", "SSPR", "SSR"]], Api("enabledPages"), Argument("enabled_fors")] = (
        frozenset()
    )
    """The pages: for sign-in, for self-service password reset (`SSPR`), for self-service registration (`SSR`)."""


CAPTCHA_ORG_WIDE_SETTINGS = register(
    Kind(
        name="captcha-org-wide-settings",
        resource="okta:index/captchaOrgWideSettings:CaptchaOrgWideSettings",
        fields=CaptchaOrgWideSettings,
        shape=Singleton(path="/api/v1/org/captcha", scope="okta.captchas", name="org_wide_captcha"),
        label_field="",
        identity_engine=True,
        events=("system.org.captcha.",),
    )
)
