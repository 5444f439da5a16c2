import { expect, test } from 'vitest';
import type { TestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { CorrectionMode } from '../../src/domain/spec/closed-sets.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { watchedSpec } from '../../tests/worlds/watched-models.ts';
import { comparableRows } from './comparable-rows.ts';

const rows = 40;
const scores: TestScores = {
  order: Array.from({ length: rows }, (_, row) => row),
  labels: Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 0 : 1)),
  candidate: Array.from({ length: rows }, () => [0.6, 0.4]),
  champion: Array.from({ length: rows }, () => [0.7, 0.3]),
  baselines: {},
  slices: null,
  gains: null,
  eventTimesMs: null,
};
// Of a report nothing else is read here.
const report = { champion: { comparableRows: rows }, candidate: { threshold: 0.5 } } as unknown as TrainReport;

function compared(mode: CorrectionMode | null) {
  const correction = { halfLifeRows: 100, rowsMax: 100, labelledRowsMin: 10 };
  const watch = mode === null ? {} : { watch: { correction: { ...correction, mode } } };
  return comparableRows(completeSpec(watchedSpec('compared', watch)), report, scores, 0.5);
}

test('models are compared as they answer: corrected on the later half where answers are, as scored in shadow', () => {
  expect(compared('answer')).toMatchObject({ labels: { length: rows / 2 } });
  expect(compared('answer')?.challenger[1]).toBeGreaterThan(0.5);
  expect(compared('shadow')).toEqual(compared(null));
  expect(compared('shadow')).toMatchObject({ labels: { length: rows } });
  expect(compared('shadow')?.challenger[1]).toBe(0.4);
});
