"""The registry and the trace collector that `up` brings along, for one machine.

They speak the public protocols of Consul and of Jaeger and share no code with the clients in
`innkeeper.registry` and `innkeeper.tracing`, so that either side can be swapped for the real one.
"""
