"""Brands, their themes and sign-in pages: `/api/v1/brands`. Each brand has one theme. Uploaded images are not kept."""

from functools import partial
from typing import Any, Literal

from pydantic import Field

from okta_sandbox import system_log
from okta_sandbox.body import Body, OpenBody, absent, fill, read, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family, Unique
from okta_sandbox.errors import OktaError, forbidden, invalid_field, not_found
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

PAGE = "SignInPage"
IMAGES = {"logo": "logo", "favicon": "favicon", "background-image": "backgroundImage"}  # by the last part of the path
OKTA_LOGO = "https://op3static.oktacdn.com/assets/img/logos/okta-logo.1e146cad5713da744492be95eb0f7793.png"
HEX = r"^#[0-9a-fA-F]{6}$"
THEME: JsonObject = {
    "logo": OKTA_LOGO,
    "favicon": None,
    "backgroundImage": None,
    "primaryColorHex": "#1662dd",
    "primaryColorContrastHex": "#ffffff",
    "secondaryColorHex": "#ebebed",
    "secondaryColorContrastHex": "#000000",
    "signInPageTouchPointVariant": "OKTA_DEFAULT",
    "endUserDashboardTouchPointVariant": "OKTA_DEFAULT",
    "errorPageTouchPointVariant": "OKTA_DEFAULT",
    "emailTemplateTouchPointVariant": "OKTA_DEFAULT",
    "loadingPageTouchPointVariant": "OKTA_DEFAULT",
}
WIDGET: JsonObject = {
    **dict.fromkeys(("signInLabel", "usernameLabel", "usernameInfoTip", "passwordLabel", "passwordInfoTip")),
    "showPasswordVisibilityToggle": False,
    "showUserIdentifier": False,
    **dict.fromkeys(("forgotPasswordLabel", "forgotPasswordUrl", "unlockAccountLabel", "unlockAccountUrl")),
    **dict.fromkeys(("helpLabel", "helpUrl", "customLink1Label", "customLink1Url", "customLink2Label")),
    **dict.fromkeys(("customLink2Url", "authenticatorPageCustomLinkLabel", "authenticatorPageCustomLinkUrl")),
    "classicRecoveryFlowEmailOrUsernameLabel": None,
    "widgetGeneration": "G3",
    "postAuthKeepMeSignedInPrompt": dict.fromkeys(("title", "subtitle", "acceptButtonText", "rejectButtonText")),
}


class _DefaultApp(Body):
    appInstanceId: str | None = None
    appLinkName: str | None = None
    classicApplicationUri: str | None = None


class _Brand(Body):
    name: str = required_text()
    removePoweredByOkta: bool = False
    customPrivacyPolicyUrl: str | None = None
    agreeToCustomPrivacyPolicy: bool = False
    locale: str | None = absent()
    defaultApp: _DefaultApp = _DefaultApp()


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    url = body["customPrivacyPolicyUrl"] or None
    if url and not body["agreeToCustomPrivacyPolicy"]:
        raise invalid_field("agreeToCustomPrivacyPolicy", "The custom privacy policy needs your agreement.")
    is_default = before.body["isDefault"] if before else False
    return {**body, "customPrivacyPolicyUrl": url, "isDefault": is_default}


def add_theme(tenant: Tenant, brand: Record) -> None:
    """The theme of a new brand; their ids differ only in the prefix."""
    identifier = THEMES.prefix + brand.id[len(BRANDS.prefix) :]
    tenant.store.add(THEMES.kind, identifier, {**THEME, "favicon": tenant.url("/favicon.ico")}, brand.id)


def _refuse_default(call: Call, brand: Record) -> None:
    if brand.body["isDefault"]:
        raise forbidden("E0000006", "You do not have permission to perform the requested action")
    if any(domain.body["brandId"] == brand.id for domain in call.tenant.store.all("Domain")):
        raise OktaError(409, "E0000203", "Failed to delete brand: it has a custom domain.")


def _links(tenant: Tenant, brand: Record) -> JsonObject:
    path = f"{BRANDS.path}/{brand.id}"
    return {
        "themes": link(tenant, f"{path}/themes", "GET"),
        "self": link(tenant, path, "GET", "PUT", "DELETE"),
    }


BRANDS = Collection(
    kind="Brand",
    path="/api/v1/brands",
    item="brand",
    prefix="bnd",
    model=_Brand,
    events=Events("Brand", *(f"system.brand.{verb}" for verb in ("create", "update", "delete"))),
    created_status=201,
    stamps=NO_STAMPS,
    paging=Paging(default=20),
    query=lambda brand, wanted: wanted.lower() in str(brand.body["name"]).lower(),
    unique=Unique(),
    complete=_complete,
    created=lambda call, brand: add_theme(call.tenant, brand),
    guard_delete=_refuse_default,
    links=_links,
)


