import { canonicalJson } from '../../words/canonical.ts';
import { taskQueues } from '../../words/ids.ts';
import { listNames } from '../../words/nearest-name.ts';
import { stepPoints, type StepPoint } from '../closed-sets.ts';
import { userStepBounds as bounds, type UserStepSpec } from './user-step-spec.ts';
import { problemIf, within, type SpecProblem } from '../spec-bounds.ts';
import type { ModelSpec } from '../spec.ts';
import { isTrainable } from '../trainer-spec.ts';
import { failureActions } from './failure-actions.ts';
import { trainingPoints } from './points-of.ts';

/** The name of an activity: 1..64 characters. */
export const stepNamePattern = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
/** A task queue of Temporal, as far as one is asked here: 1..100 characters. */
export const stepQueuePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** Problems of the steps of a definition. */
export function checkUserSteps({ steps, trainer }: Pick<ModelSpec, 'steps' | 'trainer'>): SpecProblem[] {
  if (steps === undefined) return [];
  return stepPoints.flatMap((point) => {
    const asked = steps[point];
    if (asked === undefined) return [];
    const path = `steps.${point}`;
    return [
      ...problemIf(
        !isTrainable(trainer) && trainingPoints.some((one) => one === point),
        path,
        'a model that came as a file is not trained here, so these steps would never be asked',
        'Take them out; beforePromotion and afterPromotion are asked of imported versions too.',
      ),
      ...problemIf(
        asked.length > bounds.perPoint,
        path,
        `${asked.length} steps are too many`,
        `Declare at most ${bounds.perPoint} at one point.`,
      ),
      ...asked.flatMap((step, index) => checkStep(step, point, `${path}[${index}]`)),
      ...repeatedNames(asked, path),
    ];
  });
}

function checkStep(step: UserStepSpec, point: StepPoint, path: string): SpecProblem[] {
  const { timeoutMs, waitMs, heartbeatMs, attemptsMax } = bounds;
  return [
    ...problemIf(
      !stepNamePattern.test(step.name),
      `${path}.name`,
      `${JSON.stringify(step.name)} is not the name of a step`,
      'Use 1 to 64 letters, digits, ".", "-" and "_", starting with a letter: the name of the activity.',
    ),
    ...checkQueue(step.queue, `${path}.queue`),
    ...checkAction(step, point, `${path}.onFailure`),
    ...within(`${path}.timeoutMs`, step.timeoutMs, timeoutMs.min, timeoutMs.max, true),
    ...within(`${path}.waitMs`, step.waitMs, waitMs.min, waitMs.max, true),
    ...within(`${path}.attemptsMax`, step.attemptsMax, attemptsMax.min, attemptsMax.max, true),
    ...(step.heartbeatMs === undefined
      ? []
      : within(`${path}.heartbeatMs`, step.heartbeatMs, heartbeatMs.min, heartbeatMs.max, true)),
    ...problemIf(
      charsOf(step.settings) > bounds.settingsCharsMax,
      `${path}.settings`,
      `they take more than ${bounds.settingsCharsMax} characters as JSON, or are nested too deeply`,
      'Keep what is large where the step can read it, and name the place here.',
    ),
  ];
}

function checkQueue(queue: string, path: string): SpecProblem[] {
  if (!stepQueuePattern.test(queue))
    return [
      {
        path,
        message: `${JSON.stringify(queue)} is not the name of a queue`,
        fix: 'Use 1 to 100 letters, digits, ".", "-" and "_".',
      },
    ];
  const home = taskQueues.workflows;
  return problemIf(
    `${queue}-`.startsWith(`${home}-`),
    path,
    `the queue ${queue} is one of the platform`,
    `Use a queue that a worker of yours serves; none of the names that begin with "${home}".`,
  );
}

function checkAction({ onFailure }: UserStepSpec, point: StepPoint, path: string): SpecProblem[] {
  const { actions, because } = failureActions[point];
  return problemIf(
    !actions.includes(onFailure),
    path,
    `${JSON.stringify(onFailure)} is not possible at ${point}${because === '' ? '' : `, because ${because}`}`,
    `Use ${listNames(actions)}.`,
  );
}

function repeatedNames(steps: readonly UserStepSpec[], path: string): SpecProblem[] {
  return steps.flatMap(({ name }, index) =>
    problemIf(
      steps.findIndex((other) => other.name === name) < index,
      `${path}[${index}].name`,
      `the step ${JSON.stringify(name)} stands there twice`,
      'Give each step of a point a name of its own.',
    ),
  );
}

/** What is no JSON, or a cycle, is as good as endless. */
function charsOf(settings: unknown): number {
  try {
    return canonicalJson(settings).length;
  } catch {
    return Infinity;
  }
}
