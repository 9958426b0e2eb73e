"""All scenarios of the contract, each begun on a registry that holds nothing."""

from tests.contract.registry import catalog_calls, check_calls, query_calls, service_calls

SCENARIOS = {
    **service_calls.SCENARIOS,
    **check_calls.SCENARIOS,
    **query_calls.SCENARIOS,
    **catalog_calls.SCENARIOS,
}
"""By name; `{node}` in a path stands for the name of the registry's own node."""
