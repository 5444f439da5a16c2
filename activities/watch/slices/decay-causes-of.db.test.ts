import { afterAll, beforeAll, expect, test } from 'vitest';
import { putEvidence } from '../../../src/db/runs/evidence.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { watchedSlices } from '../../../src/domain/spec/gates/declared-slices.ts';
import { createServingWorld, worldSpec, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { predictionRecord } from '../../../tests/worlds/spool-records.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { withCauses } from './decay-causes-of.ts';

// The loss has risen at merchant b, which has half of the rows; nothing else has to do with it.
const rows = 400;
const spec: ModelSpec = completeSpec({ ...worldSpec, slices: [{ name: 'at b', feature: 'merchant', is: 'b' }] });
const isAtB = (row: number): boolean => Math.floor(row / 2) % 2 === 0;
const amountOf = (row: number): number => (row % 3) * 10;

let world: ServingWorld;
let champion: VersionRow;
const deps = () => ({ database: world.database, store: world.artifacts }) as unknown as ActivityDependencies;

beforeAll(async () => {
  world = await createServingWorld();
  await world.sink.store({
    segmentId: 's',
    processId: 'p',
    records: Array.from({ length: rows }, (_, row) =>
      predictionRecord(`p${row}`, { numbers: [amountOf(row), 0], texts: [isAtB(row) ? 'b' : 'a'] }),
    ),
  });
  const all = Array.from({ length: rows }, (_, row) => row);
  const profile = {
    formatVersion: 1,
    rows: 1_000,
    features: [
      { name: 'amount', kind: 'binned', edges: [5, 15], counts: [300, 300, 400], missing: 0 },
      { name: 'merchant', kind: 'category', values: ['a', 'b'], counts: [500, 500], other: 0, missing: 0 },
    ],
    prediction: { name: 'prediction', kind: 'binned', edges: [0.5], counts: [900, 100], missing: 0 },
    holdOut: {
      rows,
      features: [
        { name: 'amount', cells: all.map((row) => String(row % 3)).join('') },
        { name: 'merchant', cells: all.map((row) => (isAtB(row) ? '1' : '0')).join('') },
      ],
      slices: [{ key: watchedSlices(spec)[0]?.key, members: all.map((row) => (isAtB(row) ? '1' : '0')).join('') }],
    },
  };
  const profileDigest = await world.artifacts.putBytes(Buffer.from(JSON.stringify(profile)));
  champion = { model: 'fraud', version: 1, runId: 'train/fraud/1', profileDigest } as VersionRow;
  await putEvidence(world.database.db, {
    model: 'fraud',
    kind: 'gate',
    subject: { of: 'run', runId: champion.runId },
    verdict: 'pass',
    body: { holdOutLosses: all.map((row) => lossOf(row, false)), holdOutProbabilityMin: 0.001 },
  });
});
afterAll(() => world.close());

/** Losses differ from row to row, and by nothing that anything else says. */
function lossOf(row: number, isWorse: boolean): number {
  return 0.3 + 0.1 * Math.sin(row * row) + (isWorse && isAtB(row) ? 0.2 : 0);
}

function judged(verdict: 'decayed' | 'steady', firstRow = 0) {
  const read = Array.from({ length: rows - firstRow }, (_, at) => firstRow + at);
  return {
    decay: { verdict, rows: { recent: 300, reference: rows }, best: null } as never,
    read: {
      rows: read.map((row) => ({ seq: row + 1, scores: [], rawScores: [], label: 'fine', entity: null })),
      losses: Float64Array.from(read, (row) => lossOf(row, true)),
      entities: null,
      from: 0,
      liveRows: 0,
      reference: null,
      holdOut: null,
      before: null,
      sliceAlpha: null,
    },
  };
}
const specOf = () => Promise.resolve(spec);

test('a decay is told apart by the cells of features and by slices, from what was logged of its rows', async () => {
  const { causes } = await withCauses(deps(), specOf, spec, champion, judged('decayed'));
  expect(causes?.rise).toBeGreaterThan(0.09);
  expect(causes?.causes.map(({ name, part, kind }) => [kind, name, part])).toEqual(
    expect.arrayContaining([
      ['feature', 'merchant', 'b'],
      ['slice', 'at b', 'at b'],
    ]),
  );
  expect(causes?.causes).toHaveLength(2);
  expect(causes?.causes[0]?.shareOfRise).toBeGreaterThan(0.8);
});

test('nothing is told of what is steady, nor where no hold-out was kept or rows have been removed', async () => {
  expect((await withCauses(deps(), specOf, spec, champion, judged('steady'))).causes).toBeUndefined();
  const bare = await world.artifacts.putBytes(
    Buffer.from(JSON.stringify({ formatVersion: 1, rows: 0, features: [], prediction: {} })),
  );
  const old = await withCauses(deps(), specOf, spec, { ...champion, profileDigest: bare }, judged('decayed'));
  expect(old.causes).toMatchObject({
    rise: null,
    causes: [],
    text: expect.stringMatching(/its training kept no cells/),
  });
  await world.database.pool.query(`delete from prediction where model = 'fraud' and seq = 399`);
  const { causes } = await withCauses(deps(), specOf, spec, champion, judged('decayed'));
  expect(causes).toMatchObject({ causes: [], text: expect.stringMatching(/some of its rows have been removed/) });
});
