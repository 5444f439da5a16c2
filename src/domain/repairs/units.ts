/**
 * Units by what they measure. A value of one is `(value - zero) * times / per` of the base of its dimension; figures
 * are the exact definitions (SI brochure, 9th edition; international yard and pound, 1959; US gallon of 231 cubic
 * inches).
 */
interface Unit {
  readonly of: string;
  readonly times: number;
  readonly per: number;
  readonly zero: number;
}

function units(of: string, factors: Readonly<Record<string, number | readonly [number, number]>>): [string, Unit][] {
  return Object.entries(factors).map(([name, factor]) => {
    const [times, per] = typeof factor === 'number' ? [factor, 1] : factor;
    return [name, { of, times, per, zero: 0 }];
  });
}

const all: ReadonlyMap<string, Unit> = new Map([
  ...units('mass', { mg: [1, 1e6], g: [1, 1e3], kg: 1, t: 1_000, oz: 0.028349523125, lb: 0.45359237, st: 6.35029318 }),
  ...units('length', { mm: [1, 1e3], cm: [1, 100], m: 1, km: 1_000, in: 0.0254, ft: 0.3048, yd: 0.9144, mi: 1609.344 }),
  ...units('area', { cm2: [1, 1e4], m2: 1, ha: 1e4, km2: 1e6, ft2: 0.09290304, acre: 4046.8564224 }),
  ...units('volume', { ml: [1, 1e3], l: 1, m3: 1_000, 'US gal': 3.785411784, 'imp gal': 4.54609 }),
  ...units('time', { ms: [1, 1e3], s: 1, min: 60, h: 3_600, d: 86_400, wk: 604_800 }),
  ...units('speed', { 'm/s': 1, 'km/h': [1, 3.6], mph: 0.44704, kn: [1852, 3_600] }),
  ...units('energy', { J: 1, kJ: 1e3, MJ: 1e6, Wh: 3_600, kWh: 3.6e6, cal: 4.184, kcal: 4184 }),
  ...units('power', { W: 1, kW: 1e3, MW: 1e6 }),
  ...units('pressure', { Pa: 1, hPa: 100, kPa: 1e3, bar: 1e5, atm: 101_325 }),
  ...units('data', {
    B: 1,
    kB: 1e3,
    MB: 1e6,
    GB: 1e9,
    TB: 1e12,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
    TiB: 2 ** 40,
  }),
  ...units('share', { share: 1, '%': [1, 100], '‰': [1, 1e3], bp: [1, 1e4] }),
  ['C', { of: 'temperature', times: 1, per: 1, zero: 0 }],
  ['F', { of: 'temperature', times: 5, per: 9, zero: 32 }],
  ['K', { of: 'temperature', times: 1, per: 1, zero: 273.15 }],
]);

export const unitNames: readonly string[] = [...all.keys()];

/**
 * How a number of one unit becomes one of another: `(value - before) * times / per + after`, one step after the other.
 */
export interface Conversion {
  readonly before: number;
  readonly times: number;
  readonly per: number;
  readonly after: number;
}

/** Null where one of the two is unknown, or they measure different things. */
export function conversionOf(from: string, to: string): Conversion | null {
  const [one, other] = [all.get(from), all.get(to)];
  if (one === undefined || other === undefined || one.of !== other.of) return null;
  return { before: one.zero, times: one.times * other.per, per: one.per * other.times, after: other.zero };
}

/** What a unit measures, such as `mass`; null for one that is not known. */
export function dimensionOf(unit: string): string | null {
  return all.get(unit)?.of ?? null;
}

export function converted(value: number, { before, times, per, after }: Conversion): number {
  return ((value - before) * times) / per + after;
}
