import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import { formatRunId, parseRunId, type RunId } from '../words/run-id.ts';
import { formatSubject, parseSubject, type AuditSubject } from './audit-subject.ts';
import {
  formatOccasion,
  parseOccasion,
  prefixWithin,
  thaw,
  type DecisionOccasion,
  type Occasion,
  type ThawedOccasion,
} from './occasion.ts';

const commandId = '0f8fad5b-d9cb-469f-a165-70867728950e';
const digest = 'ab'.repeat(32);

/** As they stand in databases since the first release: another text would be another occasion. */
const stored: readonly (readonly [string, Occasion])[] = [
  ['window/12', { of: 'window', window: 12 }],
  ['view/team.cards', { of: 'view', view: 'team.cards' }],
  ['apply/3', { of: 'apply', specRevision: 3, afterRun: null }],
  ['apply/3/after/train/fraud/4', { of: 'apply', specRevision: 3, afterRun: 'train/fraud/4' }],
  ['apply/3/after/rollout/team.fraud/4/1', { of: 'apply', specRevision: 3, afterRun: 'rollout/team.fraud/4/1' }],
  [`command/${commandId}`, { of: 'command', commandId }],
  ['window/12/thawed', { of: 'thawed', held: { of: 'window', window: 12 }, times: 1 }],
  ['window/12/thawed/thawed', { of: 'thawed', held: { of: 'window', window: 12 }, times: 2 }],
  [
    'apply/3/after/train/fraud/4/thawed',
    { of: 'thawed', held: { of: 'apply', specRevision: 3, afterRun: 'train/fraud/4' }, times: 1 },
  ],
  ['window/12/v2', { of: 'correction', window: 12, version: 2 }],
  ['window/12/v2/5400', { of: 'correction', window: 12, version: 2, labelledRows: 5_400 }],
  [`command/${commandId}/v2`, { of: 'correction-word', commandId, version: 2 }],
  ['v3', { of: 'version', version: 3 }],
  ['v3/1', { of: 'rollout', version: 3, attempt: 1 }],
  ['v3/1/0/1500', { of: 'look', version: 3, attempt: 1, step: 0, throughSeq: 1_500 }],
  ['v3/1/1500', { of: 'pairing', version: 3, attempt: 1, throughSeq: 1_500, isDeadline: false }],
  ['v3/1/1500/deadline', { of: 'pairing', version: 3, attempt: 1, throughSeq: 1_500, isDeadline: true }],
  ['train/fraud/4', { of: 'run', runId: 'train/fraud/4' }],
  [
    'step/rollout/team.fraud/4/1/beforePromotion/licence-check',
    { of: 'step', runId: 'rollout/team.fraud/4/1', point: 'beforePromotion', name: 'licence-check' },
  ],
  [digest, { of: 'snapshot', digest }],
  [`artifact/${digest}`, { of: 'artifact', digest }],
  ['rule/row-count', { of: 'rule', ruleId: 'row-count', member: null }],
  ['rule/row-count/live/rows', { of: 'rule', ruleId: 'row-count', member: 'live/rows' }],
  ['due/1795926064679', { of: 'due', atMs: 1_795_926_064_679 }],
  ['due/5/thawed', { of: 'thawed', held: { of: 'due', atMs: 5 }, times: 1 }],
  ['reset/train/fraud/4', { of: 'reset', runId: 'train/fraud/4' }],
  ['records', { of: 'records' }],
  ['upkeep', { of: 'upkeep' }],
  ['lineage', { of: 'lineage' }],
  ['source', { of: 'source' }],
  ['refused/v3', { of: 'refusal', version: 3 }],
  ['refused/none', { of: 'refusal', version: null }],
];

const subjects: readonly (readonly [string, AuditSubject])[] = [
  ['fraud', { of: 'model', model: 'fraud' }],
  ['*', { of: 'model', model: '*' }],
  ['fraud/v3', { of: 'version', model: 'fraud', version: 3 }],
  ['token/v3', { of: 'version', model: 'token', version: 3 }],
  ['fraud/spec/2', { of: 'spec', model: 'fraud', specRevision: 2 }],
  ['decision/fraud/window/12', { of: 'decision', model: 'fraud', key: 'window/12' }],
  ['rollout/fraud/3/1', { of: 'run', runId: 'rollout/fraud/3/1' }],
  [`import/fraud/${digest.slice(0, 16)}`, { of: 'run', runId: `import/fraud/${digest.slice(0, 16)}` }],
  [`command/${commandId}`, { of: 'command', id: commandId }],
  [`token/${commandId}`, { of: 'token', id: commandId }],
  [`webhook/${commandId}`, { of: 'webhook', id: commandId }],
  ['alert/17', { of: 'alert', id: '17' }],
  [`snapshot/${digest}`, { of: 'snapshot', id: digest }],
];

test.each(stored)('%s is one occasion, and its only text', (text, occasion) => {
  expect(formatOccasion(occasion)).toBe(text);
  expect(parseOccasion(text)).toEqual(occasion);
});

