import { expect, test } from 'vitest';
import { completeSpec, defaultSplit } from '../../spec/default-spec.ts';
import type { ModelSpec } from '../../spec/spec.ts';
import { completeTrainer, type TrainerInput } from '../../spec/trainer-spec.ts';
import type { CardFacts } from './card-facts.ts';
import { documentOf } from './document-of.ts';
import { writeHtml } from './write-html.ts';
import { writeMarkdown } from './write-markdown.ts';

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

const { rollout } = completeSpec({
  name: 'payments.fraud',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
  target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
  source: { kind: 'file', path: 'a.csv', format: 'csv' },
});

const facts: CardFacts = {
  formatVersion: 1,
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
    rollout,
  },
  source: 'file a.csv',
  specRevision: 2,
  specDigest: 'b'.repeat(64),
  fitFacts: [{ name: 'History', text: 'all of it' }],
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
  data: {
    snapshots: [
      {
        digest: 'c'.repeat(64),
        kind: 'history',
        rows: 1_000,
        quarantinedRows: 3,
        createdAt: '2026-05-03 14:00 UTC',
        tags: ['clean'],
      },
    ],
    span: { from: '2026-01-01 00:00 UTC', to: '2026-05-01 00:00 UTC' },
    erased: { rows: 2, snapshots: 1 },
    seen: [{ name: 'amount', min: 1, max: 890.5, missing: 0, rows: 1_000 }],
  },
  metrics: { auroc: 0.91, value: 5.5, rows: 200 },
  intervals: { auroc: { lower: 0.88, upper: 0.94, method: 'delong' } },
  baselines: [{ name: 'prior baseline', metrics: { auroc: 0.5, rows: 200 } }],
  reliability: [
    { rows: 100, said: 0.1, came: 0.12 },
    { rows: 100, said: 0.8, came: 0.75 },
  ],
  slices: [
    {
      column: 'shop',
      slice: 'corner',
      metrics: { auroc: 0.85, rows: 250 },
      intervals: { auroc: { lower: 0.8, upper: 0.9, method: 'batch-means' } },
    },
    { column: 'shop', slice: 'mall', metrics: { rows: 12 } },
  ],
  fairness: null,
  importance: [
    { feature: 'amount', gain: 0.75 },
    { feature: 'shop', gain: 0.25 },
  ],
  contributions: { rows: 100, features: [{ feature: 'amount', mean: 1.25 }] },
  gate: {
    verdict: 'pass',
    at: '2026-05-03 14:04 UTC',
    checks: [{ verdict: 'pass', text: 'AUROC is 0.91 and at least 0.8 is asked: met.' }],
  },
  correction: { slope: 0.9, intercepts: [0.1] },
  fallback: null,
  alerts: [{ severity: 'warning', title: 'amount drifts', since: '2026-05-06 08:00 UTC' }],
  moves: [{ at: '2026-05-05 10:00 UTC', what: 'became champion', actor: 'rollout', why: 'it is not worse' }],
  rollouts: [
    {
      attempt: 1,
      status: 'promoted',
      reason: null,
      startedAt: '2026-05-04 10:00 UTC',
      endedAt: '2026-05-05 10:00 UTC',
      approvedBy: ['ann'],
    },
  ],
  modelDigest: 'a'.repeat(64),
  madeBy: { digest: '0123', node: 'v20.19.0', platform: 'linux-x64' },
};

function modelCard(of: CardFacts): string {
  return writeMarkdown(documentOf(of));
}

test.each([
  'It was trained from revision 2 of its definition. Tags: spring.',
  '- **Predicts:** whether outcome will be fraud (and not genuine)',
  `- \`${'c'.repeat(64)}\`: 1,000 rows of history, 3 more set aside by the contract; ` +
    'taken 2026-05-03 14:00 UTC; tagged clean',
  '- **Events:** from 2026-01-01 00:00 UTC to 2026-05-01 00:00 UTC',
  '- **Erased since:** 2 rows of 1 snapshot; the model has learnt from them',
  'the youngest 200 for the test. Served traffic was used up to window 12.',
  '| `amount` | number | 0 to 900 | 1 to 890.5, 0 % missing | must be given | 75 % |',
  '| `shop` | category | any text | — | may be missing | 25 % |',
  '| `amount` | 1.25 |',
  '- **Family:** gbdt, 40 trees',
  'On 200 test rows, younger than all that it learnt from, with 95 % intervals (none from fewer than 200 rows, or ' +
    'where a class is too rare). It says "fraud" from a probability of 0.4 upwards.',
  '| AUROC | 0.91 | 0.88 to 0.94 | higher | 0.5 |\n| Value per row | 5.5 EUR | — | higher | — |',
  '| 0.1 | 0.12 | 100 |\n| 0.8 | 0.75 | 100 |',
  '| `shop` = corner | 250 | 0.85 (0.8 to 0.9) |\n| `shop` = mall | 12 | — |',
  '- Its quality rests on 200 test rows only; read the intervals, not the values.',
  '- Of 1 slice nothing is known: too few test rows.',
  '- Its answers are corrected between trainings: slope 0.9, shift 0.1 on the scale',
  '- Open since 2026-05-06 08:00 UTC (warning): amount drifts',
  'The gate said `pass` on 2026-05-03 14:04 UTC.\n\n- met: AUROC is 0.91 and at least 0.8 is asked: met.',
  'Where its rollout asks, 1 person of those who may operate the model must approve.',
  '- Rollout 1, begun 2026-05-04 10:00 UTC, ended 2026-05-05 10:00 UTC: promoted, approved by ann',
  '- 2026-05-05 10:00 UTC: became champion by rollout: it is not worse',
  '- **Seed:** 1\n- **Code:** `0123`, Node 20.19.0, linux-x64',
  'Command: `perennial reproduce payments.fraud 3`.',
])('the card of a trained version says %j', (said) => {
  expect(modelCard(facts)).toContain(said);
});

