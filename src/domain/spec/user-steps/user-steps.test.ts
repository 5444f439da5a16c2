import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../words/canonical.ts';
import { checkSpec } from '../check-spec.ts';
import { stepFailureActions, stepPoints } from '../closed-sets.ts';
import { completeSpec, type ModelSpecInput } from '../default-spec.ts';
import { failureActions } from './failure-actions.ts';
import { pointsOf, rolloutPoints, trainingPoints } from './points-of.ts';
import { stepTimes } from './step-times.ts';
import type { UserStepInput, UserStepsInput } from './user-step-spec.ts';

const input: ModelSpecInput = {
  name: 'shop.fraud',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [{ kind: 'number', name: 'amount', missing: 'allow' }],
  target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 5 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
};
const step = (more: Partial<UserStepInput> = {}): UserStepInput => ({ name: 'check', queue: 'shop-steps', ...more });
const specOf = (steps: UserStepsInput) => completeSpec({ ...input, steps });
const problemsOf = (steps: UserStepsInput) => checkSpec(specOf(steps));

describe('what a definition leaves out', () => {
  test('is filled in, and printed with it', () => {
    expect(specOf({ afterPromotion: [step()], afterIngest: [step({ timeoutMs: 5_000 })] }).steps).toEqual({
      afterIngest: [
        {
          name: 'check',
          queue: 'shop-steps',
          timeoutMs: 5_000,
          waitMs: 3_600_000,
          attemptsMax: 3,
          settings: {},
          onFailure: 'stop',
        },
      ],
      afterPromotion: [
        {
          name: 'check',
          queue: 'shop-steps',
          timeoutMs: 600_000,
          waitMs: 3_600_000,
          attemptsMax: 3,
          settings: {},
          onFailure: 'continue',
        },
      ],
    });
  });

  test.each<[string, UserStepsInput]>([
    ['nothing', {}],
    ['empty points', { evaluate: [], beforeTrain: [] }],
  ])('%s is as good as no steps at all: the definition keeps its digest', (_, steps) => {
    expect(canonicalJson(specOf(steps))).toBe(canonicalJson(completeSpec(input)));
  });

  test('a point without a step is not told to a run', () => {
    const { steps } = specOf({ evaluate: [step()], afterPromotion: [step()] });
    expect(pointsOf(steps, trainingPoints)).toEqual(['evaluate']);
    expect(pointsOf(steps, rolloutPoints)).toEqual(['afterPromotion']);
    expect(pointsOf(undefined, rolloutPoints)).toEqual([]);
  });
});

describe('what may become of a run whose step fails', () => {
  test('is said for each point, and everything else is refused in a sentence', () => {
    const refused = stepPoints.flatMap((point) =>
      stepFailureActions
        .filter((onFailure) => problemsOf({ [point]: [step({ onFailure })] }).length > 0)
        .map((onFailure) => `${point}: ${onFailure}`),
    );
    expect(refused).toEqual(['afterIngest: ask', 'beforeTrain: ask', 'afterPromotion: stop', 'afterPromotion: ask']);
    expect(problemsOf({ afterPromotion: [step({ onFailure: 'stop' })] })).toEqual([
      {
        path: 'steps.afterPromotion[0].onFailure',
        message:
          '"stop" is not possible at afterPromotion, because what is champion already is not undone by a step: its ' +
          'failure rings an alert',
        fix: 'Use continue.',
      },
    ]);
  });

  test('what is usual is possible', () => {
    for (const point of stepPoints) expect(problemsOf({ [point]: [step()] }), point).toEqual([]);
    for (const { actions } of Object.values(failureActions)) expect(new Set(actions).size).toBe(actions.length);
  });
});

test.each<[string, Partial<UserStepInput>, string]>([
  ['a queue of workflows', { queue: 'perennial' }, 'queue'],
  ['a queue of GPUs', { queue: 'perennial-gpu-a100' }, 'queue'],
  ['no queue', { queue: '' }, 'queue'],
  ['a queue with a slash', { queue: 'a/b' }, 'queue'],
  ['a name with a slash', { name: 'a/b' }, 'name'],
  ['a name that is too long', { name: 'a'.repeat(65) }, 'name'],
  ['no time', { timeoutMs: 0 }, 'timeoutMs'],
  ['more than a day', { timeoutMs: 86_400_001 }, 'timeoutMs'],
  ['no wait', { waitMs: 0 }, 'waitMs'],
  ['too many attempts', { attemptsMax: 6 }, 'attemptsMax'],
  ['a heart that beats too fast', { heartbeatMs: 10 }, 'heartbeatMs'],
  ['settings that are a document', { settings: { text: 'x'.repeat(4_096) } }, 'settings'],
])('%s is refused', (_, more, member) => {
  expect(problemsOf({ evaluate: [step(more)] }).map(({ path }) => path)).toEqual([`steps.evaluate[0].${member}`]);
});

test('a step twice, too many of them, and those of a training that there is none of are refused', () => {
  expect(problemsOf({ evaluate: [step(), step()] })).toMatchObject([{ path: 'steps.evaluate[1].name' }]);
  const nine = Array.from({ length: 9 }, (_, i) => step({ name: `check${i}` }));
  expect(problemsOf({ evaluate: nine })).toMatchObject([{ path: 'steps.evaluate' }]);
  const steps = { evaluate: [step()], beforePromotion: [step()] };
  expect(checkSpec(completeSpec({ ...input, steps, trainer: { kind: 'imported' } }))).toMatchObject([
    { path: 'steps.evaluate', message: expect.stringContaining('is not trained here') },
  ]);
});

test('no call lasts longer than its attempts, their pauses and one wait', () => {
  expect(stepTimes({ timeoutMs: 1_000, waitMs: 2_000, attemptsMax: 3 })).toEqual({
    startToCloseMs: 1_000,
    scheduleToStartMs: 2_000,
    scheduleToCloseMs: 185_000,
  });
});