# Themes

_Page = Literal["BACKGROUND_IMAGE", "BACKGROUND_SECONDARY_COLOR", "OKTA_DEFAULT"]


class _Theme(Body):
    primaryColorHex: str = Field(pattern=HEX)
    primaryColorContrastHex: str | None = absent()
    secondaryColorHex: str = Field(pattern=HEX)
    secondaryColorContrastHex: str | None = absent()
    signInPageTouchPointVariant: _Page
    endUserDashboardTouchPointVariant: Literal[
        "FULL_THEME", "LOGO_ON_FULL_WHITE_BACKGROUND", "OKTA_DEFAULT", "WHITE_LOGO_BACKGROUND"
    ]
    errorPageTouchPointVariant: _Page
    emailTemplateTouchPointVariant: Literal["FULL_THEME", "OKTA_DEFAULT"]
    loadingPageTouchPointVariant: Literal["NONE", "OKTA_DEFAULT"] = "OKTA_DEFAULT"


def _complete_theme(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    assert before is not None  # themes are not created by clients
    return {**before.body, **body}


def _theme_links(tenant: Tenant, theme: Record) -> JsonObject:
    path = f"{BRANDS.path}/{theme.parent}/themes/{theme.id}"
    images = {name: link(tenant, f"{path}/{name}", "POST", "DELETE") for name in IMAGES}
    return {"self": link(tenant, path, "GET", "PUT"), **images}


THEMES = Collection(
    kind="Theme",
    path=f"{BRANDS.item_path}/themes",
    item="theme",
    prefix="the",
    model=_Theme,
    events=Events("Theme", update="system.theme.update"),
    parent=BRANDS,
    operations=("list", "read", "replace"),
    stamps=NO_STAMPS,
    title=lambda body: "Theme",
    complete=_complete_theme,
    links=_theme_links,
)


def _set_image(name: str, uploaded: bool, call: Call) -> Answer:
    theme, field = THEMES.named_in(call), IMAGES[name]
    url = call.tenant.url(f"/assets/themes/{theme.id}/{name}") if uploaded else THEME[field]
    before, theme = theme, call.tenant.store.change(theme, {**theme.body, field: url})
    THEMES.log(call, THEMES.events.update, theme, before)
    return Answer(201, {"url": url}) if uploaded else NO_CONTENT


# Sign-in pages


class _SignInPage(OpenBody):
    pageContent: str | None = None
    widgetVersion: str | None = None
    widgetCustomizations: dict[str, Any] = Field({})


def _record_page_event(call: Call, verb: str) -> None:
    brand = BRANDS.named_in(call)
    system_log.record(call, f"system.custom_signin.{verb}", BRANDS.as_target(brand))


def _page(call: Call, page: str) -> Record:
    brand = BRANDS.named_in(call)
    if record := call.tenant.store.get(PAGE, page, brand.id):
        return record
    raise not_found(brand.id, PAGE)


def _set_page(page: str, call: Call) -> Answer:
    brand, store = BRANDS.named_in(call), call.tenant.store
    body = read(_SignInPage, call.json())
    body["widgetCustomizations"] = fill(WIDGET, body["widgetCustomizations"])
    before = store.get(PAGE, page, brand.id)
    record = store.change(before, body) if before else store.add(PAGE, page, body, brand.id)
    _record_page_event(call, "update")
    return Answer(200, record.body)


def _delete_page(page: str, call: Call) -> Answer:
    call.tenant.store.remove(_page(call, page))
    _record_page_event(call, "delete")
    return NO_CONTENT


def _page_routes(page: str) -> tuple[Route, ...]:
    path = f"{BRANDS.item_path}/pages/sign-in/{page}"
    return (
        Route("GET", path, lambda call: Answer(200, _page(call, page).body)),
        Route("PUT", path, partial(_set_page, page)),
        Route("DELETE", path, partial(_delete_page, page)),
    )


FAMILY = Family(
    (BRANDS, THEMES),
    (
        *(Route("POST", f"{THEMES.item_path}/{name}", partial(_set_image, name, True)) for name in IMAGES),
        *(Route("DELETE", f"{THEMES.item_path}/{name}", partial(_set_image, name, False)) for name in IMAGES),
        *_page_routes("customized"),
        *_page_routes("preview"),
    ),
    scope="okta.brands",
)
