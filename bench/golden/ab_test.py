"""Golden values of what A/B tests rest on: logarithms of the gamma function, Dirichlet against fixed shares, the mixture
of Bernstein bets, and differences after a covariate.

python bench/golden/ab_test.py > src/statistics/sequential/ab-test.golden.json
"""

import json
import math
import platform

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import optimize, special, stats

log_gamma = [[a, float(special.gammaln(a))] for a in (1e-3, 0.5, 1, 1.5, 2, 3.7, 16, 170.6, 12_345, 1e7)]

shares = []
for counts, of in (
    ((0, 0), (0.5, 0.5)),
    ((12, 30), (0.5, 0.5)),
    ((5_200, 4_800), (0.5, 0.5)),
    ((800, 100, 130), (0.8, 0.1, 0.1)),
    ((100_400, 99_900, 100_000, 99_700), (0.25, 0.25, 0.25, 0.25)),
):
    of = np.array(of)
    logs = [
        stats.dirichlet_multinomial.logpmf(counts, k * of, sum(counts)) - stats.multinomial.logpmf(counts, sum(counts), of)
        for k in (10, 100, 1_000, 10_000, 100_000)
    ]
    shares.append({"counts": counts, "shares": of.tolist(), "logE": float(special.logsumexp(logs) - math.log(5))})


def bernstein(squares, alpha, scale, tuned):
    """The root of the mean of exp(l u - (-log(1 - l) - l) v) = 1 / alpha, by Brent's method."""
    least = min(0.3, math.sqrt(8 * math.log(4 / alpha) / tuned))
    bets = [0.9]
    while bets[-1] / 1.5 > least / 1.5:
        bets.append(bets[-1] / 1.5)
    bets = np.array(bets)
    v = squares / scale**2

    def above(u):
        return special.logsumexp(bets * u + (np.log1p(-bets) + bets) * v, b=1 / len(bets)) - math.log(1 / alpha)

    return scale * optimize.brentq(above, 0, 1e9, xtol=1e-13, rtol=1e-14, maxiter=500)


reaches = [
    [*given, bernstein(*given)]
    for given in ((0, 0.05, 1, 1_000), (40, 0.025, 2, 5_000), (90_000, 0.0025, 60, 20_000), (1e6, 0.01, 1_000, 1e6))
]

differences = []
for seed, sizes, strength in ((1, (40, 60), 0.8), (2, (35, 400), 0.2), (3, (300, 31), 2.0)):
    random = np.random.default_rng(seed)
    x = [random.normal(size=size).round(3) for size in sizes]
    y = [(strength * part + random.normal(size=len(part)) * (1 + place)).round(3) for place, part in enumerate(x)]
    weights = np.concatenate([np.full(size, 1 / (size * (size - 1))) for size in sizes])
    first = np.repeat([1.0, 0.0], sizes)
    design = np.column_stack([np.ones(sum(sizes)), first, np.concatenate(x)])
    fit = sm.WLS(np.concatenate(y), design, weights=weights).fit()
    left = [part - fit.params[2] * of for part, of in zip(y, x)]
    test = stats.ttest_ind(*left, equal_var=False)
    plain = stats.ttest_ind(*y, equal_var=False)
    differences.append(
        {
            "x": [part.tolist() for part in x],
            "y": [part.tolist() for part in y],
            "difference": float(fit.params[1]),
            "df": float(test.df),
            "standardError": float(fit.params[1] / test.statistic),
            "plainError": float((y[0].mean() - y[1].mean()) / plain.statistic),
        }
    )

versions = {
    "python": platform.python_version(),
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "statsmodels": statsmodels.__version__,
}
print(
    json.dumps(
        {
            "versions": versions,
            "logGamma": log_gamma,
            "shares": shares,
            "reaches": reaches,
            "differences": differences,
        }
    )
)
