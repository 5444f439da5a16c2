"""Golden values of Student's t: upper quantiles, and Welch's test from means and standard errors.

python bench/golden/student.py > src/statistics/distributions/student.golden.json
"""

import json
import platform

import numpy
import scipy
from scipy import stats

quantiles = [
    [alpha, df, float(stats.t.isf(alpha, df))]
    for alpha in (0.5, 0.2, 0.05, 0.0125, 1e-3, 4e-5, 1e-9)
    for df in (1, 2, 3, 7, 29.5, 132, 5000)
]
welch = []
for first, second in (
    ((0.52, 0.031, 250), (0.48, 0.012, 1500)),
    ((0.62, 0.031, 30), (0.48, 0.05, 45)),
    ((0.1, 0.2, 3), (0.5, 0.1, 4)),
):
    # scipy takes standard deviations and counts: the standard error times the root of the count.
    given = [(mean, error * count**0.5, count) for mean, error, count in (first, second)]
    test = stats.ttest_ind_from_stats(*given[0], *given[1], equal_var=False, alternative="greater")
    welch.append({"first": first, "second": second, "t": float(test.statistic), "pValue": float(test.pvalue)})

versions = {"python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__}
print(json.dumps({"versions": versions, "quantiles": quantiles, "welch": welch}, indent=2))
