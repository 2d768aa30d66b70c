"""Environment files: the tenant and how to sign in."""

import pytest

from reconciler.definitions import Credentials, DefinitionsError, environment_names, load_all
from reconciler.definitions.model import Promotion
from reconciler.kinds.secret_references import HINT
from tests.definitions.folder import group

FILE = "environments/staging.yaml"


def test_environment_has_tenant_url_and_credentials(folder):
    folder.write(
        """\
        tenant:
          url: https://acme.okta.com/
          credentials:
            client_id: 0oa1
            private_key: file:../keys/key.pem
            private_key_id: key-1
        variables: {domain: acme.example}
        """,
        FILE,
    )
    environment = folder.load().environment
    assert environment.name == "staging"
    assert environment.url == "https://acme.okta.com"
    assert environment.credentials == Credentials(
        client_id="0oa1", private_key="file:../keys/key.pem", private_key_id="key-1"
    )
    assert environment.variables == {"domain": "acme.example"}
    assert environment.sources["tenant.credentials.private_key"].line == 5


def test_the_key_id_may_be_left_to_the_key(folder):
    folder.write("tenant: {url: https://a.okta.com, credentials: {client_id: x, private_key: env:K}}\n", FILE)
    assert folder.load().environment.credentials == Credentials(client_id="x", private_key="env:K")


@pytest.mark.parametrize("url", ["https://sys-admin.example.com", "https://admin.okta.com"])
def test_other_urls_may_contain_admin(folder, url):
    folder.write("environments: {staging: {hosts: [sys-admin.example.com, admin.okta.com]}}\n", "pins.yaml")
    folder.write(f"tenant: {{url: {url}, credentials: {{token: env:T}}}}\n", FILE)
    assert folder.load().environment.url == url


@pytest.mark.parametrize(
    ("tenant", "problem"),
    [
        ("{}", "1:9: tenant needs url"),
        ("{}", "1:9: tenant needs credentials"),
        (
            "{url: http://acme.okta.com, credentials: {token: env:T}}",
            "1:15: tenant.url: http://acme.okta.com: must begin",
        ),
        ("{url: acme.okta.com, credentials: {token: env:T}}", "1:15: tenant.url: acme.okta.com: must be the URL"),
        *(
            (f"{{url: '{url}', credentials: {{token: env:T}}}}", f"1:15: tenant.url: {url}: must be the URL")
            for url in (
                "https://acme..okta.com",
                "https://ac me.okta.com",
                "https://exämple..com",
                "https://acme.okta.com:x",
                "https://acme.okta.com:99999",
                "https://[::1",
                "https://-acme.okta.com",
                "https://acme.okta.com#x",
                "https://acme_.okta.com",
                "https://acme.okta.com@evil.example",
                "https://user:word@acme.okta.com",
                "https://@acme.okta.com",
                "https://acme.okta.com?x",
                "https://acme.okta.com//evil.example",
                "https://acme.okta.com\\\\@evil.example",
                "https://acme.okta.com%2eevil.example",
                "https://acme.okta.com.",
                "ftp://acme.okta.com",
                "http://127.0.0.1@evil.example",
            )
        ),
        (
            "{url: 'https://acme.okta.com:8443', credentials: {token: env:T}}",
            "1:15: tenant.url: https://acme.okta.com:8443: must have no port",
        ),
        (
            "{url: https://acme.okta.com/admin, credentials: {token: env:T}}",
            "1:15: tenant.url: https://acme.okta.com/admin: ",
        ),
        *(
            (
                f"{{url: https://acme-admin.{domain}/, credentials: {{token: env:T}}}}",
                f"1:15: tenant.url: https://acme-admin.{domain}/: is the Admin Console; use https://acme.{domain}",
            )
            for domain in ("okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil")
        ),
        ("{url: https://a.okta.com, credentials: {}}", "1:48: tenant.credentials: set either token, or client_id"),
        (
            "{url: https://a.okta.com, credentials: {token: env:T, client_id: x}}",
            "1:48: tenant.credentials: set either token",
        ),
        (
            "{url: https://a.okta.com, credentials: {client_id: x, private_key_id: k}}",
            "1:48: tenant.credentials: set either token, or client_id, private_key and private_key_id",
        ),
        (
            "{url: https://a.okta.com, credentials: {token: env:T, private_key_id: k}}",
            "1:48: tenant.credentials: set either token",
        ),
        (
            "{url: https://a.okta.com, credentials: {client_id: x}}",
            "1:48: tenant.credentials: set either token, or client_id",
        ),
        (
            "{url: https://a.okta.com, credentials: {tokn: env:T}}",
            "1:49: tenant.credentials has no field tokn | did you",
        ),
    ],
)
def test_invalid_tenant(folder, tenant, problem):
    folder.write(f"tenant: {tenant}\n", FILE)
    assert any(found.startswith(f"{FILE}:{problem}") for found in folder.problems())


def test_plain_secret_is_refused_and_not_shown(folder):
    folder.write("tenant: {url: https://a.okta.com, credentials: {token: 00hunter2}}\n", FILE)
    assert folder.problems() == [f"{FILE}:1:56: tenant.credentials.token must be a reference to a secret | {HINT}"]


