"""Which queues a worker listens to, by its tags and its memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..errors import PerennialError

MEMORY_CLASSES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def memory_class(memory_gb: float) -> int:
    """The memory that a training asks for, rounded up to a class."""
    for one in MEMORY_CLASSES:
        if memory_gb <= one:
            return one
    raise PerennialError(f"There is no class for {memory_gb:g} GB.", f"{MEMORY_CLASSES[-1]} GB is the largest.", code="configuration")


def queue_of(queue: str, tag: str | None = None, memory_gb: float | None = None) -> str:
    """``<queue>[-<tag>][-<class>g]``: where a training with these needs waits."""
    parts = [queue, *([tag] if tag else []), *([f"{memory_class(memory_gb)}g"] if memory_gb else [])]
    return "-".join(parts)


def queues_of(queue: str, tags: Sequence[str], memory_gb: float | None) -> list[str]:
    """All that a worker of these tags and this memory serves: each need that it can meet."""
    classes = [one for one in MEMORY_CLASSES if memory_gb is not None and one <= math.floor(memory_gb)]
    return [queue_of(queue, tag, size) for tag in (None, *tags) for size in (None, *classes)]
