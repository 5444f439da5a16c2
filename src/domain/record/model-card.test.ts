import { defaultSplit } from '../spec/default-spec.ts';
import { expect, test } from 'vitest';
import { modelCard, type CardFacts } from './model-card.ts';
import type { ModelSpec } from '../spec/spec.ts';

const trainer: ModelSpec['trainer'] = {
  kind: 'gbdt',
  treesMax: 100,
  leavesMax: 31,
  learningRate: 0.1,
  rowsPerLeafMin: 20,
  l2: 1,
  earlyStoppingTrees: 10,
  historyShares: [1],
  refit: true,
  seed: 1,
};

const facts: CardFacts = {
  model: 'payments.fraud',
  version: 3,
  status: 'released',
  origin: 'trained',
  createdAt: '2026-05-03 14:03 UTC',
  spec: {
    about: {
      owner: 'payments',
      useCase: 'Stops stolen cards.',
      successCriterion: 'Less loss than the rules.',
      replaces: 'Twelve rules.',
    },
    split: defaultSplit,
    target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
    features: [
      { kind: 'number', name: 'amount', missing: 'refuse', min: 0, max: 900 },
      { kind: 'category', name: 'shop', missing: 'allow' },
    ],
    slices: ['shop'],
    value: {
      currency: 'EUR',
      truePositive: { fixed: 1 },
      falsePositive: { fixed: 0 },
      trueNegative: { fixed: 0 },
      falseNegative: { fixed: 0 },
    },
    trainer,
    source: { kind: 'file', path: 'a.csv', format: 'csv' },
  },
  specRevision: 2,
  owner: null,
  description: null,
  tags: ['spring'],
  notes: [{ text: 'see [here](http://evil) | <b>', actor: 'ann', at: '2026-05-04 09:00 UTC' }],
  family: 'gbdt',
  trees: 40,
  threshold: 0.4,
  rows: { all: 1_000, training: 700, validation: 100, test: 200 },
  labelledRows: 1_000,
  throughWindow: 12,
  snapshots: [{ digest: 'c'.repeat(64), kind: 'history', rows: 1_000, quarantinedRows: 3 }],
  metrics: { auroc: 0.91, value: 5.5, rows: 200 },
  intervals: { auroc: { lower: 0.88, upper: 0.94, method: 'delong' } },
  baselines: [{ name: 'prior baseline', metrics: { auroc: 0.5, rows: 200 } }],
  slices: [{ column: 'shop', slice: 'corner', metrics: { auroc: 0.85, rows: 50 } }],
  importance: [
    { feature: 'amount', gain: 0.75 },
    { feature: 'shop', gain: 0.25 },
  ],
  gate: { verdict: 'pass', checks: [{ verdict: 'pass', text: 'AUROC is 0.91 and at least 0.8 is asked: met.' }] },
  correction: { slope: 0.9, intercepts: [0.1] },
  fallback: null,
  approvals: [{ at: '2026-05-05 10:00 UTC', what: 'became champion', actor: 'rollout', why: 'it is not worse' }],
  modelDigest: 'a'.repeat(64),
};

test('the card of a trained version, word for word', () => {
  const made =
    'Made 2026-05-03 14:03 UTC. The version passed its gate and may be served. ' +
    'It was trained from revision 2 of its definition. Tags: spring.';
  const data =
    'Of 1,000 labelled rows in time order, the oldest 700 were for training, the next 100 for validation and the ' +
    'youngest 200 for the test. Served traffic was used up to window 12.';
  const quality =
    'On 200 test rows, younger than all that it learnt from, with 95 % intervals (none from fewer than 200 rows, ' +
    'or where a class is too rare). ' +
    'It says "fraud" from a probability of 0.4 upwards.';
  expect(modelCard(facts)).toBe(`# Model card: payments.fraud, version 3

${made}

## Purpose

- **Used for:** Stops stolen cards.
- **Predicts:** whether \`outcome\` will be fraud (and not genuine)
- **Succeeds when:** Less loss than the rules.
- **Replaces:** Twelve rules.
- **Owner:** payments

## Data

- \`${'c'.repeat(64)}\`: 1,000 rows of history, 3 more set aside by the contract

${data}

## Inputs

| input | kind | values | missing | importance |
|---|---|---|---|---|
| \`amount\` | number | 0 to 900 | must be given | 75 % |
| \`shop\` | category | any text | may be missing | 25 % |

Most used first: \`amount\`, \`shop\`.

## Quality

${quality}

| metric | value | interval | better is | prior baseline |
|---|---|---|---|---|
| AUROC | 0.91 | 0.88 to 0.94 | higher | 0.5 |
| Value per row | 5.5 EUR | — | higher | — |

## Slices

A slice of fewer than 30 test rows is counted and not judged.

| slice | test rows | AUROC |
|---|---|---|
| \`shop\` = corner | 50 | 0.85 |

## Limits and fallback

- It knows what its data held. Values outside the ranges above are refused or guessed at, not understood.
- A category that it has never seen is treated as missing.
- Its quality rests on 200 test rows only; read the intervals, not the values.
- Its answers are corrected between trainings: slope 0.9, shift 0.1 on the scale of log odds or of the value.
- Without a champion, nothing answers: no fallback is declared.

## How it was approved

The gate said \`pass\`.

- met: AUROC is 0.91 and at least 0.8 is asked: met.

- 2026-05-05 10:00 UTC: became champion by rollout: it is not worse

The file is named by its SHA-256: \`${'a'.repeat(64)}\`.

## Notes

- 2026-05-04 09:00 UTC, ann: see \\[here\\](http://evil) \\| \\<b\\>
`);
});

test('an imported version says what is not known instead of leaving it out', () => {
  const card = modelCard({
    ...facts,
    origin: 'imported',
    metrics: null,
    intervals: {},
    baselines: [],
    slices: [],
    snapshots: [],
    rows: null,
    gate: null,
    approvals: [],
  });
  expect(card).toContain('Unknown: the model was trained elsewhere');
  expect(card).toContain('Not measured before it was served');
  expect(card).toContain('It has never been champion.');
  expect(card).not.toContain('## Slices');
});

test('a test by blocks or by groups says of what answered for its rows', () => {
  const rows = { all: 1_000, training: 0, validation: 0, test: 1_000, folds: 5 };
  const split = { ...defaultSplit, blocks: { folds: 5 } };
  const card = modelCard({ ...facts, rows, spec: { ...facts.spec, split } });
  expect(card).toContain(
    'Of 1,000 labelled rows in time order, the youngest 1,000 were judged in 5 blocks, each by a model of the rows ' +
      'outside it; the released model learnt from all rows.',
  );
  expect(card).toContain(
    'On 200 test rows, each answered for by a model of the rows outside its block, one of 5, with ',
  );
  const byGroup = { ...defaultSplit, group: { column: 'shop', seed: 1 } };
  const ofGroups = modelCard({ ...facts, spec: { ...facts.spec, split: byGroup } });
  expect(ofGroups).toContain('On 200 test rows, of groups that it has not seen, with ');
  expect(ofGroups).toContain(
    'Of 1,000 labelled rows, 700 were for training, 100 for validation and 200 for the test, in whole ' +
      'groups: none is in two of them.',
  );
  expect(ofGroups).not.toContain('in time order');
});
