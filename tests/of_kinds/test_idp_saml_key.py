"""Keys of SAML identity providers."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.kinds.idp_saml_key import IDP_SAML_KEY, IdpSamlKey
from tests.of_kinds import about
from tests.official.provider_rules import Requests, rule

KEY = "idp-saml-key"
CERTIFICATES = (
    (
        "MIIC+zCCAeOgAwIBAgIUTH/yrgR7jz8d2vakT4C8Zh7pMdwwDQYJKoZIhvcNAQELBQAwDTELMAkGA1UEAwwCaTIwHhcNMjYxMTI4"
        "MTQwMTA0WhcNNDYxMTIzMTQwMTA0WjANMQswCQYDVQQDDAJpMjCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBANsgWEfh"
        "aE88D1W9fF3MDAygA5wj2bffPGA1OwKOsSGuBtch9gkSFeeokp1q+1+lahls5HPJ1phiORLNjjzDQ+x2cySag7P8dkepypzYHm/1"
        "TSxVcOnDQqivT2J4PKKWnGDmkyI4F61Q5BQckuvRRMaO+QO3YaBZcXS7LnmhxQyz2XANU67/Of1kxcBPVoJzrE6t4eZfYPa+Z+P3"
        "LeSHtb6hDEfwlSM48iRO74eQ73yZ1UiACfIouZWnPL3DPFn5qP6iOmN5t8xNHsVRkA2QzfkrZbMUQUqHcsmMUyTgS/65d0zuP7eV"
        "LzUPvyA0mIBWGb3FFCDvWGQmgzJ8NiaYpzECAwEAAaNTMFEwHQYDVR0OBBYEFPvHwpWnwQ10vNTYnrNfmrz8IrGnMB8GA1UdIwQY"
        "MBaAFPvHwpWnwQ10vNTYnrNfmrz8IrGnMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBADBJGnIc0KLRB1MeESAH"
        "zk3qvssSaTMeK6zSGYwpWYMrmf1s7QnG0KL9hz/syj35VUcjM+6sG8jtlgBfUqPKbWttyxIwJh1yvdD531ctGWIbZ0AFdFoTkdPn"
        "AYfy+6QZR6qWdoJ9VGmEHt3qcTiYJEsB/fvuciUXzEFQoEFXYlJPT0Cwl0g0Dyqj75muVxyGcAfF6GwAjJPf7WY/vuBNHPO2vzIf"
        "H12kiM1gcYe94Hn47xnzJK4bAkJPyfJFTIfqKOxiOmG5qfaxbP1vGQQjVUTyWsqlZ+BRaMkU3ajEbPYjqCjYKsBM0v3xDvPa0QJE"
        "8a/n0PxG1laf8uUEtd6eXu0="
    ),
    (
        "MIIC+zCCAeOgAwIBAgIUdUhIFXuIXqDW+S+bbI4xslSPTfcwDQYJKoZIhvcNAQELBQAwDTELMAkGA1UEAwwCaTMwHhcNMjYxMTI4"
        "MTQwMTA0WhcNNDYxMTIzMTQwMTA0WjANMQswCQYDVQQDDAJpMzCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAMh9vWyW"
        "W/sE8tbWjD4tLIoDX6sJJ+lbNjbkrr4w392OKGZYyYbwJw4M90iIX/kVUL11PHEuERuf1914ZGHW5OakOjHOVuWL1x/OgwPmlnKE"
        "wcuDmR/yFpiFf+DtToh5p3k/rJF+Myr2afj9ZGH16jswQltfAVw+pOiBdjkME0N/+2uwnCfx2HTVGLxIGTA0j84T8AmJsY7f/RQb"
        "2EOSIXy4QI0Wq0ySG/lJlgyKAYLYGa+rPA/Uu5e+dCQlbkFES2Bf0QYPM67Jt7SFP4z4/zk2xM4NTVnoVjT/E7ib+fCHXyYJF5Ab"
        "PwQ4/R/X/aN6V38jZh2XqPo2igd6V26m8OkCAwEAAaNTMFEwHQYDVR0OBBYEFOlWnl82MZdQk9HIruoqAQc2I3jOMB8GA1UdIwQY"
        "MBaAFOlWnl82MZdQk9HIruoqAQc2I3jOMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBACpzyc/t7rd7hK1tG2p+"
        "ynnz3wF/aU0Z7h3Ek/PbS7+5jtfI8louLGx1fpQsKPbTtoSMlJPXsgFmt6GSMBmT1jCnwAkA3NLkhxyc6zSvc6Jz6Y8ubpdQRwI2"
        "tzmHoXkGZGP02Qty6U7wgTtoxCtz+Vph92ZpXt1EHrz091dDI8M4zt00VmtDTlEbi01J95yic6u6p1xi1sCacP6eQbWyL0Ju/AWy"
        "73FFrjiDSvJwfecY01WN6vgm16HbuwSmoP6HXpC4j4zGE/C2xh2VqQt0iEaopxXNkkZhzoEa8hcWKMRzN4o1Z8jfj09GAXPmP2W/"
        "EfvZa6x/v7D2PDsN5Y0l5Y4="
    ),
    (
        "MIIB9DCCAV2gAwIBAgIUE6TSE3Mb+5SlKcRu/n999v5LckUwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjgx"
        "NjMwMDdaFw00NjAxMjcxNjMwMDdaMAwxCjAIBgNVBAMMAXgwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAONZpfg3sXnPdifC"
        "b7muPKnUwWivbvwxONud7yL5wXOZ8atvs7SpABtahNoV9ZuLDiuTG48zbBqCrCDuKLN/fisemTU9bNnBAZh3Br79h016LoDD6fJG"
        "BgLJiZJZP9/2K6AvcnlCnlE0DbGaC3MTNjoqr28GQm7Bxzmtni0a9d/TAgMBAAGjUzBRMB0GA1UdDgQWBBSOOut8FYK5sUqCBwUD"
        "1Vnx+8QGRDAfBgNVHSMEGDAWgBSOOut8FYK5sUqCBwUD1Vnx+8QGRDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GB"
        "AI58dUijGVwMUYksreCrMLRuabyMN930gLaK8smeJqq47EmAtVs3pRwah2aizzFoKV1kevwIL4yUaBCzkAnSnfqHeMo7zlPBy0GM"
        "hQXgbjhmQ08UDsnIVuYD0zk1ncsXqvn7HfNZagzOiTck7ksukY7iqF2pjYpaMS9Y2AOnnwRG"
    ),
)

FINGERPRINT = "cHhqO6CruA68zf-eLATuMm_bTCiM-HQO3FOVkyU7W5A"

about(
    kind=KEY,
    usual={"certificates": [CERTIFICATES[0]]},
    harmless=frozenset({"certificates"}),
    variants={
        "": {
            "one": {"certificates": [CERTIFICATES[0]]},
            "two": {"certificates": [CERTIFICATES[1]]},
        }
    },
    rules=(
        rule(
            KEY,
            "update",
            "x5c changed",
            Requests(
                "a key is replaced instead: identity providers use the new one before the old one is deleted",
                "e2e/test_idp_saml_key.py::test_a_new_certificate_replaces_the_key_of_an_identity_provider",
            ),
        ),
    ),
    fixed={"certificates": "Okta does not change keys"},
    another={"certificates": [CERTIFICATES[2]]},
)


def test_the_name_of_a_key_is_its_fingerprint():
    assert IDP_SAML_KEY.label_from([CERTIFICATES[0]]) == FINGERPRINT


@pytest.mark.parametrize("wrong", ["", "-----BEGIN CERTIFICATE-----", "Zmlyc3Q=", CERTIFICATES[0][:8] + " "])
def test_a_certificate_is_checked(wrong):
    with pytest.raises(ValidationError, match="must be a certificate"):
        IdpSamlKey(certificates=[wrong])
