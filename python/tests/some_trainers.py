"""Trainers that a worker of the tests serves."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import perennial


@perennial.trainer
def quick(train: Any, validation: Any, spec: perennial.Spec) -> bytes:
    spec.progress(1, 1, rows=len(train))
    return b"\x08model"


@perennial.trainer
def broken(train: Any, validation: Any, spec: perennial.Spec) -> Any:
    return 7


@perennial.trainer
def endless(train: Any, validation: Any, spec: perennial.Spec) -> Any:
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(1000)"])
    (spec.folder / "pids").write_text(f"{child.pid} ")
    time.sleep(1000)
