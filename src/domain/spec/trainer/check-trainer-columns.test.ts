import { describe, expect, test } from 'vitest';
import { parseSpec } from '../../../contracts/spec/parse-spec.ts';
import { canonicalJson } from '../../words/canonical.ts';
import { isPerennialError } from '../../words/errors.ts';
import { checkSpec } from '../check-spec.ts';
import { completeSpec, type ModelSpecInput } from '../default-spec.ts';
import type { GbdtSpec } from '../trainer-spec.ts';

const column = (name: string) => ({ op: 'column', name }) as const;
const input: ModelSpecInput = {
  name: 'shop.sales',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'number', name: 'age', missing: 'allow' },
    { kind: 'number', name: 'rate', missing: 'allow', use: 'derived' },
    { kind: 'category', name: 'land', missing: 'allow' },
  ],
  derived: [{ name: 'doubled', expression: { op: 'product', of: [column('age'), column('rate')] } }],
  target: { task: 'regression', column: 'sales', labelDelay: { rows: 5 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
};
const classes: ModelSpecInput['target'] = {
  task: 'multiclass',
  column: 'sales',
  classes: ['a', 'b', 'c'],
  labelDelay: { rows: 5 },
};
const binary: ModelSpecInput['target'] = {
  task: 'binary',
  column: 'sales',
  positive: 'a',
  negative: 'b',
  labelDelay: { rows: 5 },
};
const correction = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100 };

const gbdt = (trainer: Partial<GbdtSpec>, changes: Partial<ModelSpecInput> = {}) =>
  completeSpec({ ...input, ...changes, trainer: { kind: 'gbdt', ...trainer } });
const linear = (trainer: { readonly l1?: number; readonly weightColumn?: string }) =>
  completeSpec({ ...input, trainer: { kind: 'linear', ...trainer } });
const said = (spec: ReturnType<typeof gbdt>) =>
  checkSpec(spec).map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);

describe('what a trainer can be told', () => {
  test.each([
    gbdt({ objective: 'absolute' }),
    gbdt({ objective: 'huber', huberDelta: 10, monotone: { amount: 'increasing' } }),
    gbdt({ objective: 'poisson', rowShare: 0.5, columnShare: 1 }),
    gbdt({ objective: 'quantile', quantile: 0.9 }),
    gbdt({ monotone: { amount: 'decreasing' } }, { target: binary }),
    gbdt({ weightColumn: 'amount' }),
    // A weight that the model does not see, though no derived feature reads it.
    gbdt(
      { weightColumn: 'rate' },
      { derived: [{ name: 'older', expression: { op: 'product', of: [column('age'), column('amount')] } }] },
    ),
    linear({ l1: 0.1, weightColumn: 'amount' }),
  ])('has no problem, and is the same after a way through JSON: %#', (spec) => {
    expect(said(spec)).toEqual([]);
    expect(canonicalJson(parseSpec(JSON.parse(JSON.stringify(spec))))).toBe(canonicalJson(spec));
  });

  test('and is not there where nobody says it: a definition keeps its digest', () => {
    const settings = [
      'objective',
      'huberDelta',
      'quantile',
      'rowShare',
      'columnShare',
      'monotone',
      'weightColumn',
      'l1',
    ];
    for (const spec of [gbdt({}), linear({})])
      expect(Object.keys(spec.trainer).filter((name) => settings.includes(name))).toEqual([]);
  });
});

