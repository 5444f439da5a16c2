"""Golden vectors of corrections with covariates (src/domain/tasks/binary/correct-binary.ts).

    golden/bin/python bench/golden/correction.py            # compares; exit code 1 where a value differs by more than 1e-13
    golden/bin/python bench/golden/correction.py --write

scipy's trust-exact finds where the penalised loss is least, and mpmath carries it to thirty digits by Newton's steps on
the definition of the loss, written here a second time. Where every model score is one half, the loss is that of
scikit-learn's LogisticRegression with scaled columns, which is asked too. The numbers of the rows are exact in floating
point, so that the test makes them itself.
"""

import json
import sys
from pathlib import Path

import mpmath
import numpy
import scipy
import sklearn
from mpmath import mpf
from scipy import optimize, special
from sklearn.linear_model import LogisticRegression

FILE = Path(__file__).resolve().parents[2] / "src" / "domain" / "tasks" / "binary" / "correct-binary.golden.json"
RIDGE, COVARIATE_RIDGE, FLOOR = 5, 50, 0.003
mpmath.mp.dps = 34


def score(kind, row):
    if kind == "half":
        return 0.5
    return (0.0 if row % 10 == 0 else 1.0) if kind == "sure" else (row * 37 % 97 + 1) / 128


def covariate(kind, row, k, label):
    if kind == "separable" and k == 0:
        return 3.0 if label == 1 else -3.0
    k = 0 if kind == "equal" else k
    return (row * (31 + 17 * k) + 7919 * k) % 101 / 32 - 1.5


def design(case):
    rows = []
    for row, label in enumerate(case["labels"]):
        p = min(max(mpf(score(case["scores"], row)), mpf(FLOOR)), 1 - mpf(FLOOR))
        others = [mpf(covariate(case["covariates"], row, k, label)) for k in range(case["width"])]
        rows.append([mpf(1), mpmath.log(p / (1 - p)), *others])
    return rows


def weight(row):
    return mpf((row * 13 % 8 + 1) / 8)


def derivatives(at, rows, labels):
    width = len(at)
    gradient, curvature = mpmath.matrix(width, 1), mpmath.matrix(width)
    for row, (x, label) in enumerate(zip(rows, labels)):
        p = 1 / (1 + mpmath.exp(-sum(a * b for a, b in zip(at, x))))
        w = weight(row)
        for i in range(width):
            gradient[i] += w * (p - label) * x[i]
            for j in range(width):
                curvature[i, j] += w * p * (1 - p) * x[i] * x[j]
    return gradient, curvature


def prior(width):
    return [mpf(0), mpf(1)] + [mpf(0)] * width, [mpf(RIDGE)] * 2 + [mpf(COVARIATE_RIDGE)] * width


