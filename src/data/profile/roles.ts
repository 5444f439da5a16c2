import type { LeakageLimits } from '../../domain/training/leakage/suspect.ts';
import type { ColumnRole } from '../../domain/training/snapshot-profile.ts';

/** What the columns of a snapshot are to its model; names compare as they stand. */
export interface ProfileRoles {
  readonly features: readonly { readonly name: string; readonly isTime: boolean }[];
  readonly target: { readonly column: string; readonly classes: readonly string[] } | null;
  readonly entity: string | null;
  readonly eventTime: string | null;
  /** From when on its trainings suspect a feature; the usual limits by default. */
  readonly limits?: LeakageLimits;
}

export const noRoles: ProfileRoles = { features: [], target: null, entity: null, eventTime: null };

export function roleOf(name: string, { features, target, entity, eventTime }: ProfileRoles): ColumnRole {
  if (name === target?.column) return 'target';
  if (name === entity) return 'entity';
  if (name === eventTime) return 'eventTime';
  return features.some((feature) => feature.name === name) ? 'feature' : 'other';
}
