import { bigint, customType, timestamp } from 'drizzle-orm/pg-core';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { upgradeSpec } from '../../domain/spec/upgrade-spec.ts';

/** Times are kept to the millisecond, so that one read back equals the one written. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

export const now = (name: string) => at(name).notNull().defaultNow();

export const count = (name: string) => bigint(name, { mode: 'number' });

/**
 * A spec as it was written, in the form of its day. Whoever selects the column gets it in the form of today, so that no
 * reader has to remember that there are others.
 */
export const storedSpec = customType<{ data: ModelSpec; driverData: unknown }>({
  dataType: () => 'jsonb',
  // It was checked when it was stored, and an upgrade keeps what was checked.
  fromDriver: (stored) => upgradeSpec(stored) as ModelSpec,
  toDriver: (spec) => JSON.stringify(spec),
});
