"""Brands with their themes and sign-in pages, custom domains, e-mail domains and servers, SMS templates."""

from typing import Any

import pytest

from .conftest import Okta

BRANDS = "/api/v1/brands"
SERVERS = "/api/v1/email-servers"
SERVER: dict[str, Any] = {"alias": "relay", "host": "m.example.com", "port": 587, "username": "u", "password": "p"}


def test_a_fresh_org_has_one_brand_that_stays(okta: Okta) -> None:
    (default,) = okta.get(BRANDS)
    assert default["isDefault"]
    okta.delete(f"{BRANDS}/{default['id']}", status=403)
    made = okta.post(BRANDS, {"name": "Partners"}, status=201)
    assert not made["isDefault"]
    okta.post(BRANDS, {"name": "Partners"}, status=400)
    okta.delete(f"{BRANDS}/{made['id']}")
    assert okta.get(BRANDS) == [default]


def test_the_theme_of_a_brand_is_changed(okta: Okta) -> None:
    themes = f"{BRANDS}/{okta.get(BRANDS)[0]['id']}/themes"
    (theme,) = okta.get(themes)
    path = f"{themes}/{theme['id']}"
    changed = {**theme, "primaryColorHex": "#000000", "signInPageTouchPointVariant": "BACKGROUND_IMAGE"}
    assert okta.put(path, changed)["primaryColorHex"] == "#000000"
    okta.put(path, {**theme, "primaryColorHex": "black"}, status=400)
    okta.put(path, {**theme, "errorPageTouchPointVariant": "FULL_THEME"}, status=400)
    assert okta.post(f"{path}/logo", status=201)["url"] == okta.get(path)["logo"] != theme["logo"]
    okta.delete(f"{path}/logo")
    assert okta.get(path) == changed


def test_a_brand_has_no_sign_in_page_of_its_own_until_one_is_put(okta: Okta) -> None:
    page = f"{BRANDS}/{okta.get(BRANDS)[0]['id']}/pages/sign-in/customized"
    okta.send("GET", page, status=404)
    made = okta.put(page, {"pageContent": "<html></html>", "widgetCustomizations": {"helpLabel": "Help"}})
    assert made["widgetCustomizations"]["helpLabel"] == "Help"
    assert okta.get(page) == made
    okta.delete(page)
    okta.send("GET", page, status=404)
    assert okta.events()[-2:] == ["system.custom_signin.update", "system.custom_signin.delete"]


def test_a_brand_with_a_domain_is_not_deleted(okta: Okta) -> None:
    brand = okta.post(BRANDS, {"name": "Partners"}, status=201)["id"]
    body = {"domain": "Login.Example.com", "certificateSourceType": "OKTA_MANAGED"}
    domain = okta.post("/api/v1/domains", body, status=201)
    assert (domain["domain"], domain["validationStatus"]) == ("login.example.com", "NOT_STARTED")
    path = f"/api/v1/domains/{domain['id']}"
    assert okta.put(path, {"brandId": brand})["brandId"] == brand
    okta.put(path, {"brandId": "bnd0"}, status=400)
    okta.delete(f"{BRANDS}/{brand}", status=409)
    assert [each["id"] for each in okta.get("/api/v1/domains")["domains"]] == [domain["id"]]
    okta.delete(path)
    okta.delete(f"{BRANDS}/{brand}")


def test_the_password_of_an_email_server_is_hidden_and_kept(okta: Okta) -> None:
    made = okta.post(SERVERS, SERVER, status=201)
    assert "password" not in made
    assert okta.send("PATCH", f"{SERVERS}/{made['id']}", {"enabled": True})["enabled"] is True
    assert okta.get(SERVERS)["email-servers"][0]["enabled"] is True


@pytest.mark.parametrize("change", [{"port": 0}, {"password": None}, {"host": ""}])
def test_an_email_server_is_checked(okta: Okta, change: dict[str, Any]) -> None:
    okta.post(SERVERS, {**SERVER, **change}, status=400)


def test_an_sms_template_contains_the_code(okta: Okta) -> None:
    path = "/api/v1/templates/sms"
    body = {"name": "Custom", "type": "SMS_VERIFY_CODE", "template": "Code: ${code}", "translations": {"fr": "${code}"}}
    okta.post(path, {**body, "template": "Hello"}, status=400)
    made = okta.post(path, body)
    changed = okta.post(f"{path}/{made['id']}", {"translations": {"fr": None, "de": "Kode: ${code}"}})
    assert changed["translations"] == {"de": "Kode: ${code}"}
