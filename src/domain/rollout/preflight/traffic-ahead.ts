import { isRows, type Extent } from '../../words/extent.ts';
import type { RolloutSpec } from '../../spec/spec.ts';
import { stepsOf } from '../rollout-plan.ts';

/** What the traffic of the last windows lets one expect of the next ones. */
export interface RecentTraffic {
  /** 0 where none came: nothing is expected then. */
  readonly rowsPerHour: number;
  /** Distinct entities that come again and again; null when every row is an entity of its own. */
  readonly entities: number | null;
  /** Share of the champion's rows that fail in a way that the plan counts, 0..1. */
  readonly failureRate: number;
  /** The part of it that is known by labels alone: decisions that are wrong. */
  readonly wrongRate: number;
  /** Of mature rows, the share that has a label, and how many rows later it has come; null where that is not known. */
  readonly labels: { readonly share: number; readonly delayRows: number } | null;
}

/** A part of the rollout in which the challenger answers the same share. */
export interface Stretch {
  readonly name: string;
  /** Share of entities that the challenger answers, 0..1. */
  readonly weight: number;
  /** Rows of all traffic; not whole where the plan is in time. */
  readonly rows: number;
}

type Plan = Pick<RolloutSpec, 'shadow' | 'canary' | 'deadline' | 'automaticPercentMax'>;

/**
 * The plan at this pace: its steps, and at the share of the last of them the wait for paired labels until the deadline,
 * unless a person is asked instead.
 */
export function stretchesOf(plan: Plan, rowsPerHour: number): readonly Stretch[] {
  const rowsOf = (extent: Extent): number => (isRows(extent) ? extent.rows : (rowsPerHour * extent.ms) / 3_600_000);
  const steps = stepsOf(plan).map(({ name, percent, extent, rowsMin }) => ({
    name,
    weight: percent / 100,
    rows: Math.max(rowsOf(extent), rowsMin),
  }));
  if (plan.automaticPercentMax < 100) return steps;
  return [...steps, { name: 'paired evidence', weight: steps.at(-1)?.weight ?? 0, rows: rowsOf(plan.deadline) }];
}

export function rowsIn(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { rows }) => sum + rows, 0);
}

/** The first `rows` rows of them; where they are fewer, the last one goes on. */
export function firstRows(stretches: readonly Stretch[], rows: number): readonly Stretch[] {
  let left = rows;
  return stretches.map((stretch, place) => {
    const taken = place === stretches.length - 1 ? left : Math.min(left, stretch.rows);
    left -= taken;
    return { ...stretch, rows: taken };
  });
}
