"""An XGBoost model becomes its own JSON file, which the platform turns into a graph."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import cannot_convert
from ..spec import Spec
from ..trained import Converted, Matrix
from .classes import places_of
from .given_file import shaped

OBJECTIVES = {"binary": ("binary:logistic",), "multiclass": ("multi:softprob",)}


def from_xgboost(model: Any, spec: Spec) -> Converted:
    """Takes a ``Booster`` or an estimator; of an early-stopped one the best iteration."""
    import xgboost

    if hasattr(model, "get_booster"):
        try:
            booster = model.get_booster()
        except Exception:  # Its own "not fitted" has changed its type over versions.
            raise cannot_convert("The XGBoost model was not fitted.", "Call fit before it is returned.") from None
        if spec.classes and hasattr(model, "classes_"):
            places = places_of(list(model.classes_), spec)
            if places != sorted(places):
                raise cannot_convert("The XGBoost model has its classes in another order.", "Fit it on spec.codes(train).")
    else:
        booster = model
    booster = _best(booster)
    names = _names(booster, spec)
    _refuse_categories(booster, names, spec)
    content = _saved(booster, spec)

    def answer(rows: pd.DataFrame) -> Matrix:
        x = spec.x(rows, categories="category")[names]
        is_named = booster.feature_names is not None
        data = (
            xgboost.DMatrix(x, enable_categorical=True)
            if is_named
            else xgboost.DMatrix(x.to_numpy(dtype=np.float32))
        )
        return shaped(booster.predict(data), spec, rows)

    gains = booster.get_score(importance_type="total_gain")
    own = booster.feature_names or [f"f{at}" for at in range(len(names))]
    return Converted(
        "model.xgboost.json", content, answer, {name: float(gains.get(key, 0.0)) for key, name in zip(own, names, strict=True)}
    )


def _best(booster: Any) -> Any:
    """Cut after the best round, so that nobody can read the file in two ways."""
    best = booster.attr("best_iteration")
    return booster if best is None or int(best) + 1 >= booster.num_boosted_rounds() else booster[: int(best) + 1]


def _saved(booster: Any, spec: Spec) -> bytes:
    import json

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        booster.save_model(path)
        content = path.read_bytes()
    learner = json.loads(content)["learner"]
    objective = str(learner["objective"]["name"])
    wanted = OBJECTIVES.get(spec.task)
    fits = objective in wanted if wanted is not None else not objective.startswith(("binary:", "multi:", "rank:", "survival:"))
    if not fits:
        raise cannot_convert(
            f'The XGBoost model has the objective "{objective}", which does not fit the task {spec.task}.',
            f"Use {wanted[0] if wanted else 'reg:squarederror'}.",
        )
    if learner["gradient_booster"]["name"] == "gblinear":
        raise cannot_convert("The XGBoost model is linear (gblinear).", "Use trees, or a linear model of scikit-learn.")
    return content


def _names(booster: Any, spec: Spec) -> list[str]:
    if booster.feature_names is None:
        if int(booster.num_features()) == len(spec.features) and not spec.categories:
            return spec.features
        raise cannot_convert(
            f"The XGBoost model was fitted on {booster.num_features()} columns without names.", "Fit it on spec.x(train), a frame with names."
        )
    names = [str(name) for name in booster.feature_names]
    unknown = [name for name in names if name not in spec.features]
    if unknown:
        raise cannot_convert(f'The XGBoost model was fitted on a column "{unknown[0]}" that is no feature.', "Fit it on columns of spec.x(train).")
    return names


def _refuse_categories(booster: Any, names: list[str], spec: Spec) -> None:
    """The file may know categories by number alone, so their order has to be that of the definition."""
    used = [name for name, kind in zip(names, booster.feature_types or [], strict=False) if kind == "c"]
    kinds = {feature.name: feature for feature in spec.columns}
    for name in used:
        if kinds[name].kind != "category" or kinds[name].values is None:
            raise cannot_convert(
                f'The XGBoost model takes "{name}" as a category, and the definition does not list its values.',
                "List them, as in category(['DE', 'FR']): the file knows them by number alone.",
            )
    plain = [name for name in names if kinds[name].kind == "category" and name not in used]
    if plain:
        raise cannot_convert(
            f'The XGBoost model takes the words of "{plain[0]}" as numbers.', "Fit it on spec.x(train, categories='category') with enable_categorical."
        )
