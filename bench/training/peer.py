"""One fit of a peer on the rows of `bench:training`, in a process of its own.

`python peer.py PEER FOLDER SETTINGS THREADS`: reads FOLDER/rows.json and rows.bin, fits on the first rows, leaves its
answers to the others as float64 in FOLDER/PEER.f64, and prints one line of JSON. Where a library is missing it prints
`{"missing": "..."}`. What is measured begins with columns in memory: making the library's own table of them is part of
it, since binning is part of training.
"""

import json
import os
import resource
import sys
import time

peer, folder, told, threads = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4])
os.environ["OMP_NUM_THREADS"] = str(threads)

try:
    import numpy as np
    import pandas as pd

    if peer.startswith("lightgbm"):
        import lightgbm as library
    else:
        import sklearn as library
        from sklearn.ensemble import HistGradientBoostingClassifier
except ImportError as error:
    print(json.dumps({"missing": error.name}))
    sys.exit(0)


def read_frame():
    with open(os.path.join(folder, "rows.json"), encoding="utf8") as file:
        shape = json.load(file)
    rows = shape["rows"]
    with open(os.path.join(folder, "rows.bin"), "rb") as file:
        columns = {f"n{f}": np.fromfile(file, dtype="<f4", count=rows) for f in range(shape["numbers"])}
        for f, values in enumerate(shape["categories"]):
            codes = np.fromfile(file, dtype="u1", count=rows).astype("i2") - 1
            columns[f"c{f}"] = pd.Categorical.from_codes(codes, categories=range(values))
        labels = np.fromfile(file, dtype="u1", count=rows)
    cut = shape["trainingRows"]
    frame = pd.DataFrame(columns)
    return frame[:cut], labels[:cut], frame[cut:]


def lightgbm_fit(frame, labels):
    """Both of its orders are asked, since the better one depends on rows and machine; trying them costs it nothing."""
    parameters = {
        "objective": "binary",
        "num_leaves": told["leaves"],
        "learning_rate": told["learningRate"],
        "max_bin": told["bins"],
        "min_data_in_leaf": told["rowsPerLeafMin"],
        "lambda_l2": told["l2"],
        "num_threads": threads,
        "seed": 1,
        "verbosity": -1,
        "force_row_wise" if peer == "lightgbm-rows" else "force_col_wise": True,
    }
    return library.train(parameters, library.Dataset(frame, labels), num_boost_round=told["trees"])


def sklearn_fit(frame, labels):
    return HistGradientBoostingClassifier(
        max_iter=told["trees"],
        max_leaf_nodes=told["leaves"],
        learning_rate=told["learningRate"],
        max_bins=told["bins"],
        min_samples_leaf=told["rowsPerLeafMin"],
        l2_regularization=told["l2"],
        categorical_features="from_dtype",
        early_stopping=False,
        random_state=1,
    ).fit(frame, labels)


training, truth, held = read_frame()
begin_wall, begin = time.perf_counter(), time.process_time()
is_lightgbm = peer.startswith("lightgbm")
model = (lightgbm_fit if is_lightgbm else sklearn_fit)(training, truth)
cpu, wall = time.process_time() - begin, time.perf_counter() - begin_wall
answers = model.predict(held) if is_lightgbm else model.predict_proba(held)[:, 1]
np.asarray(answers, dtype="<f8").tofile(os.path.join(folder, f"{peer}.f64"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"cpuMs": 1000 * cpu, "wallMs": 1000 * wall, "peakMiB": peak, "version": library.__version__}))