def least(case, earlier=None):
    """Where the loss, the ridge and what earlier rows said are least together; and the curvature of the loss there."""
    rows, labels = design(case), case["labels"]
    alone, ridge = prior(case["width"])

    def whole(at):
        gradient, curvature = derivatives(at, rows, labels)
        for i, r in enumerate(ridge):
            gradient[i] += r * (at[i] - alone[i])
            curvature[i, i] += r
        if earlier is not None:
            to, of_earlier, share = earlier
            off = mpmath.matrix([a - b for a, b in zip(at, to)])
            held = mpmath.matrix([r * (b - c) for r, b, c in zip(ridge, to, alone)])
            gradient += share * (of_earlier * off - held)
            curvature += share * of_earlier
        return gradient, curvature

    x = numpy.array([[float(v) for v in row] for row in rows])
    y, w = numpy.array(labels), numpy.array([float(weight(row)) for row in range(len(rows))])
    r, a = numpy.array([float(v) for v in ridge]), numpy.array([float(v) for v in alone])
    to, of_earlier, share = (None, None, 0) if earlier is None else (
        numpy.array([float(v) for v in earlier[0]]), numpy.array(earlier[1].tolist(), float), float(earlier[2]))

    def value(at):
        z = x @ at
        held = 0 if to is None else share * ((at - to) @ of_earlier @ (at - to) / 2 - (r * (to - a)) @ (at - to))
        return (w * (numpy.logaddexp(0, z) - y * z)).sum() + (r * (at - a) ** 2).sum() / 2 + held

    def slope(at):
        held = 0 if to is None else share * (of_earlier @ (at - to) - r * (to - a))
        return x.T @ (w * (special.expit(x @ at) - y)) + r * (at - a) + held

    def bend(at):
        p = special.expit(x @ at)
        return (x.T * (w * p * (1 - p))) @ x + numpy.diag(r) + (0 if to is None else share * of_earlier)

    found = optimize.minimize(value, a, jac=slope, hess=bend, method="trust-exact", options={"gtol": 1e-9})
    at = [mpf(float(v)) for v in found.x]
    for _ in range(8):
        gradient, curvature = whole(at)
        step = mpmath.lu_solve(curvature, gradient)
        at = [v - s for v, s in zip(at, step)]
        if max(abs(s) for s in step) < mpf(10) ** -28:
            break
    assert max(abs(float(v) - f) for v, f in zip(at, found.x)) < 1e-6, "scipy is elsewhere"
    assert 0.05 < at[1] < 3 and abs(at[0]) < 6 and all(abs(v) < 2 for v in at[2:]), f"{case['name']} is at a limit: {at}"
    if case["scores"] == "half" and earlier is None:
        model = LogisticRegression(C=1, fit_intercept=False, solver="newton-cholesky", tol=1e-12)
        scaled = numpy.delete(x / numpy.sqrt(r), 1, axis=1)
        model.fit(scaled, y, sample_weight=w)
        theirs = model.coef_[0] / numpy.delete(numpy.sqrt(r), 1)
        assert numpy.allclose(theirs, numpy.delete(numpy.array([float(v) for v in at]), 1), rtol=1e-8), "scikit-learn is elsewhere"
    return at, derivatives(at, rows, labels)[1]


def made(name, rows, width, scores="wide", covariates="wide", positive=3):
    likely = lambda row: (score(scores, row) + positive / 10) / (1 + positive / 5)
    labels = [1 if row * 7919 % 10007 % 128 / 128 < likely(row) or positive == 8 else 0 for row in range(rows)]
    return {"name": name, "scores": scores, "covariates": covariates, "width": width, "labels": labels}


CASES = [
    made("no covariates", 60, 0), made("three", 200, 3), made("twenty-four", 120, 24), made("scores of one half", 150, 5, "half"),
    made("sure scores", 100, 2, "sure"), made("equal columns", 120, 2, covariates="equal"),
    made("separable", 80, 2, covariates="separable"), made("one class", 50, 2, positive=8),
]


def vectors():
    found = []
    for case in CASES:
        at, curvature = least(case)
        found.append({**case, "coefficients": [float(v) for v in at],
                      "curvature": [[float(v) for v in row] for row in curvature.tolist()]})
    earlier = made("earlier", 100, 4)
    at, curvature = least(earlier)
    later = {**made("later", 150, 4, positive=5), "name": "going on from earlier rows"}
    after, of_later = least(later, (at, curvature, mpf(0.25)))
    found.append({**later, "coefficients": [float(v) for v in after],
                  "curvature": [[float(v) for v in row] for row in of_later.tolist()],
                  "earlier": {"coefficients": [float(v) for v in at],
                              "curvature": [[float(v) for v in row] for row in curvature.tolist()], "weight": 0.25}})
    return found


def differences(name, known, computed):
    if isinstance(computed, dict):
        return [line for key in computed for line in differences(f"{name}.{key}", known.get(key), computed[key])]
    if isinstance(computed, list):
        return [line for i, one in enumerate(computed) for line in differences(f"{name}[{i}]", known[i], one)]
    if isinstance(computed, float):
        return [] if abs(computed - known) <= 1e-13 * abs(computed) else [f"{name}: {known}, {computed} computed"]
    return [] if computed == known else [f"{name}: {known} in the file, {computed} computed"]


def main():
    versions = {"mpmath": mpmath.__version__, "numpy": numpy.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__}
    computed = {"versions": versions, "fits": vectors()}
    if "--write" in sys.argv[1:]:
        fits = ",\n".join(json.dumps(fit) for fit in computed["fits"])
        FILE.write_text(f'{{"versions": {json.dumps(versions)},\n"fits": [\n{fits}\n]}}\n')
        print("written")
        return
    found = differences("", json.loads(FILE.read_text()), computed)
    print("\n".join(found) if found else "every value agrees")
    sys.exit(1 if found else 0)


main()
