import { describe, expect, test } from 'vitest';
import type { RolloutPage } from '../../db/pages/rollout.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { stepsOf } from '../../domain/rollout/rollout-plan.ts';
import { explain, listed } from './explain.ts';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'payments', useCase: 'Tests.', successCriterion: 'They pass.' },
  features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
  target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
  source: { kind: 'file', path: 'a.csv', format: 'csv' },
});
const plan = {
  ...spec.rollout,
  alpha: 0.05,
  canary: [{ percent: 25, extent: { rows: 400 } }],
  failures: ['error', 'slow'] as const,
  slowMs: 80,
};

function page(row: Partial<RolloutPage['row']>, change: Partial<RolloutPage> = {}): RolloutPage {
  return {
    key: { model: 'fraud', version: 3, attempt: 1 },
    waitsFor: null,
    row: {
      model: 'fraud',
      version: 3,
      attempt: 1,
      status: 'active',
      step: 1,
      stepBegun: true,
      stepStartedSeq: 0,
      stepStartedAt: null,
      baseVersion: 2,
      specRevision: 1,
      salt: '',
      firstRevision: 1,
      lastRevision: null,
      startedSeq: 0,
      endedSeq: null,
      looks: 1,
      settledSeq: 0,
      settledAt: null,
      lookedStep: null,
      lookedSeq: null,
      lookedAt: null,
      heldSince: null,
      frozenUntil: null,
      reason: null,
      evidenceId: null,
      startedAt: new Date(0),
      endedAt: null,
      ...row,
    },
    plan,
    target: spec.target,
    steps: stepsOf(plan),
    lastSeq: 0,
    looks: [],
    looksLeftOut: 0,
    promotions: [],
    approval: null,
    preflight: null,
    guard: null,
    failures: { arms: [], isPartial: false, mistakes: [], mistakesSampled: 0 },
    attempts: [1],
    ...change,
  };
}

const look: RolloutPage['looks'][number] = {
  at: new Date(0),
  verdict: 'stop',
  step: 'canary 25 %',
  throughSeq: 300,
  logEValue: 4,
  boundary: 20,
  championFailures: 1,
  challengerFailures: 9,
  challengerRows: 80,
  championRows: 220,
  challengerErrors: 9,
  entities: 90,
  stoppedBy: 'breaker',
  isMature: false,
  excess: null,
  failures: [{ weight: 0.25, championFailures: 1, challengerFailures: 9 }],
};

describe('a rollout in words', () => {
  test('one that the breaker ended', () => {
    expect(
      explain(page({ status: 'rolled-back', reason: 'the challenger failed on 11 % of 80 rows' }, { looks: [look] })),
    ).toEqual([
      'v2 was champion and v3 was to take its place: first in shadow, where nobody sees its answers, then for 25 % ' +
        'of those who ask.',
      'Until 300 rows of traffic, 9 entities met a first failure with v3 and 1 with the champion; a failure is no ' +
        'answer or an answer slower than 80 ms.',
      'If both were equally good, about 25 % of all first failures would fall to v3; it was 90 %.',
      'It was taken out and v2 went on as champion. The challenger failed on 11 % of 80 rows. The breaker took it ' +
        'out: too large a share of its answers failed outright.',
    ]);
  });

  test('the first champion of a model', () => {
    expect(
      explain(
        page({
          status: 'promoted',
          baseVersion: null,
          reason: 'first champion: the gate passed and nobody answered before',
        }),
      ),
    ).toEqual([
      'There was no champion before it: v3 needed no comparison.',
      'It ended with v3 as champion. First champion: the gate passed and nobody answered before.',
    ]);
  });

  test('one that goes on, and one that is held', () => {
    expect(explain(page({}, { waitsFor: 'canary 25 %: 10 of 400 rows' })).at(-1)).toBe(
      'It goes on; it waits for canary 25 %: 10 of 400 rows.',
    );
    expect(explain(page({ status: 'held', reason: 'too few labels' })).at(-1)).toBe(
      'It waits for a person. Too few labels.',
    );
  });

  test('lists read like a sentence', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'], 'or')]).toEqual([
      'nothing',
      'a',
      'a and b',
      'a, b or c',
    ]);
  });
});
