"""`aws-ssm:NAME`: parameters of AWS Systems Manager."""

from __future__ import annotations

from typing import Any

from reconciler.secret_stores import aws
from reconciler.secret_stores.interface import SecretStore, StoreFailure, Surroundings


class AwsParameterStore(SecretStore):
    """Parameter Store of AWS Systems Manager."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, location: str) -> str:
        """The newest version of a parameter, decrypted."""
        with aws.explained("ssm:GetParameter"):
            parameter = self._client.get_parameter(Name=location, WithDecryption=True).get("Parameter", {})
        if parameter.get("Type") == "StringList":
            raise StoreFailure("the parameter is a list", "refer to a parameter of type SecureString")
        return aws.text_of(parameter.get("Value"))


def open_store(surroundings: Surroundings) -> SecretStore:
    """Parameter Store, in the region of the run."""
    return AwsParameterStore(aws.client("ssm"))
