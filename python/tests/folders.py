"""Folders of trainings, as the platform writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

COUNTRIES = ["DE", "FR", "NL"]
FEATURES: list[dict[str, Any]] = [
    {"name": "basket", "kind": "number", "missing": "refuse", "isDerived": False},
    {"name": "device age", "kind": "number", "missing": "allow", "isDerived": False},
    {"name": "country", "kind": "category", "missing": "allow", "values": COUNTRIES, "isDerived": False},
    {"name": "club", "kind": "boolean", "missing": "allow", "isDerived": False},
    {"name": "at", "kind": "time", "missing": "refuse", "isDerived": False},
]
CLASSES = {"binary": ["kept", "came back"], "multiclass": ["small", "middle", "Large"]}


def make_folder(
    folder: Path, task: str = "binary", rows: int = 600, *, missing: bool = True, features: list[dict[str, Any]] | None = None, **changes: Any
) -> Path:
    """A training that can be learnt from. Classes stand in an order that is not alphabetical."""
    random = np.random.default_rng(7)
    basket = random.uniform(5, 200, rows)
    age = random.uniform(0, 1000, rows)
    country = random.integers(0, 3, rows)
    club = random.random(rows) < 0.5
    score = basket / 50 - 2 + (country == 0) + age / 500 - club
    noise = random.logistic(size=rows)
    if task == "regression":
        target: Any = pa.array(score * 10 + noise, pa.float64())
    elif task == "binary":
        target = pa.array([CLASSES[task][int(one)] for one in score + noise > 0])
    else:
        target = pa.array([CLASSES[task][int(one)] for one in np.clip(np.floor(score + noise / 2 + 1), 0, 2)])
    gone = (random.random((3, rows)) < 0.1) & missing
    table = pa.table(
        {
            "_order": pa.array(np.arange(rows) * 3 + 11, pa.int64()),
            "outcome": target,
            "basket": pa.array(basket, pa.float64()),
            "device age": pa.array([None if out else one for one, out in zip(age, gone[0], strict=True)], pa.float64()),
            "country": pa.array([None if out else COUNTRIES[one] for one, out in zip(country, gone[1], strict=True)], pa.string()),
            "club": pa.array([None if out else bool(one) for one, out in zip(club, gone[2], strict=True)], pa.bool_()),
            "at": pa.array(1_700_000_000_000 + np.arange(rows) * 60_000, pa.int64()),
        }
    )
    cut, end = int(rows * 0.6), int(rows * 0.8)
    parts = {"train": table.slice(0, cut), "validation": table.slice(cut, end - cut), "test": table.slice(end).drop_columns(["outcome"])}
    for part, some in parts.items():
        (folder / part).mkdir(parents=True, exist_ok=True)
        pq.write_table(some, folder / part / "rows.parquet")
    (folder / "checkpoint").mkdir(exist_ok=True)
    classes = CLASSES.get(task)
    spec = {
        "formatVersion": 1, "model": "orders", "run": "train/orders/1", "stage": "candidate", "task": task,
        "target": {"column": "outcome", **({"classes": classes} if classes else {}), **({"positive": classes[1]} if task == "binary" and classes else {})},
        "eventTime": "at", "entity": None, "features": features or FEATURES, "seed": 1, "settings": {"depth": 3},
        "rows": {part: some.num_rows for part, some in parts.items()}, "champion": None,
        "limits": {"memoryBytesMax": None, "timeMsMax": 60_000, "filesBytesMax": None}, **changes,
    }  # fmt: skip
    (folder / "spec.json").write_text(json.dumps(spec))
    return folder


def predictions(folder: Path) -> dict[int, list[float]]:
    table = pq.read_table(folder / "predictions.parquet")
    return dict(zip(table["_order"].to_pylist(), table["prediction"].to_pylist(), strict=True))


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return found
