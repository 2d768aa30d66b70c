"""Hook keys: `/api/v1/hook-keys`. Inline hooks authenticate with them; only the public part is shown."""

from okta_sandbox import keys
from okta_sandbox.body import Body, required_text
from okta_sandbox.collection import Collection, Events, Family, Unique
from okta_sandbox.errors import invalid, not_found
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant


class _HookKey(Body):
    name: str = required_text()


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if before:
        return {"keyId": before.body["keyId"], **body}
    key_id = call.tenant.identifiers.uuid()
    shown = keys.as_json(keys.new_key(call.tenant, str(call.tenant.org["subdomain"])), call.tenant.now())
    public = {"kty": "RSA", "alg": "RSA", "kid": key_id, "use": None, "e": shown["e"], "n": shown["n"]}
    return {"keyId": key_id, **body, "_private": {"public": public}}


def _hooks_using(tenant: Tenant, key: Record) -> list[Record]:
    hooks = tenant.store.all("InlineHook")
    return [hook for hook in hooks if hook.body["channel"]["config"].get("hookKeyId") == key.id]


def _refuse_used(call: Call, key: Record) -> None:
    if users := _hooks_using(call.tenant, key):
        raise invalid("hookKey", f"hookKey: The key is used by the inline hook '{users[0].body['name']}'.")


def _show(tenant: Tenant, key: Record) -> JsonObject:
    return {"id": key.id, **key.body, "isUsed": bool(_hooks_using(tenant, key))}


HOOK_KEYS = Collection(
    kind="HookKey",
    path="/api/v1/hook-keys",
    item="key",
    prefix="HKY",
    model=_HookKey,
    events=Events("HookKey", *(f"system.hook.key.{verb}" for verb in ("created", "updated", "deleted"))),
    unique=Unique(),
    complete=_complete,
    guard_delete=_refuse_used,
    show=_show,
)


def _with_public_key(answer: Answer, key: Record) -> Answer:
    assert isinstance(answer.body, dict)
    return Answer(answer.status, {**answer.body, "_embedded": key.private["public"]})


def create(call: Call) -> Answer:
    """POST: the answer includes the public key."""
    key = HOOK_KEYS.add(call, call.json())
    return _with_public_key(Answer(200, HOOK_KEYS.view(call.tenant, key)), key)


def read_one(call: Call) -> Answer:
    """GET of a key; `expand=publickey` adds the public key."""
    answer = HOOK_KEYS.read_one(call)
    if call.query.get("expand") != "publickey":
        return answer
    return _with_public_key(answer, HOOK_KEYS.named_in(call))


def read_public(call: Call) -> Answer:
    """GET of a public key by its `keyId`."""
    wanted = call.params["keyId"]
    for key in call.tenant.store.all(HOOK_KEYS.kind):
        if key.body["keyId"] == wanted:
            return Answer(200, key.private["public"])
    raise not_found(wanted, HOOK_KEYS.kind)


FAMILY = Family(
    (HOOK_KEYS,),
    (
        Route("POST", HOOK_KEYS.path, create),
        Route("GET", HOOK_KEYS.item_path, read_one),
        Route("GET", f"{HOOK_KEYS.path}/public/{{keyId}}", read_public),
    ),
    scope="okta.inlineHooks",
)
