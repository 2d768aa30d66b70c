"""Okta's SDK for Python against the local tenant."""

import asyncio
import importlib
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from okta_sandbox import process
from okta_sandbox.process import RunningTenant

with warnings.catch_warnings():  # the SDK's own
    warnings.simplefilter("ignore")
    SDK: Any = importlib.import_module("okta.client")
    MODELS: Any = importlib.import_module("okta.models")
    PAGES: Any = importlib.import_module("okta.pagination").PaginationHelper

pytestmark = pytest.mark.filterwarnings("ignore")  # its deprecations, and sockets that it leaves to the collector
Run: TypeAlias = Callable[[Callable[[Any], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with process.start(token="secret") as running:
        yield running


def client(tenant: RunningTenant, **config: Any) -> Any:
    config = config or {"token": tenant.token}
    testing = {"testingDisableHttpsCheck": True}
    return SDK.Client({"orgUrl": tenant.url, "testing": testing, "logging": {"enabled": False}, **config})


@pytest.fixture
def run(tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a coroutine with a client, which lives as long as the coroutine."""
    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")

    def running(use: Callable[[Any], Awaitable[Any]], **config: Any) -> Any:
        async def main() -> Any:
            async with client(tenant, **config) as okta:
                return await use(okta)

        return asyncio.run(main())

    return running


async def good(answer: Awaitable[Any]) -> Any:
    """What an answer without an error holds."""
    *value, _response, error = await answer
    assert error is None, error
    return value[0] if value else None


async def refused(answer: Awaitable[Any]) -> Any:
    """The error of an answer that has one."""
    *_, error = await answer
    assert error is not None
    return error


async def pages(listing: Callable[..., Awaitable[Any]], **options: Any) -> list[list[Any]]:
    """All pages of a list, as the SDK's documentation goes through them."""
    found, after = [], None
    while True:
        items, response, error = await listing(**options, **({"after": after} if after else {}))
        assert error is None, error
        found.append(items)
        after = PAGES.extract_next_cursor(response.headers)
        if not after:
            return found


def test_groups_and_their_members(run: Run) -> None:
    async def use(okta: Any) -> None:
        ids = []
        for number in range(5):
            profile = MODELS.OktaUserGroupProfile(name=f"Team {number}", description="of the SDK")
            group = await good(okta.add_group(MODELS.AddGroupRequest(profile=profile)))
            ids.append(group.id)
        found = await pages(okta.list_groups, limit=3)
        assert [len(page) for page in found][:2] == [3, 3]
        assert set(ids) <= {group.id for page in found for group in page}
        profile = MODELS.OktaUserGroupProfile(name="Team zero", description="renamed")
        await good(okta.replace_group(ids[0], MODELS.AddGroupRequest(profile=profile)))
        assert (await good(okta.get_group(ids[0]))).profile.actual_instance.name == "Team zero"
        me = await good(okta.get_user("me"))
        await good(okta.assign_user_to_group(ids[0], me.id))
        assert [user.id for user in await good(okta.list_group_users(ids[0]))] == [me.id]
        for each in ids:
            await good(okta.delete_group(each))
        assert (await refused(okta.get_group(ids[0]))).error_code == "E0000007"

    run(use)


def test_users(run: Run) -> None:
    async def use(okta: Any) -> None:
        profile = MODELS.UserProfile(first_name="Ada", last_name="L", email="ada@example.com", login="ada@example.com")
        user = await good(okta.create_user(MODELS.CreateUserRequest(profile=profile), activate=True))
        assert (user.status, user.profile.login) == ("PROVISIONED", "ada@example.com")
        assert user.id in {each.id for page in await pages(okta.list_users, limit=1) for each in page}
        changed = MODELS.UserProfile(first_name="Augusta")
        await good(okta.update_user(user.id, MODELS.UpdateUserRequest(profile=changed)))
        assert (await good(okta.get_user(user.id))).profile.first_name == "Augusta"
        await good(okta.deactivate_user(user.id))
        await good(okta.delete_user(user.id))
        assert (await refused(okta.get_user(user.id))).error_code == "E0000007"

    run(use)


def test_apps(run: Run) -> None:
    async def use(okta: Any) -> None:
        application = MODELS.BookmarkApplicationSettingsApplication(
            url="https://news.example.com", requestIntegration=False
        )
        made = []
        for label in ("News", "More news"):
            body = MODELS.BookmarkApplication(
                name="bookmark",
                label=label,
                signOnMode="BOOKMARK",
                settings=MODELS.BookmarkApplicationSettings(app=application),
            )
            made.append(await good(okta.create_application(body)))
        app = made[0]
        assert app.settings.app.url == "https://news.example.com"
        assert {each.id for each in made} <= {
            each.id for page in await pages(okta.list_applications, limit=2) for each in page
        }
        app.label = "Old news"
        assert (await good(okta.replace_application(app.id, app))).label == "Old news"
        assert (await refused(okta.delete_application(app.id))).error_code == "E0000056"
        for each in made:
            await good(okta.deactivate_application(each.id))
            await good(okta.delete_application(each.id))
        assert (await refused(okta.get_application(app.id))).error_code == "E0000007"

    run(use)


def test_an_openid_connect_app_and_its_secret(run: Run) -> None:
    async def use(okta: Any) -> None:
        client = MODELS.OpenIdConnectApplicationSettingsClient(
            application_type="web",
            grant_types=["authorization_code"],
            response_types=["code"],
            redirect_uris=["https://portal.example.com/cb"],
        )
        body = MODELS.OpenIdConnectApplication(
            name="oidc_client",
            label="Portal",
            signOnMode="OPENID_CONNECT",
            settings=MODELS.OpenIdConnectApplicationSettings(oauthClient=client),
            credentials=MODELS.OAuthApplicationCredentials(
                oauthClient=MODELS.ApplicationCredentialsOAuthClient(token_endpoint_auth_method="client_secret_basic")
            ),
        )
        app = await good(okta.create_application(body))
        assert app.credentials.oauth_client.client_secret
        assert (await good(okta.get_application(app.id))).credentials.oauth_client.client_secret is None
        await good(okta.deactivate_application(app.id))
        await good(okta.delete_application(app.id))

    run(use)


def test_authorization_servers_and_their_scopes(run: Run) -> None:
    async def use(okta: Any) -> None:
        body = MODELS.AuthorizationServer(name="api", description="d", audiences=["api://x"])
        server = await good(okta.create_authorization_server(body))
        assert server.id in {each.id for each in await good(okta.list_authorization_servers())}
        body.description = "changed"
        assert (await good(okta.replace_authorization_server(server.id, body))).description == "changed"
        scope = await good(okta.create_o_auth2_scope(server.id, MODELS.OAuth2Scope(name="read")))
        names = [each.name for each in await good(okta.list_o_auth2_scopes(server.id))]
        assert {"openid", "read"} <= set(names)
        await good(okta.delete_o_auth2_scope(server.id, scope.id))
        await good(okta.deactivate_authorization_server(server.id))
        assert (await good(okta.get_authorization_server(server.id))).status == "INACTIVE"
        await good(okta.activate_authorization_server(server.id))
        await good(okta.deactivate_authorization_server(server.id))
        await good(okta.delete_authorization_server(server.id))
        assert (await refused(okta.get_authorization_server(server.id))).error_code == "E0000007"

    run(use)


def test_policies_and_their_rules(run: Run) -> None:
    async def use(okta: Any) -> None:
        everyone = next(each for each in await good(okta.list_groups(q="Everyone")))
        groups = MODELS.AuthenticatorEnrollmentPolicyConditionsAllOfPeopleGroups(include=[everyone.id])
        people = MODELS.AuthenticatorEnrollmentPolicyConditionsAllOfPeople(groups=groups)
        body = MODELS.OktaSignOnPolicy(
            name="SDK", type="OKTA_SIGN_ON", conditions=MODELS.OktaSignOnPolicyConditions(people=people)
        )
        policy = await good(okta.create_policy(body))
        policy = getattr(policy, "actual_instance", policy)
        listed = [
            getattr(each, "actual_instance", each) for each in await good(okta.list_policies(type="OKTA_SIGN_ON"))
        ]
        assert policy.id in {each.id for each in listed}
        body.description = "changed"
        changed = await good(okta.replace_policy(policy.id, body))
        assert getattr(changed, "actual_instance", changed).description == "changed"
        await good(okta.deactivate_policy(policy.id))
        await good(okta.activate_policy(policy.id))
        signon = MODELS.OktaSignOnPolicyRuleSignonActions(access="ALLOW", requireFactor=False)
        rule = MODELS.OktaSignOnPolicyRule(
            name="allow", type="SIGN_ON", actions=MODELS.OktaSignOnPolicyRuleActions(signon=signon)
        )
        made = await good(okta.create_policy_rule(policy.id, rule))
        made = getattr(made, "actual_instance", made)
        assert len(await good(okta.list_policy_rules(policy.id))) == 1
        await good(okta.delete_policy_rule(policy.id, made.id))
        await good(okta.delete_policy(policy.id))
        assert (await refused(okta.get_policy(policy.id))).error_code == "E0000007"

    run(use)


# Its model of a dynamic zone is an object where Okta has a list, so that it cannot read the zones of a fresh org.
OWN = {"filter": 'usage eq "POLICY"'}


def test_zones(run: Run) -> None:
    async def use(okta: Any) -> None:
        address = MODELS.NetworkZoneAddress(type="CIDR", value="192.0.2.0/24")
        body = MODELS.IPNetworkZone(name="Office", type="IP", gateways=[address])
        zone = await good(okta.create_network_zone(body))
        assert zone.id in {each.id for page in await pages(okta.list_network_zones, **OWN) for each in page}
        body.name = "Old office"
        assert (await good(okta.replace_network_zone(zone.id, body))).name == "Old office"
        assert (await good(okta.deactivate_network_zone(zone.id))).status == "INACTIVE"
        await good(okta.delete_network_zone(zone.id))
        assert (await refused(okta.get_network_zone(zone.id))).error_code == "E0000007"

    run(use)


def test_it_waits_for_the_reset_after_a_429(run: Run, tenant: RunningTenant) -> None:
    fault = {"method": "GET", "path": "/api/v1/zones", "status": 429, "first": 1}
    httpx.post(f"{tenant.url}/_sandbox/faults", json=fault).raise_for_status()

    async def use(okta: Any) -> Any:
        return await good(okta.list_network_zones(**OWN))

    started = time.monotonic()
    try:
        assert run(use)
        assert 1 <= time.monotonic() - started < 10
        (seen,) = httpx.get(f"{tenant.url}/_sandbox/faults").json()
        assert (seen["seen"], seen["applied"]) == (2, 1)
    finally:
        httpx.delete(f"{tenant.url}/_sandbox/faults").raise_for_status()


def test_it_signs_in_with_a_private_key(run: Run, tenant: RunningTenant) -> None:
    scopes = ["okta.groups.read"]
    app = httpx.post(f"{tenant.url}/_sandbox/service-apps", json={"scopes": scopes}).json()
    config = {"authorizationMode": "PrivateKey", "clientId": app["clientId"], "scopes": scopes}
    config |= {"privateKey": app["privateKey"], "kid": app["keyId"]}

    async def use(okta: Any) -> None:
        assert "Everyone" in {group.profile.actual_instance.name for group in await good(okta.list_groups())}
        zones, response, _ = await okta.list_network_zones()
        assert (zones, response.status_code) == (None, 403), "it makes no error of an answer without a body"

    run(use, **config)
