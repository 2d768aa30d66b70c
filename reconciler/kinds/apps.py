"""What apps of all sign-on modes have in common, group assignments included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from reconciler.kinds.authentication_policy import AuthenticationPolicyRef
from reconciler.kinds.conditions import became, more, new_text, without_tls
from reconciler.kinds.fields import (
    JSON_TEXT,
    Api,
    Argument,
    Bool,
    Checked,
    Codec,
    ListOf,
    Name,
    OnDelete,
    Owns,
    Purpose,
    Relates,
    ServerFilled,
    Sparse,
    Status,
    Uri,
)
from reconciler.kinds.group import GroupRef
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json, Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.provisioning import ProvisioningFeature, PushGroup
from reconciler.kinds.risks import Change, Risk, appeared, changed, gone
from reconciler.kinds.shapes import Listed, Shape, always
from reconciler.kinds.sign_in_strength import weakest_way_in
from reconciler.kinds.signing_keys import rotated_by_okta
from reconciler.kinds.threats import (
    ACCESS_WIDENED,
    APP_MOVED,
    ASSIGNED_TO_EVERYONE,
    IDENTITY_CHANGED,
    MFA_WEAKENED,
    PLAIN_HTTP,
    REDIRECTS_WIDENED,
    SECRET_ROTATED,
)

SCOPE = "okta.apps"

_ADMIN_CONSOLE = "saasure"
_SENT_TO = ("accessibility_error_redirect_url", "accessibility_login_redirect_url")
"""The pages that users are sent to, besides those of the sign-on mode."""
FIRST_PARTY_APPS = frozenset(
    {_ADMIN_CONSOLE, "okta_enduser", "okta_browser_plugin", "okta_account_settings", "okta_atspoke_sso"}
)
"""Catalog names of the apps that Okta creates in every tenant."""

_LAST_PATH_PART = Codec(decode=lambda href: href.rsplit("/", 1)[-1])
_WITHOUT_NULLS = Codec(decode=lambda profile: {k: v for k, v in profile.items() if v is not None})


def apps(*sign_on_modes: str, claims: Callable[[Json], bool] = always) -> Shape:
    """The apps of these sign-on modes, from the one list of all apps. `claims` selects some of them."""

    def built_in(item: Json) -> bool:
        return item["name"] in FIRST_PARTY_APPS

    def claimed(item: Json) -> bool:
        return item["signOnMode"] in sign_on_modes and (claims(item) or built_in(item))

    return Listed(
        path="/api/v1/apps",
        scope=SCOPE,
        others="app",
        query="limit=200&includeNonDeleted=true",
        claims=claimed,
        built_in=built_in,
    )


def apps_written(
    *sign_on_modes: str,
    name: str | None = None,
    fixed: Mapping[str, Any] | None = None,
    keeps: tuple[str, ...] = (),
    derived: tuple[str, ...] = (),
) -> Provider:
    """How the provider writes the apps of these sign-on modes; `name` is that of the catalog."""
    only_mode = {"signOnMode": sign_on_modes[0]} if len(sign_on_modes) == 1 else {}
    return Provider(
        fixed={**only_mode, **({"name": name} if name else {}), **(fixed or {})},
        lifecycle=True,
        create_query=lambda spec: "activate=true",
        inactive_to_delete=True,
        derived=derived,
        keeps=keeps,
    )


PolicyOfApp = Annotated[
    AuthenticationPolicyRef,
    Relates(Purpose.SIGN_IN, OnDelete.DEFAULT),
    Api("_links.accessPolicy.href", _LAST_PATH_PART, linked="policies"),
    ServerFilled(),
]
Note = Annotated[str, StringConstraints(max_length=250)]


def _to_a_weaker_policy(change: Change) -> bool:
    """Whether the weakest way into the app requires less than before. False if a policy is not known."""
    before, now = (
        change.others.named("authentication-policy-rules", str(name)) for name in (change.expected, change.actual)
    )
    if before is None or now is None:
        return False
    return weakest_way_in(now.spec.get("rules") or ()) < weakest_way_in(before.spec.get("rules") or ())


class Assignment(Part):
    """One group assigned to an app."""

    risks = (changed(ACCESS_WIDENED, "profile"),)

    group: Annotated[GroupRef, Relates(Purpose.ACCESS), Api("id"), Argument("id")]
    """Group to assign."""
    profile: Annotated[
        dict[str, Any],
        Field(default_factory=dict),
        Api("profile", _WITHOUT_NULLS),
        Argument("profile", JSON_TEXT),
        Sparse(),
    ]
    """App profile attributes for the members of the group, such as a role."""


class App(Part):
    """The fields of every app."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(APP_MOVED, "_links.accessPolicy.href"),
        changed(ACCESS_WIDENED, "status", when=became("ACTIVE")),
        changed(ACCESS_WIDENED, "accessibility_self_service", when=became(True)),
        changed(IDENTITY_CHANGED, "features", when=more),
        changed(REDIRECTS_WIDENED, *_SENT_TO, when=new_text),
        changed(PLAIN_HTTP, *_SENT_TO, when=without_tls, new=True),
        changed(SECRET_ROTATED, "*.*secret*", "*.signing.kid*", "*.x5c*"),
    )

    label: Name
    """Display name of the app."""
    status: Status = "ACTIVE"
    """Users cannot sign in to an `INACTIVE` app."""
    groups: Annotated[ListOf[Assignment] | None, Owns("app-group-assignments", whole=True)] = None
    """Groups assigned to the app. For users in several groups, the first one takes priority. Left out: not managed."""
    hide_ios: Annotated[Bool, Api("visibility.hide.iOS")] = False
    """Whether to hide the app in Okta's mobile app."""
    hide_web: Annotated[Bool, Api("visibility.hide.web")] = False
    """Whether to hide the app on the End-User Dashboard."""
    auto_submit_toolbar: Annotated[Bool, Api("visibility.autoSubmitToolbar")] = False
    """Whether the Okta Browser Plugin submits the sign-in form automatically."""
    accessibility_self_service: Annotated[Bool, Api("accessibility.selfService")] = False
    """Whether users can request the app themselves."""
    accessibility_error_redirect_url: Annotated[Uri | None, Api("accessibility.errorRedirectUrl")] = None
    """URL that users are redirected to if sign-in fails."""
    accessibility_login_redirect_url: Annotated[Uri | None, Api("accessibility.loginRedirectUrl")] = None
    """URL of the app's own sign-in page, instead of Okta's."""
    app_links: Annotated[
        dict[str, Bool] | None,
        Api("visibility.appLinks"),
        Argument("app_links_json", JSON_TEXT),
        Sparse(usual=lambda links: all(links.values())),
        ServerFilled(),
    ] = None
    """Which links of the app to show on the dashboard, by link name. List all links; links that Okta hides by default
    may be omitted. Left out: not managed."""
    admin_note: Annotated[Note | None, Api("settings.notes.admin"), Checked()] = None
    """Application note for administrators."""
    enduser_note: Annotated[Note | None, Api("settings.notes.enduser"), Checked()] = None
    """Application note for end users."""


