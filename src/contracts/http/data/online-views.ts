import { z } from 'zod';
import { valueStatuses } from '../../../domain/view/closed-sets.ts';

const instant = z.string();
const count = z.number().int();
const value = z.union([z.number(), z.string(), z.null()]);

/** How one view stands for one model. */
export const viewStanding = z.object({
  view: z.string(),
  /** Rows of the last seven days (UTC) by how its values stood; `late`, of the missing ones: no answer in time. */
  fresh: count,
  stale: count,
  missing: count,
  late: count,
  /** Rows that were computed anew: equal, different, and those that no history says anything about. */
  equal: count,
  different: count,
  notComparable: count,
  /** The difference that was found last. */
  last: z
    .object({
      feature: z.string(),
      served: value,
      recomputed: value,
      predictionId: z.string(),
      atMs: z.number(),
    })
    .nullable(),
  checkedAt: instant.nullable(),
});

/** How the values of a view stood that a prediction was answered with. */
export const viewUse = z.object({
  view: z.string(),
  /** The revision, by its digest. */
  digest: z.string(),
  status: z.enum(valueStatuses),
  /** Moment less event time of the latest row, in milliseconds; null where there is none. */
  ageMs: z.number().nullable(),
  /** The moment that was looked at, epoch milliseconds. */
  atMs: z.number(),
  /** Features that the request brought itself. */
  given: count,
  /** True where the store did not answer in time. */
  isLate: z.literal(true).optional(),
});
