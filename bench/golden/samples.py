"""Golden vectors of src/statistics/samples: scipy, scikit-learn and statsmodels, and numpy where no library has it."""

import math

import mpmath
import numpy
from mpmath import mpf
from scipy import stats
from scipy.spatial import distance
from sklearn import metrics
from statsmodels.stats.gof import chisquare_effectsize
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import ab_test
import dependence
import resampled
from common import made, numbers

RANDOM = numpy.random.default_rng(57)
MILLION = made(1_000_000, 7919, 10007, 16384)
MILLION_LABELS = made(1_000_000, 31, 2, 1)


def drawn(rows, digits=3):
    return [round(float(x), digits) for x in RANDOM.random(rows)]


def labels_for(scores):
    return [int(RANDOM.random() < score) for score in scores]


SCORES = drawn(120, 2)
OTHERS = [round(min(1.0, max(0.0, s + 0.3 * float(RANDOM.normal()))), 2) for s in SCORES]
LABELS = labels_for(SCORES)
EXTREME = [1e-300, 1e300, -1e300, 0.0, 1e-300, 5e-324, 1.0]
THREE = [[round(float(x), 6) for x in row] for row in RANDOM.dirichlet([1, 2, 0.5], 60)]
THREE_LABELS = [int(RANDOM.choice(3, p=numpy.array(row) / sum(row))) for row in THREE]


def vectors(source, args, rows):
    return {"source": source, "args": args, "vectors": rows}


