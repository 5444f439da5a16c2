import { expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { command, worker } from '../../sdk/declare/trainer/trainer.ts';
import { externalProgressSchema, externalReportSchema } from './external-folder.ts';
import { parseSpec } from './parse-spec.ts';

const definition = (trainer: Parameters<typeof completeSpec>[0]['trainer']) =>
  completeSpec({
    name: 'fraud',
    about: { owner: 'tests', useCase: 'tests', successCriterion: 'tests' },
    features: [{ name: 'amount', kind: 'number', missing: 'allow' }],
    target: { task: 'binary', column: 'label', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'rows.csv', format: 'csv' },
    ...(trainer === undefined ? {} : { trainer }),
  });

test('definitions with a program or a worker are read as they were declared', () => {
  for (const trainer of [
    command(['python', 'train.py'], { settings: { deep: [1, null] }, serving: { process: 'own' }, lock: 'uv.lock' }),
    worker('perennial-gpu', { trainer: 'fraud', tag: 'a100', memoryGb: 20, refit: true }),
  ]) {
    const spec = definition(trainer);
    expect(parseSpec(spec)).toEqual(spec);
  }
});

test.each([
  ['a setting of another kind', { ...command(['x']), historyShares: [1] }, /historyShares/],
  ['a queue for a program', { ...command(['x']), queue: 'gpu' }, /queue/],
  ['a program for a worker', { ...worker('gpu', { trainer: 'x' }), argv: ['x'] }, /argv/],
])('%s is refused by name', (_, trainer, sentence) => {
  const spec = { ...definition(command(['x'])), trainer: { ...definition(command(['x'])).trainer, ...trainer } };
  expect(() => parseSpec(spec)).toThrow(sentence);
});

test('what a program reports is bounded, and what is not known is let go', () => {
  expect(externalProgressSchema.parse({ done: 3, of: 10, note: 'epoch 3', extra: true })).toEqual({
    done: 3,
    of: 10,
    note: 'epoch 3',
  });
  expect(externalProgressSchema.safeParse({ done: 'x', of: 1 }).success).toBe(false);
  expect(externalReportSchema.parse({ metrics: { auc: 0.9 }, own: {} })).toEqual({ metrics: { auc: 0.9 } });
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`m${at}`, at]));
  expect(externalReportSchema.safeParse({ metrics: many }).success).toBe(false);
  expect(externalReportSchema.safeParse({ metrics: { auc: Number.NaN } }).success).toBe(false);
});
