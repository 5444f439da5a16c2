import type { LookInput } from '../../src/domain/rollout/judge-look.ts';
import { judgeLook } from '../../src/domain/rollout/judge-look.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { matureAt, type DelayedRow, type DelayWorld } from './delayed-world.ts';
import { logistic } from './paired-world.ts';

/** How often a decision is wrong, by class: that of the slow labels, then that of the fast ones. */
export type WrongShares = readonly [number, number];

export interface FailingWorld {
  readonly delays: DelayWorld;
  /** Rows that the champion has answered before: it is known how late labels come. */
  readonly rowsBefore: number;
  readonly champion: WrongShares;
  readonly challenger: WrongShares;
  /** Share of rows without an answer, of either arm. */
  readonly errors: readonly [number, number];
  /** Entities that come again and again; null where each row is a new one. */
  readonly entities: number | null;
}

interface FailingRow extends DelayedRow {
  readonly entity: number;
  readonly arm: 'champion' | 'challenger';
  readonly step: number;
  readonly hasFailed: boolean;
  readonly isWrong: boolean;
}

const weights = [0.1, 0.25, 0.5];
const stepRows = 2_000;
/** At its last step a rollout stays until it is decided. */
const rolloutRows = 10_000;
const lookRows = 1_000;

/** What a rollout saw, and when it was stopped: rows of the rollout by then, null where it never was. */
export interface FailingRollout {
  readonly stoppedAt: number | null;
  readonly stoppedBy: string | null;
}

/**
 * A ramp of 10 and 25 % of 2,000 rows each and 50 % of 6,000, looked at every 1,000. `isMature` counts wrong decisions
 * on mature rows, as the platform does; without it they count as soon as their label is known.
 */
export function playFailing(world: FailingWorld, plan: RolloutSpec, seed: string, isMature: boolean): FailingRollout {
  const rows = failingStream(world, seed);
  const canary = weights.map((weight) => ({ percent: 100 * weight, extent: { rows: stepRows } }));
  const { rowsBefore } = world;
  for (let lastSeq = rowsBefore + lookRows; lastSeq <= rows.length; lastSeq += lookRows) {
    const seen = rows.slice(rowsBefore, lastSeq);
    const look = judgeLook({
      ...(isMature ? byMatureRows(rows, seen, lastSeq) : asLabelsCome(seen, lastSeq)),
      ...breakerOf(seen),
      assigned: [],
      rollout: { ...plan, canary, failures: isMature ? plan.failures : ['error'] },
    });
    if (look.verdict === 'stop') return { stoppedAt: lastSeq - rowsBefore, stoppedBy: look.stoppedBy };
  }
  return { stoppedAt: null, stoppedBy: null };
}

function byMatureRows(rows: readonly FailingRow[], seen: readonly FailingRow[], lastSeq: number) {
  const throughSeq = matureAt(rows, lastSeq);
  const mature = seen.filter(({ seq }) => seq <= throughSeq);
  const isKnownWrong = (row: FailingRow): boolean => row.isWrong && row.knownSeq <= lastSeq;
  return {
    failures: firstsOf(seen.filter(({ hasFailed }) => hasFailed)),
    matured: { throughSeq, failures: firstsOf(mature.filter((row) => row.hasFailed || isKnownWrong(row))) },
  };
}

function asLabelsCome(seen: readonly FailingRow[], lastSeq: number) {
  const known = seen
    .filter(({ hasFailed, isWrong, knownSeq }) => hasFailed || (isWrong && knownSeq <= lastSeq))
    .toSorted((a, b) => knownAt(a) - knownAt(b));
  return { failures: firstsOf(known) };
}

function knownAt({ hasFailed, seq, knownSeq }: FailingRow): number {
  return hasFailed ? seq : knownSeq;
}

/** First failures of entities, in the order that is given. */
function firstsOf(failed: readonly FailingRow[]): LookInput['failures'] {
  const counts = weights.map((weight) => ({ weight, championFailures: 0, challengerFailures: 0 }));
  const known = new Set<number>();
  for (const { entity, arm, step } of failed) {
    const at = counts[step];
    if (at !== undefined && !known.has(entity)) at[`${arm}Failures`]++;
    known.add(entity);
  }
  return counts;
}

function breakerOf(seen: readonly FailingRow[]) {
  const rows = seen.filter(({ arm }) => arm === 'challenger');
  const errors = rows.filter(({ hasFailed }) => hasFailed).length;
  return {
    challengerRows: rows.length,
    challengerErrors: errors,
    challengerUnits: rows.length,
    challengerUnitFailures: errors,
  };
}

function failingStream(
  { delays, rowsBefore, champion, challenger, errors, entities }: FailingWorld,
  seed: string,
): readonly FailingRow[] {
  const random = createRandom(seed);
  const rowsMax = rowsBefore + rolloutRows;
  const places = Float64Array.from({ length: entities ?? rowsMax }, () => random.next());
  return Array.from({ length: rowsMax }, (_, at) => {
    const seq = at + 1;
    const entity = entities === null ? at : random.integer(entities);
    const step = Math.min(weights.length - 1, Math.floor((at - rowsBefore) / stepRows));
    const isChallenger = (places[entity] ?? 0) < (weights[step] ?? 0);
    const truth = delays.mean + 1.5 * random.normal();
    const label = random.next() < logistic(truth) ? 1 : 0;
    const knownSeq = seq + Math.ceil(delays.delayOf(label, random.next()));
    const hasFailed = random.next() < errors[isChallenger ? 1 : 0];
    const isWrong = !hasFailed && random.next() < (isChallenger ? challenger : champion)[label];
    const arm = isChallenger ? ('challenger' as const) : ('champion' as const);
    return { seq, entity, step, arm, label, knownSeq, hasFailed, isWrong, champion: 0, challenger: 0 };
  });
}

/** Of the classes that a world draws, how large a share the fast one has. */
export function fastShare({ mean }: DelayWorld): number {
  const random = createRandom('classes');
  const draws = 200_000;
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) sum += logistic(mean + 1.5 * random.normal());
  return sum / draws;
}

/** Wrong shares by class that are `total` over all rows, with `fast` on the class whose labels come sooner. */
export function wrongShares(delays: DelayWorld, total: number, fast: number): WrongShares {
  const share = fastShare(delays);
  return [(total - share * fast) / (1 - share), fast];
}
