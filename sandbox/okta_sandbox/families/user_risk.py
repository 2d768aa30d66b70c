"""User risk: `/api/v1/users/{id}/risk`. Only an administrator sets it here.

The scope is the one in Okta's OpenAPI document. A user without a set risk has the level NONE.
"""

from typing import Literal

from okta_sandbox import system_log
from okta_sandbox.body import Body, read
from okta_sandbox.collection import Family
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.users import USERS

RISK = "UserRisk"
PATH = f"{USERS.item_path}/risk"
REASON = "Admin override risk"


class _Risk(Body):
    riskLevel: Literal["HIGH", "LOW"]


def _read(call: Call) -> Answer:
    user = USERS.named_in(call)
    record = call.tenant.store.get(RISK, RISK, user.id)
    return Answer(200, record.body if record else {"riskLevel": "NONE"})


def _set(call: Call) -> Answer:
    """PUT: 201 when the risk is set for the first time."""
    user, store = USERS.named_in(call), call.tenant.store
    body = {**read(_Risk, call.json()), "reason": REASON}
    before = store.get(RISK, RISK, user.id)
    record = store.change(before, body) if before else store.add(RISK, RISK, body, user.id)
    system_log.record(call, "user.risk.change", USERS.as_target(user))
    return Answer(200 if before else 201, record.body)


FAMILY = Family(endpoints=(Route("GET", PATH, _read), Route("PUT", PATH, _set)), scope="okta.userRisk")
