/** Sums about the means of pairs (x, y): they take values one by one, and nothing cancels where the spread is small. */
export interface CoMoments {
  readonly count: number;
  readonly x: number;
  readonly y: number;
  /** Sums of squares and of products of distances from the means `x` and `y`. */
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

export const noMoments: CoMoments = { count: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };

/** With one pair more (Welford 1962). Relative error <= 1e-10 (golden vectors). */
export function withPair(of: CoMoments, x: number, y: number): CoMoments {
  const count = of.count + 1;
  const [byX, byY] = [x - of.x, y - of.y];
  const [nextX, nextY] = [of.x + byX / count, of.y + byY / count];
  return {
    count,
    x: nextX,
    y: nextY,
    xx: of.xx + byX * (x - nextX),
    yy: of.yy + byY * (y - nextY),
    xy: of.xy + byX * (y - nextY),
  };
}

/** Of both together (Chan, Golub and LeVeque 1983). Relative error <= 1e-10 (golden vectors). */
export function mergedMoments(a: CoMoments, b: CoMoments): CoMoments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const [byX, byY] = [b.x - a.x, b.y - a.y];
  const share = b.count / count;
  const between = a.count * share;
  return {
    count,
    x: a.x + byX * share,
    y: a.y + byY * share,
    xx: a.xx + b.xx + byX * byX * between,
    yy: a.yy + b.yy + byY * byY * between,
    xy: a.xy + b.xy + byX * byY * between,
  };
}
