"""What a training is asked for: ``spec.json`` of its folder, typed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from .errors import PerennialError
from .frames import matrix_of
from .progress import Progress

Task = Literal["binary", "multiclass", "regression"]
Stage = Literal["candidate", "release"]
KINDS = ("number", "boolean", "category", "time")
FORMAT_VERSION = 1
SPEC_BYTES_MAX = 64 * 1024 * 1024


@dataclass(frozen=True)
class Feature:
    """One column that the model is asked with. ``values``: of a category whose set is closed, in its declared order."""

    name: str
    kind: str
    may_be_missing: bool = False
    values: tuple[str, ...] | None = None
    is_derived: bool = False


@dataclass(frozen=True)
class Limits:
    """What the process may take; beyond it is ended."""

    memory_bytes_max: int | None = None
    time_ms_max: int | None = None
    files_bytes_max: int | None = None


@dataclass(frozen=True)
class Champion:
    """The version that answers now; its file lies in the folder."""

    version: int
    threshold: float | None
    path: Path


@dataclass(frozen=True)
class Spec:
    """What to fit. ``classes`` are the words of the business in the order of scores: of two, the positive one is last."""

    model: str
    run: str
    stage: Stage
    task: Task
    target: str
    classes: tuple[str, ...]
    positive: str | None
    event_time: str | None
    entity: str | None
    columns: tuple[Feature, ...]
    seed: int
    settings: Mapping[str, Any]
    rows: Mapping[str, int]
    champion: Champion | None
    deadline_ms: int | None
    limits: Limits
    folder: Path
    raw: Mapping[str, Any] = field(repr=False)
    said: Progress = field(repr=False)

    @property
    def features(self) -> list[str]:
        """Names of the columns that the model is asked with, in their order."""
        return [feature.name for feature in self.columns]

    @property
    def categories(self) -> list[str]:
        """Names of the features that are text."""
        return [feature.name for feature in self.columns if feature.kind == "category"]

    @property
    def numbers(self) -> list[str]:
        """Names of the features that are no text: numbers, and as numbers truth values and instants."""
        return [feature.name for feature in self.columns if feature.kind != "category"]

    @property
    def checkpoint_dir(self) -> Path:
        """What is written here is found again by the next attempt, when this one is killed."""
        made = self.folder / "checkpoint"
        made.mkdir(exist_ok=True)
        return made

    @property
    def seconds_left(self) -> float | None:
        """Until the process is ended; None without a deadline."""
        return None if self.deadline_ms is None else max(0.0, self.deadline_ms / 1000 - time.time())

    def x(self, frame: pd.DataFrame, *, categories: Literal["text", "category"] = "text") -> pd.DataFrame:
        """The features as the model will be asked: ``text`` for scikit-learn (a missing one is ""), ``category`` for
        LightGBM and XGBoost (a missing one is NaN). All others are float64, NaN where missing."""
        return matrix_of(frame, self.columns, categories)

    def y(self, frame: pd.DataFrame) -> pd.Series[Any]:
        """The labels: the words, or for a regression the numbers."""
        if self.target not in frame.columns:
            raise PerennialError(
                f'These rows have no column "{self.target}": what a model is judged by is not shown to its trainer.',
                "Ask for the labels of train or validation.",
            )
        labels = frame[self.target]
        return labels.astype(object) if self.classes else labels.astype("float64")

    def codes(self, frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The labels as places in ``classes``, for libraries that want numbers: of two classes 1 is the positive one."""
        if not self.classes:
            raise PerennialError("A regression has no classes.", "Use spec.y(frame).")
        places = {word: place for place, word in enumerate(self.classes)}
        return np.asarray([places[word] for word in self.y(frame)], dtype=np.int64)

    def progress(self, done: float, of: float, note: str | None = None, **metrics: float) -> None:
        """Says how far the fit is. Each call is a sign of life; calls that follow too fast upon another are left out."""
        self.said.say(metrics, done=done, of=of, note=note)


def _refused(path: str, problem: str) -> PerennialError:
    return PerennialError(
        f"spec.json: {path} {problem}.", "Install the perennial package of the version that is running.", code="invalid_folder"
    )


def _member(raw: Mapping[str, Any], name: str, kind: type | tuple[type, ...], path: str = "") -> Any:
    value = raw.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise _refused(f"{path}{name}", "is missing or of another type than this version reads")
    return value


