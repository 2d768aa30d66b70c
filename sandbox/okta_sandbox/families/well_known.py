"""Well-known org metadata: `/.well-known/*`. These endpoints need no token."""

import orjson

from okta_sandbox.collection import Family
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.product_data import read_data

SETTINGS: JsonObject = {
    "analyticsCollectionEnabled": False,
    "bugReportingEnabled": True,
    "omEnabled": False,
    "pssoEnabled": False,
    "desktopMFAEnabled": False,
    "itpEnabled": False,
}


def _organization(call: Call) -> Answer:
    tenant = call.tenant
    return Answer(
        200,
        {
            "id": tenant.org["id"],
            "cell": "sandbox",
            "_links": {"organization": {"href": tenant.base_url}},
            "pipeline": tenant.pipeline,
            "settings": SETTINGS,
        },
    )


def authorization_server(call: Call) -> Answer:
    """GET of the OAuth metadata of the org; `{org}` in the data is its URL."""
    document = read_data("oauth_metadata.json").replace(b"{org}", call.tenant.base_url.encode())
    return Answer(200, orjson.loads(document))


FAMILY = Family(
    endpoints=(
        Route("GET", "/.well-known/okta-organization", _organization),
        Route("GET", "/.well-known/oauth-authorization-server", authorization_server),
    ),
)
