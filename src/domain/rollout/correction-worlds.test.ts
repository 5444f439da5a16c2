import { describe, expect, test } from 'vitest';
import { correctionWorlds, lossOf, scoresOf } from '../../../tests/worlds/correction-world.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { fitCorrection } from './fit-correction.ts';
import type { LabelledScores } from './recalibrate.ts';

// In short what npm run bench:judgement asks of correction, on the worlds that it plays.
const plan = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100 };
const clean = scoresOf(correctionWorlds.binary, 20_000, createRandom('clean'));
const { task } = clean;
/** 0.75² / 8, as `boundedStep` says, and what the mean of 20,000 rows may be off by. */
const harmMax = 0.0703 + 0.002;

function burst(rows: LabelledScores, from: number, label: (was: number) => number): LabelledScores {
  return { ...rows, labels: rows.labels.map((was, row) => (row >= from ? label(was) : was)) };
}

test.each([correctionWorlds.binary, correctionWorlds.value])(
  'a model that nothing is wrong with is left alone: $name',
  (world) => {
    // None of 600 was corrected when this was written; two of these 40 would be a rate of 5 %.
    let corrected = 0;
    for (let run = 0; run < 20; run++)
      for (const rows of [100, 700]) {
        const given = scoresOf(world, rows, createRandom(`${world.name} ${rows} ${run}`));
        if (fitCorrection(given, null, plan).correction !== null) corrected++;
      }
    expect(corrected).toBeLessThanOrEqual(2);
  },
);

describe.each([
  ['the last 100 labels are turned round', 900, (was: number) => 1 - was],
  ['the last 250 labels are all positive', 750, () => 1],
])('%s', (_what, from, label) => {
  const rows = burst(scoresOf(correctionWorlds.binary, 1_000, createRandom('burst')), from, label);

  test('a correction that was off stays off', () => {
    expect(fitCorrection(rows, null, plan).correction).toBeNull();
  });

  test('one that was on moves the answers no further than the step that is stated', () => {
    const current = { formatVersion: 1, task, slope: 1, intercepts: [0.001] } as const;
    const { correction } = fitCorrection(rows, current, plan);
    // About 0.013 on any seed.
    expect(lossOf(clean, correction) - lossOf(clean, null)).toBeLessThan(harmMax);
  });
});
