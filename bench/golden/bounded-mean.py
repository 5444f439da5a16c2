"""Golden values of src/statistics/samples/bounded-mean.ts and clopper-pearson.ts, from other libraries.

python bench/golden/bounded-mean.py > src/statistics/samples/bounded-mean.golden.json   (needs numpy, scipy, statsmodels)

A Dirichlet mean lies below a centre where a sum of gamma variables, each times the distance of its value from the
centre, lies below 0. For weight 1 that chance is a sum of partial fractions, here in exact rational numbers; otherwise
the characteristic function is inverted (Gil-Pelaez) by scipy's quadrature.
"""

import json
from fractions import Fraction

import numpy
import scipy
import statsmodels
from scipy import integrate, optimize, stats
from statsmodels.stats.proportion import proportion_confint


def exact_below(values, centre):
    """P(sum of (value - centre) times independent exponentials <= 0); all values differ."""
    gaps = [Fraction(v) - Fraction(centre) for v in values]
    above = Fraction(0)
    for j, gap in enumerate(gaps):
        if gap <= 0:
            continue
        term = Fraction(1)
        for k, other in enumerate(gaps):
            if k != j:
                term *= gap / (gap - other)
        above += term
    return float(1 - above)


def inverted_below(values, shapes, centre):
    gaps = numpy.asarray(values) - centre
    shapes = numpy.asarray(shapes)

    def integrand(u):
        t = numpy.exp(u)
        return numpy.exp(-numpy.sum(shapes * numpy.log(1 - 1j * gaps * t))).imag

    total, _ = integrate.quad(integrand, -18, 12, limit=2000, epsabs=1e-11, epsrel=1e-11)
    return 0.5 - total / numpy.pi


def bound(values, worst, alpha, weight=1.0, times=1.0):
    seen = [*values, worst]
    low, high = min(seen), max(seen)
    if weight == 1.0 and times == 1.0:
        below = lambda c: exact_below(seen, c)
    else:
        shapes = [weight * times] * len(values) + [weight]
        below = lambda c: inverted_below(seen, shapes, c)
    width = high - low
    start = numpy.mean(seen)
    return optimize.brentq(lambda c: below(c) - alpha, low + 1e-9 * width, start, xtol=1e-12 * width)


def samples():
    random = numpy.random.default_rng(43)
    for name, rows, draw, worst in [
        ("normal", 20, lambda n: random.normal(0.02, 0.2, n), -6.9),
        ("normal", 60, lambda n: random.normal(0.02, 0.2, n), -6.9),
        ("rare losses", 40, lambda n: random.normal(0, 0.01, n) - 5 * (numpy.arange(n) % 17 == 3), -6.9),
        ("ranks", 30, lambda n: random.beta(5, 1, n), 0.0),
        ("ranks that count one more at chance", 30, lambda n: random.beta(5, 1, n), 0.5),
        ("heavy tails", 50, lambda n: random.standard_t(3, n), -8.0),
    ]:
        yield name, [round(float(v), 6) for v in draw(rows)], worst


def main():
    means = [
        {"name": name, "values": values, "worst": worst, "alpha": alpha, "weight": weight, "times": times,
         "bound": bound(values, worst, alpha, weight, times)}
        for name, values, worst in samples()
        for alpha, weight, times in [(0.05, 1.0, 1.0), (0.005, 1.0, 1.0), (0.05, 0.4, 1.0), (0.05, 1.0, 3.0)]
    ]
    shares = []
    for count, rows, alpha in [(0, 10, 0.05), (1, 30, 0.05), (29, 30, 0.01), (95, 100, 0.05), (410, 1000, 0.005)]:
        low, high = proportion_confint(count, rows, 2 * alpha, method="beta")
        shares.append([count, rows, alpha, float(low), float(high)])
    for count, rows, alpha in [(31.25, 40.5, 0.05), (0.4, 12.7, 0.05)]:
        low = stats.beta.ppf(alpha, count, rows - count + 1)
        high = stats.beta.ppf(1 - alpha, count + 1, rows - count)
        shares.append([count, rows, alpha, float(low), float(high)])
    source = (
        f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, numpy {numpy.__version__}; "
        "bench/golden/bounded-mean.py"
    )
    print(json.dumps({"source": source, "means": means, "shares": shares}))


if __name__ == "__main__":
    main()
