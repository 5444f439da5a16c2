"""Holds a trainer in a process group of its own, and ends the group: at its limits, when it is told to (SIGTERM), and when
its own standard input closes, which is when the worker is gone. A program of its own, without any package.

It is given one JSON object as its argument and prints one as its last line: ``code``, ``ended`` (``memory``, ``time``,
``files``, ``told`` or null), ``tail`` (the end of standard error).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

POLL_SECONDS = 0.2
FILES_EVERY = 10
GRACE_SECONDS = 0.5
TAIL_BYTES = 4_000


def resident_bytes(group: int) -> int:
    """Resident memory of the processes of a group; 0 where there is no /proc."""
    page = os.sysconf("SC_PAGE_SIZE")
    total = 0
    try:
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return 0
    for name in names:
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                # The name in brackets may hold spaces; what follows it does not.
                fields = file.read().rsplit(b")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[2]) == group:
            total += int(fields[21]) * page
    return total


def bytes_of(folder: str) -> int:
    """All files of a folder; links count as themselves."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return total


def strays(folder: str) -> list[int]:
    """Processes that left the group and still work for this folder, by their environment."""
    wanted = f"PERENNIAL_FOLDER={folder}".encode()
    found: list[int] = []
    try:
        names = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    except OSError:
        return found
    for name in names:
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if wanted in file.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            continue
    return found


def end_group(child: subprocess.Popen[bytes], folder: str) -> None:
    """SIGTERM, half a second, SIGKILL, and whoever left the group."""
    _signal_group(child.pid, signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < until and child.poll() is None:
        time.sleep(0.02)
    kill_rest(child, folder)


def kill_rest(child: subprocess.Popen[bytes], folder: str) -> None:
    _signal_group(child.pid, signal.SIGKILL)
    kill_strays(folder)
    child.wait()


def kill_strays(folder: str) -> None:
    for stray in strays(folder):
        try:
            os.kill(stray, signal.SIGKILL)
        except OSError:
            continue


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except OSError:
        pass


class Tail:
    """The end of what is written to a pipe, and no more of it."""

    def __init__(self, pipe: Any) -> None:
        self.kept = b""
        self.thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self.thread.start()

    def _read(self, pipe: Any) -> None:
        while True:
            chunk = os.read(pipe.fileno(), 65_536)
            if not chunk:
                return
            self.kept = (self.kept + chunk)[-TAIL_BYTES:]


def main(given: str) -> int:
    asked: dict[str, Any] = json.loads(given)
    folder: str = asked["folder"]
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: told.set())

    def watch_parent() -> None:
        while os.read(0, 4096):
            pass
        told.set()

    threading.Thread(target=watch_parent, daemon=True).start()
    # What was fetched is none of the trainer's; what attempts before it kept is.
    fetched = bytes_of(folder) - bytes_of(os.path.join(folder, "checkpoint"))
    try:
        child = subprocess.Popen(
            asked["command"], cwd=asked["cwd"], env={**os.environ, "PERENNIAL_FOLDER": folder},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except OSError as cause:
        print(json.dumps({"code": 127, "ended": None, "tail": f"the trainer cannot be started ({cause.strerror})"}), flush=True)
        return 0
    tail = Tail(child.stderr)
    ended = _watch(child, asked, fetched, told)
    if ended is not None:
        end_group(child, folder)
    # What the trainer left behind ends with it.
    kill_rest(child, folder)
    tail.thread.join(1.0)
    print(json.dumps({"code": child.returncode, "ended": ended, "tail": tail.kept.decode("utf-8", "replace")}), flush=True)
    return 0


def _watch(child: subprocess.Popen[bytes], asked: dict[str, Any], given: int, told: threading.Event) -> str | None:
    until = None if asked.get("secondsMax") is None else time.monotonic() + asked["secondsMax"]
    memory_max, files_max = asked.get("memoryBytesMax"), asked.get("filesBytesMax")
    looks = 0
    while child.poll() is None:
        if told.wait(POLL_SECONDS if looks > 5 else 0.02):
            return "told"
        if until is not None and time.monotonic() > until:
            return "time"
        if memory_max is not None and resident_bytes(child.pid) > memory_max:
            return "memory"
        if files_max is not None and looks % FILES_EVERY == 0 and bytes_of(asked["folder"]) - given > files_max:
            return "files"
        looks += 1
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
