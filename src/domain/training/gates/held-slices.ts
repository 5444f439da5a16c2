import type { GateSpec, OverSlices } from '../../spec/spec.ts';
import { sayCount, sayMany } from '../../words/say.ts';
import type { GateCheck, Held, SliceCheck } from '../gate-check.ts';
import { sayUndecided } from '../say-check.ts';

/** What the rows of a slice say of the limit; null where they are too few to say anything. */
export interface SliceHeld {
  readonly name: string;
  readonly rows: number;
  /** Fewer say nothing. */
  readonly rowsMin: number;
  readonly held: Held | null;
}

/** A check over slices: its figures are those of the slice on which the verdict hangs. */
export function checkOfSlices(
  gate: GateSpec,
  slices: readonly SliceHeld[],
  limit: number,
  rows: number,
): Omit<GateCheck, 'text'> {
  const isHarmed = slices.some(({ held }) => held?.verdict === 'fail');
  const verdict = isHarmed ? 'fail' : slices.every(({ held }) => held?.verdict === 'pass') ? 'pass' : 'insufficient';
  const [first] = slices
    .flatMap(({ held }) => (held?.verdict === verdict ? [held] : []))
    .toSorted((a, b) => a.bound - b.bound);
  return {
    gate,
    verdict,
    value: first?.estimate ?? null,
    bound: first?.bound ?? null,
    limit,
    rows,
    method: first?.method ?? 'none',
    ...(first === undefined ? {} : { alpha: first.alpha, rowsNeeded: first.rowsNeeded }),
    slices: slices.map(sliceCheck),
  };
}

function sliceCheck({ name, rows, rowsMin, held }: SliceHeld): SliceCheck {
  return {
    name,
    verdict: held?.verdict ?? 'insufficient',
    rows,
    value: held?.estimate ?? null,
    bound: held?.bound ?? null,
    alpha: held?.alpha ?? null,
    rowsNeeded: held === null ? Math.max(0, rowsMin - rows) || null : held.rowsNeeded,
  };
}

const openToldMax = 3;

/** What is not decided, with the rows that would decide it, and what becomes of the candidate. */
export function sayOpen(
  { undecided }: OverSlices,
  slices: readonly SliceHeld[],
  sayOne: (slice: SliceHeld) => string,
): string {
  const open = slices.filter(({ held }) => held?.verdict !== 'pass');
  const told = open.slice(0, openToldMax).map((slice) => `${sayOne(slice)}${sayNeeded(slice)}`);
  const more = open.length > openToldMax ? [`${open.length - openToldMax} more are not decided either`] : [];
  const met = `met in ${slices.length - open.length} of ${sayMany(slices.length, 'slice')}`;
  return [met, ...told, ...more, sayUndecided(undecided)].join('; ');
}

function sayNeeded({ rows, rowsMin, held }: SliceHeld): string {
  if (held === null && rows < rowsMin) return ` has ${sayMany(rows, 'row')}, ${rowsMin} are needed to say anything`;
  if (held === null) return ' has no such figure';
  if (held.rowsNeeded === null) return ', and no test would have the rows to decide it';
  return `, about ${sayCount(held.rowsNeeded)} more rows of it would decide it`;
}
