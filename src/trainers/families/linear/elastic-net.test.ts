import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import type { FeatureColumn } from '../../../onnx/run/columns.ts';
import { answersOf } from '../../../../tests/worlds/answers-of.ts';
import { fitRequest } from '../../../../tests/worlds/fit-fixture.ts';
import { linearTrainer } from './linear.ts';

// Written by scikit-learn: bench/golden/elastic-net.py.
const goldenCase = z.object({
  task: z.enum(['regression', 'binary']),
  l1: z.number(),
  l2: z.number(),
  weighted: z.boolean(),
  answers: z.array(z.number()),
  zeros: z.array(z.string()),
});
const { cases } = z
  .object({ cases: z.array(goldenCase) })
  .parse(JSON.parse(readFileSync(new URL('./elastic-net.golden.json', import.meta.url), 'utf8')));

const [rows, width] = [240, 6];
const targets: Record<'regression' | 'binary', TargetSpec> = {
  regression: { task: 'regression', column: 'y', labelDelay: { rows: 0 } },
  binary: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } },
};

const number = (row: number, k: number) => ((row * (31 + 14 * k)) % 113) / 16 - 3.5;
const word = (row: number) => ['a', 'b', 'c'][((row * 7) % 11) % 3] ?? '';
function label(task: string, row: number): number {
  const level = 2 * number(row, 0) - number(row, 1) + 0.25 * number(row, 2) + (word(row) === 'b' ? 3 : 0);
  const answer = level + ((row * 57) % 101) / 8 - 6;
  return task === 'regression' ? answer : answer > 1 ? 1 : 0;
}
const each = (of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row));

function requestOf({ task, l1, l2, weighted }: Pick<z.infer<typeof goldenCase>, 'task' | 'l1' | 'l2' | 'weighted'>) {
  const columns: FeatureColumn[] = [
    ...Array.from({ length: width }, (_, k): FeatureColumn => ({
      name: `x${k}`,
      kind: 'number',
      numbers: each((row) => number(row, k)),
    })),
    { name: 'word', kind: 'category', texts: Array.from({ length: rows }, (_, row) => word(row)) },
  ];
  const request = fitRequest(
    targets[task],
    columns,
    each((row) => label(task, row)),
    {
      training: { from: 0, to: rows },
      validation: null,
      weights: weighted ? each((row) => (((row * 13) % 8) + 1) / 4) : null,
    },
  );
  return { ...request, settings: { l2, l1 } };
}

describe.each(cases)('$task with l1 $l1 and l2 $l2, weighted $weighted', (golden) => {
  test('answers and leaves features out as scikit-learn does', async () => {
    const request = requestOf(golden);
    const model = await linearTrainer.fit(request);
    const answers = model.predict(request.columns, { from: 0, to: rows });
    const unit = Math.max(...golden.answers) - Math.min(...golden.answers);
    let largest = 0;
    for (const [i, expected] of golden.answers.entries()) {
      const at = golden.task === 'binary' ? 24 * i + 1 : 12 * i;
      largest = Math.max(largest, Math.abs((answers[at] ?? Number.NaN) - expected) / unit);
    }
    // Inputs are scaled in float32 here, and a fit ends at slopes of 1e-6.
    expect(largest).toBeLessThan(2e-5);
    const without = model.importance.filter(({ feature, gain }) => gain === 0 && feature !== 'word');
    expect(without.map(({ feature }) => feature).toSorted()).toEqual([...golden.zeros].toSorted());
  });
});

test('a lasso penalty of 0 is what is said of nothing', async () => {
  const one = requestOf({ task: 'regression', l1: 0, l2: 1, weighted: false });
  const model = await linearTrainer.fit(one);
  const plain = await linearTrainer.fit({ ...one, settings: { l2: 1 } });
  expect(model.toOnnx('d')).toEqual(plain.toOnnx('d'));
});

test('the file answers as the model does, and twice the same bytes', async () => {
  const request = requestOf({ task: 'regression', l1: 8, l2: 1, weighted: false });
  const model = await linearTrainer.fit(request);
  const own = model.predict(request.columns, { from: 0, to: rows });
  const answers = await answersOf(model, request.columns);
  for (const [row, value] of own.entries()) expect(Math.abs((answers[row] ?? Number.NaN) - value)).toBeLessThan(1e-4);
  expect((await linearTrainer.fit(request)).toOnnx('d')).toEqual(model.toOnnx('d'));
});
