import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { leakageKinds } from '../../domain/training/leakage/suspicion.ts';
import { now } from './columns.ts';

/** Suspicions of leakage that a person lets go at every training of a model; who took one back stands in the audit. */
export const leakageAllowance = pgTable(
  'leakage_allowance',
  {
    model: text('model').notNull(),
    feature: text('feature').notNull(),
    kind: text('kind', { enum: leakageKinds }).notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    since: now('since'),
  },
  (t) => [primaryKey({ columns: [t.model, t.feature, t.kind] })],
);
