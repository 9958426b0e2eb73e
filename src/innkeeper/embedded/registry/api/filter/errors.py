"""How a filter that cannot be used is answered."""

from innkeeper.embedded.registry.errors import ApiError


def unusable(why: str) -> ApiError:
    """The answer to an expression that is malformed or does not fit what it filters."""
    return ApiError(500, f"Failed to create boolean expression evaluator: {why}")
