"""Types of untyped JSON.

A request body may contain anything; the models in `families` narrow it.
"""

from typing import Any, TypeAlias

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
