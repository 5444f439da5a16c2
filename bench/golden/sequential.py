"""Golden vectors of src/statistics/sequential, from the formulas of their papers with mpmath to 50 digits."""

import mpmath
import numpy
from mpmath import mpf
from scipy import special, stats

import ab_test
from common import made, numbers, polished, student_density, student_sf

MULTIPLES = [mpmath.exp(mpmath.log(mpf("1.1")) + mpf(k) / 23 * mpmath.log(mpf(30) / mpf("1.1"))) for k in range(24)]


def log_mean_exp(logs):
    top = max(logs)
    said = top + mpmath.log(sum(mpmath.exp(one - top) for one in logs) / len(logs))
    return said if abs(said) > mpf(10) ** -30 else mpf(0)


COUNTS = [
    [],
    [[0.5, 0, 1]],
    [[1e-9, 1, 1]],
    [[1 - 1e-9, 3, 9]],
    [[0.01, 120, 0], [0.05, 40, 1], [0.25, 31, 18], [0.5, 7, 11]],
    [[0.1, 900_000, 100_000], [0.5, 500_000, 500_200]],
    [[1, 5, 5], [0, 4, 4], [0.2, 12, 9]],
    [[0.5, 0, 1_000_000]],
]


def log_e_value(counts, accepted):
    def of(multiple):
        total = mpf(0)
        for weight, champion, challenger in counts:
            if not 0 < weight < 1:
                continue
            w, r0, r = mpf(weight), mpf(accepted), multiple * mpf(accepted)
            share = lambda ratio: ratio * w / (1 - w + ratio * w)
            total += challenger * mpmath.log(share(r) / share(r0))
            total += champion * mpmath.log((1 - share(r)) / (1 - share(r0)))
        return total

    return log_mean_exp([of(multiple) for multiple in MULTIPLES])


def log_rate_e_value(units, failures, most):
    if most == 1:
        return mpf(0)
    p0 = mpf(most)

    def of(multiple):
        odds = multiple * p0 / (1 - p0)
        p = odds / (1 + odds)
        return failures * mpmath.log(p / p0) + (units - failures) * mpmath.log((1 - p) / (1 - p0))

    return log_mean_exp([of(multiple) for multiple in MULTIPLES])


def log_assignment(counts):
    turned = [[1 - mpf(weight), challenger, champion] for weight, champion, challenger in counts]
    return log_mean_exp([log_e_value(counts, 1), log_e_value(turned, 1)])


def loss_of(weight):
    return mpf(weight) / (1 - mpf(weight))


def excess(counts):
    return sum((b - loss_of(w) * a for w, a, b in counts if 0 < w < 1), mpf(0))


def log_excess(counts, allowed, weight_most):
    """The mixture over 16 bets of Fan, Grama and Liu's lemma 4.1, with log(1 - l c) + l c as the price of a square."""
    most = mpf("0.8") / max(mpf(1), loss_of(weight_most))
    logs = []
    for k in range(16):
        bet = mpf("0.002") * (most / mpf("0.002")) ** (mpf(k) / 15)
        total = bet * (excess(counts) - mpf(allowed))
        for w, champion, challenger in counts:
            if 0 < w < 1:
                c = loss_of(w)
                price = mpmath.log(1 - bet * c) + bet * c
                # A champion's failure is -c, a challenger's 1: their squares over c^2.
                total += price * (champion * c * c + challenger) / (c * c)
        logs.append(total)
    return log_mean_exp(logs)


EXCESS = [
    ([[0.01, 120, 3], [0.05, 40, 5], [0.25, 31, 40], [0.5, 7, 30]], 0.5),
    ([[0.5, 100, 160]], 0.5),
    ([[0.8, 30, 400]], 0.8),
    ([[0.01, 0, 1]], 0.01),
    ([[0.5, 1_000_000, 1_003_000]], 0.5),
    ([[1, 9, 9], [0.3, 4, 30]], 0.3),
]


def proven_excess():
    found = []
    for counts, weight_most in EXCESS:
        for alpha in (0.05, 1e-6):
            of = lambda allowed: log_excess(counts, allowed, weight_most) + mpmath.log(mpf(alpha))
            root = mpf(0) if of(0) < 0 else mpmath.findroot(of, (mpf(0), excess(counts)), solver="anderson", tol=1e-60)
            found.append([counts, alpha, weight_most, root])
    return found


def reach(units, alpha, tuned):
    """Theorem 2.2 of arXiv 2103.06476, one-sided (its appendix B.1), with rho as its appendix C.3 derives it."""
    t, alpha = mpf(units), mpf(alpha)
    rho2 = (-2 * mpmath.log(2 * alpha) + mpmath.log(-2 * mpmath.log(2 * alpha) + 1)) / mpf(tuned)
    return mpmath.sqrt(
        2 * (t * rho2 + 1) / (t * t * rho2) * mpmath.log(1 + mpmath.sqrt(t * rho2 + 1) / (2 * alpha))
    )


def proven_mean(values, alpha, block_rows, groups, span, all_looks):
    values = numpy.array(values, dtype=float)
    spans, length = [], 4 * block_rows
    while length < len(values):
        spans.append(length)
        length *= 2
    spans.append(len(values))
    best = None
    for rows in spans:
        lower = proven_lower(values[-rows:], alpha / len(spans), block_rows, groups and groups[-rows:], span, all_looks)
        if best is None or lower > best[2]:
            best = [rows, values[-rows:].mean(), lower]
    return best


