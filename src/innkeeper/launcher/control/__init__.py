"""How a running `up` is spoken to: a unix socket of its own, and what can be asked on it.

A client connects, hears who answers, and sends one command; `up` tells how it goes and, last, what
became of it. All of it is lines of JSON:

    ◀─ {"up": {"pid": 4711, "name": "up", "url": "http://localhost:5000"}}
    ─▶ {"command": "restart", "targets": ["geo"]}
    ◀─ {"told": {"instance": "geo-1", "pid": 4720, …}}
    ◀─ {"told": {"instance": "geo-2", "pid": 4721, …}}
    ◀─ {"done": {…}}    or    {"error": "one line that says why not"}

Whoever hangs up before that has changed their mind: what was begun is finished, nothing more is
begun. The socket lies in a folder that only its user may look into, so nobody else can connect.
"""
