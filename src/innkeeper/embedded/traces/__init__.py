"""The trace collector that `up` brings along: OTLP in, Jaeger's query API and pages out.

    OTLP/gRPC ─ grpc_intake ─┐                       ┌─ api ── jaeger (JSON) ── anybody's Jaeger UI
                             ├─ intake ── store ─────┤
    OTLP/HTTP ─ http_intake ─┘   otlp    query       └─ pages ── a browser

A span is kept as it came, still encoded, beside the few fields that searches look at; the rest is
decoded when somebody asks for it. Times are nanoseconds and trace ids 128-bit integers throughout;
only `jaeger` and `gotext` know how Jaeger writes them.
"""
