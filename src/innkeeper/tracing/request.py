"""Encoded spans as a request to the collector."""

from collections.abc import Iterable
from functools import lru_cache

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from innkeeper.pb.otlp.v1.otlp_pb2 import ExportTraceServiceRequest, ResourceSpans, ScopeSpans
from innkeeper.tracing.encode import Encoded
from innkeeper.tracing.origin import Origin
from innkeeper.tracing.pairs import pairs

# Of one process: all roles at most, and those of a user's own.
_MOST_INSTANCES = 32


def request(batch: Iterable[Encoded]) -> bytes:
    """An encoded `ExportTraceServiceRequest`, with the spans of each service instance together."""
    sent = ExportTraceServiceRequest()
    origins: dict[Origin, ResourceSpans] = {}
    scopes: dict[tuple[Origin, int], ScopeSpans] = {}
    for origin, scope, message in batch:
        # By identity: hashing the content is dear.
        key = (origin, id(scope))
        spans = scopes.get(key)
        if spans is None:
            under = origins.get(origin)
            if under is None:
                under = origins[origin] = sent.resource_spans.add(
                    resource=_resource(origin), schema_url=origin.resource.schema_url
                )
            by = InstrumentationScope(
                name=scope.name, version=scope.version or "", attributes=pairs(scope.attributes)
            )
            spans = scopes[key] = under.scope_spans.add(
                scope=by.SerializeToString(), schema_url=scope.schema_url or ""
            )
        spans.spans.append(message)
    return sent.SerializeToString()


@lru_cache(_MOST_INSTANCES)
def _resource(origin: Origin) -> bytes:
    return Resource(attributes=pairs(origin.resource.attributes)).SerializeToString()
