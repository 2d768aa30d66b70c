"""Counts of the requests since the last reset, by method and path template."""

from dataclasses import dataclass, field

from okta_sandbox.json_types import JsonObject


@dataclass
class Count:
    """Requests to one endpoint."""

    requests: int = 0
    bytes: int = 0  # of answer bodies
    statuses: dict[str, int] = field(default_factory=dict)


class Statistics:
    """The counts of all endpoints."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Count] = {}

    def add(self, method: str, template: str, status: int, size: int) -> None:
        """Count one answer; `size` is the size of its body in bytes."""
        count = self._counts.setdefault((method, template), Count())
        count.requests += 1
        count.bytes += size
        count.statuses[str(status)] = count.statuses.get(str(status), 0) + 1

    def clear(self) -> None:
        """Start from zero."""
        self._counts.clear()

    def report(self) -> JsonObject:
        """The counts as JSON, ordered by method and path."""
        return {
            "requests": sum(count.requests for count in self._counts.values()),
            "bytes": sum(count.bytes for count in self._counts.values()),
            "endpoints": [
                {
                    "method": method,
                    "path": template,
                    "requests": count.requests,
                    "bytes": count.bytes,
                    "statuses": dict(sorted(count.statuses.items())),
                }
                for (method, template), count in sorted(self._counts.items())
            ],
        }
