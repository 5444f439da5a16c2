import { z } from 'zod';
import { stepFailureActions } from '../../domain/spec/closed-sets.ts';
import { userStepBounds as bounds } from '../../domain/spec/user-steps/user-step-spec.ts';
import { strict } from './strict.ts';

const between = ({ min, max }: { readonly min: number; readonly max: number }) => z.int().min(min).max(max);

const userStep = strict({
  name: z.string().min(1).max(64),
  queue: z.string().min(1).max(100),
  timeoutMs: between(bounds.timeoutMs),
  waitMs: between(bounds.waitMs),
  attemptsMax: between(bounds.attemptsMax),
  heartbeatMs: between(bounds.heartbeatMs).exactOptional(),
  onFailure: z.enum(stepFailureActions),
  settings: z.record(z.string(), z.unknown()),
});

const userSteps = z.array(userStep).min(1).max(bounds.perPoint).exactOptional();

/** Activities of the model's owner, by the point at which they are asked. */
export const userStepsSchema = strict({
  afterIngest: userSteps,
  beforeTrain: userSteps,
  evaluate: userSteps,
  beforePromotion: userSteps,
  afterPromotion: userSteps,
});
