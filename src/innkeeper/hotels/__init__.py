"""What the system is about: hotels, where they are, what they cost and how they are described.

Each service is a class whose constructor takes its store or its clients and whose methods are the
RPCs of its proto. Nothing here knows how calls travel: no gRPC, no sockets, no registry.
"""
