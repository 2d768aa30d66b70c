"""Error answers with Okta's texts.

Handlers raise only OktaError on purpose; each function below creates one kind of it. OAuthError, for the token
endpoint, has a different body.

    not_found            404 E0000007  unknown id in the path
    no_such_endpoint     404 E0000022  unknown path
    invalid              400 E0000001  invalid value, with its causes
    malformed            400 E0000003  not JSON, or a value of the wrong type
    invalid_search       400 E0000031  filter or search expression that does not parse
    invalid_token        401 E0000011
    bearer_refusal       401, 403      invalid access token or missing scope, described in a header
    invalid_client       401           failed client authentication at the token endpoint (OAuthError)
    forbidden            403           action not allowed for the object or its status
    unknown_host         403 E0000006  `Host` of another machine
    cross_origin         403 E0000006  request of another web origin to the sandbox's own endpoints
    too_large            413           request body too large
    rate_limited         429 E0000047
    method_not_allowed   405 E0000022

Codes and texts are from recorded answers, or else from Okta's published list of error codes.
"""

from collections.abc import Mapping

from okta_sandbox.json_types import JsonObject

__all__ = [
    "OAuthError",
    "OktaError",
    "already_exists",
    "bearer_refusal",
    "cross_origin",
    "forbidden",
    "internal",
    "invalid",
    "invalid_client",
    "invalid_field",
    "invalid_search",
    "invalid_token",
    "malformed",
    "method_not_allowed",
    "no_such_endpoint",
    "not_found",
    "rate_limited",
    "too_large",
    "unknown_host",
]


class OktaError(Exception):
    """An answer of status 400 or more, with Okta's error object as its body."""

    def __init__(
        self, status: int, code: str, summary: str, *causes: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code} {summary}")
        self.status = status
        self.code = code
        self.summary = summary
        self.causes = causes
        self.headers = dict(headers or {})

    def body(self, error_id: str) -> JsonObject | None:
        """Okta's error object."""
        return {
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": error_id,
            "errorCauses": [{"errorSummary": cause} for cause in self.causes],
        }


class OAuthError(OktaError):
    """A refusal of the token endpoint: `{"error": ..., "error_description": ...}`."""

    def body(self, error_id: str) -> JsonObject:
        """As RFC 6749 has it."""
        return {"error": self.code, "error_description": self.summary}


class _TokenRefusal(OktaError):
    """Only a `WWW-Authenticate` header and no body, as recorded in okta/okta-sdk-golang#145."""

    def body(self, error_id: str) -> JsonObject | None:
        return None


def not_found(identifier: str, kind: str) -> OktaError:
    """404: no object of this kind has this id."""
    return OktaError(404, "E0000007", f"Not found: Resource not found: {identifier} ({kind})")


def no_such_endpoint() -> OktaError:
    """404: unknown path."""
    return OktaError(404, "E0000022", "The endpoint does not support the provided HTTP method")


def method_not_allowed() -> OktaError:
    """405: method not allowed."""
    return OktaError(405, "E0000022", "The endpoint does not support the provided HTTP method")


def invalid(what: str, *causes: str) -> OktaError:
    """`what` is the field or the operation, as in 'Api validation failed: newUser'."""
    return OktaError(400, "E0000001", f"Api validation failed: {what}", *causes)


def invalid_field(field: str, reason: str) -> OktaError:
    """400: an invalid field. Okta names it both in the summary and in the cause."""
    return invalid(field, f"{field}: {reason}")


def already_exists(field: str) -> OktaError:
    """400: another object has the same value in this field."""
    return invalid_field(field, "An object with this field already exists in the current organization")


def malformed() -> OktaError:
    """400: not JSON, or a value of the wrong type."""
    return OktaError(400, "E0000003", "The request body was not well-formed.")


def invalid_search(expression: str) -> OktaError:
    """400: a filter or search expression that does not parse."""
    return OktaError(400, "E0000031", "Invalid search criteria.", f"Unrecognised expression: {expression}")


def invalid_token() -> OktaError:
    """401: missing or invalid API token."""
    return OktaError(401, "E0000011", "Invalid token provided")


def bearer_refusal(status: int, challenge: str) -> OktaError:
    """401 or 403 for an access token; `challenge` is the value of `WWW-Authenticate`."""
    headers = {"WWW-Authenticate": challenge}
    if status == 401:
        return OktaError(401, "E0000011", "Invalid token provided", headers=headers)
    return _TokenRefusal(status, "E0000006", challenge, headers=headers)


def invalid_client(description: str) -> OAuthError:
    """401: failed client authentication."""
    return OAuthError(401, "invalid_client", description)


def forbidden(code: str, summary: str, *causes: str) -> OktaError:
    """403: not allowed for the object or its status."""
    return OktaError(403, code, summary, *causes)


def unknown_host() -> OktaError:
    """403: the request is addressed to another machine."""
    return forbidden(
        "E0000006",
        "The Host header names another machine: use a loopback address, or the address that the sandbox is served at.",
    )


def cross_origin() -> OktaError:
    """403: the request comes from another web origin."""
    return forbidden("E0000006", "Web pages of another origin may not use the sandbox's own endpoints.")


def too_large(limit: int) -> OktaError:
    """413: request body too large; `limit` in bytes."""
    return OktaError(413, "E0000003", f"The request body is larger than {limit} bytes.")


def rate_limited() -> OktaError:
    """429: the bucket of the request is empty."""
    return OktaError(429, "E0000047", "API call exceeded rate limit due to too many requests.")


def internal() -> OktaError:
    """500: a failure of the sandbox itself."""
    return OktaError(500, "E0000009", "Internal Server Error")