test('both writings have the same sections in the same order', () => {
  const titles = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, title]) => title);
  const ofMarkdown = titles(modelCard(facts), /^## (.*)$/gm);
  expect(ofMarkdown).toEqual(titles(writeHtml(documentOf(facts)), /<h2>(.*)<\/h2>/g));
  expect(ofMarkdown).toEqual([
    'Purpose',
    'Data',
    'Inputs',
    'Trainer',
    'Quality',
    'Slices',
    'Fairness',
    'Limits and fallback',
    'How it was approved',
    'How to make it again',
    'Notes',
  ]);
});

test('groups that are declared have their rates, their gaps, and what is too little to be told', () => {
  const rate = { measure: 'selectionRate', rows: 90, value: 0.4, interval: { lower: 0.3, upper: 0.51 } } as const;
  const card = modelCard({
    ...facts,
    fairness: {
      task: 'binary',
      groupings: [
        {
          feature: 'sex',
          groups: [
            { group: 'f', rows: 90, rates: [rate] },
            { group: 'm', rows: 85, rates: [{ ...rate, rows: 85, value: 0.5 }] },
            { group: '(missing)', rows: 25, rates: [{ ...rate, rows: 25, value: null, interval: null }] },
          ],
          leftOut: 0,
          gaps: [
            {
              measure: 'selectionRate',
              highest: 'm',
              lowest: 'f',
              difference: 0.1,
              ratio: 0.8,
              differenceMost: 0.24,
            },
          ],
        },
      ],
    },
  });
  expect(card).toContain('| f | 90 | 0.4 (0.3 to 0.51) |');
  expect(card).toContain('| (missing) | 25 | too few (25 rows) |');
  expect(card).toContain('of 2 intervals about one in twenty misses the truth by chance');
  expect(card).toContain(
    '- share answered yes (demographic parity): m lies above f by 0.1, ratio 80 %; with 95 % confidence no two ' +
      'groups are further apart than 0.24',
  );
  expect(modelCard(facts)).toContain('No groups are declared: how it treats groups of people is not known.');
});

test('a person who approves, and four eyes, are named by the rule', () => {
  const approval = { people: 2, fourEyes: true, atDeadline: 'take-out', by: ['ann', 'bob'] } as const;
  expect(modelCard({ ...facts, spec: { ...facts.spec, rollout: { ...rollout, approval } } })).toContain(
    'Where its rollout asks, 2 people of ann, bob must approve, one of whom neither declared it nor asked for it.',
  );
});

test('an imported version says what is not known instead of leaving it out', () => {
  const card = modelCard({
    ...facts,
    origin: 'imported',
    metrics: null,
    intervals: {},
    baselines: [],
    slices: [],
    rows: null,
    gate: null,
    madeBy: null,
    moves: [],
    rollouts: [],
  });
  expect(card).toContain('Unknown: the model was trained elsewhere');
  expect(card).toContain('Not measured before it was served');
  expect(card).toContain('It has never been champion.');
  expect(card).not.toContain('## Slices');
  expect(card).toContain(
    '- Not verified: its quality; whether it may be released: no gate was asked; how it was made.',
  );
  expect(card).toContain('It cannot be made again by a command: it came as a file');
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

test.each([
  [{ kind: 'streaming' }, 'trained', 'goes on from the champion of its day'],
  [{ kind: 'gbdt', warmStart: true }, 'trained', 'goes on from the champion of its day'],
  [{ kind: 'command', command: ['python', 'train.py'] }, 'trained', 'was made by a program of somebody else'],
  [{ kind: 'linear' }, 'imported', 'came as a file'],
] as const)('a version by %j that was %s has no command that makes it again', (trainer, origin, why) => {
  const spec = { ...facts.spec, trainer: completeTrainer(trainer as TrainerInput) };
  const said = modelCard({ ...facts, spec, origin });
  expect(said).toContain(`It cannot be made again by a command: it ${why}`);
  expect(said).not.toContain('perennial reproduce');
});
