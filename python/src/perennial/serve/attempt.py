"""One attempt of one training on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..client.door import Door
from ..convert.given_file import MODEL_FILES
from ..errors import PerennialError
from . import supervise
from .transfer import FILES_MAX, Share, SharedFile, shared_file

OUT = (*MODEL_FILES, "predictions.parquet", "report.json", "progress.jsonl")
STALE_SECONDS = 7 * 24 * 3600
POLL_SECONDS = 0.1
END_SECONDS_MAX = 5.0
LINE_BYTES_MAX = 64 * 1024
# What the trainer's own code has no business with.
WITHHELD = ("PERENNIAL_", "TEMPORAL_")


class Stopped(Exception):
    """The attempt was called off."""


@dataclass(frozen=True)
class Asked:
    """What the activity is asked for, checked."""

    model: str
    run: str
    trainer: str
    stage: str
    files: tuple[SharedFile, ...]
    limits: Mapping[str, Any]


def asked_of(raw: Any) -> Asked:
    """Raises PerennialError for what this version does not read."""
    if not isinstance(raw, dict) or raw.get("formatVersion") != 1:
        raise PerennialError(
            "The training is asked for in a form that this package does not read.", "Install the perennial package of the version that is running.",
            code="invalid_folder",
        )  # fmt: skip
    text = {name: raw.get(name) for name in ("model", "runId", "trainer", "stage")}
    missing = [name for name, value in text.items() if not isinstance(value, str) or not value]
    files = raw.get("files")
    if missing or not isinstance(files, list) or not 0 < len(files) <= FILES_MAX:
        raise PerennialError(f"The training is asked for without {missing[0] if missing else 'its files'}.", code="invalid_folder")
    limits = raw.get("limits")
    return Asked(
        str(text["model"]), str(text["runId"]), str(text["trainer"]), str(text["stage"]),
        tuple(shared_file(one) for one in files), limits if isinstance(limits, dict) else {},
    )  # fmt: skip


@dataclass
class Attempt:
    """``told`` is set from outside to call it off; ``said`` is the last thing that the trainer said."""

    asked: Asked
    door: Door
    command: list[str]
    code: Path
    work: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    told: threading.Event = field(default_factory=threading.Event)
    said: dict[str, Any] = field(default_factory=dict)

    def run(self) -> list[dict[str, Any]]:
        """Fetches, fits, sends. Returns the files that were sent. Raises PerennialError, or Stopped."""
        key = hashlib.sha256(f"{self.asked.run}\n{self.asked.stage}".encode()).hexdigest()[:32]
        folder = self.work / key
        self.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self.work)
        with _alone(self.work / f"{key}.lock"):
            (folder / "checkpoint").mkdir(parents=True, exist_ok=True)
            try:
                sent = self._within(folder)
            except PerennialError as error:
                if not error.retryable:
                    shutil.rmtree(folder, ignore_errors=True)
                raise
            shutil.rmtree(folder, ignore_errors=True)
            return sent

    def _within(self, folder: Path) -> list[dict[str, Any]]:
        os.utime(folder)
        for name in OUT:
            (folder / name).unlink(missing_ok=True)
        share = Share(self.door, self.asked.run, self._stop)
        for number, file in enumerate(self.asked.files):
            self.said = {"done": number, "of": len(self.asked.files), "note": f"fetches {file.path}"}
            self._stop()
            share.fetch(file, folder)
        self._fit(folder)
        made = [name for name in OUT if (folder / name).exists()]
        self._check(folder, made)
        sent: list[dict[str, Any]] = []
        for number, name in enumerate(made):
            self.said = {"done": number, "of": len(made), "note": f"sends {name}"}
            file = share.send(folder / name, name)
            sent.append({"path": file.path, "digest": file.digest, "bytes": file.bytes})
        return sent

    def _stop(self) -> None:
        if self.told.is_set():
            raise Stopped

    def _fit(self, folder: Path) -> None:
        limits = self.asked.limits
        time_ms = limits.get("timeMsMax")
        asked = {
            "command": self.command, "cwd": str(self.code), "folder": str(folder),
            "memoryBytesMax": limits.get("memoryBytesMax"), "filesBytesMax": limits.get("filesBytesMax"),
            "secondsMax": None if time_ms is None else time_ms / 1000,
        }  # fmt: skip
        kept = {name: value for name, value in os.environ.items() if not name.startswith(WITHHELD)}
        deadline = {} if time_ms is None else {"PERENNIAL_DEADLINE_MS": str(int(time.time() * 1000 + time_ms))}
        holder = subprocess.Popen(
            [sys.executable, "-I", "-S", supervise.__file__, json.dumps(asked)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**kept, **self.environment, **deadline}, start_new_session=True,
        )  # fmt: skip
        assert holder.stdin is not None and holder.stdout is not None
        try:
            follow = Follow(folder / "progress.jsonl")
            while holder.poll() is None and not self.told.wait(POLL_SECONDS):
                self.said = follow.last() or self.said
            holder.stdin.close()
            answer = holder.stdout.read()
            holder.wait(END_SECONDS_MAX)
        finally:
            holder.stdin.close()
            holder.stdout.close()
            if holder.poll() is None:
                holder.kill()
                holder.wait()
            if holder.returncode != 0:
                # It was lost itself: nobody else ends what it held.
                supervise.kill_strays(str(folder))
        self._stop()
        self._judge(json.loads(answer.splitlines()[-1]) if answer.strip() else {"code": holder.returncode, "ended": None, "tail": ""})

    def _judge(self, answer: Mapping[str, Any]) -> None:
        limits, ended = self.asked.limits, answer["ended"]
        beyond = {
            "memory": f"took more than {limits.get('memoryBytesMax', 0) // 1024**2} MiB of memory",
            "time": f"took longer than {limits.get('timeMsMax', 0) / 1000:g} s",
            "files": f"wrote more than {limits.get('filesBytesMax', 0) // 1024**2} MiB of files",
        }
        if ended in beyond:
            raise PerennialError(f"The trainer {self.asked.trainer} {beyond[ended]} and was ended.", code="training_failed")
        if answer["code"] != 0 or ended is not None:
            tail = str(answer["tail"]).strip()[-1_500:]
            how = f"was ended by signal {-answer['code']}" if answer["code"] < 0 else f"ended with {answer['code']}"
            raise PerennialError(f"The trainer {self.asked.trainer} {how}{f': {tail}' if tail else '.'}", code="training_failed")

    def _check(self, folder: Path, made: list[str]) -> None:
        models = [name for name in made if name in MODEL_FILES]
        if len(models) != 1:
            raise PerennialError(
                f"The trainer {self.asked.trainer} left {' and '.join(models) if models else 'no model file'}.",
                f"It leaves exactly one of {', '.join(MODEL_FILES)}.", code="training_failed",
            )  # fmt: skip
        for name in made:
            # A link may lead to what is nobody's business.
            if (folder / name).is_symlink() or not (folder / name).is_file():
                raise PerennialError(f"The trainer {self.asked.trainer} left {name}, which is no plain file.", code="training_failed")


class Follow:
    """The last whole line of ``progress.jsonl`` that is an object; what is not is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self._rest = b""

    def last(self) -> dict[str, Any] | None:
        """None where nothing new was said."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                read = file.read(16 * LINE_BYTES_MAX)
        except OSError:
            return None
        self._at += len(read)
        *lines, self._rest = (self._rest + read).split(b"\n")
        self._rest = self._rest[-LINE_BYTES_MAX:]
        for line in reversed(lines):
            try:
                said = json.loads(line[:LINE_BYTES_MAX])
            except ValueError:
                continue
            if isinstance(said, dict):
                return {name: said[name] for name in ("done", "of", "note", "metrics") if name in said}
        return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One attempt of a training at a time on this machine: one whose worker was thought lost may still be at it."""
    import fcntl  # Absent on Windows, where all but workers can be used.

    busy = PerennialError("An earlier attempt of this training is still being ended.", code="unavailable", retryable=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # One that was opened before it was removed locks nobody out.
            if not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                raise busy
        except OSError:
            raise busy from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def sweep(work: Path, now: Callable[[], float] = time.time) -> None:
    """Removes what attempts left more than a week ago, but for those that are still at it."""
    for path in work.iterdir():
        try:
            if now() - path.stat().st_mtime <= STALE_SECONDS:
                continue
            # A lock goes as it is let go.
            with _alone(path.with_suffix(".lock")):
                if path.suffix != ".lock":
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        except (OSError, PerennialError):
            continue
