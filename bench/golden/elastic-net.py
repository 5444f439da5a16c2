"""Golden answers of linear models with an elastic net (src/trainers/families/linear).

    golden/bin/python bench/golden/elastic-net.py            # compares; exit code 1 beyond 1e-9
    golden/bin/python bench/golden/elastic-net.py --write

scikit-learn's ElasticNet and LogisticRegression (saga) on columns that are scaled here as the model scales them, with
one column for each value of the category. The numbers of the rows are exact in floating point, so that the test makes
them itself. Penalties are those of the definition: l1 |w| + l2 / 2 |w|², against the sum of the losses of the rows.
"""

import json
import sys
from pathlib import Path

import numpy
import sklearn
from sklearn.linear_model import ElasticNet, LogisticRegression

FILE = Path(__file__).resolve().parents[2] / "src" / "trainers" / "families" / "linear" / "elastic-net.golden.json"
ROWS, WIDTH, WORDS = 240, 6, ["a", "b", "c"]
CASES = [
    {"task": task, "l1": l1, "l2": l2, "weighted": weighted}
    for task in ("regression", "binary")
    for l1, l2, weighted in ((0.5, 1.0, False), (8.0, 1.0, False), (8.0, 20.0, True), (60.0, 2.0, False))
]


def number(row, k):
    return (row * (31 + 14 * k) % 113) / 16 - 3.5


def word(row):
    return WORDS[row * 7 % 11 % 3]


def label(task, row):
    answer = 2 * number(row, 0) - number(row, 1) + 0.25 * number(row, 2) + (3 if word(row) == "b" else 0)
    answer += (row * 57 % 101) / 8 - 6
    return answer if task == "regression" else float(answer > 1)


def weight(row):
    return (row * 13 % 8 + 1) / 4


def answers(case):
    rows = range(ROWS)
    weights = numpy.array([weight(row) if case["weighted"] else 1.0 for row in rows])
    total = weights.sum()
    columns = [numpy.array([number(row, k) for row in rows]) for k in range(WIDTH)]
    scaled = []
    for column in columns:
        mean = (weights * column).sum() / total
        scaled.append((column - mean) / numpy.sqrt((weights * (column - mean) ** 2).sum() / total))
    for one in WORDS:
        scaled.append(numpy.array([1.0 if word(row) == one else 0.0 for row in rows]))
    x, y = numpy.stack(scaled, axis=1), numpy.array([label(case["task"], row) for row in rows])
    penalty, share = case["l1"] + case["l2"], case["l1"] / (case["l1"] + case["l2"])
    if case["task"] == "regression":
        mean = (weights * y).sum() / total
        scale = numpy.sqrt((weights * (y - mean) ** 2).sum() / total)
        model = ElasticNet(alpha=penalty / total, l1_ratio=share, tol=1e-14, max_iter=1_000_000)
        model.fit(x, (y - mean) / scale, sample_weight=weights)
        said, coefficients = model.predict(x) * scale + mean, model.coef_
    else:
        model = LogisticRegression(C=1 / penalty, l1_ratio=share, solver="saga", tol=1e-13, max_iter=1_000_000)
        model.fit(x, y, sample_weight=weights)
        said, coefficients = model.predict_proba(x)[:, 1], model.coef_[0]
    return {
        **case,
        "answers": [float(said[row]) for row in range(0, ROWS, 12)],
        "zeros": [f"x{k}" for k in range(WIDTH) if coefficients[k] == 0],
    }


def main():
    made = {
        "versions": {"sklearn": sklearn.__version__, "numpy": numpy.__version__},
        "cases": [answers(case) for case in CASES],
    }
    if "--write" in sys.argv:
        FILE.write_text(json.dumps(made, indent=1) + "\n")
        return 0
    kept = json.loads(FILE.read_text())

    def is_equal(case, other):
        near = numpy.allclose(case["answers"], other["answers"], rtol=1e-9, atol=1e-9)
        return near and case["zeros"] == other["zeros"]

    differ = [case for case, other in zip(made["cases"], kept["cases"], strict=True) if not is_equal(case, other)]
    for case in differ:
        print("differs:", {name: case[name] for name in ("task", "l1", "l2", "weighted")})
    return 1 if differ else 0


sys.exit(main())
