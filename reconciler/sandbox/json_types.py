"""The one place where untyped JSON is named.

A body that a client sends may hold anything; it is narrowed by the models in `families`.
"""

from typing import Any, TypeAlias

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
