"""`aws-sm:NAME`: AWS Secrets Manager."""

from __future__ import annotations

from typing import Any

from reconciler.secret_stores import aws
from reconciler.secret_stores.interface import SecretStore, StoreFailure, Surroundings


class AwsSecretsManager(SecretStore):
    """AWS Secrets Manager."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, location: str) -> str:
        """The current version of a secret."""
        with aws.explained("secretsmanager:GetSecretValue"):
            answer = self._client.get_secret_value(SecretId=location)
        if "SecretBinary" in answer:
            raise StoreFailure("the value is binary", "store it as text")
        return aws.text_of(answer.get("SecretString"))


def open_store(surroundings: Surroundings) -> SecretStore:
    """AWS Secrets Manager, in the region of the run."""
    return AwsSecretsManager(aws.client("secretsmanager"))
