import {
  drawWindow,
  judgeColumns,
  type DriftColumn,
  type DriftValue,
  type DriftWorld,
  type Shift,
} from '../../tests/worlds/drift-world.ts';
import { beside, type Figure } from '../judgement/figure.ts';
import {
  independentRows,
  missing,
  moved,
  oneMissing,
  shortReference,
  stationaryWorlds,
} from '../judgement/watch/drift-cases.ts';
import type { Peers } from './ask-python.ts';

const windowRows = 500;
const largeRows = 5_000;
const peers = ['evidently', 'nannyml'] as const;

/** By rule: whether any of the columns drifts, whether the first does, and what Evidently says of all together. */
type Said = Readonly<Record<string, boolean>>;

/**
 * The windows of `bench:judgement -- --only drift`, the same rows, with Evidently's preset and NannyML's univariate
 * drift as they come beside ours. Nothing has changed in the first worlds; in the others the first column has.
 */
export async function* driftPeers(python: Peers, windows: number): AsyncGenerator<Figure> {
  for (const world of [...stationaryWorlds, shortReference])
    yield* await seenBy(python, windows, { what: `nothing changes, ${world.name}`, world, asks: 'any' });
  for (const [name, world, rows, shift] of shifted)
    yield* await seenBy(python, windows, { what: name, world, rows, shift, asks: 'first' });
}

const shifted: readonly (readonly [string, DriftWorld, number, Shift])[] = [
  ['0.25 sd in 500 rows', independentRows, windowRows, moved(0.25)],
  ['0.5 sd in 500 rows', independentRows, windowRows, moved(0.5)],
  ['0.25 sd in 5,000 rows', independentRows, largeRows, moved(0.25)],
  ['0.03 sd in 5,000 rows', independentRows, largeRows, moved(0.03)],
  ['missing 1 to 3 % in 5,000 rows', oneMissing, largeRows, missing(0.02)],
];

interface Asked {
  readonly what: string;
  readonly world: DriftWorld;
  readonly rows?: number;
  readonly shift?: Shift;
  /** Whether an alarm of any column counts, or one of the first alone. */
  readonly asks: 'any' | 'first';
}

async function seenBy(python: Peers, windows: number, asked: Asked): Promise<readonly Figure[]> {
  const { what, world, rows = windowRows, shift, asks } = asked;
  const counts = new Map<string, number>();
  for (let window = 0; window < windows; window++) {
    const columns = drawWindow(world, rows, `${world.name} ${window}`, shift);
    const said = { ...ours(columns, asks), ...(await theirs(python, columns, asks)) };
    for (const [rule, isAlarm] of Object.entries(said)) counts.set(rule, (counts.get(rule) ?? 0) + (isAlarm ? 1 : 0));
  }
  return [...counts].map(([rule, count]) => beside(`${what}: ${rule}`, count, windows));
}

function ours(columns: readonly DriftColumn[], asks: Asked['asks']): Said {
  const { verdict, drifted } = judgeColumns(columns);
  return { Perennial: asks === 'any' ? verdict === 'drift' : drifted.includes('f0') };
}

async function theirs(python: Peers, columns: readonly DriftColumn[], asks: Asked['asks']): Promise<Said> {
  const hasWords = columns.some(({ window }) => window.some((value) => typeof value === 'string'));
  const names = columns.map((_, index) => `f${index}`);
  const rows = [...columns.map(({ reference }) => reference), ...columns.map(({ window }) => window)];
  const answer = await python.ask({ ask: 'drift', names, words: hasWords, peers }, rows.map(numbersOf));
  const said = (name: string, key: string): boolean => Reflect.get(Object(answer[name]), key) === true;
  return {
    'Evidently, its preset, any column': said('evidently', asks),
    ...(asks === 'any' ? { 'Evidently, its preset, half of the columns': said('evidently', 'dataset') } : {}),
    'NannyML, univariate, any column': said('nannyml', asks),
  };
}

/** A word is sent as its number. */
function numbersOf(values: readonly DriftValue[]): Float64Array {
  return Float64Array.from(values, (value) =>
    value === null ? Number.NaN : typeof value === 'number' ? value : Number(value.slice(1)),
  );
}
