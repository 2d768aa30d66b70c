"""`aws-sm:NAME`: AWS Secrets Manager."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reconciler.secret_stores import aws
from reconciler.secret_stores.entry import with_member_of_text
from reconciler.secret_stores.interface import EntryAbsent, NoSecret, SecretStore, Surroundings, in_utc


class AwsSecretsManager(SecretStore):
    """AWS Secrets Manager."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, location: str) -> str:
        """The current version of a secret."""
        answer = self._current(location)
        if "SecretBinary" in answer:
            raise NoSecret("the value is binary", "store it as text")
        return aws.text_of(answer.get("SecretString"))

    def write(self, location: str, key: str, value: str) -> None:
        """Add a version of a secret. The secret has to exist, as its key and its policy are not ours to choose."""
        try:
            text = with_member_of_text(self.read(location), key, value) if key else value
            with aws.explained("secretsmanager:PutSecretValue"):
                self._client.put_secret_value(SecretId=location, SecretString=text)
        except EntryAbsent as absent:
            raise EntryAbsent(absent.reason, f"create the secret {location}, or {absent.hint}") from absent

    def written(self, location: str) -> datetime | None:
        """When the current version was created."""
        return in_utc(self._current(location).get("CreatedDate"))

    def _current(self, location: str) -> dict[str, Any]:
        with aws.explained("secretsmanager:GetSecretValue"):
            answer: dict[str, Any] = self._client.get_secret_value(SecretId=location)
            return answer


def open_store(surroundings: Surroundings) -> SecretStore:
    """AWS Secrets Manager, in the region of the run."""
    return AwsSecretsManager(aws.client("secretsmanager"))
