"""The GPUs of this machine."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

SECONDS_MAX = 10


@dataclass(frozen=True)
class Gpu:
    index: int
    name: str
    memory_gb: float


def find_gpus() -> list[Gpu]:
    """As ``nvidia-smi`` lists them; none where it is not there or does not answer."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    asked = [program, "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=SECONDS_MAX, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return parse_gpus(answer)


def parse_gpus(answer: str) -> list[Gpu]:
    """One GPU a line; lines of another form are left out."""
    found: list[Gpu] = []
    for line in answer.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != 3 or not cells[0].isdigit():
            continue
        try:
            found.append(Gpu(int(cells[0]), cells[1], round(float(cells[2]) / 1024, 1)))
        except ValueError:
            continue
    return found