class AppWithPolicy(App):
    """The fields of apps whose authentication policy the provider assigns."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(APP_MOVED, "authentication_policy"),
        changed(MFA_WEAKENED, "authentication_policy", when=_to_a_weaker_policy),
    )

    authentication_policy: PolicyOfApp = "default"
    """Authentication policy of the app."""


class AppWithUserNames(App):
    """The fields of apps that receive a user name."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(IDENTITY_CHANGED, "user_name_template", "user_name_template_type", "*.userNameTemplate.*"),
    )

    user_name_template: Annotated[str, Api("credentials.userNameTemplate.template")] = "${source.login}"
    """Okta expression for the user name in the app."""
    user_name_template_type: Annotated[
        Literal["NONE", "BUILT_IN", "CUSTOM"], Api("credentials.userNameTemplate.type")
    ] = "BUILT_IN"
    """`BUILT_IN` for one of Okta's templates, `CUSTOM` for your own expression."""
    push_groups: Annotated[ListOf[PushGroup], Owns("push-group")] = ()
    """Groups that Okta pushes to the app, for apps that support it."""
    user_name_template_push_status: Annotated[
        Literal["PUSH", "DONT_PUSH"] | None, Api("credentials.userNameTemplate.pushStatus"), ServerFilled()
    ] = None
    """Whether to push user name changes to the app. Left out: not managed."""


