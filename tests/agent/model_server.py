"""A model server on loopback that speaks as an OpenAI-compatible one does, and fails in the ways that those do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Gives the replies in turn, the last one again and again; `asked` holds the bodies of the requests."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = replies
        self.asked: list[dict[str, Any]] = []
        self.url = ""


@contextmanager
def model_server(*replies: Reply) -> Iterator[Server]:
    """A running server; it stops answering when the block ends."""
    served = Server(*replies)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            served.asked.append(json.loads(self.rfile.read(length)))
            served.replies[min(len(served.asked), len(served.replies)) - 1](self)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    served.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


def sends(status: int, body: str, **headers: str) -> Reply:
    """A reply of that status and body."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        payload = body.encode()
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    return reply


def says(text: str, *calls: tuple[str, str]) -> Reply:
    """A completion with a text, and calls as (name, arguments as JSON)."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = [
            {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for n, (name, arguments) in enumerate(calls)
        ]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
    used = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    body = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": used}
    return sends(200, json.dumps(body))


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    """Half of a body, and then the connection is closed."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "x", "object": "chat.completion", "choices": [{"index": 0, "mess')
    handler.wfile.flush()
    handler.connection.close()


def hangs(handler: BaseHTTPRequestHandler) -> None:
    """Nothing for longer than anybody waits."""
    time.sleep(5)


def dribbles(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, which never reaches a client's time-out."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    for _ in range(100):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


def closes(handler: BaseHTTPRequestHandler) -> None:
    """Closes the connection without a word."""
    handler.connection.close()
