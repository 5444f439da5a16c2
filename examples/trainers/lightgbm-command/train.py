"""Fits orders that come back, with LightGBM. It knows the folder of a training and nothing else."""

import json
import os
from pathlib import Path

import lightgbm
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(os.environ["PERENNIAL_FOLDER"])
spec = json.loads((folder / "spec.json").read_text())
names = [feature["name"] for feature in spec["features"]]
target = spec["target"]


def read(part: str) -> pd.DataFrame:
    return pq.read_table(folder / part / "rows.parquet").to_pandas()


learnt = read("train")
words = {
    feature["name"]: feature.get("values") or sorted(learnt[feature["name"]].dropna().unique())
    for feature in spec["features"]
    if feature["kind"] == "category"
}


def rows_of(part: str) -> pd.DataFrame:
    rows = read(part)
    for feature in spec["features"]:
        # In one order, so that a word has the same number in every part.
        if feature["kind"] == "category":
            rows[feature["name"]] = pd.Categorical(rows[feature["name"]], categories=words[feature["name"]])
        elif feature["kind"] == "number":
            # A model is asked with 32 bits: on these no threshold falls between the two.
            rows[feature["name"]] = rows[feature["name"]].astype("float32")
    return rows


train, validation, test = rows_of("train"), rows_of("validation"), rows_of("test")
known = lightgbm.Dataset(train[names], train[target["column"]] == target["positive"], free_raw_data=False)


def tell(round_: lightgbm.callback.CallbackEnv) -> None:
    with (folder / "progress.jsonl").open("a") as file:
        loss = round_.evaluation_result_list[0][2]
        line = {"done": round_.iteration + 1, "of": round_.end_iteration, "metrics": {"logLoss": loss}}
        file.write(json.dumps(line) + "\n")


held = [known.create_valid(validation[names], validation[target["column"]] == target["positive"])] if len(validation) > 0 else []
booster = lightgbm.train(
    {"objective": "binary", "num_leaves": spec["settings"]["leaves"], "seed": spec["seed"], "num_threads": 1, "deterministic": True, "verbose": -1},
    known,
    spec["settings"]["rounds"],
    valid_sets=held,
    callbacks=[tell, lightgbm.early_stopping(10, verbose=False)] if held else [],
)

# What the model itself answers: the platform holds the file against it.
asked = pd.concat([validation, test]) if held else None
if asked is not None:
    positive = booster.predict(asked[names])
    pq.write_table(
        pa.table({"_order": asked["_order"].to_numpy(), "prediction": [[1 - p, p] for p in positive]}),
        folder / "predictions.parquet",
    )
gains = booster.feature_importance("gain")
report = {"importance": [{"feature": name, "gain": float(gain)} for name, gain in zip(names, gains, strict=True)]}
(folder / "report.json").write_text(json.dumps(report))
(folder / "model.lightgbm.json").write_text(json.dumps(booster.dump_model()))
