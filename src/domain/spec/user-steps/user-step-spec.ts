import type { StepFailureAction, StepPoint } from '../closed-sets.ts';

/**
 * An activity of the model's owner, asked by its name on a queue that a worker of theirs serves. `asks.ts` of
 * `src/domain/record/user-steps` says what it is given and what it may answer.
 */
export interface UserStepSpec {
  /** The name of the activity; no other step of the same point has it. */
  readonly name: string;
  /** The task queue on which it is asked; none of the platform's own. */
  readonly queue: string;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
  /** How long it may wait for a worker. */
  readonly waitMs: number;
  readonly attemptsMax: number;
  /** An attempt that has not been heard of for so long is lost; absent, only `timeoutMs` ends one. */
  readonly heartbeatMs?: number;
  readonly onFailure: StepFailureAction;
  /** Handed to it as they are. They stand in the definition and in histories, so they hold no secret. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The steps of each point, in the order in which they are asked; a point without any is absent. */
export type UserStepsSpec = { readonly [Point in StepPoint]?: readonly UserStepSpec[] };

/** A step as a person writes it: name, queue, and what is not usual. */
export type UserStepInput = Pick<UserStepSpec, 'name' | 'queue'> & Partial<UserStepSpec>;
export type UserStepsInput = { readonly [Point in StepPoint]?: readonly UserStepInput[] };

export const userStepBounds = {
  perPoint: 8,
  timeoutMs: { min: 100, max: 86_400_000 },
  waitMs: { min: 100, max: 86_400_000 },
  heartbeatMs: { min: 1_000, max: 3_600_000 },
  attemptsMax: { min: 1, max: 5 },
  /** Of the settings as JSON: they stand in the definition and in every history that asks the step. */
  settingsCharsMax: 4_096,
} as const;
