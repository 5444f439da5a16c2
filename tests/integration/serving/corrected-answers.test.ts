import { afterAll, beforeAll, expect, test } from 'vitest';
import { loggedAmounts } from '../../../src/db/models/logged-amounts.ts';
import { recentScores } from '../../../src/db/traffic/read/recent-scores.ts';
import { applyCorrection, type Correction } from '../../../src/domain/rollout/correction.ts';
import { covariatesOf } from '../../../src/domain/rollout/covariates.ts';
import { covariatesAt } from '../../../src/domain/rollout/recalibrate.ts';
import { canonicalJson } from '../../../src/domain/words/canonical.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { createServingWorld, type ServingWorld } from '../../worlds/serving-world.ts';

/** A real database and a real inference process, whose champion is corrected with covariates. */
let world: ServingWorld;
const covariates = [
  { feature: 'gone', mean: 3, deviation: 0.7 },
  { feature: 'amount', mean: 41.3, deviation: 17.9 },
];
const correction: Correction = {
  formatVersion: 2,
  task: 'binary',
  slope: 0.83,
  intercepts: [-0.21],
  weights: [1.7, 0.61],
  covariates,
};
const random = createRandom('amounts');
const amounts = [...Array.from({ length: 40 }, () => 41.3 + 17.9 * random.normal()), 3e38, -3e38, 1e-40];

beforeAll(async () => {
  world = await createServingWorld();
  const version = await world.addVersion(1, [0.7, 0.3]);
  const digest = await world.artifacts.putBytes(Buffer.from(canonicalJson(correction)));
  await world.route({ champion: { ...version, correction: digest }, stage: 'steady' });
  await world.serve();
});
afterAll(() => world.close());

test('what was answered is what a fit reads from the log, to the last bit', async () => {
  const ids = amounts.map((_, row) => `row-${row}`);
  const asked = { rows: amounts.map((amount) => ({ amount, merchant: 'a', night: true })), predictionIds: ids };
  const { status, body } = await world.request('/v1/models/fraud/predict', asked);
  expect(status, body.detail).toBe(200);
  await world.request('/v1/labels', {
    model: 'fraud',
    labels: ids.map((predictionId) => ({ predictionId, label: 'fraud' })),
  });
  await world.ship();
  const { db } = world.database;
  const rows = await recentScores(db, 'fraud', {
    version: 1,
    throughWindow: 1e6,
    matureSeq: 1e6,
    rowsMax: 1e3,
    hasNumbers: true,
  });
  expect(rows).toHaveLength(amounts.length);
  const numbersOf = await loggedAmounts(
    db,
    'fraud',
    rows.flatMap(({ logged }) => logged ?? []),
  );
  const read = covariatesOf(covariates, rows.length, numbersOf);
  const again = rows.map(({ rawScores }, row) =>
    applyCorrection(correction, rawScores, covariatesAt({ labels: [], raw: [], covariates: read }, row)),
  );
  expect(again).toEqual(rows.map(({ scores }) => scores));
  // It was corrected, and differently by amount; the feature that is not there has no part.
  expect(new Set(rows.map(({ scores }) => scores[1])).size).toBeGreaterThan(40);
  expect(rows.every(({ rawScores }) => rawScores[1] === rows[0]?.rawScores[1])).toBe(true);
  const without = { ...correction, covariates: covariates.slice(1), weights: [0.61] };
  expect(applyCorrection(without, rows[0]?.rawScores ?? [], read.values.subarray(1, 2))).toEqual(rows[0]?.scores);
});

test('an answer says what the version says of every row, and what the correction moved by which feature', async () => {
  const rows = [{ amount: 59.2, merchant: 'a', night: true }];
  const { status, body } = await world.request('/v1/models/fraud/predict', { rows, explain: { top: 2 } });
  expect(status, body.detail).toBe(200);
  const from = Math.log(0.3 / 0.7);
  const byAmount = (0.61 * (59.2 - 41.3)) / 17.9;
  const to = -0.21 + 0.83 * from + byAmount;
  expect(body.predictions).toMatchObject([
    {
      explanation: {
        method: 'constant',
        of: 'fraud',
        base: expect.closeTo(from, 6),
        features: [],
        correction: {
          from: expect.closeTo(from, 5),
          to: expect.closeTo(to, 5),
          level: expect.closeTo(to - from - byAmount, 5),
          features: [{ feature: 'amount', contribution: expect.closeTo(byAmount, 6) }],
        },
      },
    },
  ]);
  const many = await world.request('/v1/models/fraud/predict', { rows: new Array(101).fill(rows[0]), explain: true });
  expect([many.status, many.body.code]).toEqual([413, 'too_large']);
});
