"""What Evidently, NannyML and river say of the rows that it is handed, one question after the other.

A question is one line of JSON and then its columns as float64, one after the other, as many bytes as the line says.
The answer is one line of JSON. `bench/peers.ts` asks.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def frame(columns, names, words):
    """Columns of words hold their number; a missing value is NaN."""
    made = {}
    for name, values in zip(names, columns):
        if words:
            made[name] = pd.Series([None if np.isnan(value) else f"v{int(value)}" for value in values], dtype="object")
        else:
            made[name] = values
    return pd.DataFrame(made)


def evidently_says(reference, current):
    """Its preset as it is: the columns that drifted, and whether it calls the data set drifted."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    words = list(reference.select_dtypes("object").columns)
    numbers = [name for name in reference.columns if name not in words]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=words)
    report = Report([DataDriftPreset()]).run(
        Dataset.from_pandas(current, data_definition=definition),
        Dataset.from_pandas(reference, data_definition=definition),
    )
    drifted = []
    is_drift = False
    for metric in report.dict()["metrics"]:
        config = metric["config"]
        if config["type"].endswith("DriftedColumnsCount"):
            is_drift = metric["value"]["share"] >= config["drift_share"]
            continue
        value, threshold = metric["value"], config["threshold"]
        # A distance drifts above its threshold, a p-value below it.
        if (value < threshold) if "p_value" in config["method"] else (value >= threshold):
            drifted.append(config["column"])
    return {"any": len(drifted) > 0, "dataset": is_drift, "first": reference.columns[0] in drifted}


def nannyml_says(reference, current):
    """Its univariate drift with what it takes by itself: an alert of any method of a column is one of the column."""
    import nannyml

    calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference.columns), chunk_size=len(current))
    calculator.fit(reference)
    found = calculator.calculate(current).filter(period="analysis").to_df()
    alerts = {column for column in reference.columns if bool(found[column].xs("alert", axis=1, level=-1).to_numpy().any())}
    return {"any": len(alerts) > 0, "first": reference.columns[0] in alerts}


def drift(question, columns):
    names, words = question["names"], question["words"]
    half = len(names)
    reference, current = frame(columns[:half], names, words), frame(columns[half:], names, words)
    answer = {}
    for name, says in (("evidently", evidently_says), ("nannyml", nannyml_says)):
        if name not in question["peers"]:
            continue
        begin = time.process_time()
        answer[name] = {**says(reference, current), "cpuMs": 1000 * (time.process_time() - begin)}
    return answer


def detectors(kind, parameters):
    from river import drift as river_drift

    make = {
        "adwin": lambda value: river_drift.ADWIN(delta=value),
        "page-hinkley": lambda value: river_drift.PageHinkley(threshold=value, mode="up"),
        "kswin": lambda value: river_drift.KSWIN(alpha=value, seed=1),
    }[kind]
    return [make(value) for value in parameters]


def stream(question, columns):
    """By parameter: the row of the stream, after its reference, at which a rise was first called, or null."""
    losses, warm = columns[0], question["referenceRows"]
    firsts = []
    for detector in detectors(question["detector"], question["parameters"]):
        first = None
        for at, loss in enumerate(losses):
            before = detector.estimation if question["detector"] == "adwin" else 0.0
            detector.update(float(loss))
            if not detector.drift_detected or at < warm:
                continue
            # ADWIN also calls a fall, which is no decay.
            if question["detector"] == "adwin" and detector.estimation <= before:
                continue
            first = at - warm
            break
        firsts.append(first)
    return {"firsts": firsts}


def main():
    for line in sys.stdin.buffer:
        question = json.loads(line)
        columns = [np.frombuffer(sys.stdin.buffer.read(8 * rows), dtype="<f8") for rows in question["rows"]]
        answer = {"drift": drift, "stream": stream}[question["ask"]](question, columns)
        sys.stdout.write(json.dumps(answer, default=bool) + "\n")
        sys.stdout.flush()


main()
