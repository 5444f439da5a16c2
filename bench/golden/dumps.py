"""Writes dumps of LightGBM and XGBoost with what the libraries themselves answer to some rows, for src/onnx/dumps.

    python -m venv golden && golden/bin/pip install lightgbm==4.7.0 xgboost==3.2.0 numpy==2.4.6 pandas==3.1.1
    golden/bin/python bench/golden/dumps.py            # compares; exit code 1 where the file would differ
    golden/bin/python bench/golden/dumps.py --write

Members of a dump that nothing reads are left out, except in the first case of each library. Rows hold values of the data,
values on the cuts of the model and the nearest numbers beside them, missing values and categories that were never seen.
"""

import json
import sys
import tempfile
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import xgboost

FILE = Path(__file__).resolve().parents[2] / "src" / "onnx" / "dumps" / "dumps.golden.json"
VERSIONS = {one.__name__: one.__version__ for one in (lightgbm, xgboost, np, pd)}
COUNTRIES = ["DE", "FR", "NL", "Česko", "UK", "US"]
ASCII = ["DE", "FR", "NL", "CZ", "UK", "US"]
PLANS = [f"plan {at}" for at in range(16)]
UNREAD = {
    "split_index", "split_gain", "internal_value", "internal_weight", "internal_count", "leaf_index", "leaf_weight",
    "leaf_count", "tree_index", "num_leaves", "num_cat", "shrinkage", "feature_importances", "monotone_constraints",
    "base_weights", "loss_changes", "sum_hessian", "parents", "min_value", "max_value", "sorted_idx", "feature_segments", "id",
}
ROWS = 600


