import { describe, expect, it } from 'vitest';
import { callWith, servedInMemory, servingInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { Explainer } from '../../onnx/explain/reasons.ts';
import { predict } from './predict.ts';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'category', name: 'country', missing: 'allow' },
    { kind: 'boolean', name: 'online', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'label', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Log-odds of the amount, and 0.5 more where there is no country. */
const logOddsOf = ({ numbers, texts }: { numbers: ArrayLike<number>; texts: readonly (string | null)[] }) =>
  (numbers[0] ?? 0) + (texts[0] === null ? 0.5 : 0);
const explainer: Explainer = {
  method: 'linear',
  features: ['amount', 'country', 'online'],
  close: () => Promise.resolve(),
  explain: (rows) =>
    Promise.resolve(
      rows.map(({ row }) => ({
        base: 0.25,
        score: logOddsOf(row),
        contributions: Float64Array.of((row.numbers[0] ?? 0) - 0.25, row.texts[0] === null ? 0.5 : 0, 0),
      })),
    ),
};
const score = (row: { numbers: ArrayLike<number>; texts: readonly (string | null)[] }) => {
  const positive = sigmoid(logOddsOf(row));
  return [1 - positive, positive];
};
const model = servedInMemory(spec, { score, explainer });
const row = { amount: 1, country: null, online: true };
const ask = (body: Record<string, unknown>) => ({ model: 'fraud', readBody: () => Promise.resolve(body) });

describe('explain', () => {
  it('says nothing unless it is asked, and logs the same', async () => {
    const { serving, records } = servingInMemory([model]);
    const { predictions } = await predict(serving, callWith('t'), ask({ rows: [row], predictionIds: ['p'] }));
    const again = await predict(serving, callWith('t'), ask({ rows: [row], predictionIds: ['p'], explain: true }));
    const { explanation, ...without } = again.predictions[0] ?? {};
    expect(explanation).toBeDefined();
    expect([without]).toEqual(predictions);
    expect(predictions[0]).not.toHaveProperty('explanation');
    expect(records).toHaveLength(2);
    expect(Object.keys(records[0]?.record ?? {})).toEqual(Object.keys(records[1]?.record ?? {}));
  });

  it('names the largest contributions first, and what the others add', async () => {
    const { serving } = servingInMemory([model]);
    const { predictions } = await predict(serving, callWith('t'), ask({ rows: [row], explain: { top: 1 } }));
    expect(predictions[0]?.explanation).toEqual({
      method: 'linear',
      text: 'It says 0.25 for the log-odds of fraud on average, and 1.5 here.',
      of: 'fraud',
      base: 0.25,
      score: 1.5,
      features: [
        {
          feature: 'amount',
          value: 1,
          contribution: 0.75,
          text: 'amount = 1 raises the log-odds of fraud by 0.75.',
        },
      ],
      others: 0.5,
    });
    const more = await predict(serving, callWith('t'), ask({ rows: [row], explain: true }));
    expect(more.predictions[0]).toMatchObject({
      explanation: { features: [{}, { text: 'country is missing, which raises the log-odds of fraud by 0.5.' }] },
    });
  });

  it('says what a correction moved, feature by feature', async () => {
    const correction = {
      formatVersion: 2,
      task: 'binary',
      slope: 0.5,
      intercepts: [0.1],
      weights: [0.4],
      covariates: [{ feature: 'amount', mean: 0, deviation: 2 }],
    } as const;
    const { serving } = servingInMemory([servedInMemory(spec, { score, explainer, correction })]);
    const { predictions } = await predict(serving, callWith('t'), ask({ rows: [row], explain: true }));
    const { explanation, probabilities } = predictions[0] ?? {};
    const to = 0.1 + 0.5 * 1.5 + 0.4 * 0.5;
    expect(explanation).toMatchObject({
      score: 1.5,
      correction: {
        from: expect.closeTo(1.5, 9),
        to: expect.closeTo(to, 9),
        level: expect.closeTo(0.1 - 0.5 * 1.5, 9),
        features: [{ feature: 'amount', contribution: expect.closeTo(0.2, 9) }],
        text: 'The correction moves the log-odds of fraud from 1.5 to 1.05.',
      },
    });
    expect(probabilities).toMatchObject({ fraud: expect.closeTo(sigmoid(to), 9) });
  });

  it('answers all the same where nothing can be explained', async () => {
    const { serving } = servingInMemory([servedInMemory(spec, { score })]);
    const { predictions } = await predict(serving, callWith('t'), ask({ rows: [row], explain: true }));
    expect(predictions[0]).toMatchObject({
      label: 'fraud',
      explanation: { method: 'none', text: 'Nothing explains this version.' },
    });
  });

  it('explains ten rows by sampling, and says so of the others', async () => {
    const sampled: Explainer = { ...explainer, method: 'sampled', samples: 64 };
    const { serving } = servingInMemory([servedInMemory(spec, { score, explainer: sampled })]);
    const rows = Array.from({ length: 12 }, () => row);
    const { predictions } = await predict(serving, callWith('t'), ask({ rows, explain: true }));
    const methods = predictions.map(({ explanation }) => explanation);
    expect(methods.slice(9)).toMatchObject([
      { method: 'sampled', samples: 64 },
      { method: 'none', text: 'At most 10 rows of a request are explained by sampling.' },
      { method: 'none' },
    ]);
  });

  it.each([
    [{ top: 0 }, 'invalid_request', 'explain'],
    [{ top: 4 }, 'invalid_request', 'explain.top is 4; the model has 3 features'],
    [{ first: 1 }, 'invalid_request', 'explain'],
    ['yes', 'invalid_request', 'explain must be true, false or { "top": a whole number from 1 }'],
  ])('refuses %j', async (explain, code, message) => {
    const { serving, records } = servingInMemory([model]);
    const asked = predict(serving, callWith('t'), ask({ rows: [row], explain }));
    await expect(asked).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(records).toEqual([]);
  });

  it('refuses more rows than it explains, before it answers one', async () => {
    const { serving, records } = servingInMemory([model]);
    const rows = Array.from({ length: 101 }, () => row);
    await expect(predict(serving, callWith('t'), ask({ rows, explain: true }))).rejects.toMatchObject({
      code: 'too_large',
      message: 'rows has 101 rows; at most 100 are explained at once',
    });
    expect(records).toEqual([]);
    await expect(predict(serving, callWith('t'), ask({ rows, explain: false }))).resolves.toBeDefined();
  });
});
