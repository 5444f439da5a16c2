"""What a trainer may return beside a bare model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Matrix = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Trained:
    """A model with more to say of it.

    ``predict``: the answers of the original object, for models whose file is not made here: takes rows as the trainer
    got them (without labels), gives a probability per class in the order of ``spec.classes`` (of two, the positive one
    alone will do), or one value per row. The platform holds the file against them.
    """

    model: Any
    predict: Callable[[Any], Any] | None = None
    metrics: Mapping[str, float] | None = None
    importance: Mapping[str, float] | None = None
    note: str | None = None


@dataclass(frozen=True)
class Converted:
    """A model as a file: its name in the folder, its bytes, and what the original answers to a frame (rows by classes)."""

    name: str
    content: bytes
    answer: Callable[[Any], Matrix] | None
    importance: Mapping[str, float] | None = None