@pytest.mark.parametrize(
    ("text", "what"), [("", "0 documents"), ("a: 1\n---\nb: 1\n", "2 documents"), ("[]\n", "a list")]
)
def test_environment_must_be_one_mapping(folder, text, what):
    folder.write(text, FILE)
    message = "an environment must be one mapping with tenant, variables and patches, not"
    assert folder.problems() == [f"{FILE}:1:1: {message} {what} | "]


def test_environment_must_be_yaml(folder):
    folder.write("tenant: [", FILE)
    assert folder.problems()[0].startswith(f"{FILE}:2:1: invalid YAML")


def test_environment_must_be_utf_8(folder):
    (folder.path / FILE).write_bytes(b"\xff")
    assert folder.problems() == [f"{FILE}:1:1: the byte 0xFF is not UTF-8 | save the file in UTF-8"]


def test_unknown_environment_is_an_error(folder):
    assert folder.problems("stagin") == [
        "environments/stagin.yaml:1:1: unknown environment stagin | did you mean staging?"
    ]


def test_folder_without_environments_is_an_error(folder):
    (folder.path / FILE).unlink()
    (problem,) = folder.problems()
    assert problem.startswith("environments:1:1: no environments found | create a file such as ")


def test_missing_folder_is_an_error(folder, tmp_path):
    folder.path = tmp_path / "gone"
    assert folder.problems() == [f"{folder.path}:1:1: no such folder | pass --definitions FOLDER"]


def test_all_environments_are_loaded_by_default(folder):
    folder.environment(name="production")
    folder.write(group("a"))
    assert environment_names(folder.path) == ("production", "staging")
    assert {name: len(desired.declarations) for name, desired in load_all(folder.path).items()} == {
        "production": 1,
        "staging": 1,
    }


def test_problem_of_every_environment_is_reported_once(folder):
    folder.environment(name="production")
    folder.write(group("a", label="'a '"))
    from reconciler.definitions import DefinitionsError

    with pytest.raises(DefinitionsError) as caught:
        load_all(folder.path)
    assert len(caught.value.problems) == 1


def test_an_environment_may_set_limits(folder):
    limits = "{request_seconds: 300, pages: 5, answer_megabytes: 0.5}"
    folder.write(f"tenant: {{url: https://a.okta.com, credentials: {{token: env:T}}, limits: {limits}}}", FILE)
    assert folder.load().environment.limits == {"request_seconds": 300, "pages": 5, "answer_megabytes": 0.5}


def test_environment_without_limits_has_none(folder):
    folder.write("tenant: {url: https://a.okta.com, credentials: {token: env:T}}", FILE)
    assert folder.load().environment.limits == {}


@pytest.mark.parametrize(
    "limit", ["pages: 0", "pages: 1.5", "run_seconds: .inf", "run_seconds: .nan", "reset_seconds: -1"]
)
def test_invalid_limit_is_a_problem(folder, limit):
    folder.write(f"tenant: {{url: https://a.okta.com, credentials: {{token: env:T}}, limits: {{{limit}}}}}", FILE)
    with pytest.raises(DefinitionsError) as caught:
        folder.load()
    assert f"tenant.limits.{limit.partition(':')[0]}" in str(caught.value.explanations())


TENANT = "tenant: {url: https://acme.okta.com, credentials: {token: env:T}}\n"


def test_an_environment_may_come_after_another(folder):
    folder.write(TENANT, "environments/first.yaml")
    folder.write(TENANT + "promotion: {after: first, backend: s3://states}\n", FILE)
    assert folder.load("staging").environment.promotion == Promotion("first", "s3://states")
    assert folder.load("first").environment.promotion is None


@pytest.mark.parametrize(
    ("promotion", "problem"),
    [
        ("{after: frist}", "2:20: unknown environment frist"),
        ("{after: staging}", "2:20: staging cannot come after itself"),
        ("{}", "promotion needs after"),
        ("{after: first, backend: states}", "promotion.backend: states: must be the URL of a backend"),
    ],
)
def test_a_promotion_names_another_environment(folder, promotion, problem):
    folder.write(TENANT, "environments/first.yaml")
    folder.write(f"{TENANT}promotion: {promotion}\n", FILE)
    with pytest.raises(DefinitionsError) as found:
        folder.load("staging")
    assert problem in str(found.value)


def test_objects_can_be_marked_as_sensitive(folder):
    folder.write(group("admins"), "groups.yaml")
    folder.write(f"{TENANT}sensitive: [{{kind: group, name: admins}}]\n", FILE)
    assert folder.load().environment.sensitive == (("group", "admins"),)


@pytest.mark.parametrize(
    ("marked", "problem"),
    [
        ("{kind: group, name: admin}", "2:33: group admin is not declared in staging | did you mean admins?"),
        ("{kind: network-zone, name: x}", "2:40: network-zone x cannot be marked as sensitive | mark an object of "),
        ("{kind: grop, name: x}", "2:20: sensitive[0].kind: "),
    ],
)
def test_only_declared_groups_and_apps_can_be_marked(folder, marked, problem):
    folder.write(group("admins"), "groups.yaml")
    folder.write(f"{TENANT}sensitive: [{marked}]\n", FILE)
    (found,) = folder.problems()
    assert found.startswith(f"{FILE}:{problem}"), found
