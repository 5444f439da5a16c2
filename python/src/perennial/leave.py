"""Leaves the files of a fit in its folder, the model file last."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .convert import convert
from .environment import environment
from .errors import PerennialError
from .frames import ORDER
from .spec import Spec
from .trained import Converted, Matrix, Trained

NOTE_LENGTH_MAX = 2_000
IMPORTANCE_MAX = 4_000


def leave(made: Any, spec: Spec, frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Turns what the trainer returned into files. Returns their names."""
    trained = made if isinstance(made, Trained) else Trained(made)
    converted = convert(trained, spec, frames)
    names: list[str] = []
    if converted.answer is not None:
        rows = pd.concat([frames["validation"].drop(columns=[spec.target], errors="ignore"), frames["test"]])
        if len(rows) > 0:
            _write_predictions(spec.folder / "predictions.parquet", rows, converted)
            names.append("predictions.parquet")
    _put(spec.folder / "report.json", json.dumps(_report(trained, converted, spec), ensure_ascii=False, indent=1).encode())
    _put(spec.folder / converted.name, converted.content)
    return [*names, "report.json", converted.name]


def _write_predictions(path: Path, rows: pd.DataFrame, converted: Converted) -> None:
    assert converted.answer is not None
    answers: Matrix = converted.answer(rows)
    bad = int((~np.isfinite(answers)).any(axis=1).sum())
    if bad > 0:
        raise PerennialError(
            f"The model answers {bad} of {len(rows)} rows with no number.", "Let it answer rows with missing values, or refuse those in the definition."
        )
    table = pa.table(
        {
            ORDER: pa.array(rows.index.to_numpy(), pa.int64()),
            "prediction": pa.array(list(answers), pa.list_(pa.float64())),
        }
    )
    making = path.with_name(f".{path.name}")
    pq.write_table(table, making)
    os.replace(making, path)


def _report(trained: Trained, converted: Converted, spec: Spec) -> dict[str, object]:
    metrics = {**spec.said.metrics, **{str(name): float(value) for name, value in (trained.metrics or {}).items()}}
    importance = trained.importance if trained.importance is not None else converted.importance
    report: dict[str, object] = {
        "metrics": {name: value for name, value in metrics.items() if math.isfinite(value)},
        "environment": environment(),
    }
    if importance:
        gains = {name: float(gain) for name, gain in importance.items() if math.isfinite(gain) and gain >= 0}
        ranked = sorted(gains.items(), key=lambda item: -item[1])[:IMPORTANCE_MAX]
        report["importance"] = [{"feature": str(name), "gain": gain} for name, gain in ranked]
    if trained.note:
        report["note"] = trained.note[:NOTE_LENGTH_MAX]
    return report


def _put(path: Path, content: bytes) -> None:
    making = path.with_name(f".{path.name}")
    making.write_bytes(content)
    os.replace(making, path)
