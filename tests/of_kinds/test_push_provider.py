"""Push providers, at Apple and at Google."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from reconciler.kinds.push_provider import PushProvider
from reconciler.kinds.secret_fields import with_required_secrets
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import (
    Converges,
    NotDeclarable,
    RefusedByValidate,
    Undecidable,
    rule,
)
from tests.stand_in.test_objects import Okta, do

KIND = "push-provider"
HERE = "of_kinds/test_push_provider.py"
SECRET = "env:TEST_APP_SECRET"
_OF_APPLE = ("key_id", "team_id", "token_signing_key", "file_name")
_UNREAD = (
    "client_email",
    "private_key_id",
    "client_id",
    "account_type",
    "auth_uri",
    "token_uri",
    "auth_provider_x509_cert_url",
    "client_x509_cert_url",
)
_OF_GOOGLE = ("project_id", "private_key", *_UNREAD)
APPLE = {"provider_type": "APNS", "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ", "token_signing_key": SECRET}
GOOGLE = {
    "provider_type": "FCM",
    "project_id": "tested",
    "private_key": SECRET,
    **dict.fromkeys(_OF_APPLE, OMIT),
}

about(
    kind=KIND,
    usual={"name": "Tested", **APPLE},
    harmless=frozenset({"name", "file_name"}),
    fixed={"provider_type": "Okta refuses to change it"},
    another={"token_signing_key": "a key"},
    variants={
        "": {
            "apple": {"provider_type": "APNS", **dict.fromkeys(_OF_GOOGLE, OMIT)},
            "google": {"provider_type": "FCM", **dict.fromkeys(_OF_APPLE, OMIT)},
        }
    },
    needed={
        "apple": ("key_id", "team_id", "token_signing_key"),
        "google": ("project_id", "private_key"),
    },
    rules=(
        rule(KIND, "preview", "provider_type changed", Converges(KIND, GOOGLE, before={})),
        rule(
            KIND,
            "create update",
            "configuration, or its part",
            RefusedByValidate(KIND, "key_id", "needs it", {"key_id": OMIT}),
            RefusedByValidate(KIND, "project_id", "needs it", {**GOOGLE, "project_id": OMIT}, GOOGLE),
        ),
        rule(
            KIND,
            "create",
            "provider_type not in",
            RefusedByValidate(KIND, "provider_type", "", {"provider_type": "WNS"}),
        ),
        rule(
            KIND,
            "create update",
            "configuration.fcm_configuration.service_account_json.file_name",
            NotDeclarable("only an account at Apple has a file_name"),
        ),
        rule(
            KIND,
            "read",
            "import of an APNS provider",
            Undecidable("the plugin crashes", f"{HERE}::test_only_the_project_of_an_account_at_google_is_read"),
        ),
    ),
    attacks={
        "pushes-redirected": (
            changed(KIND, "provider_type", "APNS", "FCM"),
            changed(KIND, "key_id", "ABC123DEFG", "XYZ123DEFG"),
            changed(KIND, "team_id", "ABC123DEFG", "XYZ123DEFG"),
            changed(KIND, "project_id", "ours", "theirs"),
            whole(Verdict.MISSING, KIND),
        ),
    },
    innocent={"pushes-redirected": (changed(KIND, "file_name", "a.p8", "b.p8"), whole(Verdict.UNMANAGED, KIND))},
)


def test_only_the_project_of_an_account_at_google_is_read():
    known = {"id": "p1", "name": "Google", "providerType": "FCM", "configuration": {"projectId": "tested"}}
    tenant = Okta({"/api/v1/push-providers": [known]})
    found = do(tenant, lambda it: it.read(kind_named(KIND), ("p1",)))
    assert {name: value for name, value in found.items() if value is not None} == {
        "name": "Google",
        "provider_type": "FCM",
        "project_id": "tested",
    }


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"provider_type": "APNS", "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ"}, "token_signing_key"),
        ({**APPLE, "project_id": "tested"}, "leave it out"),
        ({"provider_type": "FCM", "project_id": "tested"}, "private_key"),
    ],
)
def test_a_provider_has_the_account_of_its_type(spec, message):
    with pytest.raises(ValidationError, match=message):
        PushProvider.model_validate({"name": "A", **spec})


@pytest.mark.parametrize(("kind", "secret"), [("APNS", "token_signing_key"), ("FCM", "private_key")])
def test_an_adopted_provider_refers_to_the_secret_of_its_type(kind: str, secret: str):
    adopted = with_required_secrets(PushProvider, {"provider_type": kind}, "env:{}".format)
    assert [name for name in ("token_signing_key", "private_key") if name in adopted] == [secret]