test.each(subjects)('%s is one subject of the audit, and its only text', (text, subject) => {
  expect(formatSubject(subject)).toBe(text);
  expect(parseSubject(text)).toEqual(subject);
});

test.each([
  '',
  'v',
  'v03',
  'v3/',
  'v-1',
  'v3/1/0/1500/9',
  'v3/1/deadline',
  'window/',
  'window/1e3',
  'window/12/3',
  'window/12/v',
  'apply/3/after/nothing',
  'apply/3/before/train/fraud/4',
  'command/',
  'window/12/v2/x',
  'window/12/v2/5400/1',
  'reset/tomorrow',
  'refused: v3 was never released',
  'thawed',
  'v3/thawed',
  'train/fraud/NaN',
  'ingest/fraud/abc/-1',
])('%j is no occasion', (text) => {
  expect(parseOccasion(text)).toBeNull();
});

test('what is parsed back equals what was formatted, for any occasion', () => {
  const random = createRandom('occasions');
  for (let i = 0; i < 2_000; i++) {
    const occasion = anyOccasion(random);
    expect(parseOccasion(formatOccasion(occasion))).toEqual(occasion);
    const run = anyRun(random);
    expect(parseRunId(formatRunId(run))).toEqual(run);
  }
});

test('any text is parsed without an error, and a text that is read is the one that would be written', () => {
  const random = createRandom('texts');
  const parts = ['window', 'apply', 'after', 'thawed', 'v3', 'v', '3', '0', '-1', 'deadline', 'train', 'refused', ''];
  for (let i = 0; i < 5_000; i++) {
    const text = Array.from({ length: 1 + random.integer(6) }, () => parts[random.integer(parts.length)]).join('/');
    const read = parseOccasion(text);
    if (read !== null) expect(formatOccasion(read)).toBe(text);
    const subject = parseSubject(text);
    if (subject !== null) expect(formatSubject(subject)).toBe(text);
  }
  expect(parseOccasion(`window/1${'/thawed'.repeat(100_000)}`)).toMatchObject({ times: 100_000 });
});

test('a thaw of a thaw is counted, and the looks of a rollout begin with its own text', () => {
  const once = thaw({ of: 'window', window: 3 });
  expect(formatOccasion(thaw(once))).toBe('window/3/thawed/thawed');
  expect(prefixWithin({ of: 'rollout', version: 3, attempt: 1 })).toBe('v3/1/');
});

function anyOccasion(random: Random): Occasion {
  const n = () => random.integer(2 ** 32);
  const all: readonly (() => Occasion)[] = [
    () => anyDecision(random),
    (): ThawedOccasion => ({ of: 'thawed', held: anyDecision(random), times: 1 + random.integer(4) }),
    () => ({ of: 'correction', window: n(), version: n() }),
    () => ({ of: 'correction', window: n(), version: n(), labelledRows: n() }),
    () => ({ of: 'correction-word', commandId, version: n() }),
    () => ({ of: 'version', version: n() }),
    () => ({ of: 'rollout', version: n(), attempt: n() }),
    () => ({ of: 'look', version: n(), attempt: n(), step: random.integer(20), throughSeq: n() }),
    () => ({ of: 'pairing', version: n(), attempt: n(), throughSeq: n(), isDeadline: random.next() < 0.5 }),
    () => ({ of: 'refusal', version: random.next() < 0.5 ? null : n() }),
    () => ({ of: pick(random, ['records', 'upkeep', 'lineage', 'source']) }),
    () => ({ of: 'run', runId: formatRunId(anyRun(random)) }),
    () => ({ of: 'snapshot', digest }),
    () => ({ of: 'artifact', digest }),
    () => ({ of: 'rule', ruleId: 'row-count', member: null }),
  ];
  return pick(random, all)();
}

function anyDecision(random: Random): DecisionOccasion {
  const runId = formatRunId(anyRun(random));
  return pick<DecisionOccasion>(random, [
    { of: 'window', window: random.integer(1_000_000) },
    { of: 'apply', specRevision: random.integer(1_000), afterRun: random.next() < 0.5 ? null : runId },
    { of: 'command', commandId },
    { of: 'reset', runId },
  ]);
}

function anyRun(random: Random): RunId {
  const model = pick(random, ['fraud', 'payments.fraud', 'v3', 'after', 'thawed', 'window']);
  const number = random.integer(1_000);
  return pick<RunId>(random, [
    { kind: 'train', model, number },
    { kind: 'guard', model, version: number },
    { kind: 'guard', model, version: number, moved: number },
    { kind: 'rollout', model, version: number, attempt: 1 },
    { kind: 'ingest', model, sourceDigestStart: digest.slice(0, 16), specRevision: number },
    { kind: 'import', model, identityStart: digest.slice(0, 16) },
  ]);
}

function pick<T>(random: Random, all: readonly T[]): T {
  const one = all[random.integer(all.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}
