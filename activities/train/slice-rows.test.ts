import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSpec } from '../../src/contracts/spec/parse-spec.ts';
import { readTestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { judgeGate } from '../../src/domain/training/judge-gate.ts';
import { runTrain } from '../../src/trainers/run-train.ts';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';
import { sliceRows } from './slice-rows.ts';
import { testRows } from '../../src/trainers/test-rows.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-slices-'));
  await writeFixture(join(folder, 'rows.parquet'), 'binary', 2_000);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('from a definition over a training and its file of test scores to the check and its sentence', async () => {
  const over = { slices: ['online', 'large'], undecided: 'wait' } as const;
  const spec = fixtureSpec(fixtureTargets.binary, {
    slices: ['online', { name: 'large', feature: 'amount paid', from: 100 }],
    gates: [
      { gate: 'noWorseInSlices', metric: 'accuracy', margin: 0.2, alpha: 0.05, ...over },
      { gate: 'fair', measure: 'demographicParity', atMost: 0.9, ...over },
    ],
  });
  // As it would come over HTTP.
  expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  const report = await runTrain(
    fixtureJob(spec, folder, join(folder, 'rows.parquet'), 'sliced'),
    async () => undefined,
  );
  const scores = await readTestScores(join(folder, 'sliced', report.testScoresFile), []);
  const slices = sliceRows(spec, scores);
  expect(slices?.map(({ name }) => name)).toEqual(['online = true', 'online = false', 'large']);
  const candidate = testRows(spec, scores, scores.candidate, report.candidate.threshold);
  // A champion that says just the same, and was trained on none of these rows.
  const champion = {
    ...candidate,
    champion: candidate.scores,
    challenger: candidate.scores,
    championThreshold: candidate.threshold,
    challengerThreshold: candidate.threshold,
  };
  const judge = (rows: typeof slices) =>
    judgeGate({
      gates: spec.gates,
      candidate,
      baselines: {},
      champion,
      slices: rows,
      promotion: spec.rollout.promotion,
    });
  const { checks } = judge(slices);
  expect(checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  expect(checks[0]?.slices?.map(({ rows }) => rows)).toEqual(slices?.map(({ rows }) => rows.length));
  expect(checks[0]?.text).toMatch(/^Accuracy against the champion, slice by slice: 0\.2 worse .*: met in all 3 slices/);
  expect(checks[1]?.text).toMatch(/^Demographic parity: the largest difference is .* of large \(\d+ rows\)/);
  // The file of a training of an earlier release holds no slices: it is not let by.
  expect(sliceRows(spec, { ...scores, slices: null })).toBeNull();
  expect(judge(null).verdict).toBe('insufficient');
});
