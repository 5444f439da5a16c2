import { bigint, bigserial, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { rowDecisions } from '../../domain/contract/quarantine.ts';
import { now } from './columns.ts';

/** Cells that people wrote anew in rows that a contract set aside, in the order in which they take effect. */
export const quarantineEdit = pgTable(
  'quarantine_edit',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** Whose quarantine it is. */
    snapshot: text('snapshot').notNull(),
    ruleId: text('rule_id'),
    line: bigint('line', { mode: 'number' }),
    column: text('column_name').notNull(),
    /** Null empties the cell. */
    value: text('value'),
    actor: text('actor').notNull(),
    createdAt: now('created_at'),
  },
  (t) => [index('quarantine_edit_of').on(t.snapshot, t.id)],
);

/** What became of a row that was set aside; one that has no row here is open. */
export const quarantineDecision = pgTable(
  'quarantine_decision',
  {
    snapshot: text('snapshot').notNull(),
    line: bigint('line', { mode: 'number' }).notNull(),
    decision: text('decision', { enum: rowDecisions }).notNull(),
    /** The snapshot that a replayed row is in; null for one that was dropped. */
    replayedInto: text('replayed_into'),
    actor: text('actor').notNull(),
    createdAt: now('created_at'),
  },
  (t) => [primaryKey({ columns: [t.snapshot, t.line] })],
);
