"""Golden values of what A/B tests rest on: Dirichlet mixtures against fixed shares, the mixture of Bernstein's bets, sums
about means, and differences after a covariate."""

import math

import mpmath
import numpy as np
import statsmodels.api as sm
from mpmath import mpf
from scipy import stats

from common import made, numbers

CONCENTRATIONS = (10, 100, 1_000, 10_000, 100_000)
UNSEEN = 5

SHARES = (
    ([0, 0], [0.5, 0.5]),
    ([12, 30], [0.5, 0.5]),
    ([5_200, 4_800], [0.5, 0.5]),
    ([800, 100, 130], [0.8, 0.1, 0.1]),
    ([100_400, 99_900, 100_000, 99_700], [0.25, 0.25, 0.25, 0.25]),
)


def log_shares(counts, shares):
    """The Dirichlet-multinomial law over the multinomial one, both written out, averaged over concentrations."""
    of = [mpf(share) for share in shares]
    total = mpf(0)
    for k in CONCENTRATIONS:
        log = mpmath.loggamma(k) - mpmath.loggamma(k + sum(counts))
        for count, share in zip(counts, of):
            log += mpmath.loggamma(k * share + count) - mpmath.loggamma(k * share) - count * mpmath.log(share)
        total += mpmath.exp(log)
    return mpmath.log(total / len(CONCENTRATIONS))


def bernstein(squares, alpha, scale, tuned):
    """The root of the mean of exp(l u + (log(1 - l) + l) v) = 1 / alpha, by bisection of its logarithm."""
    least = min(0.3, math.sqrt(8 * math.log(4 / alpha) / tuned))
    bets = [mpf(0.9)]
    while bets[-1] / mpf(1.5) > least / 1.5:
        bets.append(bets[-1] / mpf(1.5))
    v = mpf(squares) / mpf(scale) ** 2
    above = lambda u: mpmath.log(sum(mpmath.exp(b * u + (mpmath.log(1 - b) + b) * v) for b in bets) / len(bets)) + mpmath.log(
        mpf(alpha)
    )
    low, high = mpf(0), mpf(1)
    while above(high) < 0:
        high *= 2
    for _ in range(170):
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) > 0 else (middle, high)
    return mpf(scale) * high


def reaches():
    points = [(v, a, c, n) for v in (0, 40, 9e4, 1e6) for a in (0.05, 1e-6) for c in (1, 60) for n in (1_000, 1e6)]
    return [[*point, bernstein(*point)] for point in points]


def moments(x, y):
    x, y = [mpf(one) for one in x], [mpf(one) for one in y]
    n = len(x)
    mx, my = sum(x) / n, sum(y) / n
    products = lambda a, ma, b, mb: sum((one - ma) * (other - mb) for one, other in zip(a, b))
    return [n, mx, my, products(x, mx, x, mx), products(y, my, y, my), products(x, mx, y, my)]


PAIRS = (
    (made(400, 37, 101, 16), made(400, 53, 211, 32, 1.5)),
    (made(2, 1, 2, 1), made(2, 1, 2, 4)),
    # Far from 0 beside their spread: sums of squares would lose half of their digits.
    (made(400, 37, 101, 16, -1e4), made(400, 53, 211, 32, 1e4)),
)


def with_pairs():
    return [[x, y, *moments(numbers(x), numbers(y))] for x, y in PAIRS]


def merged():
    return [[x, y, cut, *moments(numbers(x), numbers(y))] for (x, y), cut in zip(PAIRS, (150, 1, 399))]


def differences():
    """The slope by WLS of statsmodels, the error of what it leaves by Welch's test of scipy; one degree less for it."""
    vectors = []
    for xa, ya, xb, yb, span in (
        (made(40, 37, 101, 16), made(40, 53, 211, 32), made(60, 41, 103, 16), made(60, 59, 199, 64), 0),
        (made(35, 37, 101, 16), made(35, 37, 103, 16), made(400, 41, 103, 16), made(400, 41, 107, 16), 0),
        (made(300, 37, 101, 16), made(300, 37, 103, 16), made(31, 41, 103, 16), made(31, 59, 199, 64), 3),
    ):
        x, y = [numbers(xa), numbers(xb)], [numbers(ya), numbers(yb)]
        sizes = [len(part) for part in x]
        weights = np.concatenate([np.full(n, 1 / (n * (n - 1))) for n in sizes])
        design = np.column_stack([np.ones(sum(sizes)), np.repeat([1.0, 0.0], sizes), np.concatenate(x)])
        fit = sm.WLS(np.concatenate(y), design, weights=weights).fit()
        left = [np.array(part) - fit.params[2] * np.array(of) for part, of in zip(y, x)]
        of_means = [part.var(ddof=1) / len(part) for part in left]
        wider = [one + UNSEEN * span**2 / n**2 for one, n in zip(of_means, sizes)]
        welch = sum(wider) ** 2 / sum(one**2 / (n - 1) for one, n in zip(wider, sizes))
        if span == 0:
            assert abs(welch - stats.ttest_ind(*left, equal_var=False).df) < 1e-6
        plain = sum(np.var(part, ddof=1) / len(part) for part in y)
        error = math.sqrt(sum(wider) * welch / (welch - 1))
        vectors.append([xa, ya, xb, yb, span, fit.params[1], error, welch - 1, 1 - sum(of_means) / plain])
    return vectors


def of_samples():
    ofPairs = {"source": "its sums, mpmath", "args": ["x", "y"]}
    return {
        "withPair": {**ofPairs, "vectors": with_pairs()},
        "mergedMoments": {**ofPairs, "args": ["x", "y", "cut"], "vectors": merged()},
        "adjustedDifference": {
            "source": "statsmodels WLS, scipy ttest_ind",
            "args": ["x of the first", "y of the first", "x of the second", "y of the second", "span"],
            "vectors": differences(),
        },
    }


def of_sequences():
    return {
        "logSharesEValue": {
            "source": "its paper, mpmath",
            "args": ["counts", "shares"],
            "vectors": [[counts, shares, log_shares(counts, shares)] for counts, shares in SHARES],
        },
        "bernsteinReach": {
            "source": "its paper, mpmath",
            "args": ["squares", "alpha", "scale", "termsTuned"],
            "vectors": reaches(),
        },
    }
