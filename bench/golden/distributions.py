"""Golden vectors of src/statistics/distributions: mpmath to 50 digits, quantiles started from scipy."""

import mpmath
from mpmath import mpf
from scipy import stats

from common import beta_density, beta_lower, gamma_tails, polished, student_density, student_sf

TINY = [1e-300, 1e-100, 1e-20, 1e-9]
DFS = [0.5, 1, 2, 7, 29.5, 400, 1e4, 1e6]


def signed(values):
    return [sign * value for value in values for sign in (1, -1)]


def error_function(of):
    return [[x, of(mpf(x))] for x in signed([*TINY, 0.001, 0.1, 0.5, 0.999, 1, 1.5, 2, 3.3, 5, 5.8])]


def erfc():
    return error_function(mpmath.erfc) + [[x, mpmath.erfc(mpf(x))] for x in (7, 12, 20, 26)]


def normal(of):
    points = signed([*TINY, 0.01, 0.3, 1, 1.96, 3, 5, 8]) + [13, 20, 30, 37]
    return [[z, of(z)] for z in points] if of is normal_sf else [[-z, of(-z)] for z in points]


def normal_sf(z):
    return mpmath.erfc(mpf(z) / mpmath.sqrt(2)) / 2


def normal_cdf(z):
    return normal_sf(-mpf(z))


def normal_quantile():
    near_half = [0.5 + gap for gap in (-0.1, -1e-3, -1e-8, -1e-15, 1e-15, 1e-8, 1e-3)]
    points = [1e-300, 1e-100, 1e-30, 1e-10, 1e-4, 0.02, 0.025, 0.2, *near_half, 0.5, 0.8, 0.975, 0.98, 0.9999, 1 - 1e-10,
              1 - 2**-53]
    density = lambda z: mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)
    root = lambda p: polished(lambda z: normal_cdf(z) - mpf(p), density, float(stats.norm.ppf(p)))
    return [[p, mpf(0) if p == 0.5 else root(p)] for p in points]


def stirling_error():
    of = lambda a: mpmath.loggamma(a + 1) - (a + mpf(1) / 2) * mpmath.log(a) + a - mpmath.log(2 * mpmath.pi) / 2
    return [[a, of(mpf(a))] for a in (1e-3, 0.01, 0.25, 0.5, 1, 2.5, 7, 15.9, 16, 40, 1e3, 1e6, 1e9)]


def log_gamma():
    return [[a, mpmath.loggamma(mpf(a))] for a in (1e-3, 0.5, 1, 1.5, 2, 3.7, 16, 170.6, 12_345, 1e7)]


def deviance_term():
    pairs = [(m * f, m) for m in (1e-3, 0.5, 7, 1e3, 1e6) for f in (1e-6, 0.1, 0.7, 0.999, 1 + 1e-7, 1.1, 1.3, 5, 1e4)]
    return [[x, m, mpf(x) * mpmath.log(mpf(x) / mpf(m)) + mpf(m) - mpf(x)] for x, m in pairs]


def gamma_points():
    for a in (1e-3, 0.01, 0.25, 0.5, 1, 3.5, 20, 500, 1e4, 5e5):
        for k in (-8, -3, -0.5, 0, 0.5, 3, 8):
            x = a + k * a**0.5
            if x > 0:
                yield a, x
        yield a, a / 3
        if a <= 20:
            yield from ((a, x) for x in (1e-300, 1e-10, 60, 400))


def incomplete_gamma():
    return [[a, x, *gamma_tails(a, x)] for a, x in gamma_points() if gamma_tails(a, x)[0] > mpf(10) ** -290]


def chi_square_sf():
    points = [(df + k * (2 * df) ** 0.5, df) for df in DFS for k in (-0.9, 0, 1, 3, 8, 30)]
    points += [(1e-200, df) for df in (0.5, 1, 7)] + [(1200, 2), (1300, 40)]
    return [[x, df, gamma_tails(mpf(df) / 2, mpf(x) / 2)[1]] for x, df in points if x > 0]


def incomplete_beta():
    found = []
    for a in (0.01, 0.25, 0.5, 1, 3, 40, 1e3, 5e5):
        for b in (0.01, 0.5, 1, 2.5, 60, 1e4, 5e5):
            mean = a / (a + b)
            deviation = (a * b / (a + b + 1)) ** 0.5 / (a + b)
            for x in (mean, mean - deviation, mean + deviation, mean - 6 * deviation, mean + 6 * deviation, mean / 3,
                      1e-20, 1 - 1e-9):
                if not 0 < x < 1:
                    continue
                lower = beta_lower(a, b, x)
                if mpf(10) ** -290 < lower < 1:
                    found.append([a, b, x, lower, beta_lower(b, a, 1 - mpf(x), mpf(x))])
    return [row for row in found if row[4] > mpf(10) ** -290]


