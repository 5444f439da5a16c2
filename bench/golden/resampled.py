"""Golden vectors of what draws or leaves out rows, and of the bound of a bounded mean."""

import math

import mpmath
import numpy
from mpmath import mpf
from scipy import stats

from numeric import Random


def bootstrap(values, seed, alpha, resamples, block_rows, of):
    rows, random = len(values), Random(seed)
    count = max(200, min(resamples, 20_000_000 // rows))
    block = min(rows, max(1, block_rows))
    drawn = []
    for _ in range(count):
        picked = []
        while len(picked) < rows:
            start = random.integer(rows)
            picked += [(start + k) % rows for k in range(block)][: rows - len(picked)]
        drawn.append(of([values[row] for row in picked]))
    return [of(values), *numpy.percentile(drawn, [100 * alpha, 100 * (1 - alpha)]), count]


def bootstraps(of):
    values = [round(Random("values").fork(str(row)).normal(), 4) for row in range(120)]
    cases = [(values, "a", 0.05, 1000, 1), (values, 7, 0.005, 300, 9), ([3.0, 4.0], "two", 0.2, 200, 5), ([1e-300], 1, 0.05, 1, 1)]
    return [[*case, bootstrap(*case, of)] for case in cases]


def jackknife(values, of):
    """What the metric loses without a part, in each of its rows, moved so that their mean is the metric."""
    rows, whole = len(values), of(values)
    part = 2 ** max(0, math.ceil(math.log2(rows / 1000)))
    lost = []
    for start in range(0, rows, part):
        size = min(part, rows - start)
        lost += [(whole - of(values[:start] + values[start + part :])) * (rows - size) / size] * size
    return numpy.array(lost) + whole - numpy.mean(lost)


def jackknives():
    """Of the logarithm of a mean, which is no mean."""
    of = lambda values: math.log(math.fsum(values) / len(values))
    rows = lambda n: [1 + (row * 7919 % 10007) / 1024 for row in range(n)]
    return [[values, jackknife(values, of)] for values in ([1.0, 3.0], rows(50), rows(1_300))]


def bounded_mean(values, worst, alpha, weight, times):
    """Where the saddle-point formula of Barndorff-Nielsen gives the quantile of alpha."""
    target = mpmath.mpf(float(stats.norm.ppf(alpha)))
    target = mpmath.findroot(lambda z: mpmath.ncdf(z) - mpf(alpha), target)
    shapes = [(mpf(v), mpf(times)) for v in values] + [(mpf(worst), mpf(1))]
    low, high = min(v for v, _ in shapes), max(v for v, _ in shapes)
    mean = sum(v * k for v, k in shapes) / sum(k for _, k in shapes)

    def deviate(centre):
        slope = lambda s: sum(k * (v - centre) / (1 - (v - centre) * s) for v, k in shapes)
        ends = 1 / (low - centre), 1 / (high - centre)
        near = lambda end, other: end + (other - end) * mpf(10) ** -25
        s = mpmath.findroot(slope, (near(*ends), near(*ends[::-1])), solver="anderson", tol=1e-60, maxsteps=400, verify=False)
        logs = sum(k * mpmath.log1p(-(v - centre) * s) for v, k in shapes)
        bend = sum(k * ((v - centre) / (1 - (v - centre) * s)) ** 2 for v, k in shapes)
        w, u = -mpmath.sqrt(2 * weight * logs), s * mpmath.sqrt(weight * bend)
        return w + mpmath.log(u / w) / w

    lowest, highest = low + (mean - low) * mpf(10) ** -9, mean - (mean - low) * mpf(10) ** -4
    with mpmath.workdps(40):
        for _ in range(120):
            middle = (lowest + highest) / 2
            lowest, highest = (middle, highest) if deviate(middle) < target else (lowest, middle)
            if highest - lowest < mpf(10) ** -17 * (high - low):
                break
    return (lowest + highest) / 2


def bounded_means():
    random = Random("bounded")
    normal = [round(0.02 + 0.2 * random.normal(), 3) for _ in range(20)]
    rare = [round(0.01 * random.normal() - (5 if row % 17 == 3 else 0), 3) for row in range(40)]
    cases = [(normal, -6.9), (rare, -6.9), ([1.0], 0.0), ([0.0, 1.0], -1.0), ([1.0] * 30, 0.0)]
    return [
        [values, worst, alpha, weight, times, bounded_mean(values, worst, alpha, weight, times)]
        for values, worst in cases
        for alpha, weight, times in ((0.05, 1, 1), (1e-6, 1, 1), (0.05, 0.4, 1), (0.05, 1, 3))
    ]


def functions():
    draws = ["values", "seed", "alpha", "resamplesMax", "blockRows"]
    of_mean = lambda values: math.fsum(values) / len(values)
    of_root = lambda values: math.sqrt(math.fsum(v * v for v in values) / len(values))
    by_paper = "its definition, numpy"
    return {
        "bootstrapBounds": {"source": by_paper, "args": draws, "vectors": bootstraps(of_root)},
        "bootstrapMeanBounds": {"source": by_paper, "args": draws, "vectors": bootstraps(of_mean)},
        "jackknifeRows": {"source": by_paper, "args": ["values"], "vectors": jackknives()},
        "boundedMeanLower": {
            "source": "its formula, mpmath", "args": ["values", "worst", "alpha", "weight", "times"], "vectors": bounded_means()
        },
    }
