"""A small HTTP server that stands for the platform."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

SECRET = "the-token-of-the-worker"


class Platform:
    """Answers are taken from ``answers`` first, each (status, headers, body); what is asked is kept in ``asked``."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.files: dict[str, bytes] = {}
        self.sent: dict[str, bytes] = {}
        self.tokens = 0
        self.url = ""

    def share(self, folder: Path, names: list[str]) -> list[dict[str, Any]]:
        found = []
        for name in names:
            content = (folder / name).read_bytes()
            digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
            self.files[digest] = content
            found.append({"path": name, "digest": digest, "bytes": len(content)})
        return found

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.answers:
            return self.answers.pop(0)
        parts = unquote(path).split("/files/")
        if path.endswith("/access"):
            if headers.get("authorization") != f"Bearer {SECRET}":
                return 403, {}, problem("forbidden", "This token may not work on trainings.")
            self.tokens += 1
            return 201, {}, json.dumps({"token": f"scoped-{self.tokens}", "expiresAt": "2999-01-01T00:00:00Z"}).encode()
        if len(parts) == 2 and not headers.get("authorization", "").startswith("Bearer scoped-"):
            return 401, {}, problem("unauthenticated", "This token is no token of the training.")
        if len(parts) == 2 and method == "GET":
            return (200, {}, self.files[parts[1]]) if parts[1] in self.files else (404, {}, problem("not_found", "There is no such file."))
        if len(parts) == 2 and method == "PUT":
            self.sent[parts[1]] = body
            return 201, {}, b"{}"
        return 200, {}, b"{}"


def problem(code: str, detail: str, retryable: bool = False) -> bytes:
    return json.dumps({"code": code, "detail": detail, "hint": "Do otherwise.", "retryable": retryable, "requestId": "r-1"}).encode()


@contextmanager
def platform() -> Iterator[Platform]:
    known = Platform()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            known.asked.append((self.command, self.path, headers, body))
            status, more, answer = known.answer(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in {"content-length": str(len(answer)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = _serve

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