def table(seed, countries=COUNTRIES):
    """Five features: amounts with cents, whole numbers with zeros, a flag, two categories; some of each missing."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "amount eur": np.round(rng.lognormal(3, 1, ROWS), 2),
            "items": rng.integers(-2, 6, ROWS).astype(float),
            "flag": rng.integers(0, 2, ROWS).astype(float),
            "country": pd.Categorical.from_codes(rng.integers(0, 5, ROWS), countries),
            "plan": pd.Categorical.from_codes(rng.integers(0, 16, ROWS), PLANS),
        }
    )
    country, plan = frame["country"].cat.codes.to_numpy(), frame["plan"].cat.codes.to_numpy()
    signal = np.log(frame["amount eur"]) - 3 + 0.4 * frame["items"] * (country % 2) + np.sin(plan * 1.7) - 0.3 * frame["flag"]
    for name in frame.columns:
        frame.loc[rng.random(ROWS) < 0.12, name] = None if name in ("country", "plan") else np.nan
    return frame, signal.to_numpy() + rng.normal(0, 0.3, ROWS)


def numbers(frame):
    return [name for name in frame.columns if frame[name].dtype.kind in "fi"]


def asked(frame, cuts, kind):
    """Rows of the data, then rows that stand on the cuts and beside them in the precision of the library."""
    rows = frame.iloc[:16].copy()
    for name in numbers(frame):
        for cut in cuts.get(name, [])[:3]:
            near = kind(cut)
            for value in (near, np.nextafter(near, kind(np.inf)), np.nextafter(near, kind(-np.inf))):
                row = frame.iloc[[len(rows) % 50]].copy()
                row[name] = float(value)
                rows = pd.concat([rows, row], ignore_index=True)
    for value in (0.0, -0.0, 1e-36, np.nan):
        row = frame.iloc[[len(rows) % 50]].copy()
        for name in numbers(frame):
            row[name] = value
        rows = pd.concat([rows, row], ignore_index=True)
    return rows


def thin(value):
    if isinstance(value, dict):
        return {name: thin(one) for name, one in value.items() if name not in UNREAD}
    return [thin(one) for one in value] if isinstance(value, list) else value


def cell(value):
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else float(value)


def case(about, maker, dump, rows, answers, classes, keep=False):
    cells = [[cell(value) for value in row] for row in rows.astype(object).to_numpy()]
    texts = [name for name in rows.columns if name not in numbers(rows)]
    for at in [list(rows.columns).index(name) for name in texts]:
        # A category that was never seen is answered as a missing one.
        for row in cells[::2]:
            row[at] = "ZZ" if row[at] is None else row[at]
    text = json.dumps(dump if keep else thin(dump), separators=(",", ":"), ensure_ascii=False)
    features = [[str(name), "category" if name in texts else "number"] for name in rows.columns]
    return {"about": about, "maker": maker, "features": features, "classes": classes, "rows": cells, "answers": np.asarray(answers).tolist(), "text": text}


def cuts_of_lightgbm(dump):
    found = {}

    def walk(node):
        if "split_feature" not in node:
            return
        if node["decision_type"] == "<=":
            found.setdefault(dump["feature_names"][node["split_feature"]].replace("_", " "), []).append(node["threshold"])
        walk(node["left_child"])
        walk(node["right_child"])

    for tree in dump["tree_info"]:
        walk(tree["tree_structure"])
    return found


def labels_for(signal, classes):
    if classes == 2:
        return (signal > 0).astype(int)
    return np.digitize(signal, np.quantile(signal, [0.3, 0.7])) if classes == 3 else signal


def others(seed, frame, classes, countries=COUNTRIES):
    """Rows that the trees have not seen."""
    rows, signal = table(seed + 100, countries)
    return rows[frame.columns].iloc[:150], labels_for(signal, classes)[:150]


def by_lightgbm(about, seed, classes, keep=False, frame=None, rounds=3, **params):
    made, signal = table(seed)
    frame = made if frame is None else frame(made)
    target = params.pop("target", lambda values: labels_for(values, classes))(signal)
    categorical = params.pop("categorical", "auto")
    valid = params.pop("valid", False)
    settings = {"num_leaves": 6, "min_data_in_leaf": 10, "learning_rate": 0.3, "num_threads": 1, "deterministic": True, "seed": 1, "verbosity": -1, "min_data_per_group": 10, "cat_smooth": 1, **params}
    train = lightgbm.Dataset(frame, target, categorical_feature=categorical, params=settings, free_raw_data=False)
    more = {}
    if valid:
        more = {"valid_sets": [train.create_valid(*others(seed, frame, classes))], "callbacks": [lightgbm.early_stopping(2, verbose=False)]}
    booster = lightgbm.train(settings, train, num_boost_round=rounds, **more)
    dump = booster.dump_model()
    if valid:
        assert 1 < booster.best_iteration < rounds, booster.best_iteration
    columns = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(frame, columns=[f"f{at}" for at in range(frame.shape[1])])
    cuts = cuts_of_lightgbm(dump)
    rows = asked(columns, {name.replace("Column ", "f"): found for name, found in cuts.items()}, np.float64)
    given = rows if isinstance(frame, pd.DataFrame) else rows.to_numpy()
    return case(about, "lightgbm", dump, rows, booster.predict(given), classes, keep)


def by_xgboost(about, seed, classes, keep=False, frame=None, rounds=3, **params):
    made, signal = table(seed, ASCII)
    frame = made if frame is None else frame(made)
    target = params.pop("target", lambda values: labels_for(values, classes))(signal)
    types = params.pop("types", None)
    valid = params.pop("valid", False)
    raw = params.pop("raw", False)
    settings = {"max_depth": 3, "eta": 0.4, "nthread": 1, "seed": 1, "tree_method": "hist", "verbosity": 0, **params}
    matrix = lambda rows, label=None: xgboost.DMatrix(rows, label, enable_categorical=True, feature_types=types)
    train = matrix(frame, target)
    more = {}
    if valid:
        more = {"evals": [(matrix(*others(seed, frame, classes, ASCII)), "valid")], "early_stopping_rounds": 2, "verbose_eval": False}
    booster = xgboost.train(settings, train, num_boost_round=rounds, **more)
    with tempfile.TemporaryDirectory() as folder:
        booster.save_model(f"{folder}/m.json")
        dump = json.loads(Path(f"{folder}/m.json").read_text())
    if valid:
        assert 0 < booster.best_iteration < booster.num_boosted_rounds() - 1, booster.best_iteration
    booster_model = dump["learner"]["gradient_booster"]
    model = booster_model["gbtree"]["model"] if "gbtree" in booster_model else booster_model["model"]
    columns = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(frame, columns=[f"f{at}" for at in range(frame.shape[1])])
    cuts = {}
    for tree in model["trees"]:
        for left, feature, condition, kind in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"], tree["split_type"]):
            if left != -1 and kind == 0:
                cuts.setdefault(columns.columns[feature], []).append(condition)
    rows = asked(columns, cuts, np.float32)
    given = matrix(rows if isinstance(frame, pd.DataFrame) else rows.to_numpy())
    till = booster.best_iteration + 1 if valid else 0
    answers = booster.predict(given, iteration_range=(0, till))
    return case(about, "xgboost", dump, rows, 1 / (1 + np.exp(-answers.astype(float))) if raw else answers, classes, keep)


def plain(frame):
    """A matrix without names: numbers, and a category as whole numbers."""
    codes = frame["country"].cat.codes.astype(float).where(frame["country"].notna())
    return np.column_stack([frame["amount eur"], frame["items"], codes])


def few(frame):
    return frame[["items", "amount eur"]]


def count(signal):
    return np.random.default_rng(5).poisson(np.exp(np.clip(signal, -3, 2))).astype(float)


def share(signal):
    return 1 / (1 + np.exp(-signal))


def cases():
    yield by_lightgbm("two classes, as it is written", 1, 2, keep=True, rounds=2, objective="binary")
    yield by_lightgbm("two classes of many categories", 2, 2, objective="binary", sigmoid=0.7, max_cat_to_onehot=1)
    yield by_lightgbm("three classes, stopped early", 3, 3, objective="multiclass", num_class=3, rounds=40, valid=True, learning_rate=0.9)
    yield by_lightgbm("two classes as many", 4, 2, objective="multiclass", num_class=2, frame=few)
    yield by_lightgbm("zero is missing", 5, 0, objective="regression", zero_as_missing=True)
    yield by_lightgbm("roots", 6, 0, objective="regression", reg_sqrt=True, target=lambda values: values * 30)
    yield by_lightgbm("missing is zero", 7, 0, objective="poisson", use_missing=False, target=count)
    yield by_lightgbm("absolute error", 8, 0, objective="regression_l1")
    yield by_lightgbm("huber", 9, 0, objective="huber", frame=few)
    yield by_lightgbm("a quantile", 10, 0, objective="quantile", alpha=0.8, frame=few)
    yield by_lightgbm("tweedie", 11, 0, objective="tweedie", target=count, frame=few)
    yield by_lightgbm("dropped trees", 12, 2, objective="binary", boosting="dart", drop_rate=0.5, skip_drop=0.0, rounds=5)
    yield by_lightgbm("a forest", 13, 2, objective="binary", boosting="rf", bagging_fraction=0.6, bagging_freq=1)
    yield by_lightgbm("a forest of values", 14, 0, objective="regression", boosting="rf", bagging_fraction=0.6, bagging_freq=1)
    yield by_lightgbm("a share", 15, 0, objective="cross_entropy", target=share, frame=few)
    yield by_lightgbm("no names, and codes", 16, 2, objective="binary", frame=plain, categorical=[2])
    yield by_lightgbm("no split", 17, 2, objective="binary", min_data_in_leaf=400, rounds=2, frame=few)
    yield by_xgboost("two classes, as it is written", 1, 2, keep=True, rounds=2, objective="binary:logistic")
    yield by_xgboost("two classes of many categories", 2, 2, objective="binary:logistic", max_cat_to_onehot=1, base_score=0.3)
    yield by_xgboost("one category at a time", 3, 2, objective="binary:logistic", max_cat_to_onehot=100)
    yield by_xgboost("three classes, stopped early", 4, 3, objective="multi:softprob", num_class=3, rounds=40, valid=True, learning_rate=0.9)
    yield by_xgboost("classes that are answered as numbers", 5, 3, objective="multi:softprob", num_class=3, frame=few)
    yield by_xgboost("values", 6, 0, objective="reg:squarederror")
    yield by_xgboost("counts", 7, 0, objective="count:poisson", target=count)
    yield by_xgboost("absolute error", 8, 0, objective="reg:absoluteerror", frame=few)
    yield by_xgboost("tweedie", 9, 0, objective="reg:tweedie", target=count, frame=few)
    yield by_xgboost("gamma", 10, 0, objective="reg:gamma", target=np.exp, frame=few)
    yield by_xgboost("dropped trees", 11, 2, objective="binary:logistic", booster="dart", rate_drop=0.5, rounds=5)
    yield by_xgboost("a forest in each round", 12, 0, objective="reg:squarederror", num_parallel_tree=3, subsample=0.6, rounds=2)
    yield by_xgboost("no names, and codes", 13, 2, objective="binary:logistic", frame=plain, types=["q", "q", "c"])
    yield by_xgboost("a share", 14, 0, objective="reg:logistic", target=share, frame=few)
    yield by_xgboost("raw log-odds", 15, 2, objective="binary:logitraw", raw=True, frame=few)
    yield by_xgboost("no split", 16, 2, objective="binary:logistic", min_child_weight=1e9, rounds=2, frame=few)


def main():
    made = list(cases())
    head = json.dumps(VERSIONS)
    body = ",\n".join(json.dumps(one, ensure_ascii=False) for one in made)
    text = f'{{"versions": {head},\n"cases": [\n{body}\n]}}\n'
    if "--write" in sys.argv:
        FILE.write_text(text)
        print(f"{len(made)} cases, {len(text)} characters")
        return 0
    same = FILE.exists() and FILE.read_text() == text
    print(f"{len(made)} cases, {'the same' if same else 'another file'}")
    return 0 if same else 1


sys.exit(main())
