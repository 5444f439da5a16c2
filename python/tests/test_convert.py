"""Models of libraries as files that say the same."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from folders import CLASSES, make_folder, predictions, report
from perennial import PerennialError, Spec, Trained, trainer

NUMBERS = ["basket", "device age", "club"]


def fitted(folder: Path, fit: Callable[[pd.DataFrame, pd.DataFrame, Spec], Any]) -> list[str]:
    return trainer(fit).fit_folder(folder)


def onnx_answers(folder: Path) -> tuple[dict[int, list[float]], dict[int, str]]:
    """What the file answers to the rows of validation and test, as the platform asks it: by name, a missing text is ""."""
    import pyarrow.parquet as pq

    session = onnxruntime.InferenceSession((folder / "model.onnx").read_bytes(), providers=["CPUExecutionProvider"])
    values: dict[int, list[float]] = {}
    labels: dict[int, str] = {}
    for part in ("validation", "test"):
        table = pq.read_table(folder / part / "rows.parquet")
        feeds = {}
        for taken in session.get_inputs():
            cells = table[taken.name].to_pylist()
            if taken.type == "tensor(string)":
                feeds[taken.name] = np.array([cell or "" for cell in cells], dtype=object).reshape(-1, 1)
            else:
                number = np.float64 if taken.type == "tensor(double)" else np.float32
                feeds[taken.name] = np.array([math.nan if cell is None else float(cell) for cell in cells], dtype=number).reshape(-1, 1)
        outputs = session.run(None, feeds)
        orders = table["_order"].to_pylist()
        values |= dict(zip(orders, np.asarray(outputs[-1]).reshape(len(orders), -1).tolist(), strict=True))
        labels |= dict(zip(orders, np.asarray(outputs[0]).reshape(-1).tolist(), strict=True))
    return values, labels


def pipeline(last: Any, numbers: list[str] = NUMBERS) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    encoded = (OneHotEncoder(handle_unknown="ignore"), ["country"])
    return make_pipeline(make_column_transformer(encoded, (make_pipeline(SimpleImputer(), StandardScaler()), numbers)), last)


def estimators(task: str) -> list[Any]:
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    if task == "regression":
        return [Ridge(), RandomForestRegressor(20, random_state=1), GradientBoostingRegressor(random_state=1), MLPRegressor(max_iter=50, random_state=1)]
    return [
        LogisticRegression(max_iter=500), RandomForestClassifier(20, random_state=1),
        GradientBoostingClassifier(n_estimators=20, random_state=1), MLPClassifier(max_iter=50, random_state=1),
    ]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("labels", ["words", "codes"])
def test_a_pipeline_is_its_onnx_file(tmp_path: Path, task: str, place: int, labels: str) -> None:
    folder = make_folder(tmp_path, task)

    def fit(train: pd.DataFrame, validation: pd.DataFrame, spec: Spec) -> Any:
        y = spec.codes(train) if labels == "codes" and spec.classes else spec.y(train)
        return pipeline(estimators(task)[place]).fit(spec.x(train), y)

    assert fitted(folder, fit) == ["predictions.parquet", "report.json", "model.onnx"]
    said = predictions(folder)
    values, answered = onnx_answers(folder)
    classes = CLASSES.get(task, [])
    # The file has its classes in an order of its own, which its labels name.
    own = sorted(classes) if labels == "words" else classes
    order = [own.index(word) for word in classes] or [0]
    scale = 1.0 if classes else max(abs(one[0]) for one in said.values())
    worst = max(abs(values[row][at] - said[row][place]) for row in said for place, at in enumerate(order))
    assert len(said) == 240 and worst <= 1e-4 * scale
    if classes:
        assert all(answered[row] == classes[int(np.argmax(said[row]))] for row in said if abs(max(said[row]) - sorted(said[row])[-2]) > 1e-3)


def test_an_estimator_on_an_array_takes_a_matrix(tmp_path: Path) -> None:
    from sklearn.linear_model import LogisticRegression

    features = [{"name": "basket", "kind": "number", "missing": "refuse", "isDerived": False}]
    folder = make_folder(tmp_path, features=features)
    fitted(folder, lambda train, _, spec: LogisticRegression().fit(train[["basket"]].to_numpy(), spec.y(train)))
    [taken] = onnxruntime.InferenceSession((folder / "model.onnx").read_bytes()).get_inputs()
    assert taken.shape[1] == 1


def refused(folder: Path, fit: Callable[[pd.DataFrame, pd.DataFrame, Spec], Any]) -> str:
    with pytest.raises(PerennialError) as error:
        fitted(folder, fit)
    assert not list(folder.glob("model.*"))
    return str(error.value)


def test_what_does_not_convert_truly_is_refused(tmp_path: Path) -> None:
    from lightgbm import LGBMClassifier
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

    def kept(x: Any) -> Any:
        return x * 2

    own = refused(make_folder(tmp_path / "own"), lambda train, _, spec: make_pipeline(
        FunctionTransformer(kept), LogisticRegression()).fit(spec.x(train)[["basket"]], spec.y(train)))  # fmt: skip
    assert "cannot be converted to ONNX" in own
    # A pipeline that learnt NaN as a word answers otherwise than a file, which is asked with "".
    missing = refused(make_folder(tmp_path / "missing"), lambda train, _, spec: make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["country"])), LogisticRegression(C=1e6),
    ).fit(spec.x(train, categories="category").assign(outcome=spec.y(train)).pipe(
        lambda x: x.assign(country=x["country"].where(x["country"].notna() | (x["outcome"] == "kept")))), spec.y(train)))  # fmt: skip
    assert missing
    unknown = refused(make_folder(tmp_path / "unknown"), lambda train, _, spec: LogisticRegression().fit(
        train[["basket"]].rename(columns={"basket": "cart"}), spec.y(train)))  # fmt: skip
    assert 'a column "cart" that is no feature' in unknown
    within = refused(make_folder(tmp_path / "within"), lambda train, _, spec: make_pipeline(
        LGBMClassifier(n_estimators=2, verbose=-1)).fit(spec.x(train)[["basket"]], spec.y(train)))  # fmt: skip
    assert "Return the LightGBM or XGBoost model itself" in within
    few = refused(make_folder(tmp_path / "few", "multiclass"), lambda train, _, spec: LogisticRegression().fit(
        spec.x(train)[["basket"]], spec.y(train) == "small"))  # fmt: skip
    assert "The model knows 2 classes" in few
    other = refused(make_folder(tmp_path / "other"), lambda train, _, spec: LogisticRegression().fit(
        spec.x(train)[["basket"]], spec.codes(train) + 4))  # fmt: skip
    assert "neither the words of the definition nor their numbers" in other
    classifier = refused(make_folder(tmp_path / "number", "regression"), lambda train, _, spec: LogisticRegression().fit(
        spec.x(train)[["basket"]], spec.y(train) > 0))  # fmt: skip
    assert "is a classifier, and the target is a number" in classifier


def lightgbm_walk(dump: dict[str, Any], row: dict[str, Any]) -> list[float]:
    """Another reading of the dump: raw scores of one row."""
    width = dump["num_tree_per_iteration"]
    scores = [0.0] * width
    words = dict(zip([name for name in dump["feature_names"] if isinstance(row[name], str) or name == "country"], dump["pandas_categorical"], strict=True))
    for at, tree in enumerate(dump["tree_info"]):
        node = tree["tree_structure"]
        while "leaf_value" not in node:
            name = dump["feature_names"][node["split_feature"]]
            value = row[name]
            if node["decision_type"] == "==":
                code = words[name].index(value) if value in words[name] else -1
                is_left = str(code) in node["threshold"].split("||")
            elif value is None or math.isnan(value):
                is_left = node["default_left"] if node["missing_type"] == "NaN" else node["threshold"] >= 0
            else:
                is_left = value <= node["threshold"]
            node = node["left_child" if is_left else "right_child"]
        scores[at % width] += node["leaf_value"]
    return scores


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("form", ["estimator", "codes", "booster"])
def test_a_lightgbm_model_is_its_dump(tmp_path: Path, task: str, form: str) -> None:
    import lightgbm

    folder = make_folder(tmp_path, task)

    def fit(train: pd.DataFrame, validation: pd.DataFrame, spec: Spec) -> Any:
        x, held = (spec.x(rows, categories="category") for rows in (train, validation))
        y = spec.codes if form != "estimator" and spec.classes else spec.y
        stop = [lightgbm.early_stopping(3, verbose=False)]
        if form == "booster":
            objective = {"binary": {"objective": "binary"}, "multiclass": {"objective": "multiclass", "num_class": 3}}.get(task, {"objective": "regression"})
            known = lightgbm.Dataset(x, y(train))
            return lightgbm.train(
                {**objective, "num_leaves": 7, "verbose": -1, "num_threads": 1}, known, 40,
                valid_sets=[known.create_valid(held, y(validation))], callbacks=stop,
            )  # fmt: skip
        kind = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
        return kind(n_estimators=40, num_leaves=7, verbose=-1, n_jobs=1).fit(x, y(train), eval_set=[(held, y(validation))], callbacks=stop)

    assert fitted(folder, fit) == ["predictions.parquet", "report.json", "model.lightgbm.json"]
    dump = json.loads((folder / "model.lightgbm.json").read_text())
    assert dump["feature_names"][1] == "device age"
    said = predictions(folder)
    for row, cells in frame_rows(folder):
        raw = np.array(lightgbm_walk(dump, cells))
        expected = (
            raw if task == "regression" else np.exp(raw) / np.exp(raw).sum() if task == "multiclass"
            else np.array([1 - 1 / (1 + np.exp(-raw[0])), 1 / (1 + np.exp(-raw[0]))])
        )  # fmt: skip
        assert said[row] == pytest.approx(expected.tolist(), rel=1e-9, abs=1e-12)
    assert {one["feature"] for one in report(folder)["importance"]} == {"basket", "device age", "country", "club", "at"}


def frame_rows(folder: Path) -> list[tuple[int, dict[str, Any]]]:
    import pyarrow.parquet as pq

    found = []
    for part in ("validation", "test"):
        for row in pq.read_table(folder / part / "rows.parquet").to_pylist():
            cells = {name: value if value is None or isinstance(value, str) else float(np.float32(value)) for name, value in row.items() if name not in ("_order", "outcome")}
            found.append((row["_order"], cells))
    return found


def test_lightgbm_models_that_mean_something_else_are_refused(tmp_path: Path) -> None:
    import lightgbm

    quiet = {"n_estimators": 2, "verbose": -1}

    def numbers(train: pd.DataFrame) -> pd.DataFrame:
        return train.assign(country=train["country"].cat.codes)[["basket", "country"]]

    coded = refused(make_folder(tmp_path / "a"), lambda train, _, spec: lightgbm.LGBMClassifier(**quiet).fit(numbers(train), spec.y(train)))
    assert "on numbers in the place of words" in coded
    task = refused(make_folder(tmp_path / "b"), lambda train, _, spec: lightgbm.LGBMRegressor(**quiet).fit(train[["basket"]], spec.codes(train)))
    assert 'objective "regression"' in task
    name = refused(make_folder(tmp_path / "c"), lambda train, _, spec: lightgbm.LGBMClassifier(**quiet).fit(train[["basket"]].rename(columns={"basket": "cart"}), spec.y(train)))
    assert '"cart" that is no feature' in name
    bare = refused(make_folder(tmp_path / "d"), lambda train, _, spec: lightgbm.LGBMClassifier(**quiet))
    assert "was not fitted" in bare


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("form", ["estimator", "booster"])
def test_an_xgboost_model_is_its_file(tmp_path: Path, task: str, form: str) -> None:
    import xgboost

    folder = make_folder(tmp_path, task)
    best: list[int] = []
    expected: list[Any] = []

    def fit(train: pd.DataFrame, validation: pd.DataFrame, spec: Spec) -> Any:
        x, held = (spec.x(rows, categories="category") for rows in (train, validation))
        y = spec.codes if spec.classes else spec.y
        if form == "booster":
            objective = {"binary": {"objective": "binary:logistic"}, "multiclass": {"objective": "multi:softprob", "num_class": 3}}.get(task, {})
            known, other = (xgboost.DMatrix(some, y(rows), enable_categorical=True) for some, rows in ((x, train), (held, validation)))
            made = xgboost.train({**objective, "max_depth": 3, "nthread": 1}, known, 60, evals=[(other, "held")], early_stopping_rounds=3, verbose_eval=False)
            best.append(made.best_iteration)
            return made
        kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
        made = kind(n_estimators=60, max_depth=3, n_jobs=1, early_stopping_rounds=3, enable_categorical=True)
        made.fit(x, y(train), eval_set=[(held, y(validation))], verbose=False)
        best.append(made.best_iteration)
        expected.append(made.predict_proba(held) if spec.classes else made.predict(held).reshape(-1, 1))
        return made

    assert fitted(folder, fit) == ["predictions.parquet", "report.json", "model.xgboost.json"]
    (folder / "model.json").write_bytes((folder / "model.xgboost.json").read_bytes())
    booster = xgboost.Booster(model_file=folder / "model.json")
    # Cut after the best round, so that there is one way to read it.
    assert booster.num_boosted_rounds() == best[0] + 1 < 60
    said = np.array(list(predictions(folder).values()))
    assert said.shape == (240, {"binary": 2, "multiclass": 3, "regression": 1}[task])
    # What the estimator itself says of an early-stopped model.
    for held in expected:
        assert said[:120] == pytest.approx(held, rel=1e-6, abs=1e-6)


def test_files_and_bytes_are_taken_as_they_are(tmp_path: Path) -> None:
    from sklearn.linear_model import LogisticRegression

    source = make_folder(tmp_path / "source")
    fitted(source, lambda train, _, spec: LogisticRegression().fit(spec.x(train)[["basket"]], spec.y(train)))
    content = (source / "model.onnx").read_bytes()
    asked: list[list[str]] = []

    def predict(rows: pd.DataFrame) -> Any:
        asked.append(list(rows.columns))
        return np.full(len(rows), 0.25)

    folder = make_folder(tmp_path / "bytes")
    assert fitted(folder, lambda *_: content) == ["report.json", "model.onnx"]
    assert (folder / "model.onnx").read_bytes() == content
    folder = make_folder(tmp_path / "path")
    made = Trained(source / "model.onnx", predict=predict, metrics={"auroc": 0.7}, importance={"basket": 1.0}, note="by hand")
    assert fitted(folder, lambda *_: made) == ["predictions.parquet", "report.json", "model.onnx"]
    assert set(map(tuple, predictions(folder).values())) == {(0.75, 0.25)}
    assert "outcome" not in asked[0]
    said = report(folder)
    assert (said["metrics"], said["importance"], said["note"]) == ({"auroc": 0.7}, [{"feature": "basket", "gain": 1.0}], "by hand")


def test_answers_that_are_none_are_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    assert "answers 240 of 240 rows with no number" in refused(folder, lambda *_: Trained(b"\x08x", predict=lambda rows: np.full(len(rows), math.nan)))
    assert "gives answers of the shape (7,)" in refused(folder, lambda *_: Trained(b"\x08x", predict=lambda rows: np.ones(7)))


def test_a_trainer_may_ask_for_arrow(tmp_path: Path) -> None:
    seen: list[Any] = []

    @trainer(name="arrow", frames="arrow")
    def fit(train: Any, validation: Any, spec: Spec) -> bytes:
        seen.append((train.num_rows, validation.schema.field("at").type))
        return b"\x08x"

    assert fit.name == "arrow"
    fit.fit_folder(make_folder(tmp_path))
    assert [(rows, str(kind)) for rows, kind in seen] == [(360, "int64")]
