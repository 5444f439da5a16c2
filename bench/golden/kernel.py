"""Computes the golden values of src/statistics anew, from the libraries in requirements.txt, on the inputs in the files.

    python -m venv golden && golden/bin/pip install -r bench/golden/requirements.txt
    golden/bin/python bench/golden/kernel.py           # compares; exit code 1 where a value differs by more than 1e-11
    golden/bin/python bench/golden/kernel.py --write   # writes the files
"""

import json
import math
import sys
from pathlib import Path

import mpmath
import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import special, stats
from scipy.spatial import distance
from sklearn import metrics
from statsmodels.stats.multitest import multipletests

FOLDER = Path(__file__).resolve().parents[2] / "src" / "statistics"
RELATIVE_ERROR_MAX = 1e-11
# Tails as small as 1e-130 are differences from 1.
mpmath.mp.dps = 200


def gamma(a, x):
    if a > 50:
        return [special.gammainc(a, x), special.gammaincc(a, x)]
    return [mpmath.gammainc(a, 0, x, regularized=True), mpmath.gammainc(a, x, mpmath.inf, regularized=True)]


def beta(a, b, x):
    if a + b > 100:
        return [special.betainc(a, b, x), special.betaincc(a, b, x)]
    return [mpmath.betainc(a, b, 0, x, regularized=True), mpmath.betainc(a, b, x, 1, regularized=True)]


# How many of a row are arguments, and what follows from them.
DISTRIBUTIONS = {
    "erfc": (1, lambda x: [mpmath.erfc(x)]),
    "erf": (1, lambda x: [mpmath.erf(x)]),
    "normalCdf": (1, lambda z: [mpmath.ncdf(z)]),
    "normalQuantile": (1, lambda p: [stats.norm.ppf(p)]),
    "incompleteGamma": (2, gamma),
    "incompleteBeta": (3, beta),
    "chiSquareSf": (2, lambda x, df: [stats.chi2.sf(x, df)]),
    "studentTSf": (2, lambda t, df: [stats.t.sf(t, df)]),
}


def distributions(known):
    source = (
        f"mpmath {mpmath.__version__} (200 digits) for erfc, normal, gamma, beta; scipy {scipy.__version__} for "
        "quantiles, gamma with a > 50, beta with a + b > 100; bench/golden/kernel.py"
    )
    rows = {
        name: [row[:count] + [float(value) for value in of(*row[:count])] for row in known[name]]
        for name, (count, of) in DISTRIBUTIONS.items()
    }
    return {"source": source, **rows}


def delong_error(a, b, labels):
    """The standard error of the difference of two areas (DeLong and others 1988), by its definition."""

    def parts(scores):
        positive, negative = scores[labels == 1], scores[labels == 0]
        wins = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
        return wins.mean(axis=1), wins.mean(axis=0)

    (a_positive, a_negative), (b_positive, b_negative) = parts(a), parts(b)
    variance = np.var(a_positive - b_positive, ddof=1) / len(a_positive)
    return math.sqrt(variance + np.var(a_negative - b_negative, ddof=1) / len(a_negative))


def samples(known):
    labels, a, b = (np.array(known[name]) for name in ("labels", "a", "b"))
    labels3, scores3 = np.array(known["labels3"]), np.array(known["scores3"]).reshape(-1, 3)
    values, predicted = np.array(known["values"]), np.array(known["predicted"])
    reference, current = np.array(known["reference"]), np.array(known["current"])
    chi2 = stats.chi2_contingency([reference, current], correction=False)
    welch = stats.ttest_ind(a[:40], a[40:], equal_var=False, alternative="greater")
    decided3 = scores3.argmax(axis=1)
    computed = {
        "aurocA": metrics.roc_auc_score(labels, a),
        "aurocB": metrics.roc_auc_score(labels, b),
        "delongSe": delong_error(a, b, labels),
        "averagePrecisionA": metrics.average_precision_score(labels, a),
        "logLossA": metrics.log_loss(labels, a),
        "brierA": metrics.brier_score_loss(labels, a),
        "f1A": metrics.f1_score(labels, a >= 0.5),
        "midRanksA": stats.rankdata(a).tolist(),
        "logLoss3": metrics.log_loss(labels3, scores3, labels=[0, 1, 2]),
        "brier3": float(np.mean(np.sum((scores3 - np.eye(3)[labels3]) ** 2, axis=1))),
        "accuracy3": metrics.accuracy_score(labels3, decided3),
        "macroF13": metrics.f1_score(labels3, decided3, average="macro"),
        "rmse": math.sqrt(metrics.mean_squared_error(values, predicted)),
        "mae": metrics.mean_absolute_error(values, predicted),
        "bh": multipletests(known["pValues"], method="fdr_bh")[1].tolist(),
        "chi2": [float(chi2.statistic), float(chi2.pvalue), float(chi2.dof)],
        "js": float(distance.jensenshannon(reference, current)),
        "welch": [float(welch.statistic), float(welch.df), float(welch.pvalue)],
    }
    source = (
        f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, statsmodels {statsmodels.__version__}, "
        f"numpy {np.__version__}; DeLong by the O(n^2) definition; bench/golden/kernel.py"
    )
    return {**known, **computed, "source": source}


def differences(name, known, computed):
    if isinstance(computed, dict):
        return [line for key in computed for line in differences(f"{name}.{key}", known.get(key), computed[key])]
    if isinstance(computed, list):
        return [line for i, one in enumerate(computed) for line in differences(f"{name}[{i}]", known[i], one)]
    if isinstance(computed, str) or abs(computed - known) <= RELATIVE_ERROR_MAX * abs(computed):
        return []
    return [f"{name}: {known} in the file, {computed} computed"]


def main():
    found = []
    for name, compute, indent in [("distributions", distributions, 0), ("samples", samples, None)]:
        file = FOLDER / name / f"{name}.golden.json"
        known = json.loads(file.read_text())
        computed = compute(known)
        found += differences(name, known, computed)
        if "--write" in sys.argv[1:]:
            file.write_text(json.dumps(computed, indent=indent) + "\n")
    print("\n".join(found) if found else f"every value agrees within {RELATIVE_ERROR_MAX}")
    sys.exit(1 if found and "--write" not in sys.argv[1:] else 0)


main()
