"""Writes what LightGBM and the package shap say of the answers of small models, for src/onnx/explain.

    python -m venv golden && golden/bin/pip install lightgbm==4.7.0 shap==0.51.0 numpy==2.4.6 pandas==3.1.1
    golden/bin/python bench/golden/reasons.py            # compares; exit code 1 where the file would differ
    golden/bin/python bench/golden/reasons.py --write

`lightgbm` is `predict(pred_contrib=True)`: one number per feature and the mean last. `shap` are the SHAP values of
`shap.TreeExplainer` for the same trees handed to it as arrays, so that its own code computes them and not LightGBM's; it
takes no sets, so that cases with categories have none. Rows hold missing values and categories that were never seen.
"""

import json
import sys
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import shap

FILE = Path(__file__).resolve().parents[2] / "src" / "onnx" / "explain" / "reasons.golden.json"
VERSIONS = {one.__name__: one.__version__ for one in (lightgbm, shap, np, pd)}
ROWS = 400
KEPT = {
    "split_feature", "threshold", "decision_type", "default_left", "missing_type", "left_child", "right_child", "leaf_value",
    "leaf_count",
}


def table(seed, categories):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"x{at}": np.round(rng.normal(0, 2, ROWS), 3).astype(np.float32).astype(float) for at in range(4)})
    signal = frame["x0"] * (frame["x1"] > 0) + np.sin(frame["x2"]) + 0.3 * frame["x3"]
    if categories:
        codes = rng.integers(1, 9, ROWS)
        frame["word"] = codes.astype(float)
        signal = signal + (codes % 3 == 0) * 1.5
    for at in range(2):
        frame.loc[rng.random(ROWS) < 0.15, f"x{at}"] = np.nan
    return frame, signal.to_numpy() + rng.normal(0, 0.3, ROWS)


def thin(node):
    return {name: thin(one) if isinstance(one, dict) else one for name, one in node.items() if name in KEPT}


def arrays(tree):
    """The tree as `shap` takes it: arrays of nodes."""
    made = {name: [] for name in ("children_left", "children_right", "children_default", "features", "thresholds", "values", "node_sample_weight")}

    def add(node):
        at = len(made["features"])
        for name in made:
            made[name].append(-1)
        if "split_feature" not in node:
            made["features"][at] = -2
            made["thresholds"][at] = -2.0
            made["values"][at] = [node["leaf_value"]]
            made["node_sample_weight"][at] = node["leaf_count"]
            return at
        made["features"][at] = node["split_feature"]
        made["thresholds"][at] = node["threshold"]
        left, right = add(node["left_child"]), add(node["right_child"])
        made["children_left"][at], made["children_right"][at] = left, right
        # LightGBM takes a missing value as 0 where the column had none in training.
        is_left = 0 <= node["threshold"] if node["missing_type"] == "None" else node["default_left"]
        made["children_default"][at] = left if is_left else right
        made["values"][at] = [0.0]
        made["node_sample_weight"][at] = made["node_sample_weight"][left] + made["node_sample_weight"][right]
        return at

    add(tree)
    return {name: np.array(values) for name, values in made.items()}


def case(about, seed, classes, categories, rounds, leaves):
    frame, signal = table(seed, categories)
    target = (signal > 0).astype(int) if classes == 2 else np.digitize(signal, [-1, 1]) if classes == 3 else signal
    objective = {"objective": "binary"} if classes == 2 else {"objective": "multiclass", "num_class": 3} if classes == 3 else {"objective": "regression"}
    settings = {"num_leaves": leaves, "min_data_in_leaf": 5, "learning_rate": 0.3, "num_threads": 1, "deterministic": True, "seed": 1, "verbosity": -1, "min_data_per_group": 5, "cat_smooth": 1, "max_cat_to_onehot": 1, **objective}
    data = lightgbm.Dataset(frame, target, categorical_feature=["word"] if categories else [])
    booster = lightgbm.train(settings, data, num_boost_round=rounds)
    rows = frame.iloc[:20].copy()
    for name in frame.columns:
        rows.loc[rows.index[3], name] = np.nan
    if categories:
        rows.loc[rows.index[5], "word"] = 77.0
    outputs = 3 if classes == 3 else 1
    width = frame.shape[1] + 1
    said = np.asarray(booster.predict(rows, pred_contrib=True)).reshape(len(rows), outputs, width)
    trees = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    made = {
        "about": about,
        "outputs": outputs,
        "trees": [thin(tree) for tree in trees],
        "rows": [[None if np.isnan(value) else value for value in row] for row in rows.to_numpy().tolist()],
        "lightgbm": said.tolist(),
    }
    if not categories:
        values = []
        for output in range(outputs):
            model = {"trees": [arrays(tree) for tree in trees[output::outputs]]}
            explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
            values.append(explainer.shap_values(rows.to_numpy(), check_additivity=False))
        made["shap"] = np.stack(values, axis=1).tolist()
    return made


def main():
    made = [
        case("two classes, numbers", 1, 2, False, 8, 8),
        case("two classes, a category", 2, 2, True, 6, 8),
        case("three classes", 3, 3, False, 3, 6),
        case("three classes, a category", 4, 3, True, 3, 6),
        case("values", 5, 0, False, 8, 12),
        case("values, deep", 6, 0, True, 4, 31),
    ]
    body = ",\n".join(json.dumps(one, separators=(",", ":")) for one in made)
    text = f'{{"versions": {json.dumps(VERSIONS)},\n"cases": [\n{body}\n]}}\n'
    if "--write" in sys.argv:
        FILE.write_text(text)
        print(f"{len(made)} cases, {len(text)} characters")
        return 0
    same = FILE.exists() and FILE.read_text() == text
    print(f"{len(made)} cases, {'the same' if same else 'another file'}")
    return 0 if same else 1


sys.exit(main())
