"""A scikit-learn estimator or pipeline becomes an ONNX file, by skl2onnx, and is held against itself."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import PerennialError, cannot_convert, missing_package
from ..spec import Spec
from ..trained import Converted, Matrix
from .classes import places_of
from .given_file import shaped

# Below what the platform's gate takes, and what every converter and ONNX Runtime of some years knows.
TARGET_OPSET = {"": 17, "ai.onnx.ml": 3}
ROWS_COMPARED_MAX = 1_000
# Within the first the file is taken as it is; the second is that of the platform, which compares again.
DIFFERENCE_GOOD = 1e-5
DIFFERENCE_MAX = 1e-4


def from_sklearn(model: Any, spec: Spec, frames: Mapping[str, pd.DataFrame]) -> Converted:
    """Raises PerennialError where the file would answer otherwise than the estimator does."""
    _refuse_unfit(model, spec)
    names = _names(model, spec)
    is_named = hasattr(model, "feature_names_in_")
    places = places_of(list(model.classes_), spec) if spec.classes else []

    def answer(rows: pd.DataFrame) -> Matrix:
        x = spec.x(rows)[names]
        given = x if is_named else x.to_numpy(dtype=np.float64)
        if not spec.classes:
            return shaped(model.predict(given), spec, rows)
        return shaped(np.asarray(model.predict_proba(given))[:, places], spec, rows)

    rows = next((frame for frame in (frames["validation"], frames["train"]) if len(frame) > 0), frames["train"])
    compared = rows.head(ROWS_COMPARED_MAX)
    expected = answer(compared)
    best: tuple[float, Any] | None = None
    # Most estimators compute in 64 bits; where 32 are not enough for the same answers, the file takes them as well.
    for is_double in (False, True):
        try:
            made = _convert(model, spec, names, is_named, is_double)
            difference = _difference(made, spec, names, is_named, is_double, places, compared, expected)
        except PerennialError:
            if best is None and not is_double:
                raise
            break
        if best is None or difference < best[0]:
            best = (difference, made)
        if difference <= DIFFERENCE_GOOD:
            break
    assert best is not None
    if best[0] <= DIFFERENCE_MAX:
        return Converted("model.onnx", best[1].SerializeToString(), answer, _importance(model, names))
    raise cannot_convert(
        f"The ONNX file of the {_name(model)} answers otherwise than the estimator itself (by up to {best[0]:.2g}).",
        "Missing values and unknown words are handled differently in the two: impute them in the pipeline, or use another step.",
    )


def _name(model: Any) -> str:
    steps = getattr(model, "steps", None)
    return f"pipeline with {type(steps[-1][1]).__name__}" if steps else type(model).__name__


def _refuse_unfit(model: Any, spec: Spec) -> None:
    if isinstance(model, type):
        raise cannot_convert(f"The trainer returned the class {model.__name__}.", "Return an instance that was fitted.")
    if not hasattr(model, "n_features_in_"):
        raise cannot_convert(f"The {_name(model)} was not fitted.", "Call fit before it is returned.")
    if spec.classes and not hasattr(model, "predict_proba"):
        raise cannot_convert(
            f"The {_name(model)} gives no probabilities.", "Use an estimator with predict_proba, such as a CalibratedClassifierCV around it."
        )
    if not spec.classes and hasattr(model, "predict_proba"):
        raise cannot_convert(f"The {_name(model)} is a classifier, and the target is a number.", "Return a regressor.")


def _names(model: Any, spec: Spec) -> list[str]:
    if hasattr(model, "feature_names_in_"):
        names = [str(name) for name in model.feature_names_in_]
        unknown = [name for name in names if name not in spec.features]
        if not unknown:
            return names
        raise cannot_convert(
            f'The {_name(model)} was fitted on a column "{unknown[0]}" that is no feature.', "Fit it on spec.x(train), or on columns of it."
        )
    if spec.categories or int(model.n_features_in_) != len(spec.features):
        raise cannot_convert(
            f"The {_name(model)} was fitted on {model.n_features_in_} columns without names.", "Fit it on spec.x(train), a frame with names."
        )
    return spec.features


def _convert(model: Any, spec: Spec, names: list[str], is_named: bool, is_double: bool) -> Any:
    try:
        from skl2onnx import convert_sklearn
        from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType
    except ImportError:
        raise missing_package("skl2onnx", "sklearn") from None
    number = DoubleTensorType if is_double else FloatTensorType
    inputs = (
        [(name, (StringTensorType if name in spec.categories else number)([None, 1])) for name in names]
        if is_named
        else [("x", number([None, len(names)]))]
    )
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            made = convert_sklearn(
                model,
                initial_types=inputs,
                target_opset=TARGET_OPSET,
                options={"zipmap": False} if spec.classes else None,
            )
    except Exception as cause:  # Each converter has errors of its own.
        text = " ".join(str(cause).split())[:300]
        hint = (
            "Return the LightGBM or XGBoost model itself, fitted on spec.x(train, categories='category')."
            if "lightgbm" in text.lower() or "xgb" in text.lower() or "LGBM" in text
            else "Use steps that skl2onnx knows, or export the model to ONNX yourself."
        )
        raise cannot_convert(f"The {_name(model)} cannot be converted to ONNX: {text}.", hint) from cause
    if is_named:
        _rename_inputs(made, names)
    return _with_words(made, spec, model) if spec.classes else made


def _rename_inputs(made: Any, names: list[str]) -> None:
    """skl2onnx writes other names where a feature has spaces and the like; the platform asks by the features' own."""
    own = [taken.name for taken in made.graph.input]
    if len(own) != len(names):
        raise cannot_convert(f"The ONNX file takes {len(own)} columns of {len(names)}.", "Fit it on the columns that it uses.")
    renamed = {old: name for old, name in zip(own, names, strict=True) if old != name}
    if not renamed:
        return
    inner = {name for node in made.graph.node for name in node.output} | {known.name for known in made.graph.initializer}
    taken_twice = inner & set(renamed.values())
    if taken_twice:
        raise cannot_convert(f'The feature "{min(taken_twice)}" has the name of a step of the ONNX file.', "Give the feature another name.")
    for node in made.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    for taken, name in zip(made.graph.input, names, strict=True):
        taken.name = name


