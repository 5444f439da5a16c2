"""Golden vectors of src/statistics/numeric, written here a second time from the papers."""

import math

import mpmath
from mpmath import mpf

WORD = 0xFFFFFFFF


def signed32(x):
    x &= WORD
    return x - (1 << 32) if x >> 31 else x


def hashed(text):
    """Four FNV-1a hashes over UTF-16 units, finished by the mixer of murmur3."""

    def word(basis):
        h = basis
        units = text.encode("utf-16-le")
        for low, high in zip(units[::2], units[1::2]):
            h = (h ^ (low | high << 8)) * 0x01000193 & WORD
        h = (h ^ h >> 16) * 0x85EBCA6B & WORD
        h = (h ^ h >> 13) * 0xC2B2AE35 & WORD
        return h ^ h >> 16

    return [word(0x811C9DC5), word(0x9E3779B9), word(0x7F4A7C15), word(0x94D049BB) | 1]


class Random:
    """xoshiro128** (Blackman and Vigna, prng.di.unimi.it/xoshiro128starstar.c) on unsigned words."""

    def __init__(self, seed=None, key=None):
        self.key = hashed(f"s:{seed}" if isinstance(seed, str) else f"n:{seed}") if key is None else key
        self.state = list(self.key)
        self.spare = None

    def bits(self):
        s = self.state
        rotated = lambda x, by: (x << by | x >> (32 - by)) & WORD
        result = rotated(s[1] * 5 & WORD, 7) * 9 & WORD
        t = s[1] << 9 & WORD
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotated(s[3], 11)
        return result

    def next(self):
        return ((self.bits() >> 5) * 67_108_864 + (self.bits() >> 6)) / 9_007_199_254_740_992

    def integer(self, n):
        limit = 2**32 - 2**32 % n
        while True:
            x = self.bits()
            if x < limit:
                return x % n

    def normal(self):
        if self.spare is not None:
            spare, self.spare = self.spare, None
            return spare
        while True:
            u, v = 2 * self.next() - 1, 2 * self.next() - 1
            s = u * u + v * v
            if 0 < s < 1:
                scale = math.sqrt(-2 * math.log(s) / s)
                self.spare = v * scale
                return u * scale

    def fork(self, label):
        return Random(key=hashed(f"f:{'.'.join(str(signed32(word)) for word in self.key)}:{label}"))


def create_random():
    found = []
    for seed in (0, 7, -3, 2.5, 1_000_000, "a", "", "Ελλάδα 😀"):
        random = Random(seed)
        drawn = [random.next(), random.next(), random.integer(1), random.integer(7), random.integer(2**31 + 5),
                 random.integer(2**32), random.normal(), random.normal(), random.normal()]
        found.append([seed, [*drawn, Random(seed).fork("x").next(), Random(seed).fork("x").fork("é").normal()]])
    return found


def hilbert_like(n, ridge):
    return [[1 / (i + j + 1) + (ridge if i == j else 0) for j in range(n)] for i in range(n)]


def solve_symmetric():
    matrices = [[[1e-150]], [[4.0]], [[1e150]], hilbert_like(2, 0), hilbert_like(6, 0.01), hilbert_like(24, 0.1)]
    found = []
    for matrix in matrices:
        right = [(-1) ** i * (i + 1) / 3 for i in range(len(matrix))]
        found.append([matrix, right, list(mpmath.lu_solve(mpmath.matrix(matrix), mpmath.matrix(right)))])
    return found


def logistic(xs, ys, ridge):
    """The minimum of the ridge of (a, b - 1) plus the log losses of a + b x, which a correction is fitted by."""

    def gradient(a, b):
        residuals = [1 / (1 + mpmath.exp(-(a + b * mpf(x)))) - y for x, y in zip(xs, ys)]
        return [ridge * a + sum(residuals), ridge * (b - 1) + sum(r * mpf(x) for r, x in zip(residuals, xs))]

    return list(mpmath.findroot(gradient, (mpf(0), mpf(1)), tol=1e-40))


def newton():
    found = []
    for rows, ridge in ((1, 1.0), (2, 0.1), (60, 1.0), (400, 20.0)):
        random = Random(f"newton {rows}")
        xs = [random.normal() for _ in range(rows)]
        ys = [1 if random.next() < 1 / (1 + math.exp(-(0.4 + 0.6 * x))) else 0 for x in xs]
        found.append([xs, ys, ridge, logistic(xs, ys, ridge)])
    return found


def functions():
    return {
        "createRandom": {"source": "its papers, in Python", "args": ["seed"], "vectors": create_random()},
        "solveSymmetric": {"source": "mpmath lu_solve", "args": ["A", "b"], "vectors": solve_symmetric()},
        "newton": {"source": "mpmath findroot", "args": ["x", "y", "ridge"], "vectors": newton()},
    }
