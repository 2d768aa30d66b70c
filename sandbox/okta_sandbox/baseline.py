"""Installs the objects of a fresh Okta org (`data/fresh_org.json`, `data/user_schema.json`) into a tenant.

The data are the objects as the API shows them, without ids, times and links. `{everyone}` stands for the id of the
group Everyone. An object with a `pipeline` exists only in orgs of that pipeline.
"""

import orjson

from okta_sandbox.body import fill, read
from okta_sandbox.families import apps, policies
from okta_sandbox.families import authorization_server_policies as server_policies
from okta_sandbox.families.admin_roles import USER_ROLES, assignment_id
from okta_sandbox.families.api_tokens import API_TOKENS
from okta_sandbox.families.authenticators import AUTHENTICATORS
from okta_sandbox.families.authorization_servers import CLAIMS, SCOPES, SERVERS
from okta_sandbox.families.behaviors import BEHAVIORS
from okta_sandbox.families.brands import BRANDS, add_theme
from okta_sandbox.families.features import FEATURES
from okta_sandbox.families.groups import GROUPS
from okta_sandbox.families.policy_types import POLICY_TYPES
from okta_sandbox.families.profile_mappings import schema_id
from okta_sandbox.families.profile_schemas import merge
from okta_sandbox.families.realms import REALM_ASSIGNMENTS, REALMS
from okta_sandbox.families.user_schemas import SCHEMA, USER_TYPES, VARIANT
from okta_sandbox.families.users import USERS
from okta_sandbox.families.zones import ZONES
from okta_sandbox.json_types import JsonObject
from okta_sandbox.product_data import read_data
from okta_sandbox.store import Record
from okta_sandbox.tenant import Pipeline, Tenant

LAST_NAME_OPTIONAL: JsonObject = {"definitions": {"base": {"properties": {"lastName": {"required": False}}}}}


def install(tenant: Tenant, pipeline: Pipeline, subdomain: str = "sandbox") -> None:
    """Fill an empty tenant with the objects of a fresh org of that pipeline."""
    with tenant.store.transaction():
        tenant.create_org(pipeline, subdomain)
        _Installation(tenant).run()