def _optional(raw: Mapping[str, Any], name: str, kind: type | tuple[type, ...], path: str = "") -> Any:
    return None if raw.get(name) is None else _member(raw, name, kind, path)


def _feature(raw: Any, path: str) -> Feature:
    if not isinstance(raw, Mapping):
        raise _refused(path, "is no object")
    kind = _member(raw, "kind", str, f"{path}.")
    if kind not in KINDS:
        raise _refused(f"{path}.kind", f'"{kind}" is none of {", ".join(KINDS)}')
    values = _optional(raw, "values", list, f"{path}.")
    missing = raw.get("missing")
    return Feature(
        name=_member(raw, "name", str, f"{path}."),
        kind=kind,
        may_be_missing=missing is True or missing == "allow",
        values=None if values is None else tuple(str(value) for value in values),
        is_derived=raw.get("isDerived") is True,
    )


def _deadline() -> int | None:
    """Told beside the file, so that equal trainings find equal files."""
    said = os.environ.get("PERENNIAL_DEADLINE_MS", "")
    return int(said) if said.isdigit() else None


def read_spec(folder: Path) -> Spec:
    """Reads and checks ``spec.json``. Raises PerennialError (``invalid_folder``)."""
    path = folder / "spec.json"
    try:
        if path.stat().st_size > SPEC_BYTES_MAX:
            raise _refused("the file", "is too large")
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise PerennialError(
            f"There is no spec.json in {folder}.",
            "PERENNIAL_FOLDER names the folder of a training; Perennial sets it.",
            code="invalid_folder",
        ) from None
    except (OSError, ValueError) as cause:
        raise _refused("the file", f"cannot be read ({cause})") from None
    if not isinstance(raw, Mapping):
        raise _refused("the file", "holds no object")
    if raw.get("formatVersion") != FORMAT_VERSION:
        raise _refused("formatVersion", f"is {raw.get('formatVersion')!r}, and this package reads {FORMAT_VERSION}")
    return _spec_of(raw, folder)


def _spec_of(raw: Mapping[str, Any], folder: Path) -> Spec:
    task = _member(raw, "task", str)
    if task not in ("binary", "multiclass", "regression"):
        raise _refused("task", f'"{task}" is not known to this package')
    stage = raw.get("stage", "candidate")
    if stage not in ("candidate", "release"):
        raise _refused("stage", f'"{stage}" is not known to this package')
    target = _member(raw, "target", Mapping)
    classes = tuple(str(word) for word in (_optional(target, "classes", list, "target.") or ()))
    if (task == "regression") != (len(classes) == 0) or (task == "binary" and len(classes) != 2):
        raise _refused("target.classes", f"does not fit the task {task}")
    columns = tuple(_feature(one, f"features[{at}]") for at, one in enumerate(_member(raw, "features", list)))
    if len({column.name for column in columns}) != len(columns) or not columns:
        raise _refused("features", "is empty or names one twice")
    champion = _optional(raw, "champion", Mapping)
    limits = _optional(raw, "limits", Mapping) or {}
    return Spec(
        model=_member(raw, "model", str),
        run=_member(raw, "run", str),
        stage=stage,
        task=task,
        target=_member(target, "column", str, "target."),
        classes=classes,
        positive=_optional(target, "positive", str, "target."),
        event_time=_optional(raw, "eventTime", str),
        entity=_optional(raw, "entity", str),
        columns=columns,
        seed=_member(raw, "seed", int),
        settings=_optional(raw, "settings", Mapping) or {},
        rows=_optional(raw, "rows", Mapping) or {},
        champion=None
        if champion is None
        else Champion(
            version=_member(champion, "version", int, "champion."),
            threshold=_optional(champion, "threshold", (int, float), "champion."),
            path=folder / "champion" / "model.onnx",
        ),
        deadline_ms=_deadline(),
        limits=Limits(
            memory_bytes_max=_optional(limits, "memoryBytesMax", int, "limits."),
            time_ms_max=_optional(limits, "timeMsMax", int, "limits."),
            files_bytes_max=_optional(limits, "filesBytesMax", int, "limits."),
        ),
        folder=folder,
        raw=raw,
        said=Progress(folder / "progress.jsonl"),
    )
