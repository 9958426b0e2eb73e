"""A hotel search that answers as it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from innkeeper.bench.target import Target, find


def collection(*ids: str, lon: float = -122.41, lat: float = 37.78) -> bytes:
    """A FeatureCollection with a hotel of each id at a place."""
    features = [
        {
            "id": hotel,
            "type": "Feature",
            "properties": {"name": f"Hotel {hotel}", "phone_number": "(415) 776-1380"},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for hotel in ids
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


RIGHT = collection("5", "3")
Answer = Callable[[int], tuple[int, bytes]]


@dataclass
class FakeSearch:
    """Counts what it is asked, and answers with `answer(number)`: a status and a body. Status 0
    breaks the connection; -1 leaves the question without an answer."""

    answer: Answer = lambda number: (200, RIGHT)
    close_after_each: bool = False
    asked: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    connections: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    _lock: Any = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def target(self) -> Target:
        return find(self.url)

    def count(self, path: str) -> int:
        with self._lock:
            self.asked.append(path)
            return len(self.asked)


def _handler(search: FakeSearch) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # One packet for head and body, so that no delayed acknowledgement slows the test.
        wbufsize = -1

        def setup(self) -> None:
            super().setup()
            search.connections += 1

        def do_GET(self) -> None:
            search.hosts.add(self.headers["Host"])
            status, body = search.answer(search.count(self.path))
            if status <= 0:
                if status < 0:
                    search.released.wait(30)
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if search.close_after_each:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments: object) -> None:
        """A client that hangs up is what is tested."""


@pytest.fixture
def search() -> Iterator[FakeSearch]:
    """A running FakeSearch."""
    fake = FakeSearch()
    server = _Server(("127.0.0.1", 0), _handler(fake))
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    fake.released.set()
    server.shutdown()
    thread.join()
    server.server_close()
