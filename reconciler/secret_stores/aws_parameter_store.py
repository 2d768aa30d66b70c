"""`aws-ssm:NAME`: parameters of AWS Systems Manager."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reconciler.secret_stores import aws
from reconciler.secret_stores.entry import without_keys
from reconciler.secret_stores.interface import EntryAbsent, NoSecret, SecretStore, StoreFailure, Surroundings, in_utc


class AwsParameterStore(SecretStore):
    """Parameter Store of AWS Systems Manager."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, location: str) -> str:
        """The newest version of a parameter, decrypted."""
        parameter = self._newest(location, decrypted=True)
        if parameter.get("Type") == "StringList":
            raise NoSecret("the parameter is a list", "refer to a parameter of type SecureString")
        return aws.text_of(parameter.get("Value"))

    def write(self, location: str, key: str, value: str) -> None:
        """Add a version of a parameter. The parameter has to exist and to be encrypted; it keeps its key and tier.

        AWS would take the account's own key and the default tier without them:
        https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
        """
        without_keys(key)
        settings = self._settings(location)
        if settings.get("Type") != "SecureString":
            hint = "delete it, and create it with the type SecureString"
            raise StoreFailure("the parameter is not encrypted", hint)
        kept = {name: settings[name] for name in ("KeyId", "Tier") if settings.get(name)}
        with aws.explained("ssm:PutParameter"):
            self._client.put_parameter(Name=location, Value=value, Type="SecureString", Overwrite=True, **kept)

    def written(self, location: str) -> datetime | None:
        """When the newest version was created."""
        return in_utc(self._newest(location, decrypted=False).get("LastModifiedDate"))

    def _newest(self, location: str, *, decrypted: bool) -> dict[str, Any]:
        with aws.explained("ssm:GetParameter"):
            answer = self._client.get_parameter(Name=location, WithDecryption=decrypted)
        parameter: dict[str, Any] = answer.get("Parameter", {})
        return parameter

    def _settings(self, location: str) -> dict[str, Any]:
        filters = [{"Key": "Name", "Option": "Equals", "Values": [location]}]
        with aws.explained("ssm:DescribeParameters"):
            answers = self._client.get_paginator("describe_parameters").paginate(ParameterFilters=filters)
            found: list[dict[str, Any]] = [one for answer in answers for one in answer.get("Parameters", [])]
        for settings in found:
            if settings.get("Name") == location:
                return settings
        hint = f"create the parameter {location} with the type SecureString, or correct the name or AWS_REGION"
        raise EntryAbsent("AWS has no such entry", hint)


def open_store(surroundings: Surroundings) -> SecretStore:
    """Parameter Store, in the region of the run."""
    return AwsParameterStore(aws.client("ssm"))
