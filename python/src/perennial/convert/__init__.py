"""Turns what a trainer returned into a file that the platform reads. Nothing is pickled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import cannot_convert
from ..spec import Spec
from ..trained import Converted, Trained
from .given_file import from_bytes, from_path, is_path, own_answers


def convert(trained: Trained, spec: Spec, frames: Mapping[str, pd.DataFrame]) -> Converted:
    """Raises PerennialError (``cannot_convert``) for what has no true form outside of Python."""
    model = trained.model
    if model is None:
        raise cannot_convert("The trainer returned nothing.", "Return the model that it fitted.")
    if is_path(model):
        return own_answers(from_path(model, spec), trained, spec)
    if isinstance(model, (bytes, bytearray)):
        return own_answers(from_bytes(bytes(model)), trained, spec)
    libraries = {parent.__module__.split(".")[0] for parent in type(model).__mro__}
    if "onnx" in libraries and hasattr(model, "SerializeToString"):
        return own_answers(from_bytes(model.SerializeToString()), trained, spec)
    # Models of LightGBM and XGBoost are estimators of scikit-learn as well.
    if "lightgbm" in libraries:
        from .from_lightgbm import from_lightgbm

        return from_lightgbm(model, spec)
    if "xgboost" in libraries:
        from .from_xgboost import from_xgboost

        return from_xgboost(model, spec)
    if "sklearn" in libraries:
        from .from_sklearn import from_sklearn

        return from_sklearn(model, spec, frames)
    raise _unknown(model)


def _unknown(model: Any) -> Exception:
    name = f"{type(model).__module__}.{type(model).__qualname__}"
    hint = "Return a scikit-learn, LightGBM or XGBoost model, an ONNX model, or the path of a model file."
    if any(parent.__module__.startswith("torch.") for parent in type(model).__mro__):
        hint = "Export it with torch.onnx.export and return the path of the file."
    return cannot_convert(f"The trainer returned a {name}, for which there is no file format.", hint)
