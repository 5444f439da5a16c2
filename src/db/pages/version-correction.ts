import { and, desc, eq, sql } from 'drizzle-orm';
import { formatOccasion } from '../../domain/record/occasion.ts';
import type { Db } from '../base/connect.ts';
import { evidence } from '../schema/index.ts';

export interface FittedCorrection {
  readonly text: string;
  readonly slope: number | null;
  readonly intercepts: readonly number[];
  readonly at: Date;
}

/** The latest word on its correction, from the evidence of the window that fitted it. */
export async function correctionOf(db: Db, model: string, number: number): Promise<FittedCorrection | null> {
  const [row] = await db
    .select({ at: evidence.createdAt, body: evidence.body })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, model),
        sql`${evidence.kind} = 'correction'`,
        // The third part of a correction's occasion, as the index has it.
        sql`split_part(${evidence.subject}, '/', 3) = ${formatOccasion({ of: 'version', version: number })}`,
      ),
    )
    // By time: by number the planner would walk the evidence of all models backwards.
    .orderBy(desc(evidence.createdAt))
    .limit(1);
  if (row === undefined) return null;
  const fitted = row.body['correction'] as
    | { readonly slope?: number; readonly intercepts?: readonly number[] }
    | null
    | undefined;
  return {
    at: row.at,
    text: String(row.body['text'] ?? ''),
    slope: fitted?.slope ?? null,
    intercepts: fitted?.intercepts ?? [],
  };
}
