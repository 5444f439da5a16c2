"""A LightGBM model becomes its own JSON dump, which the platform turns into a graph."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd

from ..errors import cannot_convert
from ..spec import Spec
from ..trained import Converted, Matrix
from .classes import places_of
from .given_file import shaped

# Of these the score of the other class is the negated one.
SIGMOID = ("binary", "cross_entropy", "xentropy")
SOFTMAX = ("multiclass", "multiclassova", "softmax")


def from_lightgbm(model: Any, spec: Spec) -> Converted:
    """Takes a ``Booster`` or an estimator; of an early-stopped one the best iteration."""
    if hasattr(model, "booster_") or hasattr(model, "n_estimators"):
        if not getattr(model, "fitted_", True) or not hasattr(model, "n_features_in_"):
            raise cannot_convert("The LightGBM model was not fitted.", "Call fit before it is returned.")
        booster, places = model.booster_, places_of(list(model.classes_), spec) if hasattr(model, "classes_") and spec.classes else None
        if hasattr(model, "classes_") and not spec.classes:
            raise cannot_convert("The LightGBM model is a classifier, and the target is a number.", "Return a regressor.")
    else:
        booster, places = model, None
    dump = booster.dump_model()
    objective = str(dump.get("objective", "")).split(" ")[0]
    _refuse_objective(objective, dump, spec)
    names = _names(booster, spec)
    places = places if places is not None else list(range(len(spec.classes)))
    dump["feature_names"] = names
    if places != list(range(len(places))):
        _reorder(dump, places, objective)
    _refuse_codes(dump, names, spec)

    def answer(rows: pd.DataFrame) -> Matrix:
        x = spec.x(rows, categories="category")[names]
        given = shaped(booster.predict(_as_fitted(x, booster)), spec, rows)
        return given[:, places] if spec.classes else given

    content = json.dumps(dump, ensure_ascii=False, separators=(",", ":")).encode()
    gains = dict(zip(names, (float(gain) for gain in booster.feature_importance("gain")), strict=True))
    return Converted("model.lightgbm.json", content, answer, gains)


def _as_fitted(x: pd.DataFrame, booster: Any) -> Any:
    """LightGBM asks for categories where it was fitted on them, and else for plain numbers."""
    return x if booster.pandas_categorical else x.to_numpy(dtype=np.float64)


def _refuse_objective(objective: str, dump: dict[str, Any], spec: Spec) -> None:
    if objective in ("", "custom", "none"):
        raise cannot_convert("The LightGBM model has an objective of its own, so its scores mean nothing here.", "Use a built-in objective.")
    wanted = {"binary": SIGMOID, "multiclass": SOFTMAX}.get(spec.task)
    fits = objective in wanted if wanted is not None else objective not in (*SIGMOID, *SOFTMAX)
    classes = int(dump.get("num_class", 1))
    if not fits or (spec.task == "multiclass" and classes != len(spec.classes)):
        raise cannot_convert(
            f'The LightGBM model has the objective "{objective}" with {classes} scores, which does not fit the task {spec.task}.',
            f"Use the objective {wanted[0] if wanted else 'regression'}.",
        )


def _names(booster: Any, spec: Spec) -> list[str]:
    own = [str(name) for name in booster.feature_name()]
    if own == [f"Column_{at}" for at in range(len(own))]:
        if len(own) == len(spec.features):
            return spec.features
        raise cannot_convert(f"The LightGBM model was fitted on {len(own)} columns without names.", "Fit it on spec.x(train), a frame with names.")
    # LightGBM puts another character into the place of some.
    known = {name: name for name in spec.features}
    for name in spec.features:
        known.setdefault(re.sub(r"\s", "_", name), name)
    unknown = [name for name in own if name not in known]
    names = [known[name] for name in own if name in known]
    if unknown or len(set(names)) != len(names):
        name = unknown[0] if unknown else own[0]
        raise cannot_convert(f'The LightGBM model was fitted on a column "{name}" that is no feature.', "Fit it on columns of spec.x(train).")
    return names


def _reorder(dump: dict[str, Any], places: list[int], objective: str) -> None:
    """Puts the scores into the order of the definition's classes. Negating is exact, and so is exchanging whole trees."""
    trees = dump["tree_info"]
    if objective in SOFTMAX:
        width = len(places)
        moved = [trees[at - at % width + places[at % width]] for at in range(len(trees))]
        dump["tree_info"] = [{**tree, "tree_index": at} for at, tree in enumerate(moved)]
        return
    for tree in trees:
        waiting = [tree["tree_structure"]]
        while waiting:
            node = waiting.pop()
            for member in ("leaf_value", "internal_value", "leaf_const"):
                if member in node:
                    node[member] = -node[member]
            if "leaf_coeff" in node:
                node["leaf_coeff"] = [-one for one in node["leaf_coeff"]]
            waiting += [node[side] for side in ("left_child", "right_child") if side in node]


def _refuse_codes(dump: dict[str, Any], names: list[str], spec: Spec) -> None:
    categories = [name for name in names if name in spec.categories]
    if len(categories) != len(dump.get("pandas_categorical") or []):
        raise cannot_convert(
            "The LightGBM model was fitted on numbers in the place of words.", "Fit it on spec.x(train, categories='category')."
        )
