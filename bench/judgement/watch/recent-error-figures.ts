import { fitCorrection } from '../../../src/domain/rollout/fit-correction.ts';
import { sliceRows, type LabelledScores } from '../../../src/domain/rollout/recalibrate.ts';
import { withRecentErrors } from '../../../src/domain/rollout/recent-errors.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { correctionWorlds, lossOf, scoresOf } from '../../../tests/worlds/correction-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { howOften } from './how-often.ts';

const plan = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100, everyRows: 50, recentErrors: true };
const { binary } = correctionWorlds;
/** As for corrections without recent errors. */
const alpha = 0.1;
const harmMax = 0.0703;
const cleanRows = 10_000;

/** Corrections that read recent errors keep the promises of those that do not, and follow a level that swings. */
export function recentErrorFigures(runs: number): readonly Figure[] {
  return [...[100, 300, 1_000].map((rows) => calm(rows, runs)), harmOfBurst(runs), swinging(runs)];
}

function withErrors(rows: LabelledScores): LabelledScores {
  const seqs = rows.labels.map((_, row) => row);
  return withRecentErrors(rows, { seqs, lastSeq: seqs.length - 1, everyRows: plan.everyRows });
}

function calm(rows: number, runs: number): Figure {
  const found = howOften(runs, (run) => {
    const given = scoresOf(binary, rows, createRandom(`calm errors ${rows} ${run}`));
    return fitCorrection(withErrors(given), null, plan).correction !== null;
  });
  return atMost(`recent errors, nothing wrong, ${rows} labels: corrected`, found, runs, alpha);
}

function harmOfBurst(runs: number): Figure {
  const clean = scoresOf(binary, cleanRows, createRandom('clean errors'));
  const before = lossOf(clean, null);
  const found = howOften(runs, (run) => {
    const rows = scoresOf(binary, 1_000, createRandom(`burst errors ${run}`));
    const labels = rows.labels.map((was, row) => (row >= 750 ? 1 : was));
    return lossOf(clean, fitCorrection(withErrors({ ...rows, labels }), null, plan).correction) - before > harmMax;
  });
  const what = `recent errors, the last 250 of 1,000 labels positive: clean rows lose more than ${harmMax} nats`;
  return atMost(what, found, runs, 0);
}

/** Every 300 rows the level is another one, 1.5 log-odds up or down; the 50 rows after a fit are answered by it. */
function swinging(runs: number): Figure {
  const [known, next] = [1_450, 50];
  const found = howOften(runs, (run) => {
    const moods = createRandom(`swings ${run}`);
    const shifts = Array.from({ length: 5 }, () => 1.5 * Math.sign(moods.normal()));
    const all = scoresOf(
      binary,
      known + next,
      createRandom(`swing ${run}`),
      (row) => shifts[Math.floor(row / 300)] ?? 0,
    );
    const rows = sliceRows(all, 0, known);
    const come = sliceRows(all, known, known + next);
    const [reads, not] = [withErrors(rows), rows].map((given) => fitCorrection(given, null, plan).correction);
    return lossOf(come, reads ?? null) < lossOf(come, not ?? null);
  });
  return atLeast('a level that swings every 300 rows: 50 rows answered better with recent errors', found, runs, 0.5);
}
