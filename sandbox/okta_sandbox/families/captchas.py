"""CAPTCHA instances and org-wide CAPTCHA settings: `/api/v1/captchas`, `/api/v1/org/captcha`.

The secret key is never shown.
"""

from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family
from okta_sandbox.errors import invalid, invalid_field
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging
from okta_sandbox.references import require
from okta_sandbox.setting import Setting
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

ORG_PATH = "/api/v1/org/captcha"
UNUSED: JsonObject = {"captchaId": None, "enabledPages": []}


class _Captcha(Body):
    name: str = required_text()
    siteKey: str = required_text()
    secretKey: str | None = None
    type: Literal["HCAPTCHA", "RECAPTCHA_V2"]


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    secret = body.pop("secretKey") or (before.private["secretKey"] if before else None)
    if not secret:
        raise invalid_field("secretKey", "The field cannot be left blank")
    return {**body, "_private": {"secretKey": secret}}


def _refuse_used(call: Call, captcha: Record) -> None:
    if ORG_CAPTCHA.value(call.tenant)["captchaId"] == captcha.id:
        raise invalid("captcha", "captcha: Take the CAPTCHA out of the org-wide settings before you delete it.")


def _link(tenant: Tenant, captcha_id: str) -> JsonObject:
    return link(tenant, f"/api/v1/captchas/{captcha_id}", "GET", "POST", "PUT", "DELETE")


CAPTCHAS = Collection(
    kind="CAPTCHAInstance",
    path="/api/v1/captchas",
    item="captcha",
    prefix="cap",
    model=_Captcha,
    events=Events("CAPTCHAInstance", *(f"system.captcha.{verb}" for verb in ("create", "update", "delete"))),
    created_status=201,
    stamps=NO_STAMPS,
    paging=Paging(),
    complete=_complete,
    guard_delete=_refuse_used,
    links=lambda tenant, captcha: {"self": _link(tenant, captcha.id)},
)


def update(call: Call) -> Answer:
    """POST of a CAPTCHA instance; omitted fields stay."""
    captcha = CAPTCHAS.named_in(call)
    return Answer(200, CAPTCHAS.view(call.tenant, CAPTCHAS.put(call, captcha, {**captcha.body, **call.json()})))


class _OrgCaptcha(Body):
    captchaId: str | None = None
    enabledPages: list[Literal["SIGN_IN", "SSR", "SSPR"]] | None = Field([])


def _complete_org(call: Call, body: JsonObject, before: JsonObject) -> JsonObject:
    pages = body["enabledPages"] or []
    if body["captchaId"] is None and pages:
        raise invalid_field("captchaId", "The field cannot be left blank")
    if body["captchaId"] is not None:
        require(call.tenant, CAPTCHAS.kind, [body["captchaId"]], "captchaId")
    return {"captchaId": body["captchaId"], "enabledPages": pages}


def _org_links(tenant: Tenant, body: JsonObject) -> JsonObject:
    own = {"self": link(tenant, ORG_PATH, "GET", "PUT", "DELETE")}
    return {"captcha": _link(tenant, body["captchaId"]), **own} if body["captchaId"] else own


ORG_CAPTCHA = Setting(
    kind="OrgCAPTCHASettings",
    path=ORG_PATH,
    model=_OrgCaptcha,
    initial=lambda tenant: UNUSED,
    event=lambda body: f"system.org.captcha.{'activate' if body['captchaId'] else 'deactivate'}",
    complete=_complete_org,
    links=_org_links,
)


def delete_org_captcha(call: Call) -> Answer:
    """DELETE of the org-wide settings."""
    ORG_CAPTCHA.store(call, UNUSED)
    return NO_CONTENT


FAMILY = Family(
    (CAPTCHAS,),
    (
        Route("POST", CAPTCHAS.item_path, update),
        *ORG_CAPTCHA.routes(),
        Route("DELETE", ORG_PATH, delete_org_captcha),
    ),
    scope="okta.captchas",
)
