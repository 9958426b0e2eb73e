"""Many unary calls over one stream per connection.

A message of gRPC costs Python about a quarter of a millisecond on both sides together, whatever is
in it. So calls share messages: each side sends at once when nothing is being sent, and what comes
up while a message is on its way makes up the next one. There is no timer: a lone call waits for
nobody, and the more there is to do, the more calls a message carries.

    caller: CallStream ── Batch of calls, cancellations ──▶ server: Carrier ──▶ Handler
                       ◀── Batch of answers, leaving ──────                 (a task a call)

Neither side queues without bound: what a stream may have under way is limited on the caller's side,
and a server whose answers are not fetched reads no further calls.
"""
