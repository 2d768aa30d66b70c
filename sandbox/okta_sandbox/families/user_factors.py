"""User factors: `/api/v1/users/{id}/factors`, and the security questions to choose from.

A security question, or a factor enrolled with `activate=true`, is active at once. Any other factor waits for its
activation, which accepts any code: the sandbox sends no calls, texts or e-mails.
"""

import functools
from typing import Any, Literal

import orjson
from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, read
from okta_sandbox.collection import Collection, Events, Family
from okta_sandbox.errors import invalid, invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.users import USERS
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.product_data import read_data
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

Type = Literal[
    "call",
    "email",
    "push",
    "question",
    "signed_nonce",
    "sms",
    "token",
    "token:hardware",
    "token:hotp",
    "token:software:totp",
    "u2f",
    "web",
    "webauthn",
]
Provider = Literal["CUSTOM", "DUO", "FIDO", "GOOGLE", "OKTA", "RSA", "SYMANTEC", "YUBICO"]
OWN_PREFIX = {"sms": "mbl", "call": "clf", "email": "emf", "push": "opf", "token:software:totp": "ost"}
PREFIX = "ufs"  # of security questions and all types without their own prefix
MIN_ANSWER_LENGTH = 4
CUSTOM_QUESTION = "custom"


class _Factor(Body):
    factorType: Type
    provider: Provider
    profile: dict[str, Any] = Field({})


class _Change(Body):
    profile: dict[str, Any] = Field({})


@functools.cache
def _questions() -> dict[str, str]:
    """Key and text of the security questions."""
    questions: dict[str, str] = orjson.loads(read_data("security_questions.json"))
    return questions


def _checked_question(profile: JsonObject) -> JsonObject:
    """A listed or custom security question, without its answer."""
    key, answer = str(profile.get("question", "")), str(profile.get("answer", ""))
    text = profile.get("questionText") if key == CUSTOM_QUESTION else _questions().get(key)
    if not text:
        raise invalid_field("question", f"The question has to be one of {', '.join(_questions())}.")
    if len(answer) < MIN_ANSWER_LENGTH:
        raise invalid_field("answer", f"The answer has to have at least {MIN_ANSWER_LENGTH} characters.")
    return {"question": key, "questionText": text}


def _shown_profile(user: Record, kind: str, profile: JsonObject) -> JsonObject:
    if kind == "question":
        return _checked_question(profile)
    if kind in ("token:software:totp", "push", "web", "u2f", "webauthn"):
        return {"credentialId": user.body["profile"]["login"], **profile}
    return profile


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    user, kind, provider = USERS.named_in(call), body["factorType"], body["provider"]
    for other in call.tenant.store.all(FACTORS.kind, user.id):
        if (other.body["factorType"], other.body["provider"]) == (kind, provider) and kind != "webauthn":
            raise invalid("factorEnrollRequest", "A factor of this type is already set up.")
    active = kind == "question" or call.query.get("activate") == "true"
    profile = _shown_profile(user, kind, body["profile"])
    status = "ACTIVE" if active else "PENDING_ACTIVATION"
    return {"factorType": kind, "provider": provider, "vendorName": provider, "status": status, "profile": profile}


def _identify(call: Call, body: JsonObject) -> str:
    return call.tenant.identifiers.new(OWN_PREFIX.get(str(body["factorType"]), PREFIX))


def _links(tenant: Tenant, factor: Record) -> JsonObject:
    user = f"{USERS.path}/{factor.parent}"
    own = f"{user}/factors/{factor.id}"
    shown = {"self": link(tenant, own, "GET", "DELETE"), "user": link(tenant, user, "GET")}
    if factor.body["factorType"] == "question":
        shown["questions"] = link(tenant, f"{user}/factors/questions", "GET")
    if factor.body["status"] == "PENDING_ACTIVATION":
        shown["activate"] = link(tenant, f"{own}/lifecycle/activate", "POST")
    else:
        shown["verify"] = link(tenant, f"{own}/verify", "POST")
    return shown


FACTORS = Collection(
    kind="UserFactor",
    path=f"{USERS.item_path}/factors",
    item="factor",
    prefix=PREFIX,
    model=_Factor,
    events=Events("Factor", create="user.mfa.factor.activate", delete="user.mfa.factor.deactivate"),
    parent=USERS,
    operations=("list", "create", "read", "delete"),
    title=lambda body: str(body["factorType"]),
    identify=_identify,
    complete=_complete,
    links=_links,
)


def _change(call: Call) -> Answer:
    """PUT or POST: change the question, phone number or e-mail address."""
    factor, user = FACTORS.named_in(call), USERS.named_in(call)
    sent = read(_Change, call.json())["profile"]
    profile = _shown_profile(user, factor.body["factorType"], sent)
    body = {**factor.body, "profile": profile, "lastUpdated": call.tenant.now()}
    factor = call.tenant.store.change(factor, body)
    system_log.record(call, "user.mfa.factor.update", FACTORS.as_target(factor), USERS.as_target(user))
    return Answer(200, FACTORS.view(call.tenant, factor))


def _activate(call: Call) -> Answer:
    factor, user = FACTORS.named_in(call), USERS.named_in(call)
    body = {**factor.body, "status": "ACTIVE", "lastUpdated": call.tenant.now()}
    factor = call.tenant.store.change(factor, body)
    system_log.record(call, FACTORS.events.create, FACTORS.as_target(factor), USERS.as_target(user))
    return Answer(200, FACTORS.view(call.tenant, factor))


def _list_questions(call: Call) -> Answer:
    USERS.named_in(call)
    return Answer(200, [{"question": key, "questionText": text} for key, text in _questions().items()])


FAMILY = Family(
    (FACTORS,),
    (
        Route("GET", f"{FACTORS.path}/questions", _list_questions),
        Route("PUT", FACTORS.item_path, _change),
        Route("POST", FACTORS.item_path, _change),
        Route("POST", f"{FACTORS.item_path}/lifecycle/activate", _activate),
    ),
    scope="okta.users",
)
