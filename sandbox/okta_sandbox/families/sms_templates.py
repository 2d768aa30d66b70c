"""SMS templates: `/api/v1/templates/sms`. No message is sent."""

from typing import Literal

from pydantic import Field

from okta_sandbox.body import Body, OpenBody, read, required_text
from okta_sandbox.collection import Collection, Events, Family, Unique
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record

CODE = "${code}"


class _Template(Body):
    name: str = required_text(50)
    type: Literal["SMS_VERIFY_CODE"]
    template: str = required_text(161)
    translations: dict[str, str] = Field({})


class _Change(OpenBody):
    translations: dict[str, str | None] = Field({})


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    for text in (body["template"], *body["translations"].values()):
        if CODE not in text:
            raise invalid_field("template", f"The template has to contain {CODE}.")
    return body


TEMPLATES = Collection(
    kind="SmsTemplate",
    path="/api/v1/templates/sms",
    item="template",
    prefix="cst",
    model=_Template,
    events=Events("SmsTemplate"),
    unique=Unique(lambda body: str(body["type"])),
    complete=_complete,
)


def _update(call: Call) -> Answer:
    """POST of a template; omitted fields stay, and null removes a translation."""
    template, sent = TEMPLATES.named_in(call), read(_Change, call.json())
    changed = {**template.body["translations"], **sent["translations"]}
    kept = {language: text for language, text in changed.items() if text is not None}
    body = {**template.body, **sent, "translations": kept}
    return Answer(200, TEMPLATES.view(call.tenant, TEMPLATES.put(call, template, body)))


FAMILY = Family((TEMPLATES,), (Route("POST", TEMPLATES.item_path, _update),), scope="okta.templates")
