import type { Stage } from './routing.ts';
import { describeExtent, isRows, type Extent } from '../words/extent.ts';
import type { RolloutStep } from '../record/runs.ts';
import type { RolloutSpec } from '../spec/spec.ts';

export interface PlannedStep {
  readonly name: string;
  readonly stage: Extract<Stage, 'shadow' | 'canary'>;
  readonly percent: number;
  readonly extent: Extent;
}

/** Step 0 is the shadow; the canary steps follow. After the last one the rollout waits for paired evidence. */
export function stepsOf(plan: Pick<RolloutSpec, 'shadow' | 'canary'>): readonly PlannedStep[] {
  return [
    { name: 'shadow', stage: 'shadow', percent: 0, extent: plan.shadow },
    ...plan.canary.map((step) => ({
      name: `canary ${step.percent} %`,
      stage: 'canary' as const,
      percent: step.percent,
      extent: step.extent,
    })),
  ];
}

export function stepTexts(plan: Pick<RolloutSpec, 'shadow' | 'canary'>): readonly RolloutStep[] {
  return stepsOf(plan).map((step) => ({
    name: step.name,
    percent: step.percent,
    extentText: describeExtent(step.extent),
  }));
}

export interface StepClock {
  readonly lookEvery: Extent;
  /** How long the step lasts. */
  readonly extent: Extent;
  readonly stepStartedSeq: number;
  readonly stepStartedMs: number;
  /** Rows up to here have been looked at. */
  readonly settledSeq: number;
  readonly lastLookMs: number;
  readonly lastSeq: number;
  readonly nowMs: number;
}

export interface DueLook {
  /** Evidence counts rows and labels up to this position of the model's traffic, however late the look comes. */
  readonly throughSeq: number;
  readonly isStepDone: boolean;
}

/**
 * Which look is due, if any. Extents in rows cut the evidence exactly at a multiple of `lookEvery` (or at the step's
 * end), so the verdict does not depend on when the look happened to run.
 */
export function dueLook(clock: StepClock): DueLook | null {
  const endSeq = isRows(clock.extent) ? clock.stepStartedSeq + clock.extent.rows : Infinity;
  const isTimeUp = !isRows(clock.extent) && clock.nowMs - clock.stepStartedMs >= clock.extent.ms;
  if (clock.lastSeq >= endSeq) return { throughSeq: endSeq, isStepDone: true };
  if (isTimeUp) return { throughSeq: clock.lastSeq, isStepDone: true };
  if (!isRows(clock.lookEvery)) {
    return clock.nowMs - clock.lastLookMs >= clock.lookEvery.ms
      ? { throughSeq: clock.lastSeq, isStepDone: false }
      : null;
  }
  const passed = Math.floor((clock.lastSeq - clock.stepStartedSeq) / clock.lookEvery.rows);
  const boundary = clock.stepStartedSeq + passed * clock.lookEvery.rows;
  return boundary > clock.settledSeq ? { throughSeq: boundary, isStepDone: false } : null;
}
