"""A provider on this machine that replays recorded answers, good and bad."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """One answer. promised: length that the head claims, if not the body's."""

    body: bytes = b""
    status: int = 200
    head: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    delay_s: float = 0.0


@dataclass
class Recording:
    """Answers in turn, the last again and again, and the questions that came."""

    replies: list[Reply]
    asked: list[str] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    address: str = ""

    def next(self) -> Reply:
        return self.replies[min(len(self.asked), len(self.replies)) - 1]


def as_json(found: object) -> Reply:
    return Reply(json.dumps(found).encode())


@contextmanager
def replaying(*replies: Reply) -> Iterator[Recording]:
    """A server on the loopback address for as long as the block lasts."""
    recording = Recording(list(replies))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def answer(self, form: str) -> None:
            recording.asked.append(self.path)
            recording.heads.append(dict(self.headers))
            recording.forms.append(form)
            reply = recording.next()
            time.sleep(reply.delay_s)
            self.send_response(reply.status)
            for name, value in reply.head.items():
                self.send_header(name, value)
            size = len(reply.body) if reply.promised is None else reply.promised
            self.send_header("Content-Length", str(size))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    recording.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield recording
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
