"""What the scripts of golden vectors share: numbers that both sides make alike, and sums to fifty digits."""

import mpmath
from mpmath import mpf

mpmath.mp.dps = 50


def made(rows, times, modulo, over, minus=0.0):
    """Rows that need no file: (row * times mod modulo) / over - minus. Exact in floating point where over is 2^k."""
    return {"rows": rows, "times": times, "modulo": modulo, "over": over, "minus": minus}


def numbers(given):
    """A list as it is; what `made` describes as a list."""
    if not isinstance(given, dict):
        return given
    return [
        (row * given["times"] % given["modulo"]) / given["over"] - given["minus"] for row in range(given["rows"])
    ]


def series(ratio):
    """1 + r(1) + r(1) r(2) + ..., of positive terms, to the last digit."""
    term, total, n = mpf(1), mpf(1), 0
    small = mpf(10) ** -mpmath.mp.dps
    while term > total * small:
        n += 1
        term *= ratio(n)
        total += term
    return total


def beta_lower(a, b, x, y=None):
    """I_x(a, b) by the continued fraction of DLMF 8.17.22 (its convergents by recurrence, to fifty digits)."""
    a, b, x = mpf(a), mpf(b), mpf(x)
    y = 1 - x if y is None else mpf(y)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_lower(b, a, y, x)
    front = mpmath.exp(
        a * mpmath.log(x) + b * mpmath.log(y) - mpmath.log(a)
        + mpmath.loggamma(a + b) - mpmath.loggamma(a) - mpmath.loggamma(b)
    )
    above, below, before, small = (mpf(1), mpf(1)), (mpf(1), mpf(0)), mpf(0), mpf(10) ** -(mpmath.mp.dps - 5)
    m = 0
    while True:
        for d in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) if m > 0 else None,
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            if d is not None:
                above = (above[0] + d * above[1], above[0])
                below = (below[0] + d * below[1], below[0])
        fraction = above[0] / below[0]
        if abs(fraction - before) <= small * abs(fraction):
            return front / fraction
        before = fraction
        above = tuple(one / below[0] for one in above)
        below = (mpf(1), below[1] / below[0])
        m += 1


def beta_density(a, b, x):
    a, b, x = mpf(a), mpf(b), mpf(x)
    return mpmath.exp(
        (a - 1) * mpmath.log(x) + (b - 1) * mpmath.log(1 - x)
        + mpmath.loggamma(a + b) - mpmath.loggamma(a) - mpmath.loggamma(b)
    )


def gamma_tails(a, x):
    """P(a, x) and Q(a, x) by the series of DLMF 8.11.4, with more digits where one is small."""
    with mpmath.workdps(mpmath.mp.dps + (300 if x > a + 10 * a**0.5 + 20 else 30)):
        a, x = mpf(a), mpf(x)
        front = mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a + 1))
        lower = front * series(lambda n: x / (a + n))
        return lower, 1 - lower


def student_sf(t, df):
    t, df = mpf(t), mpf(df)
    half = beta_lower(df / 2, mpf(1) / 2, df / (df + t * t), t * t / (df + t * t)) / 2
    return half if t >= 0 else 1 - half


def student_density(t, df):
    t, df = mpf(t), mpf(df)
    front = mpmath.exp(mpmath.loggamma((df + 1) / 2) - mpmath.loggamma(df / 2)) / mpmath.sqrt(df * mpmath.pi)
    return front * mpmath.exp(-(df + 1) / 2 * mpmath.log1p(t * t / df))


def polished(of, slope, start):
    """The root of `of` near `start`, by Newton's steps to thirty digits."""
    at = mpf(start)
    for _ in range(60):
        step = of(at) / slope(at)
        at -= step
        if abs(step) <= abs(at) * mpf(10) ** -30:
            return at
    raise ValueError(f"no root near {start}")