def student_t_sf():
    points = [(t, df) for df in DFS for t in (0, 1e-9, -1e-9, 0.3, -0.3, 1.7, -1.7, 4, 12, 36)]
    points += [(t, df) for df in (0.5, 1, 3) for t in (1e6, 1e50, 1e90)]
    return [[t, df, student_sf(t, df)] for t, df in points]


def fisher_sf():
    found = []
    for above in (0.5, 1, 4, 30.5, 1e3, 1e6):
        for below in (0.5, 1, 9, 200, 1e6):
            for f in (1e-9, 0.2, 0.99, 1.01, 1.5, 4, 30):
                whole = mpf(below) + mpf(above) * mpf(f)
                tail = beta_lower(mpf(below) / 2, mpf(above) / 2, below / whole, mpf(above) * mpf(f) / whole)
                if tail > mpf(10) ** -290:
                    found.append([f, above, below, tail])
    return found


def student_t_quantile():
    root = lambda alpha, df: polished(
        lambda t: mpf(alpha) - student_sf(t, df), lambda t: student_density(t, df), float(stats.t.isf(alpha, df))
    )
    return [[alpha, df, root(alpha, df)] for alpha in (0.4999, 0.2, 0.05, 0.0125, 1e-3, 1e-6, 1e-15) for df in DFS]


def shares():
    """Counts, rows, alphas: dependent rows have counts that are not whole."""
    counts = [(0, 1), (1, 1), (0, 2), (1, 2), (2, 2), (1, 30), (29, 30), (31.25, 40.5), (0.4, 12.7), (410, 1000)]
    counts += [(count, 10**6) for count in (0, 1, 17, 500_000, 999_999, 10**6)]
    return [(count, rows, alpha) for count, rows in counts for alpha in (0.05, 1e-3, 1e-9)]


def share_lower():
    def of(count, rows, alpha):
        if count == 0:
            return mpf(0)
        a, b = mpf(count), mpf(rows) - mpf(count) + 1
        log_root = polished(
            lambda u: mpmath.log(beta_lower(a, b, mpmath.exp(u)) / mpf(alpha)),
            lambda u: beta_density(a, b, mpmath.exp(u)) * mpmath.exp(u) / beta_lower(a, b, mpmath.exp(u)),
            mpmath.log(mpf(float(stats.beta.ppf(alpha, float(a), float(b))))),
        )
        return mpmath.exp(log_root)

    return [[*one, of(*one)] for one in shares()]


def share_upper():
    """The distance from 1 is the lower bound of what was no hit."""

    def of(count, rows, alpha):
        if count == rows:
            return mpf(1)
        b, a = mpf(count) + 1, mpf(rows) - mpf(count)
        start = mpmath.log(mpf(float(stats.beta.ppf(alpha, float(a), float(b)))))
        log_root = polished(
            lambda u: mpmath.log(beta_lower(a, b, mpmath.exp(u)) / mpf(alpha)),
            lambda u: beta_density(a, b, mpmath.exp(u)) * mpmath.exp(u) / beta_lower(a, b, mpmath.exp(u)),
            start,
        )
        return 1 - mpmath.exp(log_root)

    return [[*one, of(*one)] for one in shares()]


def functions():
    scalar = lambda names, rows: {"source": "mpmath", "args": names, "vectors": rows}
    return {
        "erf": scalar(["x"], error_function(mpmath.erf)),
        "erfc": scalar(["x"], erfc()),
        "normalCdf": scalar(["z"], normal(normal_cdf)),
        "normalSf": scalar(["z"], normal(normal_sf)),
        "normalQuantile": scalar(["p"], normal_quantile()),
        "stirlingError": scalar(["a"], stirling_error()),
        "logGamma": scalar(["a"], log_gamma()),
        "devianceTerm": scalar(["x", "mean"], deviance_term()),
        "incompleteGamma": scalar(["a", "x"], incomplete_gamma()),
        "chiSquareSf": scalar(["x", "df"], chi_square_sf()),
        "incompleteBeta": scalar(["a", "b", "x"], incomplete_beta()),
        "studentTSf": scalar(["t", "df"], student_t_sf()),
        "fisherSf": scalar(["f", "dfAbove", "dfBelow"], fisher_sf()),
        "studentTQuantile": scalar(["alpha", "df"], student_t_quantile()),
        "shareLower": scalar(["count", "rows", "alpha"], share_lower()),
        "shareUpper": scalar(["count", "rows", "alpha"], share_upper()),
    }