def _with_words(made: Any, spec: Spec, model: Any) -> Any:
    """Lets a classifier that was fitted on numbers answer the words that they stand for."""
    if all(isinstance(one, str) for one in model.classes_):
        return made
    from onnx import TensorProto, helper

    for used in made.opset_import:
        # The node below is of the second version; what stands in the file reads the same in it.
        if used.domain == "ai.onnx.ml":
            used.version = max(used.version, 2)
    output = made.graph.output[0]
    label, inner = output.name, f"{output.name}_number"
    for node in made.graph.node:
        node.input[:] = [inner if name == label else name for name in node.input]
        node.output[:] = [inner if name == label else name for name in node.output]
    whole = inner
    if output.type.tensor_type.elem_type != TensorProto.INT64:
        whole = f"{inner}_whole"
        made.graph.node.append(helper.make_node("Cast", [inner], [whole], to=TensorProto.INT64))
    made.graph.node.append(
        helper.make_node(
            "LabelEncoder", [whole], [label], domain="ai.onnx.ml",
            keys_int64s=list(range(len(spec.classes))), values_strings=list(spec.classes),
        )
    )  # fmt: skip
    output.type.tensor_type.elem_type = TensorProto.STRING
    return made


def _difference(
    made: Any, spec: Spec, names: list[str], is_named: bool, is_double: bool, places: list[int], rows: pd.DataFrame, expected: Matrix
) -> float:
    """The largest difference of the file from the estimator, as the platform measures it; infinite where either has none."""
    try:
        import onnxruntime
    except ImportError:
        raise missing_package("onnxruntime", "sklearn") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
        outputs = session.run(None, _feeds(session, spec.x(rows)[names], is_named, np.float64 if is_double else np.float32))
    except Exception as cause:  # ONNX Runtime has errors of its own.
        raise cannot_convert(
            f"The ONNX file does not run: {' '.join(str(cause).split())[:200]}.", "Use steps that skl2onnx converts."
        ) from cause
    answers = shaped(np.asarray(outputs[1])[:, places] if spec.classes else outputs[0], spec, rows)
    scale = 1.0 if spec.classes else np.maximum(np.abs(expected), max(float(np.ptp(expected)), 5e-324))
    differences = np.abs(answers - expected) / scale
    return float(np.max(differences, initial=0.0)) if np.isfinite(differences).all() else float("inf")


def _feeds(session: Any, x: pd.DataFrame, is_named: bool, number: type) -> dict[str, Any]:
    if not is_named:
        return {"x": x.to_numpy(dtype=number)}
    feeds: dict[str, Any] = {}
    for taken in session.get_inputs():
        column = x[taken.name]
        is_text = taken.type == "tensor(string)"
        feeds[taken.name] = (column.to_numpy(dtype=object) if is_text else column.to_numpy(dtype=number)).reshape(-1, 1)
    return feeds


def _importance(model: Any, names: list[str]) -> Mapping[str, float] | None:
    gains = getattr(model, "feature_importances_", None)
    if gains is None or len(gains) != len(names):
        return None
    return {name: float(gain) for name, gain in zip(names, gains, strict=True)}

