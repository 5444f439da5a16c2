import type { RolloutStatus, Stage } from './routing.ts';
import { describeExtent, isRows, type Extent } from '../words/extent.ts';
import type { RolloutStep } from '../record/runs.ts';
import type { RolloutSpec } from '../spec/spec.ts';

export interface PlannedStep {
  readonly name: string;
  readonly stage: Extract<Stage, 'shadow' | 'canary'>;
  readonly percent: number;
  readonly extent: Extent;
  /** Rows that it lasts for at least, whatever its extent; 0 where none are asked for. */
  readonly rowsMin: number;
  /** It begins when people have approved it. */
  readonly needsApproval: boolean;
}

/** `2 h and at least 500 rows, when approved`. */
export function describeStep({
  extent,
  rowsMin,
  needsApproval,
}: Pick<PlannedStep, 'extent' | 'rowsMin' | 'needsApproval'>): string {
  const rows = rowsMin === 0 ? '' : ` and at least ${rowsMin} rows`;
  return `${describeExtent(extent)}${rows}${needsApproval ? ', when approved' : ''}`;
}

/** Step 0 is the shadow; the canary steps follow. After the last one the rollout waits for paired evidence. */
export function stepsOf(plan: Pick<RolloutSpec, 'shadow' | 'canary'>): readonly PlannedStep[] {
  return [
    { name: 'shadow', stage: 'shadow', percent: 0, extent: plan.shadow, rowsMin: 0, needsApproval: false },
    ...plan.canary.map((step) => ({
      name: `canary ${step.percent} %`,
      stage: 'canary' as const,
      percent: step.percent,
      extent: step.extent,
      rowsMin: step.rowsMin ?? 0,
      needsApproval: step.approval ?? false,
    })),
  ];
}

export function stepTexts(plan: Pick<RolloutSpec, 'shadow' | 'canary'>): readonly RolloutStep[] {
  return stepsOf(plan).map((step) => ({
    name: step.name,
    percent: step.percent,
    extentText: describeStep(step),
  }));
}

export interface StepClock {
  readonly lookEvery: Extent;
  /** How long the step lasts, and how many rows it asks for at least. */
  readonly extent: Extent;
  readonly rowsMin?: number;
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
  const isTimeUp =
    !isRows(clock.extent) &&
    clock.nowMs - clock.stepStartedMs >= clock.extent.ms &&
    clock.lastSeq - clock.stepStartedSeq >= (clock.rowsMin ?? 0);
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

/** The step that a held rollout asks people for; null where it asks for the promotion, and where it is not held. */
export function askedStep(
  { status, step }: { readonly status: RolloutStatus; readonly step: number | null },
  plan: Pick<RolloutSpec, 'shadow' | 'canary'>,
): number | null {
  if (status !== 'held') return null;
  const next = step === null ? 0 : step + 1;
  return stepsOf(plan)[next]?.needsApproval === true ? next : null;
}