class _Installation:
    """One installation. Objects refer to objects created before them."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.now = tenant.now()
        self.everyone = tenant.identifiers.new(GROUPS.prefix)
        content = read_data("fresh_org.json").replace(b"{everyone}", self.everyone.encode())
        self.org: JsonObject = orjson.loads(content)

    def run(self) -> None:
        self.people()
        for name, collection in (("zones", ZONES), ("authenticators", AUTHENTICATORS)):
            for body in self.org[name]:
                self.add(collection.kind, collection.prefix, {**body, **self.times})
        for body in self.org["behaviors"]:
            self.add(BEHAVIORS.kind, BEHAVIORS.prefix, {**body, **BEHAVIORS.stamps.times(self.tenant)})
        self.features()
        self.realm()
        self.policies()
        self.authorization_server()
        if self.tenant.pipeline == "idx":
            self.apps()
        self.brand()

    def brand(self) -> None:
        default = {**read(BRANDS.model, {"name": self.tenant.org["subdomain"]}), "isDefault": True}
        add_theme(self.tenant, self.add(BRANDS.kind, BRANDS.prefix, default))

    @property
    def times(self) -> JsonObject:
        return {"created": self.now, "lastUpdated": self.now}

    def add(
        self, kind: str, prefix: str, body: JsonObject, parent: str = "", private: JsonObject | None = None
    ) -> Record:
        return self.tenant.store.add(kind, self.tenant.identifiers.new(prefix), body, parent, private)

    def people(self) -> None:
        tenant, store = self.tenant, self.tenant.store
        user_type = self.add(USER_TYPES.kind, USER_TYPES.prefix, {**self.org["userType"], **self.times})
        schema: JsonObject = {**orjson.loads(read_data("user_schema.json")), **self.times}
        if tenant.pipeline == "v1":  # as in all recorded Classic tenants
            schema["definitions"] = merge(schema["definitions"], LAST_NAME_OPTIONAL, VARIANT)
        store.add(SCHEMA, schema_id(user_type.id), schema, private={"type": user_type.id})
        administrator = self.add(
            USERS.kind,
            USERS.prefix,
            {
                "status": "ACTIVE",
                "activated": self.now,
                "statusChanged": self.now,
                "lastLogin": self.now,
                "passwordChanged": self.now,
                "profile": self.org["administrator"],
                "credentials": {"password": {}, "provider": {"type": "OKTA", "name": "OKTA"}},
                "type": {"id": user_type.id},
                "realmId": tenant.org["realmId"],
                **self.times,
            },
        )
        store.change(user_type, {**user_type.body, "createdBy": "sandbox", "lastUpdatedBy": "sandbox"})
        role = {
            "label": "Super Administrator",
            "type": "SUPER_ADMIN",
            "status": "ACTIVE",
            "assignmentType": "USER",
        }
        store.add(USER_ROLES.kind, assignment_id("SUPER_ADMIN"), {**role, **self.times}, administrator.id)
        self.add(API_TOKENS.kind, API_TOKENS.prefix, {**self.org["apiToken"], **self.token_life(administrator)})
        for body in self.org["groups"]:
            identifier = self.everyone if body["profile"]["name"] == "Everyone" else None
            group = {
                "objectClass": ["okta:user_group"],
                **body,
                **self.times,
                "lastMembershipUpdated": self.now,
            }
            store.add(GROUPS.kind, identifier or tenant.identifiers.new(GROUPS.prefix), group)

    def features(self) -> None:
        for source in orjson.loads(read_data("features.json")):
            private = {"dependencies": source.pop("dependencies", [])}
            body = {"type": "self-service", "status": "DISABLED", **source}
            self.add(FEATURES.kind, FEATURES.prefix, body, private=private)

    def realm(self) -> None:
        realm, assignment = self.org["realm"], self.org["realmAssignment"]
        identifier = self.tenant.org["realmId"]
        self.tenant.store.add(REALMS.kind, identifier, {**realm, **self.times})
        actions = {"assignUserToRealm": {"realmId": identifier}}
        self.add(REALM_ASSIGNMENTS.kind, REALM_ASSIGNMENTS.prefix, {**assignment, "actions": actions, **self.times})

    def token_life(self, owner: Record) -> JsonObject:
        """A token expires when it is not used for its window."""
        return {"userId": owner.id, "expiresAt": self.tenant.in_future(days=30), **self.times}

    def policies(self) -> None:
        for source in self.org["policies"]:
            if source.get("pipeline", self.tenant.pipeline) != self.tenant.pipeline:
                continue
            kind = POLICY_TYPES[source["type"]]
            body = {name: value for name, value in source.items() if name not in ("rules", "pipeline")}
            policy = self.add(
                policies.POLICY, kind.prefixes[0], {"status": "ACTIVE", "priority": 1, **body, **self.times}
            )
            for rule in source["rules"]:
                whole = {"status": "ACTIVE", "system": True, "type": kind.rule, **rule, **self.times}
                self.add(policies.RULE, kind.prefixes[1], whole, policy.id)

    def authorization_server(self) -> None:
        signing = {
            "kid": self.tenant.identifiers.key_id(),
            "rotationMode": "MANUAL",
            "lastRotated": self.now,
        }
        source = {**self.org["authorizationServer"], "credentials": {"signing": signing}, **self.times}
        server = self.add(SERVERS.kind, SERVERS.prefix, source)
        for name, collection in (("scopes", SCOPES), ("claims", CLAIMS)):
            for body in self.org[name]:
                self.add(collection.kind, collection.prefix, body, server.id)
        for source in self.org["authorizationServerPolicies"]:
            rules = source.pop("rules")
            policy = self.add(
                server_policies.POLICIES.kind,
                server_policies.POLICIES.prefix,
                {**source, **self.times},
                server.id,
            )
            for rule in rules:
                self.add(
                    server_policies.RULES.kind,
                    server_policies.RULES.prefix,
                    {**rule, **self.times},
                    policy.id,
                )

    def apps(self) -> None:
        tenant = self.tenant
        by_name = {
            policy.body["name"]: policy.id
            for policy in tenant.store.all(policies.POLICY)
            if policy.body["type"] == "ACCESS_POLICY"
        }
        enrolment = policies.default_policy(tenant, "PROFILE_ENROLLMENT").id
        for source in self.org["apps"]:
            body = {
                "orn": f"orn:okta:idp:{tenant.org['id']}:apps:{source['name']}",
                "name": source["name"],
                "label": source["label"],
                "status": "ACTIVE",
                "accessibility": apps.ACCESSIBILITY,
                "visibility": {
                    "autoSubmitToolbar": False,
                    "hide": {"iOS": False, "web": False},
                    "appLinks": source["appLinks"],
                },
                "features": [],
                "signOnMode": "OPENID_CONNECT",
                "credentials": {"userNameTemplate": apps.USER_NAME, "signing": {"kid": tenant.org["keyId"]}},
                "universalLogout": {"status": "UNSUPPORTED"},
                "settings": fill(apps.SETTINGS, {}),
                **self.times,
            }
            private = {"accessPolicy": by_name[source["accessPolicy"]], "profileEnrollment": enrolment}
            self.add(apps.APP, apps.APPS.prefix, body, private=private)
