"""A learner of Python answers the rows of a table, each before its label is known.

yardsticks.py FOLDER NAME: reads FOLDER/question.json, FOLDER/columns.f32 (column after column) and FOLDER/labels.f64,
leaves FOLDER/NAME.f64 (row-major scores of the live rows) and says on standard output, one JSON object a line, how far
it is and last how it ended. Ends at once when standard input closes, so that it never outlives who asked.
A label of live row j is known before live row i is answered when j + labelDelayRows < i; all of history is known.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path


def end_with_parent():
    # Not through sys.stdin: Python cannot end while a thread waits in its buffer.
    while os.read(0, 4096):
        pass
    os._exit(1)


def say(**words):
    print(json.dumps(words), flush=True)


class Told:
    """Progress, at most once a second."""

    def __init__(self, of):
        self.of, self.last = of, 0.0

    def __call__(self, done):
        now = time.monotonic()
        if now - self.last >= 1 or done == self.of:
            self.last = now
            say(done=done, of=self.of)


def rolling_lightgbm(question, columns, labels, told):
    """Retrained on the newest known labels at fixed intervals, with the defaults of the library, in one thread."""
    import lightgbm
    import numpy

    history, live = question["historyRows"], question["liveRows"]
    every, window, width = question["everyRows"], question["windowRows"], question["width"]
    objective = "regression" if width == 1 else "binary" if width == 2 else "multiclass"
    settings = {"objective": objective, "num_threads": 1, "deterministic": True, "verbosity": -1}
    settings["seed"] = question["seed"]
    if objective == "multiclass":
        settings["num_class"] = width
    rows = columns.T.astype(numpy.float64)
    categories = question["categories"]
    # What is missing is no category.
    rows[:, categories] = numpy.where(rows[:, categories] == 0, numpy.nan, rows[:, categories])
    labelled = numpy.flatnonzero(~numpy.isnan(labels))
    scores = numpy.empty((live, width))
    trainings, seconds = 0, 0.0
    for start in range(0, live, every):
        known = history + max(0, start - question["labelDelayRows"])
        taught = labelled[: numpy.searchsorted(labelled, known)][-window:]
        began = time.process_time()
        data = lightgbm.Dataset(rows[taught], labels[taught], categorical_feature=categories, params={"verbosity": -1})
        model = lightgbm.train(settings, data)
        seconds += time.process_time() - began
        trainings += 1
        end = min(live, start + every)
        answers = model.predict(rows[history + start : history + end], num_threads=1)
        scores[start:end] = numpy.column_stack([1 - answers, answers]) if width == 2 else answers.reshape(-1, width)
        told(end)
    return scores, {"trainings": trainings, "cpuSeconds": seconds, "library": f"lightgbm {lightgbm.__version__}"}


def adaptive_forest(question, columns, labels, told):
    """Learns each label as soon as it is known, with the defaults of the library."""
    import numpy
    import river
    from river import forest

    history, live = question["historyRows"], question["liveRows"]
    delay, width = question["labelDelayRows"], question["width"]
    categories = set(question["categories"])
    settings = {"seed": question["seed"], "nominal_attributes": [str(at) for at in sorted(categories)] or None}
    model = forest.ARFRegressor(**settings) if width == 1 else forest.ARFClassifier(**settings)
    means = Means(len(columns), categories)
    rows = numpy.ascontiguousarray(columns.T)

    def learn(row):
        if labels[row] == labels[row]:
            cells = means.learn(rows[row])
            model.learn_one(cells, float(labels[row]) if width == 1 else int(labels[row]))

    scores = numpy.zeros((live, width))
    began = time.process_time()
    for row in range(history):
        learn(row)
    seconds = time.process_time() - began
    known = 0
    for at in range(live):
        began = time.process_time()
        while known + delay < at:
            learn(history + known)
            known += 1
        seconds += time.process_time() - began
        cells = means.filled(rows[history + at])
        if width == 1:
            scores[at, 0] = model.predict_one(cells)
        else:
            for label, probability in model.predict_proba_one(cells).items():
                scores[at, label] = probability
            total = scores[at].sum()
            # Before it has seen a label of a region it says nothing.
            scores[at] = scores[at] / total if total > 0 else 1 / width
        told(at + 1)
    return scores, {"trainings": None, "cpuSeconds": seconds, "library": f"river {river.__version__}"}


class Means:
    """Rows as dicts; a missing number is the mean of those that were learnt so far, a missing category its own."""

    def __init__(self, width, categories):
        self.sums, self.counts = [0.0] * width, [0] * width
        self.categories = categories

    def learn(self, cells):
        for at, cell in enumerate(cells.tolist()):
            if at not in self.categories and cell == cell:
                self.sums[at] += cell
                self.counts[at] += 1
        return self.filled(cells)

    def filled(self, cells):
        return {str(at): self.cell(at, value) for at, value in enumerate(cells.tolist())}

    def cell(self, at, value):
        if at in self.categories:
            # A code and no text: leaves of a regression compute with every cell; that it is nominal is declared.
            return int(value)
        return value if value == value else self.sums[at] / max(1, self.counts[at])


learners = {"rollingLightgbm": ("lightgbm", rolling_lightgbm), "adaptiveForest": ("river", adaptive_forest)}


def main():
    folder, name = Path(sys.argv[1]), sys.argv[2]
    package, answer = learners[name]
    try:
        __import__("numpy")
        __import__(package)
    except ImportError:
        say(missing=package)
        return
    import numpy

    question = json.loads((folder / "question.json").read_text())
    rows = question["historyRows"] + question["liveRows"]
    columns = numpy.fromfile(folder / "columns.f32", dtype="<f4").reshape(-1, rows)
    labels = numpy.fromfile(folder / "labels.f64", dtype="<f8")
    scores, result = answer(question, columns, labels, Told(question["liveRows"]))
    scores.astype("<f8").tofile(folder / f"{name}.f64")
    say(result=result)


threading.Thread(target=end_with_parent, daemon=True).start()
main()
