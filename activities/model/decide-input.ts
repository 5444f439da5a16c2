import type { Person } from '../../src/domain/record/runs.ts';

export interface DecideInput {
  readonly model: string;
  /** The occasion as text: it travels through the histories of workflows. */
  readonly key: string;
  readonly window: number | null;
  readonly person: Person | null;
  /** The command that told of a definition; absent where the platform itself asks, and in older histories. */
  readonly commandId?: string | null;
}
