import type { AbTestEnd, AbTestStatus } from '../../domain/record/closed-sets.ts';

/** What an A/B test asks, with every default. */
export interface DeclaredAbTest {
  readonly versions: readonly number[];
  readonly sharePercent: number;
  readonly metric: string;
  readonly better: 'higher' | 'lower';
  readonly bounds: readonly [number, number];
  readonly horizon:
    | { readonly kind: 'fixed'; readonly unitsPerArm: number }
    | { readonly kind: 'sequential'; readonly unitsMax: number };
  readonly alpha: number;
  readonly effectMin: number;
  readonly daysMax: number;
  readonly lookMs: number;
}

/** An arm of an A/B test as the last look found it; differences are from the control, positive is better. */
export interface AbTestArmState {
  readonly arm: string;
  readonly version: number;
  readonly assigned: number;
  readonly failures: number;
  readonly stopped: string | null;
  readonly units: number;
  readonly mean: number | null;
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly varianceCut: number | null;
  readonly verdict: string | null;
}

export interface AbTestDetail {
  readonly model: string;
  readonly number: number;
  readonly status: AbTestStatus;
  readonly ending: AbTestEnd | null;
  readonly text: string;
  readonly winner: string | null;
  readonly progress: number;
  readonly declared: DeclaredAbTest;
  readonly actor: string;
  readonly why: string;
  readonly startedAt: string;
  readonly begunAt: string | null;
  readonly deadlineAt: string;
  readonly endedAt: string | null;
  readonly looks: number;
  readonly lookedAt: string | null;
  readonly evidenceId: number | null;
  readonly maturity: string | null;
  readonly arms: readonly AbTestArmState[];
}
