"""Logo of an app: `POST /api/v1/apps/{id}/logo`, a form upload."""

from okta_sandbox.collection import Family
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families.apps import APPS

MAX_LOGO_BYTES = 1_048_576  # bytes
UPLOADS = "https://op3static.oktacdn.com/fs/bco/4"


def _upload(call: Call) -> Answer:
    app = APPS.named_in(call)
    if not call.content or len(call.content) > MAX_LOGO_BYTES:
        raise invalid_field("file", f"The image must not be empty, nor larger than {MAX_LOGO_BYTES} bytes.")
    address = f"{UPLOADS}/{call.tenant.identifiers.new('fs0')}"
    changed = call.tenant.store.change(app, private={**app.private, "logo": address})
    APPS.log(call, APPS.events.update, changed)
    return Answer(201, headers={"Location": address})


FAMILY = Family(endpoints=(Route("POST", f"{APPS.item_path}/logo", _upload),), scope="okta.apps")
