import type { UserStepSpec } from './user-step-spec.ts';

/** The longest pause between two attempts. */
export const stepPauseMsMax = 60_000;

/** The time limits of a step in the words of Temporal, in milliseconds; no call lasts longer than the last of them. */
export function stepTimes({
  timeoutMs,
  waitMs,
  attemptsMax,
}: Pick<UserStepSpec, 'timeoutMs' | 'waitMs' | 'attemptsMax'>): {
  readonly startToCloseMs: number;
  readonly scheduleToStartMs: number;
  readonly scheduleToCloseMs: number;
} {
  return {
    startToCloseMs: timeoutMs,
    scheduleToStartMs: waitMs,
    scheduleToCloseMs: attemptsMax * (timeoutMs + stepPauseMsMax) + waitMs,
  };
}
