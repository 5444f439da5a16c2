import { expect, test } from 'vitest';
import { callWith, servedInMemory, servingInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { createInferenceMetrics } from '../../telemetry/inference-metrics.ts';
import { infer } from './infer.ts';
import { predict } from './predict.ts';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  features: [{ kind: 'number', name: 'x', missing: 'allow' }],
  target: { task: 'binary', column: 'label', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});
/** The probability is the input itself, whatever it is. */
const model = servedInMemory(spec, { score: ({ numbers: [x = NaN] }) => [1 - x, x] });
const asked = (...xs: readonly (number | null)[]) => ({
  model: 'fraud',
  readBody: () => Promise.resolve({ rows: xs.map((x) => ({ x })), predictionIds: xs.map((_, index) => `p${index}`) }),
});
const error = { code: 'internal', detail: 'version 1 gave no score of which an answer can be made.' };

test('scores that are no probabilities fail their row, not the request, and are logged as failed', async () => {
  const { serving, records } = servingInMemory([model]);
  const { predictions } = await predict(serving, callWith('t'), asked(0.75, null, 1.5, -1e-6));
  expect(predictions).toEqual([
    {
      predictionId: 'p0',
      version: 1,
      arm: 'champion',
      label: 'fraud',
      probabilities: { fine: 0.25, fraud: 0.75 },
    },
    { predictionId: 'p1', version: 1, arm: 'champion', error },
    { predictionId: 'p2', version: 1, arm: 'champion', error },
    { predictionId: 'p3', version: 1, arm: 'champion', label: 'fine', probabilities: { fine: 1, fraud: 0 } },
  ]);
  const logged = records.flatMap(({ type, record }) => (type === 'prediction' ? [record] : []));
  expect(logged.map(({ failed, answer }) => [failed, answer.scores, answer.decision])).toEqual([
    [false, [0.25, 0.75], 'fraud'],
    [true, [], null],
    [true, [], null],
    [false, [1, 0], 'fine'],
  ]);
});

test('a request without one good row is refused, and its rows are logged and counted all the same', async () => {
  const { serving: uncounted, records } = servingInMemory([model]);
  const metrics = createInferenceMetrics();
  const serving = { ...uncounted, metrics };
  await expect(predict(serving, callWith('t'), asked(null, 7))).rejects.toMatchObject({ code: 'internal' });
  expect(records.map(({ record }) => 'failed' in record && record.failed)).toEqual([true, true]);
  const text = await metrics.text();
  expect(text).toContain('perennial_inference_rows_total{model="fraud",arm="champion"} 2');
  expect(text).toContain('perennial_inference_failed_rows_total{model="fraud",arm="champion"} 2');
});

test('in tensors a row without an answer is null', async () => {
  const { serving } = servingInMemory([model]);
  const tensor = { name: 'x', shape: [2, 1], datatype: 'FP64', data: [0.75, null] };
  const { outputs } = await infer(serving, callWith('t'), {
    model: 'fraud',
    readBody: () => Promise.resolve({ inputs: [tensor], outputs: [{ name: 'label' }, { name: 'probabilities' }] }),
  });
  expect(outputs.map(({ data }) => data)).toEqual([
    ['fraud', null],
    [0.25, 0.75, null, null],
  ]);
});