describe('what it cannot be told is said in one sentence', () => {
  test.each([
    [
      gbdt({ weightColumn: 'amuont' }),
      'trainer.weightColumn: there is no number feature amuont here. Did you mean amount? Possible: amount, age, rate.',
    ],
    [
      linear({ weightColumn: 'land' }),
      'trainer.weightColumn: there is no number feature land here. Use one of: amount, age, rate.',
    ],
    [
      gbdt({ objective: 'poisson' }, { target: binary }),
      'trainer.objective: poisson is for a value, and the target is binary. ' +
        'Leave it out: classes are fitted by log loss.',
    ],
    [
      gbdt({ objective: 'absolute' }, { watch: { correction } }),
      'watch.correction: it would move the answers of absolute to means. Leave the correction out, or the objective.',
    ],
    [
      gbdt({ objective: 'huber' }),
      'trainer.huberDelta: nobody can guess from which error on the target has outliers. ' +
        "Say it in the target's unit.",
    ],
    [
      gbdt({ huberDelta: 2 }),
      "trainer.huberDelta: only the objective huber reads it. Leave it out, or use objective: 'huber'.",
    ],
    [
      gbdt({ objective: 'huber', huberDelta: 0 }),
      "trainer.huberDelta: 0 is not above 0. Use an error in the target's unit.",
    ],
    [
      gbdt({ objective: 'quantile' }),
      'trainer.quantile: nobody can guess which quantile is asked for. Say it, such as 0.9.',
    ],
    [
      gbdt({ objective: 'quantile', quantile: 1 }),
      'trainer.quantile: 1 is out of range. Use a number between 0 and 1, both excluded.',
    ],
    [
      gbdt({ quantile: 0.9 }),
      "trainer.quantile: only the objective quantile reads it. Leave it out, or use objective: 'quantile'.",
    ],
    [
      gbdt({}, { gates: [{ gate: 'atMost', metric: 'pinball', value: 3 }] }),
      'gates[0].metric: pinball is judged but the trainer answers no quantile. ' +
        "Use gbdt({ objective: 'quantile', quantile: 0.9 }), or judge by another metric.",
    ],
    [gbdt({ rowShare: 0 }), 'trainer.rowShare: 0 is not a share. Use a number above 0 and up to 1.'],
    [gbdt({ columnShare: 1.5 }), 'trainer.columnShare: 1.5 is not a share. Use a number above 0 and up to 1.'],
    [linear({ l1: -1 }), 'trainer.l1: -1 is too small. Use at least 0.'],
    [
      gbdt({ objective: 'absolute', monotone: { amount: 'increasing' } }),
      'trainer.monotone: medians and quantiles of leaves cannot be held to it. ' +
        'Use the objective huber, or leave one of them out.',
    ],
    [
      gbdt({ monotone: { amount: 'increasing' } }, { target: classes }),
      'trainer.monotone: of more than two classes not all probabilities can rise. ' +
        'Leave it out, or predict one class against the others.',
    ],
    [
      gbdt({ monotone: { amuont: 'increasing' } }),
      'trainer.monotone.amuont: there is no number feature amuont here. Did you mean amount? Possible: amount, age.',
    ],
    [
      gbdt({ monotone: { land: 'increasing' } }),
      'trainer.monotone.land: land is no number that the model sees. Name a number feature.',
    ],
    [
      gbdt({ monotone: { rate: 'increasing' } }),
      'trainer.monotone.rate: rate is no number that the model sees. Name a number feature.',
    ],
    [
      gbdt({ monotone: { age: 'increasing' } }),
      'trainer.monotone.age: the derived feature doubled moves with age. Leave one of the two out.',
    ],
    [
      gbdt({ monotone: { amount: 'increasing' } }, { outliers: [{ action: 'missing', quantiles: [0.01, 0.99] }] }),
      'trainer.monotone.amount: outliers of amount are taken as missing, which has an answer of its own. ' +
        'Clip them, or leave them as they are.',
    ],
  ])('%#', (spec, sentence) => {
    expect(said(spec)).toEqual([sentence]);
  });

  test.each([
    [{ objective: 'median' }, 'trainer.objective'],
    [{ objective: 'quantile', quantile: 0 }, 'trainer.quantile'],
    [{ monotone: { amount: 'up' } }, 'trainer.monotone.amount'],
    [{ rowShare: 2 }, 'trainer.rowShare'],
    [{ l1: 1 }, 'trainer'],
  ])('a word or a number that no trainer takes: %j', (trainer, path) => {
    const spec = { ...gbdt({}), trainer: { ...gbdt({}).trainer, ...trainer } };
    const refusal = (() => {
      try {
        return parseSpec(spec);
      } catch (error) {
        return error;
      }
    })();
    expect(isPerennialError(refusal) && refusal.path).toContain(path);
  });
});

test('the loss that is minimised is the loss that gates and promotions rest on', () => {
  for (const objective of ['absolute', 'huber'] as const) {
    const { gates, rollout } = gbdt({ objective, ...(objective === 'huber' ? { huberDelta: 1 } : {}) });
    expect(gates.map((gate) => 'metric' in gate && gate.metric)).toEqual(['mae', 'mae']);
    expect(rollout.promotion.metric).toBe('mae');
  }
  const upper = gbdt({ objective: 'quantile', quantile: 0.9 });
  expect(upper.gates.map((gate) => 'metric' in gate && gate.metric)).toEqual(['pinball', 'pinball']);
  expect(upper.rollout.promotion.metric).toBe('pinball');
  // Means are judged as means, by which loss ever they were found.
  for (const spec of [gbdt({ objective: 'poisson' }), gbdt({})]) {
    expect(spec.gates.map((gate) => 'metric' in gate && gate.metric)).toEqual(['rmse', 'rmse']);
    expect(spec.rollout.promotion.metric).toBe('rmse');
  }
});
