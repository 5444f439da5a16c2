"""Model files that the trainer made itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import PerennialError, cannot_convert
from ..spec import Spec
from ..trained import Converted, Matrix, Trained

MODEL_FILES = ("model.onnx", "model.lightgbm.json", "model.xgboost.json")
PICKLED = (".pkl", ".pickle", ".joblib", ".sav", ".pt", ".pth", ".npy")
FILE_BYTES_MAX = 512 * 1024 * 1024


def is_path(model: Any) -> bool:
    return isinstance(model, (str, os.PathLike))


def from_path(given: str | os.PathLike[str], spec: Spec) -> Converted:
    """The file is taken by its name: ``*.onnx``, ``*.lightgbm.json``, ``*.xgboost.json``."""
    path = Path(given)
    path = path if path.is_absolute() or path.exists() else spec.folder / path
    if path.name.lower().endswith(PICKLED):
        raise cannot_convert(
            f"{path.name} is a pickled object, which runs code when it is read.", "Return the model itself, or export it to ONNX."
        )
    endings = {name: name.removeprefix("model") for name in MODEL_FILES}
    name = next((name for name, ending in endings.items() if path.name.endswith(ending)), None)
    if name is None:
        raise cannot_convert(f'"{path.name}" is no model file.', f"It ends with {', '.join(endings.values())}.")
    if not path.is_file():
        raise cannot_convert(f"There is no file {path}.", "Return the path of the file that was written.")
    if path.stat().st_size > FILE_BYTES_MAX:
        raise cannot_convert(f"{path.name} is larger than {FILE_BYTES_MAX // 1024 // 1024} MiB.", "Use a smaller model.")
    content = path.read_bytes()
    _refuse_pickle(content)
    return Converted(name, content, None)


def from_bytes(content: bytes) -> Converted:
    """An ONNX model as it is."""
    _refuse_pickle(content)
    return Converted("model.onnx", content, None)


def _refuse_pickle(content: bytes) -> None:
    # A pickle begins with its protocol; a zip is what torch.save writes.
    if content[:1] == b"\x80" or content[:4] == b"PK\x03\x04":
        raise cannot_convert("The model is a pickled object, which runs code when it is read.", "Export it to ONNX.")
    if len(content) == 0:
        raise cannot_convert("The model file is empty.", "Return the bytes of an ONNX model.")


def own_answers(converted: Converted, trained: Trained, spec: Spec) -> Converted:
    """With the trainer's own function for the answers of the original."""
    predict = trained.predict
    if predict is None:
        return converted
    return Converted(converted.name, converted.content, lambda rows: shaped(predict(rows), spec, rows), converted.importance)


def shaped(answers: Any, spec: Spec, rows: pd.DataFrame) -> Matrix:
    """Rows by classes, whatever form the answers came in."""
    matrix = np.asarray(answers, dtype=np.float64)
    matrix = matrix.reshape(len(rows), -1) if matrix.size > 0 and matrix.size % len(rows) == 0 else matrix
    width = len(spec.classes) or 1
    if matrix.ndim == 2 and matrix.shape[1] == 1 and width == 2:
        matrix = np.hstack([1 - matrix, matrix])
    if matrix.shape != (len(rows), width):
        raise PerennialError(
            f"The model gives answers of the shape {np.shape(answers)} to {len(rows)} rows.",
            f"Give {width} {'probabilities' if spec.classes else 'value'} for each row.",
        )
    return matrix
