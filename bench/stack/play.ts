import { applyCorrection, type Correction } from '../../src/domain/rollout/correction.ts';
import { fitCorrection } from '../../src/domain/rollout/fit-correction.ts';
import {
  covariatesAt,
  holdOutCorrection,
  recalibrate,
  sliceRows,
  type LabelledScores,
} from '../../src/domain/rollout/recalibrate.ts';
import { servedFrom, withRecentErrors } from '../../src/domain/rollout/recent-errors.ts';
import type { CorrectionSpec, ModelSpec } from '../../src/domain/spec/spec.ts';
import type { TrafficTable } from '../../src/replay/traffic-table.ts';
import type { Served } from '../../src/replay/yardsticks.ts';
import type { Era } from './eras.ts';
import { inputsOf, type Arm, type Known } from './inputs.ts';

export interface Play extends Known {
  readonly fromRow: number;
  readonly windowRows: number;
  readonly plan: CorrectionSpec;
  /** Nothing is asked of what correcting gains, and no step is bounded. */
  readonly isAlwaysOn: boolean;
}

/**
 * Answers the live rows as the platform would with what this arm reads: a version begins with what its hold-out says;
 * at the end of each window a correction is judged, and within it what is on is refitted every `everyRows` rows.
 */
export function play(spec: ModelSpec, table: TrafficTable, eras: readonly Era[], arm: Arm, given: Play): Served {
  const scores = new Float64Array(2 * (table.rows.length - given.fromRow)).fill(Number.NaN);
  eras.forEach((era, at) => {
    const to = eras[at + 1]?.from ?? table.rows.length;
    answerEra(spec, table, { era, before: eras.slice(0, at), to, arm, given, scores });
  });
  return { scores, thresholds: new Float64Array(scores.length / 2).fill(0.5) };
}

interface EraPlay {
  readonly era: Era;
  readonly before: readonly Era[];
  readonly to: number;
  readonly arm: Arm;
  readonly given: Play;
  /** Row-major, of the live rows; written to. */
  readonly scores: Float64Array;
}

function answerEra(spec: ModelSpec, table: TrafficTable, { era, before, to, arm, given, scores }: EraPlay): void {
  const { plan, delayRows, everyRows, windowRows, fromRow } = given;
  const all = labelledOf(spec, table, arm, { era, before, given });
  const held = era.cut - era.holdOutFrom;
  const holdRows = sliceRows(all, 0, held);
  const first = fitCorrection(holdRows, null, plan, { isFirst: true }).correction;
  const holdOut = holdOutCorrection(holdRows, plan.halfLifeRows);
  const answered: (readonly number[])[] = [...all.raw];
  let [current, stepFrom]: (Correction | null)[] = [first, first];
  // A version that stands by is corrected as well, from its first labels on.
  const begin = era.cut === fromRow ? era.from : era.from - Math.floor((era.from - era.cut) / windowRows) * windowRows;
  for (let from = begin; from < to; from += everyRows) {
    const known = from - delayRows - era.cut;
    const isWithinWindow = (from - fromRow) % windowRows !== 0;
    if (known > 0 && !(isWithinWindow && current === null && !given.isAlwaysOn)) {
      const first = held + Math.max(0, known - plan.rowsMax);
      const hasRoom = known < plan.rowsMax && holdOut !== null;
      const read = sliceRows({ ...all, answered, ...(hasRoom ? { holdOut } : {}) }, first, held + known);
      const seqs = read.labels.map((_, row) => era.holdOutFrom + first + row);
      const rows = arm.hasErrors ? withRecentErrors(read, { seqs, lastSeq: from - 1, everyRows }) : read;
      if (given.isAlwaysOn) current = servedFrom(rows, recalibrate(rows, plan.halfLifeRows));
      else
        current = fitCorrection(rows, current ?? null, plan, { isWithinWindow, stepFrom: stepFrom ?? null }).correction;
      if (!isWithinWindow) stepFrom = current;
    }
    for (let row = from; row < Math.min(to, from + everyRows); row++) {
      const at = row - era.holdOutFrom;
      const raw = all.raw[at] ?? [];
      const said = current == null ? raw : applyCorrection(current, raw, covariatesAt(all, at));
      answered[at] = said;
      if (row >= era.from) scores.set(said, 2 * (row - fromRow));
    }
  }
}

function labelledOf(
  spec: ModelSpec,
  table: TrafficTable,
  arm: Arm,
  { era, before, given }: Pick<EraPlay, 'era' | 'before' | 'given'>,
): LabelledScores {
  const champion = era.slots.get('champion') ?? new Float64Array(0);
  const raw = Array.from(champion.subarray(era.holdOutFrom), (score) => [1 - score, score]);
  const { standards, values, opinion } = inputsOf(spec, table, arm, { era, before, known: given });
  return {
    task: 'binary',
    labels: [...table.labels.subarray(era.holdOutFrom)],
    raw,
    ...(standards.length === 0 ? {} : { standards, covariates: { width: standards.length, values, opinion } }),
  };
}
