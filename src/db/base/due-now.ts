import { sql } from 'drizzle-orm';

/** Now, for what is due at once. Columns keep milliseconds and round, so `now()` itself may lie half of one ahead. */
export const dueNow = sql`date_trunc('milliseconds', now())`;
