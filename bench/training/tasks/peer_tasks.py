"""LightGBM by its own defaults on the splits of `bench:training --only tasks`.

`python peer_tasks.py TREES PATIENCE FOLDER...`: of each folder reads rows.json and rows.bin and leaves answers to the
test rows in two files: `plain.f64`, fitted on training and validation rows as `LGBMClassifier().fit` would, 100 trees;
`stopped.f64`, fitted on the training rows with up to TREES trees, ended by the validation rows after PATIENCE trees
without a better loss. Everything else is what LightGBM's documentation says. Prints one line of JSON:
processor seconds of both, or `{"missing": "..."}`.
"""

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
trees, patience, folders = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]

try:
    import lightgbm
    import numpy as np
    import pandas as pd
except ImportError as error:
    print(json.dumps({"missing": error.name}))
    sys.exit(0)


def read_split(folder):
    with open(os.path.join(folder, "rows.json"), encoding="utf8") as file:
        shape = json.load(file)
    rows = shape["rows"]
    with open(os.path.join(folder, "rows.bin"), "rb") as file:
        labels = np.fromfile(file, dtype="<f8", count=rows)
        columns = {f"n{f}": np.fromfile(file, dtype="<f4", count=rows) for f in range(shape["numbers"])}
        for f, values in enumerate(shape["values"]):
            codes = np.fromfile(file, dtype="<u2", count=rows).astype("i4") - 1
            columns[f"c{f}"] = pd.Categorical.from_codes(codes, categories=range(values))
    return shape, pd.DataFrame(columns), labels


def parameters_of(shape):
    several = {"num_class": shape["classes"]} if shape["task"] == "multiclass" else {}
    return {"objective": shape["task"], "num_threads": 1, "verbosity": -1, **several}


def answers_of(model, shape, frame):
    answers = model.predict(frame)
    return np.column_stack([1 - answers, answers]) if shape["task"] == "binary" else answers


cpu = {"plain": 0.0, "stopped": 0.0}
used = []
for folder in folders:
    shape, frame, labels = read_split(folder)
    cut = shape["training"]
    held = cut + shape["validation"]
    parameters = parameters_of(shape)
    for name in cpu:
        begin = time.process_time()
        if name == "plain":
            model = lightgbm.train(parameters, lightgbm.Dataset(frame[:held], labels[:held]))
        else:
            learnt = lightgbm.Dataset(frame[:cut], labels[:cut])
            judged = lightgbm.Dataset(frame[cut:held], labels[cut:held], reference=learnt)
            stop = lightgbm.early_stopping(patience, verbose=False)
            model = lightgbm.train(parameters, learnt, trees, valid_sets=[judged], callbacks=[stop])
            used.append(model.best_iteration)
        cpu[name] += time.process_time() - begin
        answers = answers_of(model, shape, frame[held:])
        np.ascontiguousarray(answers, dtype="<f8").tofile(os.path.join(folder, f"{name}.f64"))
print(json.dumps({"cpuSeconds": cpu, "trees": used, "version": lightgbm.__version__}))
