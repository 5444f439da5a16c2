import type { CommandMessage } from '../../src/domain/record/messages.ts';
import type { Person } from '../../src/domain/record/runs.ts';

/** One thing to do; the entity does them one after another, and that is what serialises decisions. */
export type Task = DecideTask | OutcomeTask | RollbackTask | PauseTask;

export interface DecideTask {
  readonly task: 'decide';
  readonly key: string;
  readonly window: number | null;
  readonly person: Person | null;
  /** The command that told of a definition; absent where the platform itself asks. */
  readonly commandId?: string | null;
}
export interface OutcomeTask {
  readonly task: 'outcome';
  readonly runId: string;
}
export interface RollbackTask {
  readonly task: 'rollback';
  readonly message: CommandMessage;
  readonly toVersion: number | null;
  /** A guard speaks of one version: the champion is moved only if it is this one. */
  readonly onlyFrom: number | null;
}
export interface PauseTask {
  readonly task: 'pause' | 'resume';
  readonly message: CommandMessage;
}

/** What one run of the entity hands to the next. */
export interface CarriedState {
  readonly queue: readonly Task[];
  /** Runs whose outcome this entity still has to act upon. */
  readonly awaited: readonly string[];
  readonly pausedBy: string | null;
  /** A spec change that came while a run was under way is decided again when the run ends. */
  readonly changedSpec: number | null;
}

export interface ModelInput {
  readonly model: string;
  /** How often outcomes are re-read from Postgres in case a signal was lost. */
  readonly refreshMs: number;
  readonly state?: CarriedState;
}

/** All that a running entity remembers. Handlers add tasks, the loop performs them. */
export interface Entity {
  readonly model: string;
  readonly refreshMs: number;
  readonly queue: Task[];
  readonly awaited: Set<string>;
  pausedBy: string | null;
  changedSpec: number | null;
}

export function entityOf({ model, refreshMs, state }: ModelInput): Entity {
  return {
    model,
    refreshMs,
    queue: [...(state?.queue ?? [])],
    awaited: new Set(state?.awaited ?? []),
    pausedBy: state?.pausedBy ?? null,
    changedSpec: state?.changedSpec ?? null,
  };
}

/** With what the next run of this entity goes on. */
export function inputOf({ model, refreshMs, queue, awaited, pausedBy, changedSpec }: Entity): ModelInput {
  return { model, refreshMs, state: { queue, awaited: [...awaited], pausedBy, changedSpec } };
}
