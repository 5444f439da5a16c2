import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** Times are kept to the millisecond, so that one read back equals the one written. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

export const now = (name: string) => at(name).notNull().defaultNow();

export const count = (name: string) => bigint(name, { mode: 'number' });
