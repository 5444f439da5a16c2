"""Golden vectors for rows that depend on each other, and for windows of many columns; numpy, scipy, scikit-learn."""

import numpy
from scipy import stats
from sklearn import metrics

from common import made, numbers
from numeric import Random
from sequential import long_run, t_quantile


def batch_means(values):
    values = numpy.array(values)
    parts = [values[numpy.arange(len(values)) * 10 // len(values) == k] - values.mean() for k in range(10)]
    sums = numpy.array([part.sum() for part in parts])
    return [values.mean(), float(numpy.sqrt((sums @ sums) * 10 / 9) / len(values)), 9]


def stream(rows, kept, seed):
    random, last = Random(seed), 0.0
    found = []
    for _ in range(rows):
        last = kept * last + random.normal()
        found.append(round(last, 4))
    return found


def long_runs():
    values = [(stream(400, 0.8, "long"), 0), (made(100_000, 7919, 10007, 16384), 1.5), ([0.25, 0.5], 0), ([1e150, -1e150], 0)]
    found = []
    for given, span in values:
        rows = len(numbers(given))
        for groups in (None, [row * 31 % 7 for row in range(rows)] if rows == 400 else None):
            found.append([given, groups, span, list(long_run(numpy.array(numbers(given)), groups, span))])
    return found


def block_spreads(cells, count):
    """Power sums of the eigenvalues of the covariance of standardised block counts, without their bias."""
    cells = numpy.array(cells)
    totals = numpy.bincount(cells, minlength=count)
    used = [cell for cell in numpy.argsort(-totals, kind="stable") if totals[cell] > 0]
    place = numpy.zeros(count, int)
    for at, cell in enumerate(used):
        place[cell] = min(at, 32)
    k = min(len(used), 33)
    longest = len(cells) // 20
    if longest < 2:
        return []
    halvings = min(7, int(numpy.log2(longest / 2)))
    length = longest // 2**halvings
    found = []
    for _ in range(halvings + 1):
        blocks = len(cells) // length
        counts = numpy.eye(k)[place[cells[: blocks * length]]].reshape(blocks, length, k).sum(axis=1)
        # Blocks are made of pairs of the shorter ones: what did not fill a pair is gone.
        if found:
            counts = joined[: len(joined) // 2 * 2].reshape(-1, 2, k).sum(axis=1)
            blocks = len(counts)
        joined = counts
        means = counts.mean(axis=0)
        gaps = numpy.where(means > 0, (counts - means) / numpy.sqrt(numpy.where(means > 0, means, 1)), 0)
        roots = numpy.linalg.eigvalsh(gaps.T @ gaps / (blocks - 1))
        found.append([length, blocks, k, *unbiased([float((roots**p).sum()) for p in (1, 2, 3)], blocks - 1, k - 1)])
        length *= 2
    return found


def unbiased(sums, n, most):
    first, second, third = sums
    if first == 0:
        return [0, 0, 0]
    square = n * n / ((n - 1) * (n + 2)) * (second - first**2 / n)
    cube = n**4 / ((n - 1) * (n - 2) * (n + 2) * (n + 4)) * (third - 3 * second * first / n + 2 * first**3 / n**2)
    square = min(first**2, max(square, first**2 / most))
    return [first, square, min(square**1.5, max(cube, square**2 / first))]


def spreads():
    found = []
    for rows, count, run in ((39, 2, 1), (40, 2, 3), (1_000, 5, 1), (12_000, 40, 20)):
        random, cell, cells = Random(f"spread {rows}"), 0, []
        for row in range(rows):
            cell = random.integer(count) if row % run == 0 else cell
            cells.append(cell)
        found.append([f"spread {rows}", rows, count, run, block_spreads(cells, count)])
    return found


SPREADS = [
    [],
    [[4, 150, 5, 5.1, 7.3, 11.4], [8, 75, 5, 6.2, 11.2, 22.9], [16, 37, 5, 9.9, 33.0, 133.0]],
    [[50, 200, 2, 20.0, 400.0, 8000.0], [100, 100, 2, 20.5, 420.25, 8615.125]],
    [[2, 400, 21, 20.4, 21.9, 25.0]],
]


def dependent(statistic, df, rows, spreads):
    if not spreads:
        return [stats.chi2.sf(statistic, df), 1, 1]
    usable = [s for s in spreads if s[1] >= 40 and s[0] <= rows] or spreads[:1]
    found = []
    for at, (length, blocks, cells, *sums) in enumerate(usable):
        most = cells - 1
        seen, noise = sums[0] - most, (2 * most / (blocks - 1)) ** 0.5
        excess, steps = max(0, seen) + noise, numpy.log2(max(1, rows / length))
        sure = seen > noise * (1 + steps / 4)
        longer = spreads[at + 1] if at + 1 < len(spreads) else None
        grown = 1 if longer is None else longer[3] - longer[2] + 1
        growth = 0 if not sure else 1 if longer is None else 0 if grown <= seen else min(1, numpy.log2(grown / seen))
        times = 2 ** (steps * growth)
        # Power sums of (effect - 1), of which there are as many as directions.
        second = max(excess**2 / most, sums[1] - 2 * sums[0] + most if sure else 0)
        third = max(second**2 / excess, sums[2] - 3 * sums[1] + 3 * sums[0] - most if sure else 0)
        e = [times * excess, times**2 * second, times**3 * third]
        scale = df / most
        m = [scale * (most + e[0]), scale * (most + 2 * e[0] + e[1]), scale * (most + 3 * e[0] + 3 * e[1] + e[2])]
        like_df = m[1] ** 3 / m[2] ** 2
        like = (statistic - m[0]) / (m[1] / like_df) ** 0.5 + like_df
        p = stats.f.sf(like / like_df, like_df, (blocks - 1) / times * like_df**0.5)
        found.append([p, m[0] / df, m[2] / m[1]])
    return [max(f[0] for f in found), max(1, *(f[1] for f in found)), max(1, *(f[2] for f in found))]


def dependents():
    """P-values above one half decide nothing and are not computed at every length."""
    found = []
    for spread in SPREADS:
        for statistic, df, rows in ((0.9, 1, 400), (12.5, 4, 60), (80.0, 4, 5_000), (400.0, 20, 10**6)):
            said = dependent(statistic, df, rows, spread)
            found.append([statistic, df, rows, spread, said if said[0] <= 0.5 else [None, *said[1:]]])
    return found


def expanded(columns, rows, directions):
    return numpy.array([columns[a][rows] * (1 if b is None else columns[b][rows]) for a, b in directions])


def told_apart(reference, stretches, stretch_rows, window):
    reference, window = numpy.array(reference), numpy.array(window)
    n = len(reference)
    directions = [(a, None) for a in range(n)] + [(a, b) for a in range(n) for b in range(a, n)]
    half = min(stretch_rows, window.shape[1]) // 2
    place = lambda stretch, part, length: numpy.arange(half) + stretch * length + part * half
    of = lambda columns, length, stretch, part: expanded(columns, place(stretch, part, length), directions)
    known = {(s, p): of(reference, stretch_rows, s, p) for s in range(stretches) for p in (0, 1)}
    deviations = numpy.concatenate(list(known.values()), axis=1).std(axis=1)

    def area(mine, without):
        others = [s for s in range(stretches) if without is None or abs(s - without) > 1]
        total, gains = 0, numpy.zeros(len(directions))
        for fold in (0, 1):
            sides = others[fold::2], others[1 - fold :: 2]
            means = [numpy.concatenate([known[s, p] for s in side for p in (0, 1)], axis=1).mean(axis=1) for side in sides]
            gap = (mine[fold].mean(axis=1) - means[0]) / deviations
            weights = numpy.sign(gap) * numpy.maximum(0, abs(gap) - 2 / half**0.5) / deviations
            gains += weights * (mine[1 - fold].mean(axis=1) - means[1])
            step = max(1, -(-len(sides[1]) * 2 * half // 500))
            theirs = numpy.concatenate([known[s, p][:, ::step] for s in sides[1] for p in (0, 1)], axis=1)
            scores = numpy.concatenate([weights @ mine[1 - fold], weights @ theirs])
            labels = [1] * half + [0] * theirs.shape[1]
            total += metrics.roc_auc_score(labels, scores) / 2
        return total, gains

    own = [area([known[s, 0], known[s, 1]], s)[0] for s in range(stretches)]
    seen, gains = area([of(window, 0, 0, p) for p in (0, 1)], None)
    mean, spread = numpy.mean(own), numpy.std(own, ddof=1) * (1 + 1 / stretches) ** 0.5
    reach = t_quantile(0.005, stretches - 1) * spread
    p = stats.t.sf((seen - mean) / spread, stretches - 1)
    used = sorted(maximum / numpy.maximum(0, gains).sum() for maximum in gains if maximum > 0)[::-1]
    return [seen, mean, max(0, mean - reach), min(1, mean + reach), p, used]


def worlds():
    found = []
    for seed, correlation, rows in (("same", 0.0, 60), ("together", 0.8, 60), ("short", 0.8, 31)):
        random = Random(seed)
        normal = lambda count: [random.normal() for _ in range(count)]
        reference = [normal(720), normal(720), normal(720)]
        first = normal(rows)
        second = [correlation * x + (1 - correlation**2) ** 0.5 * random.normal() for x in first]
        window = [first, second, normal(rows)]
        found.append([seed, correlation, rows, told_apart(reference, 12, 60, window)])
    return found


def expansions():
    columns = [[(row * 7 % 11) / 4 - 1 for row in range(40)], [(row * 5 % 13) / 8 for row in range(40)]]
    directions = [(0, None), (1, None), (0, 0), (0, 1), (1, 1)]
    found = []
    for rows in (10, 7, 2):
        half = rows // 2
        at = numpy.concatenate([numpy.arange(half) + s * 10 + p * half for s in range(4) for p in (0, 1)])
        values = expanded(numpy.array(columns), at, directions)
        means = values.reshape(5, 4, 2, half).mean(axis=(2, 3))
        found.append([columns, 4, 10, rows, [values.std(axis=1), means, numpy.arange(5) @ values]])
    return found


def functions():
    by_numpy = lambda args, rows, source="its formula, numpy": {"source": source, "args": args, "vectors": rows}
    samples = [made(20, 7, 11, 8), stream(333, 0.8, "batches"), made(1_000_000, 7919, 10007, 16384)]
    return {
        "batchMeans": by_numpy(["values"], [[s, batch_means(numbers(s))] for s in samples]),
        "longRunDeviation": by_numpy(["values", "groups", "span"], long_runs()),
        "blockSpreads": by_numpy(["seed", "rows", "cells", "run"], spreads(), "numpy eigvalsh"),
        "dependentChiSquare": by_numpy(["statistic", "df", "rows", "spreads"], dependents(), "its formula, scipy f.sf"),
        "expandRows": by_numpy(["columns", "stretches", "stretchRows", "rows"], expansions()),
        "tellApart": by_numpy(["seed", "correlation", "rows"], worlds(), "its formula, scikit-learn, numpy"),
    }
