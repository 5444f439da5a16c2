"""What a trainer says while it works."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path

from .errors import PerennialError

METRICS_MAX = 50
NOTE_LENGTH_MAX = 200
PAUSE_SECONDS = 0.1
LINES_MAX = 100_000


class Progress:
    """Appends to ``progress.jsonl``: at most ten lines a second and 100,000 in all, the last of all kept in ``metrics``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metrics: dict[str, float] = {}
        self._done = 0.0
        self._of = 1.0
        self._lines = 0
        self._said_at = -math.inf

    def say(self, metrics: Mapping[str, float], *, done: float | None = None, of: float | None = None, note: str | None = None) -> None:
        """One line, unless another was written just now."""
        given = {str(name): float(value) for name, value in metrics.items()}
        self.metrics.update({name: value for name, value in given.items() if math.isfinite(value)})
        if len(self.metrics) > METRICS_MAX:
            raise PerennialError(f"More than {METRICS_MAX} metrics were logged.", "Log fewer names; a name may be logged again.")
        if of is not None and not (math.isfinite(of) and of > 0):
            raise PerennialError("progress: of must be a number above 0.")
        self._done = self._done if done is None else float(done)
        self._of = self._of if of is None else float(of)
        now = time.monotonic()
        is_last = done is not None and of is not None and done >= of
        if self._lines >= LINES_MAX or (now - self._said_at < PAUSE_SECONDS and not is_last):
            return
        self._said_at = now
        self._lines += 1
        line: dict[str, object] = {"done": min(max(self._done, 0.0), self._of), "of": self._of}
        if note:
            line["note"] = note[:NOTE_LENGTH_MAX]
        finite = {name: value for name, value in given.items() if math.isfinite(value)}
        if finite:
            line["metrics"] = finite
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


_current: Progress | None = None


def begin(progress: Progress | None) -> None:
    """Names the training that ``log_metrics`` speaks of."""
    global _current
    _current = progress


def log_metrics(metrics: Mapping[str, float], *, done: float | None = None, of: float | None = None) -> None:
    """Says numbers about the training that is under way. They are shown as said by its trainer, and judge nothing.

    Outside of a training (in a notebook, say) this does nothing.
    """
    if _current is not None:
        _current.say(metrics, done=done, of=of)