class ProvisionedApp(App):
    """The fields of apps to which Okta can provision users: SAML and SWA apps."""

    provisioning_features: Annotated[ListOf[ProvisioningFeature], Owns("provisioning-feature")] = ()
    """What Okta creates and changes in the app, or imports from it, for apps that support it."""


PROVISIONED_APPS = ("saml-app", "swa-app", "auto-login-app")
"""The kinds of apps to which Okta can provision users."""
APPS_WITH_USER_NAMES = (
    "saml-app",
    "oidc-app",
    "swa-app",
    "auto-login-app",
    "shared-credentials-app",
    "three-field-app",
    "basic-auth-app",
    "secure-password-store-app",
)
"""The kinds of apps that people have a user name in."""


def asked_if_it_provisions(app: Json) -> bool | None:
    """Whether an app has provisioning features. Others can have group push, which Okta does not say."""
    return True if app.get("features") else None


NO_LOGO = {"logo": "a picture, which the provider reads from the disk of whoever runs it"}
NO_SKIPPED_POLICY = {"skip_authentication_policy": "every app that people sign in to has an authentication policy"}
NO_SUFFIX = {"user_name_template_suffix": "the provider sends it under a name that Okta's API does not have"}
"""Arguments of the Pulumi classes that definitions cannot state, each with the reason."""


class FederatedClaim(Part):
    """A claim about the user in the tokens or assertions that an app gets (`/api/v1/apps/{id}/federated-claims`).

    Claims are read for apps with declared ones only. Claims of other apps are not compared.
    """

    risks = (
        changed(IDENTITY_CHANGED, "expression"),
        appeared(IDENTITY_CHANGED),
        gone(IDENTITY_CHANGED, replaced=False),
    )

    name: Name
    """Name of the claim in the token or assertion."""
    expression: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    """Okta expression for the value, such as `user.profile.department`."""


class FederatedApp(AppWithPolicy, AppWithUserNames):
    """The fields of apps that Okta signs users in to with OpenID Connect or SAML."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(ASSIGNED_TO_EVERYONE, "implicit_assignment", when=became(True), new=True),
        appeared(ASSIGNED_TO_EVERYONE, when=lambda change: change.spec.get("implicit_assignment") is True),
    )

    implicit_assignment: Annotated[Bool, Api("settings.implicitAssignment")] = False
    """Whether all users can use the app without being assigned (Federation Broker Mode)."""
    federated_claims: Annotated[ListOf[FederatedClaim], Owns("app-federated-claim")] = ()
    """Claims about the user in tokens or assertions, besides those of the other fields."""


LOST_ON_REPLACE = ("sign-in link",)
"""What every replaced app loses."""


def _is_admin_console(item: Json) -> bool:
    """Whether it is the Okta Admin Console, by its name in the catalog."""
    return item.get("name") == _ADMIN_CONSOLE


def app_kind(name: str, resource: str, fields: type[App], shape: Shape, provider: Provider, **facts: Any) -> Kind:
    """A registered kind of apps. `facts` are those that other apps do not have."""
    of_users = ("signing keys and certificates", "provisioning connection", "profile mappings")
    common: dict[str, Any] = {
        "label_field": "label",
        "events": ("application.lifecycle.",),
        "not_read": ("users assigned directly", "logo", *(of_users if issubclass(fields, AppWithUserNames) else ())),
        "lost_on_replace": LOST_ON_REPLACE,
        "is_admin_console": _is_admin_console,
        "volatile": rotated_by_okta,
    }
    facts = common | facts
    return register(Kind(name=name, resource=resource, fields=fields, shape=shape, provider=provider, **facts))