def t_quantile(alpha, df):
    start = float(stats.t.isf(alpha, df))
    return float(polished(lambda t: mpf(alpha) - student_sf(t, df), lambda t: student_density(t, df), start))


def proven_lower(values, alpha, block_rows, groups, least, all_looks):
    rows, mean = len(values), values.mean()
    span = max(least, float(numpy.abs(values).max()))
    blocks = values[: rows // block_rows * block_rows].reshape(-1, block_rows).mean(axis=1)
    lowers = [blocks.mean() - t_quantile(alpha, len(blocks) - 1) * blocks.std(ddof=1) / len(blocks) ** 0.5]
    reaches = [0.0]
    for of in ([None] if all_looks else []) + ([groups] if groups else []):
        deviation, units = long_run(values, of, span)
        width = float(reach(units, alpha, units)) if all_looks else t_quantile(alpha, units - 1) / units**0.5
        reaches.append(deviation * width)
    lowers.append(mean - max(reaches))
    return min(lowers) - (mean + span) / (rows + 1)


def long_run(values, groups, span):
    """Deviation of one unit and units: sums by group, or by blocks of 1, 2, 4, ... rows of which there are 30."""
    gaps = values - values.mean()
    rows = len(values)
    if groups:
        sums = numpy.bincount(numpy.unique(groups, return_inverse=True)[1], weights=gaps)
        units = len(sums)
        return ((sums @ sums + span * span) / rows / rows * units * units / (units - 1)) ** 0.5, units
    found = []
    length = 1
    while length == 1 or rows / length >= 30:
        sums = gaps[: rows // length * length].reshape(-1, length).sum(axis=1)
        found.append(((sums @ sums + span * span) / len(sums) / length * len(sums) / (len(sums) - 1)) ** 0.5)
        length *= 2
    return max(found), rows


def proven_means():
    found = []
    worlds = [(made(400, 7919, 10007, 8192, 0.5), 100, 0), (made(1730, 7919, 10007, 8192, 0.5), 100, 2.0),
              (made(100_000, 7919, 10007, 8192, 0.5), 1000, 0), (made(4, 1, 4, 2, 0.5), 1, 0)]
    for values, block_rows, span in worlds:
        rows = values["rows"]
        for groups in (None, [row * 31 % 97 for row in range(rows)] if rows < 2000 else None):
            for alpha, all_looks in ((0.05, True), (1e-4, False)):
                said = proven_mean(numbers(values), alpha, block_rows, groups, span, all_looks)
                found.append([values, alpha, block_rows, groups, span, all_looks, said])
    return found


def log_sums():
    found = [[1.0], [0.0, 0.0], [-1e9, -1e9, -1e9], [1e300, 1.0], [-745.0, 709.0, 708.0], [-1e-300, 1e-300]]
    return [[logs, special.logsumexp(logs)] for logs in found]


def functions():
    by_paper = lambda names, vectors: {"source": "its paper, mpmath", "args": names, "vectors": vectors}
    counts = ["shares and failures"]
    return {
        "alternativeRatio": by_paper(["k"], [[k, multiple] for k, multiple in enumerate(MULTIPLES)]),
        "logSumExp": {"source": "scipy logsumexp", "args": ["logs"], "vectors": log_sums()},
        "logEValue": by_paper(
            [*counts, "riskRatioMax"],
            [[one, ratio, log_e_value(one, ratio)] for one in COUNTS for ratio in (1e-3, 1, 1.5, 50)],
        ),
        "logRateEValue": by_paper(
            ["units", "failures", "rateMax"],
            [[n, k, p, log_rate_e_value(n, k, p)] for p in (1e-9, 0.001, 0.3, 1 - 1e-9, 1)
             for n, k in ((0, 0), (1, 0), (1, 1), (2, 1), (10**6, 0), (10**6, 1100), (10**6, 10**6))],
        ),
        "logAssignmentEValue": by_paper(counts, [[one, log_assignment(one)] for one in COUNTS]),
        "isBeyondBoundary": by_paper(
            ["logE", "alpha"], [[3.0, 0.05, 1], [2.9957, 0.05, 0], [-5.0, 0.5, 0], [700.0, 1e-300, 1], [690.0, 1e-300, 0]]
        ),
        "estimatedExcess": by_paper(counts, [[one, excess(one)] for one in [*COUNTS, *(c for c, _ in EXCESS)]]),
        "logExcessEValue": by_paper(
            [*counts, "excessMax", "weightMax"],
            [[one, most, weight, log_excess(one, most, weight)] for one, weight in EXCESS for most in (0, 1, 25, 1000)],
        ),
        "provenExcess": by_paper([*counts, "alpha", "weightMax"], proven_excess()),
        "sequenceReach": by_paper(
            ["units", "alpha", "unitsTuned"],
            [[n, alpha, tuned, reach(n, alpha, tuned)] for n in (1, 2, 30, 10**3, 10**6) for alpha in (0.4999, 0.05, 1e-3, 1e-12)
             for tuned in (1, 500, 10**6)],
        ),
        "provenMean": {
            "source": "its parts, mpmath and numpy",
            "args": ["values", "alpha", "blockRows", "groups", "span", "isForAllLooks"],
            "vectors": proven_means(),
        },
        **ab_test.of_sequences(),
    }