def orders():
    samples = [[1.0], [2.0, 2.0], SCORES, EXTREME, made(1_000, 7919, 101, 8)]
    by = lambda scores: numpy.argsort(numpy.array(numbers(scores)), kind="stable")
    ranks = lambda scores: stats.rankdata(numbers(scores))
    return {
        "ascendingOrder": vectors("numpy argsort", ["scores"], [[s, by(s)] for s in samples]),
        "midRanks": vectors("scipy rankdata", ["scores"], [[s, ranks(s)] for s in samples]),
        "endOfTies": vectors(
            "numpy searchsorted", ["scores", "start"],
            [[s, start, int(numpy.searchsorted(numpy.sort(numbers(s)), numpy.sort(numbers(s))[start], "right"))]
             for s in (SCORES, [1.0], [2.0, 2.0]) for start in (0, len(s) // 2, len(s) - 1)],
        ),
        "orderStatistics": vectors(
            "numpy sort", ["values", "ranks"],
            [[s, r, numpy.sort(numbers(s))[r]] for s, r in (([3.0], [0]), (SCORES, [0, 17, 119]), (EXTREME, [0, 3, 6]),
             (MILLION, [0, 1, 499_999, 999_999]))],
        ),
        "percentile": vectors(
            "numpy percentile", ["sorted", "share"],
            [[sorted(s), share, numpy.percentile(s, 100 * share)] for s in ([4.0], [1.0, 2.0], SCORES)
             for share in (0, 1e-9, 0.025, 0.5, 1)],
        ),
    }


def ranking():
    cases = [(SCORES, LABELS), ([0.1, 0.2], [0, 1]), ([1e-300, 1e300, 5.0], [0, 1, 1]), ([0.5] * 9, [1, 0, 0] * 3),
             ({**MILLION, "rows": 100_000}, {**MILLION_LABELS, "rows": 100_000})]
    area = lambda s, y: metrics.roc_auc_score(numbers(y), numbers(s))
    precision = lambda s, y: metrics.average_precision_score(numbers(y), numbers(s))
    pairs = [(SCORES, OTHERS, LABELS), (OTHERS, SCORES, LABELS), ([0.1, 0.4, 0.35, 0.8], [0.2, 0.5, 0.5, 0.1], [0, 0, 1, 1])]
    return {
        "auroc": vectors("scikit-learn", ["scores", "labels"], [[*case, area(*case)] for case in cases]),
        "averagePrecision": vectors("scikit-learn", ["scores", "labels"], [[*case, precision(*case)] for case in cases]),
        "pairedDelong": vectors("its definition over all pairs, numpy", ["a", "b", "labels"], [[*p, delong(*p)] for p in pairs]),
        "areaDifferenceRows": vectors(
            "its definition over all pairs, numpy", ["a", "b", "labels"], [[*p, area_rows(*p)] for p in pairs]
        ),
        "areaRows": vectors(
            "its definition over all pairs, numpy", ["scores", "labels"],
            [[a, y, area_rows(a, [0.5] * len(a), y) + 0.5] for a, _, y in pairs],
        ),
    }


def wins(scores, labels):
    s, y = numpy.array(scores), numpy.array(labels)
    above, equal = (s[y == 1][:, None] > s[y == 0][None, :]), (s[y == 1][:, None] == s[y == 0][None, :])
    return above + 0.5 * equal


def delong(a, b, labels):
    gaps = wins(a, labels) - wins(b, labels)
    variance = sum(numpy.var(gaps.mean(axis=axis), ddof=1) / gaps.shape[1 - axis] for axis in (0, 1))
    return [wins(a, labels).mean(), wins(b, labels).mean(), math.sqrt(variance)]


def area_rows(a, b, labels):
    """Each positive has its own difference, each negative too, so that their mean is that of the areas."""
    gaps, y = wins(a, labels) - wins(b, labels), numpy.array(labels)
    rows = numpy.full(len(y), gaps.mean())
    for label, axis in ((1, 1), (0, 0)):
        rows[y == label] += len(y) / (y == label).sum() * (gaps.mean(axis=axis) - gaps.mean())
    return rows


def losses():
    two = [[round(1 - s, 2), s] for s in SCORES]
    binary = [(two, LABELS), ([[0.0, 1.0]], [0]), ([[1.0, 0.0]], [0]), ([[1 - 1e-9, 1e-9]] * 2, [1, 0])]
    flat = lambda rows: [x for row in rows for x in row]
    clipped = lambda s, y: [-math.log(min(0.999, max(0.001, row[label]))) for row, label in zip(s, y)]
    hot = lambda y: numpy.eye(3)[y]
    brier2 = [(numpy.array(s)[:, 1] - numpy.array(y)) ** 2 for s, y in binary]
    decided = [int(s >= 0.5) for s in SCORES]
    decided3 = [int(numpy.argmax(row)) for row in THREE]
    values = [(SCORES, OTHERS), ([1e150], [-1e150]), ([1e-150, 3.0], [0.0, 3.0]), ([1e6 + 0.125], [1e6])]
    return {
        "logLossRows": vectors(
            "its definition; its mean is that of scikit-learn", ["scores", "classes", "labels"],
            [[flat(s), 2, y, clipped(s, y)] for s, y in binary] + [[flat(THREE), 3, THREE_LABELS, clipped(THREE, THREE_LABELS)]],
        ),
        "brierRows": vectors(
            "its definition, numpy", ["scores", "classes", "labels"],
            [[flat(s), 2, y, rows] for (s, y), rows in zip(binary, brier2)]
            + [[flat(THREE), 3, THREE_LABELS, ((numpy.array(THREE) - hot(THREE_LABELS)) ** 2).sum(axis=1)]],
        ),
        "decideRows": vectors(
            "numpy argmax", ["scores", "classes", "threshold"],
            [[flat(two), 2, 0.5, decided], [flat(THREE), 3, None, decided3], [[0.4, 0.4, 0.2], 3, None, [0]]],
        ),
        "decideRow": vectors(
            "numpy argmax", ["scores", "from", "classes", "threshold"],
            [[flat(THREE), 3 * row, 3, None, decided3[row]] for row in (0, 7, 59)] + [[[0.3, 0.7], 0, 2, 0.7, 1]],
        ),
        "hitRows": vectors(
            "numpy", ["decisions", "labels"],
            [[decided, LABELS, numpy.equal(decided, LABELS) * 1], [decided3, THREE_LABELS, numpy.equal(decided3, THREE_LABELS) * 1]],
        ),
        "squaredErrorRows": vectors("numpy", ["values", "labels"], [[a, b, (numpy.array(a) - b) ** 2] for a, b in values if a[0] < 1e100]),
        "absoluteErrorRows": vectors("numpy", ["values", "labels"], [[a, b, abs(numpy.array(a) - b)] for a, b in values]),
        "pinballRows": vectors(
            "scikit-learn, row by row", ["values", "labels", "quantile"],
            [[a, b, q, [metrics.mean_pinball_loss([y], [x], alpha=q) for x, y in zip(a, b)]]
             for q in (0.5, 0.05, 0.9) for a, b in values],
        ),
        "mean": vectors(
            "math.fsum", ["values", "weights"],
            [[s, None, math.fsum(numbers(s)) / len(numbers(s))] for s in ([7.0], SCORES, MILLION, [1e150, 3e150])]
            + [[SCORES, LABELS, math.fsum(s for s, y in zip(SCORES, LABELS) if y) / sum(LABELS)]],
        ),
        "f1Score": vectors(
            "scikit-learn", ["decisions", "labels", "classes"],
            [[decided, LABELS, 2, metrics.f1_score(LABELS, decided)],
             [decided3, THREE_LABELS, 3, metrics.f1_score(THREE_LABELS, decided3, average="macro")],
             [[0], [1], 2, 0.0], [[1, 1], [1, 0], 2, metrics.f1_score([1, 0], [1, 1])]],
        ),
        "calibrationError": vectors("bins of equal mass, numpy", ["confidences", "outcomes"], calibrations()),
        "valueOptimalThreshold": vectors("every threshold tried, numpy", ["scores", "gainYes", "gainNo"], thresholds()),
    }


def calibrations():
    """Without ties: ten bins of the same number of rows."""
    found = []
    for rows in (10, 300, 100_000):
        scores = numpy.array([(row * 7919 % 1_000_003) / 1_048_576 for row in range(rows)])
        outcomes = numpy.array([row * 31 % 7 % 2 for row in range(rows)])
        order = numpy.argsort(scores)
        gaps = (scores - outcomes)[order].reshape(10, -1)
        found.append([made(rows, 7919, 1_000_003, 1_048_576), [int(y) for y in outcomes] if rows < 1000 else None,
                      abs(gaps.sum(axis=1)).sum() / rows])
    return found


def thresholds():
    found = []
    for scores, labels in ((SCORES, LABELS), ([0.3], [1]), ([0.3, 0.3], [1, 0])):
        yes, no = [3.0 if y else -1.0 for y in labels], [-2.0 if y else 0.0 for y in labels]
        best = max(
            sum(a if s >= t else b for s, a, b in zip(scores, yes, no)) / len(scores) for t in [*scores, 2.0]
        )
        found.append([scores, yes, no, best])
    return found


def moments():
    samples = [[7.0], [1.0, 2.0], [1e150, -1e150, 3e150], [1e-150, 3e-150], SCORES, MILLION,
               [1e9 + x for x in (4.0, 7.0, 13.0, 16.0)]]
    exact = lambda s: [len(numbers(s)), math.fsum(numbers(s)) / len(numbers(s)),
                       0.0 if len(numbers(s)) < 2 else numpy.var(numpy.array(numbers(s)), ddof=1)]
    estimates = [((0.52, 0.031, 249), (0.48, 0.012, 1499)), ((0.1, 0.2, 2), (0.5, 0.1, 3)), ((0.0, 1.0, 1), (0.0, 1e-9, 1)),
                 ((1e6, 1e3, 999_999), (0.99e6, 2e3, 7))]
    return {
        "momentsOf": vectors("math.fsum, numpy var", ["values"], [[s, exact(s)] for s in samples]),
        "blockMeans": vectors(
            "numpy", ["values", "blockRows"],
            [[s, k, numpy.array(numbers(s)[: len(numbers(s)) // k * k]).reshape(-1, k).mean(axis=1)]
             for s, k in ((SCORES, 7), (SCORES, 120), ([1.0], 1), (MILLION, 250_000))],
        ),
        "welchGreater": vectors("scipy ttest_ind_from_stats", ["first", "second"], [[*e, welch(*e)] for e in estimates]),
    }


def welch(first, second):
    given = [(mean, error * (df + 1) ** 0.5, df + 1) for mean, error, df in (first, second)]
    test = stats.ttest_ind_from_stats(*given[0], *given[1], equal_var=False, alternative="greater")
    (_, a, m), (_, b, n) = first, second
    return [test.statistic, (a * a + b * b) ** 2 / (a**4 / m + b**4 / n), test.pvalue]


def multiplicity():
    p_values = [[0.04], [1e-300, 0.5, 1e-9], [1.0, 1.0], [0.0, 0.2], [round(float(p) ** 3, 6) for p in RANDOM.random(100)],
                [(row * 7919 % 10007) / 16384 for row in range(400)]]
    return {
        "benjaminiHochberg": vectors(
            "statsmodels multipletests", ["pValues"], [[p, multipletests(p, method="fdr_bh")[1]] for p in p_values]
        ),
        "holmRejected": vectors(
            "statsmodels multipletests", ["pValues", "alpha"],
            [[p, alpha, numpy.flatnonzero(multipletests(p, alpha, method="holm")[0])] for p in p_values for alpha in (1e-6, 0.05, 0.5)],
        ),
    }


COUNTS = [([520, 310, 170], [480, 350, 170]), ([10, 10], [10, 11]), ([500_000, 500_000], [501_000, 499_000]),
          ([40] * 20, [38, 44] * 10), ([1_000_000, 10], [900, 100])]


def cells():
    chi = lambda a, b: stats.chi2_contingency([a, b], correction=False)
    shares = lambda counts: numpy.array(counts) / sum(counts)
    noise = lambda a, b: (len(a) - 1) * (1 / sum(a) + 1 / sum(b))

    def shift(a, b, effect):
        w = 2 * chisquare_effectsize((shares(a) + shares(b)) / 2, shares(a), cohen=True)
        return math.sqrt(max(0.0, w * w - effect * noise(a, b)))

    def jensen(a, b):
        p, q = ([mpf(x) / sum(of) for x in of] for of in (a, b))
        gain = lambda x, y: x * mpmath.log(2 * x / (x + y)) / 2 if x else mpf(0)
        far = float(mpmath.sqrt(sum(gain(x, y) + gain(y, x) for x, y in zip(p, q))))
        assert abs(far - distance.jensenshannon(shares(a), shares(b))) < 1e-9
        return [far, math.sqrt(noise(a, b) / 8), math.sqrt(max(0.0, far * far - noise(a, b) / 8))]

    apart = [([500_000, 500_000], [500_001, 499_999]), ([10, 0], [0, 10]), ([1, 1, 1], [1_000_000, 1, 1]), *COUNTS[:4]]
    return {
        "chiSquareHomogeneity": vectors(
            "scipy chi2_contingency", ["first", "second"],
            [[a, b, [chi(a, b).statistic, chi(a, b).dof, chi(a, b).pvalue]] for a, b in COUNTS[:4]],
        ),
        "total": vectors("math.fsum", ["counts"], [[a, math.fsum(a)] for a, _ in COUNTS]),
        "jensenShannon": vectors("its definition, mpmath", ["first", "second"], [[a, b, jensen(a, b)] for a, b in apart]),
        "standardShift": vectors(
            "statsmodels chisquare_effectsize", ["first", "second", "designEffect"],
            [[a, b, effect, shift(a, b, effect)] for a, b in apart for effect in (1, 7.5)],
        ),
    }


def mover():
    """Newcombe's interval is this one between the bounds of Wilson."""
    counts = [(1, 2, 0, 1), (56, 70, 48, 80), (999_999, 10**6, 3, 10**6), (5, 10, 5, 10)]
    bounds = lambda count, rows: [count / rows, *proportion_confint(count, rows, 0.1, method="wilson")]
    wanted = lambda of: confint_proportions_2indep(*of, method="newcomb", compare="diff", alpha=0.1)
    of = lambda side: vectors(
        "statsmodels confint_proportions_2indep", ["more", "less"],
        [[bounds(a, m), bounds(b, n), wanted((a, m, b, n))[side]] for a, m, b, n in counts],
    )
    return {"moverLower": of(0), "moverUpper": of(1)}


def median_bounds():
    found = []
    for rows in (1, 2, 5, 11, 40, 1000, 2000, 100_000):
        for low, high in ((0.05, 0.05), (1e-9, 0.2)):
            values = made(rows, 7919, 1_000_003, 1024)
            ordered = sorted(numbers(values))
            # The largest k with P(fewer than k heads) <= error.
            outside = lambda error: int(max(k for k in range(rows + 1) if k == 0 or tail(rows)[k - 1] <= error))
            below, above = outside(low), outside(high)
            said = [numpy.median(ordered), None if below == 0 else ordered[below - 1], None if above == 0 else ordered[-above]]
            found.append([values, low, high, said])
    return vectors("scipy binom", ["values", "alpha.lower", "alpha.upper"], found)


def associations():
    """Cramer's V and the correlation ratio are corrected for chance: scipy has the chi-square, the rest is its formula."""
    columns = [(SCORES, OTHERS), ([1.0, 2.0, 2.0, 5.0], [9.0, 7.0, 7.0, -1.0]), (made(1_000, 7919, 101, 8), made(1_000, 31, 64, 8)),
               ([1.0, 2.0], [2.0, 1.0]), ([3.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0])]
    both = lambda of: lambda x, y: None if len(numbers(x)) < 3 or len(set(numbers(x))) == 1 else of(numbers(x), numbers(y))[0]
    tables = [([30, 10, 5, 25], 2), ([40, 0, 0, 0, 40, 0, 0, 0, 40], 3), ([10, 10, 10, 10], 2), ([7, 1, 0, 3, 9, 4], 3), ([5, 5], 2)]
    groups = [(LABELS, 2, SCORES), ([0, 0, 1, 1, 2, 2], 4, [1.0, 1.5, 4.0, 4.5, 9.0, 9.5]), ([0, 1, 0, 1], 2, [1.0, 1.0, 2.0, 2.0]),
              ([0, 0, 0], 1, [1.0, 2.0, 3.0])]
    return {
        "pearson": vectors("scipy pearsonr", ["x", "y"], [[*c, both(stats.pearsonr)(*c)] for c in columns]),
        "spearman": vectors("scipy spearmanr", ["x", "y"], [[*c, both(stats.spearmanr)(*c)] for c in columns]),
        "cramersV": vectors("scipy chi2_contingency, and its formula", ["counts", "width"], [[*t, cramers_v(*t)] for t in tables]),
        "correlationRatio": vectors(
            "scipy f_oneway, and its formula", ["groups", "groupCount", "values"], [[*g, correlation_ratio(*g)] for g in groups]
        ),
    }


def cramers_v(counts, width):
    table = numpy.array(counts, float).reshape(-1, width)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows, (height, across) = table.sum(), table.shape
    if min(height, across) < 2:
        return None
    chance = max(0, stats.chi2_contingency(table, correction=False)[0] / rows - (height - 1) * (across - 1) / (rows - 1))
    least = min(k - (k - 1) ** 2 / (rows - 1) for k in (height, across)) - 1
    return math.sqrt(chance / least)


def correlation_ratio(groups, _count, values):
    parts = [numpy.array([v for g, v in zip(groups, values) if g == group]) for group in sorted(set(groups))]
    if len(parts) < 2:
        return None
    n, k = len(values), len(parts)
    f = stats.f_oneway(*parts)[0]
    # Of F follows the share between groups, and of that epsilon squared.
    share = f * (k - 1) / (f * (k - 1) + n - k)
    return math.sqrt(max(0, 1 - (1 - share) * (n - 1) / (n - k)))


TAILS = {}


def tail(rows):
    if rows not in TAILS:
        TAILS[rows] = stats.binom.cdf(numpy.arange(rows + 1), rows, 0.5)
    return TAILS[rows]


def functions():
    return {
        **orders(), **ranking(), **losses(), **moments(), **multiplicity(), **cells(), **mover(), "medianBounds": median_bounds(),
        **associations(),
        **dependence.functions(), **resampled.functions(), **ab_test.of_samples(),
    }
