"""Identity providers: `/api/v1/idps`. OpenID Connect and social providers show the client secret, as in Okta."""

from xml.sax.saxutils import escape

from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families import profile_mappings
from okta_sandbox.families.identity_provider_bodies import IdentityProvider
from okta_sandbox.families.identity_provider_protocols import complete_protocol, provider_types, signing_key
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import lifecycle_link, link
from okta_sandbox.paging import Paging
from okta_sandbox.product_data import read_data
from okta_sandbox.references import require
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

FLOW = (
    "&client_id={clientId}&response_type={responseType}&response_mode={responseMode}"
    "&scope={scopes}&redirect_uri={redirectUri}&state={state}&nonce={nonce}"
)


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    kind = provider_types().get(body["type"])
    if kind is None:
        raise invalid_field("type", f"'{body['type']}' is not a type of identity providers.")
    if before and before.body["type"] != body["type"]:
        raise invalid_field("type", "The type of an identity provider cannot be changed.")
    if body["protocol"]["type"] != kind["protocol"]:
        raise invalid_field("protocol.type", f"The protocol of {body['type']} has to be {kind['protocol']}.")
    _require_groups(call.tenant, body["policy"])
    subject = body["policy"]["subject"]
    if subject["matchType"] == "CUSTOM_ATTRIBUTE" and not subject["matchAttribute"]:
        raise invalid_field("policy.subject.matchAttribute", "The field cannot be left blank")
    completed = {
        **body,
        "protocol": complete_protocol(call.tenant, body, before),
        "policy": _complete_policy(body),
        "status": before.body["status"] if before else "ACTIVE",
    }
    if body["type"] == "SAML2":
        del completed["issuerMode"]
    return completed


def _require_groups(tenant: Tenant, policy: JsonObject) -> None:
    assignments = policy["provisioning"]["groups"].get("assignments")
    require(tenant, "UserGroup", assignments, "policy.provisioning.groups.assignments")
    if groups := (policy["accountLink"]["filter"] or {}).get("groups"):
        require(tenant, "UserGroup", groups["include"], "policy.accountLink.filter.groups.include")


def _complete_policy(body: JsonObject) -> JsonObject:
    """Complete the policy. Only enterprise providers have `trustClaims`."""
    trust = {"trustClaims": False} if body["type"] in ("OIDC", "SAML2") else {}
    return {**trust, **body["policy"]}


def _links(tenant: Tenant, provider: Record) -> JsonObject:
    path = f"{IDENTITY_PROVIDERS.path}/{provider.id}"
    if provider.body["type"] == "SAML2":
        return {
            "metadata": {**link(tenant, f"{path}/metadata.xml", "GET"), "type": "application/xml"},
            "acs": {**link(tenant, f"/sso/saml2/{provider.id}", "POST"), "type": "application/xml"},
            "users": link(tenant, f"{path}/users", "GET"),
            **lifecycle_link(tenant, path, provider.body["status"], "POST"),
        }
    authorize = link(tenant, f"/oauth2/v1/authorize?idp={provider.id}{FLOW}", "GET")
    return {
        "authorize": {**authorize, "templated": True},
        "clientRedirectUri": link(tenant, "/oauth2/v1/authorize/callback", "POST"),
    }


def _of_type(call: Call, providers: list[Record]) -> list[Record]:
    wanted = call.query.get("type")
    return [provider for provider in providers if wanted in (None, provider.body["type"])]


IDENTITY_PROVIDERS = Collection(
    kind="IdentityProvider",
    path="/api/v1/idps",
    item="provider",
    prefix="0oa",
    model=IdentityProvider,
    events=Events.lifecycle("IdentityProvider", "system.idp.lifecycle."),
    lifecycle=Lifecycle("object"),
    paging=Paging(default=20),
    query=lambda provider, wanted: wanted.lower() in str(provider.body["name"]).lower(),
    unique=Unique(),
    complete=_complete,
    created=profile_mappings.add_mappings,
    removed=profile_mappings.remove_mappings,
    links=_links,
    select=_of_type,
)


def metadata(call: Call) -> Answer:
    """GET .../metadata.xml: SAML metadata of this org as the service provider."""
    provider = IDENTITY_PROVIDERS.named_in(call)
    if provider.body["type"] != "SAML2":
        raise invalid_field("type", "Only SAML 2.0 identity providers have metadata.")
    template = read_data("service_provider_metadata.xml").decode()
    document = template.format(
        audience=escape(provider.body["protocol"]["credentials"]["trust"]["audience"], {'"': "&quot;"}),
        certificate=signing_key(call.tenant)["x5c"][0],
        acs=call.tenant.url(f"/sso/saml2/{provider.id}"),
        organization=call.tenant.org["subdomain"],
        url=call.tenant.base_url,
    )
    return Answer(200, document.strip().encode(), content_type="application/xml")


def list_users(call: Call) -> Answer:
    """GET .../users: empty, as users cannot sign in here."""
    IDENTITY_PROVIDERS.named_in(call)
    return Answer(200, [])


FAMILY = Family(
    (IDENTITY_PROVIDERS,),
    (
        Route("GET", f"{IDENTITY_PROVIDERS.item_path}/metadata.xml", metadata),
        Route("GET", f"{IDENTITY_PROVIDERS.item_path}/users", list_users),
    ),
    scope="okta.idps",
)
