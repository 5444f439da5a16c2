"""Rows of a training as pandas frames or Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .errors import PerennialError

if TYPE_CHECKING:
    from .spec import Feature, Spec

ORDER = "_order"
"""The id of a row, ascending in time."""


def read_arrow(folder: Path, part: str) -> Any:
    """The rows of ``train``, ``validation`` or ``test`` as a ``pyarrow.Table``."""
    path = folder / part / "rows.parquet"
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as cause:
        raise PerennialError(f"{part}/rows.parquet cannot be read ({cause}).", code="invalid_folder") from None
    if ORDER not in table.column_names:
        raise PerennialError(f'{part}/rows.parquet has no column "{ORDER}".', code="invalid_folder")
    return table


def as_served(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers in the precision in which a model is asked: 32 bits, held as float64. Training on them keeps a threshold
    from falling between a number and what the model is given of it."""
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=np.float64).astype(np.float32).astype(np.float64)


def _words_of(column: Any) -> list[str]:
    return sorted(word for word in column.unique().to_pylist() if word is not None)


def open_values(spec: Spec, train: Any, validation: Any) -> dict[str, list[str]]:
    """The words of each category: those declared, else those of the rows that are learnt from, in alphabetical order."""
    found: dict[str, list[str]] = {}
    for feature in spec.columns:
        if feature.kind != "category":
            continue
        if feature.values is not None:
            found[feature.name] = list(feature.values)
        elif train.num_rows > 0 or validation.num_rows > 0:
            tables = [table for table in (train, validation) if feature.name in table.column_names]
            found[feature.name] = sorted({word for table in tables for word in _words_of(table[feature.name])})
    return found


def frame_of(table: Any, spec: Spec, values: dict[str, list[str]]) -> pd.DataFrame:
    """A frame whose index is ``_order``: numbers float64 (rounded as served), truth values nullable ``boolean``,
    categories ``category`` with the words in their declared order, instants ``datetime64[ms, UTC]``."""
    columns: dict[str, Any] = {}
    kinds = {feature.name: feature.kind for feature in spec.columns}
    for name in table.column_names:
        if name == ORDER:
            continue
        column = table[name]
        kind = kinds.get(name, "time" if name == spec.event_time else None)
        if kind == "number":
            columns[name] = as_served(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
        elif kind == "boolean":
            columns[name] = pd.array(column.to_pylist(), dtype="boolean")
        elif kind == "category":
            columns[name] = pd.Categorical(column.to_pylist(), categories=values.get(name))
        elif kind == "time":
            columns[name] = pd.to_datetime(pd.array(column.to_pylist(), dtype="Int64"), unit="ms", utc=True).astype(
                "datetime64[ms, UTC]"
            )
        elif name == spec.target and not spec.classes:
            columns[name] = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        else:
            columns[name] = pd.Series(column.to_pylist(), dtype=object).array
    index = pd.Index(table[ORDER].to_numpy(zero_copy_only=False), name=ORDER)
    missing = [feature.name for feature in spec.columns if feature.name not in columns]
    if missing:
        raise PerennialError(f'The rows have no column "{missing[0]}", which spec.json names.', code="invalid_folder")
    made: pd.DataFrame = pd.DataFrame(columns, index=index)
    return made


def matrix_of(frame: pd.DataFrame, features: Sequence[Feature], categories: Literal["text", "category"]) -> pd.DataFrame:
    """The features alone, as the model will be asked; see ``Spec.x``."""
    columns: dict[str, Any] = {}
    for feature in features:
        if feature.name not in frame.columns:
            raise PerennialError(f'These rows have no column "{feature.name}".', "Give rows as the trainer got them.")
        column = frame[feature.name]
        if feature.kind == "category":
            text = column.astype(object)
            columns[feature.name] = column if categories == "category" else text.where(text.notna(), "")
        elif feature.kind == "time":
            instants = column.astype("datetime64[ms, UTC]").astype("int64").astype("float64")
            columns[feature.name] = as_served(instants.where(column.notna(), np.nan))
        elif feature.kind == "boolean":
            columns[feature.name] = column.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            columns[feature.name] = as_served(column)
    made: pd.DataFrame = pd.DataFrame(columns, index=frame.index)
    return made
