"""Files of one training, by their digests, over the control API."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..client.door import Door
from ..errors import PerennialError

CHUNK_BYTES = 1024 * 1024
FILES_MAX = 100
FILE_SECONDS_MAX = 3_600.0
ANSWER_SECONDS_MAX = 600.0
RENEW_SECONDS_BEFORE = 300.0
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){0,2}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class SharedFile:
    """A file of the folder, by its path in it."""

    path: str
    digest: str
    bytes: int


def shared_file(raw: Any) -> SharedFile:
    """Checked: a path inside the folder, a digest, a size."""
    path, digest, size = (raw.get(name) if isinstance(raw, dict) else None for name in ("path", "digest", "bytes"))
    if not isinstance(path, str) or NAME.fullmatch(path) is None or path.split("/")[0] == "checkpoint":
        raise PerennialError(f"The training names a file {str(path)[:100]!r}, which is no path of its folder.", code="invalid_folder")
    if not isinstance(digest, str) or DIGEST.fullmatch(digest) is None or not isinstance(size, int) or size < 0:
        raise PerennialError(f"The training names {path} without a digest or a size.", code="invalid_folder")
    return SharedFile(path, digest, size)


def digest_of(path: Path, stop: Callable[[], None]) -> str:
    """Of a file; ``stop`` may raise in between."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            stop()
            found.update(chunk)
    return f"sha256:{found.hexdigest()}"


class Share:
    """What one training may read and write: a token of its own, that is asked for anew before it ends."""

    def __init__(self, door: Door, run: str, stop: Callable[[], None]) -> None:
        self._door = door
        self._path = f"/v1/trainings/{quote(run, safe='')}"
        self._stop = stop
        self._scoped: Door | None = None
        self._until = 0.0
        self._lock = threading.Lock()

    def _access(self) -> Door:
        with self._lock:
            if self._scoped is None or time.time() > self._until - RENEW_SECONDS_BEFORE:
                given = self._door.ask("POST", f"{self._path}/access", {})
                token, expires = (given.get(name) if isinstance(given, dict) else None for name in ("token", "expiresAt"))
                if not isinstance(token, str):
                    raise PerennialError("The control API gave no token for the files of the training.", code="unknown_answer")
                self._scoped = Door(self._door.url, token)
                self._until = _seconds_of(expires)
            return self._scoped

    def fetch(self, file: SharedFile, into: Path) -> None:
        """Writes the file below ``into``, unless it lies there already, and holds it against its digest."""
        target = into / file.path
        if target.is_file() and target.stat().st_size == file.bytes and digest_of(target, self._stop) == file.digest:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        making = target.with_name(f".{target.name}.part")

        came = _Came(making)

        def attempt(seconds: float) -> None:
            # What came before the connection broke does not have to come again.
            headers = {"range": f"bytes={came.bytes}-"} if came.bytes > 0 else {}
            with self._access().open("GET", self._file(file.digest), None, headers, min(seconds, 60.0)) as answer:
                if answer.status != 206:
                    came.begin()
                while chunk := answer.read(CHUNK_BYTES):
                    self._stop()
                    came.add(chunk)
                    if came.bytes > file.bytes:
                        break
            if came.bytes < file.bytes:
                raise PerennialError(f"{file.path} was cut off on its way.", code="unavailable", retryable=True)
            if came.bytes != file.bytes or came.digest() != file.digest:
                came.begin()
                raise PerennialError(f"{file.path} came otherwise than its digest says.", "It is asked for again.", code="unavailable", retryable=True)

        self._door.repeat(_network(attempt, file.path), FILE_SECONDS_MAX)
        os.replace(making, target)

    def send(self, path: Path, name: str) -> SharedFile:
        """Uploads a file under its digest; one that is there already may be sent again."""
        file = SharedFile(name, digest_of(path, self._stop), path.stat().st_size)

        def attempt(seconds: float) -> None:
            headers = {"content-type": "application/octet-stream", "content-length": str(file.bytes)}
            with path.open("rb") as body:
                data = _Stopped(body, self._stop) if file.bytes > 0 else b""
                # It is copied and hashed once more before it is answered.
                with self._access().open("PUT", self._file(file.digest), data, headers, min(seconds, ANSWER_SECONDS_MAX)) as answer:
                    answer.read(1_000_000)

        self._door.repeat(_network(attempt, name), FILE_SECONDS_MAX)
        return file

    def _file(self, digest: str) -> str:
        return f"{self._path}/files/{quote(digest, safe=':')}"


class _Came:
    """A file that comes in pieces, hashed as it comes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.begin()

    def begin(self) -> None:
        self.bytes = 0
        self._hash = hashlib.sha256()
        self._path.write_bytes(b"")

    def add(self, chunk: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(chunk)
        self.bytes += len(chunk)
        self._hash.update(chunk)

    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


class _Stopped:
    """A file whose reading ends when the work is called off."""

    def __init__(self, body: Any, stop: Callable[[], None]) -> None:
        self._body = body
        self._stop = stop

    def read(self, size: int = -1) -> bytes:
        self._stop()
        return bytes(self._body.read(size))

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(CHUNK_BYTES):
            yield chunk


def _network(attempt: Callable[[float], None], name: str) -> Callable[[float], None]:
    """A connection that breaks in the middle of a file is a reason to ask for it again."""

    def once(seconds: float) -> None:
        try:
            attempt(seconds)
        except (OSError, EOFError, HTTPException) as cause:
            if isinstance(cause, FileNotFoundError):
                raise
            raise PerennialError(f"{name} was cut off on its way.", code="unavailable", retryable=True) from None

    return once


def _seconds_of(text: Any) -> float:
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return time.time() + RENEW_SECONDS_BEFORE + 60
