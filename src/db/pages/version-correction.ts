import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { identityCorrection, type Correction } from '../../domain/rollout/correction.ts';
import type { Db } from '../base/connect.ts';
import { evidence } from '../schema/index.ts';
import { isOfVersion } from '../views/views-corrections.ts';

export interface FittedCorrection {
  readonly text: string;
  readonly at: Date;
  /** What the version answers with, as it was fitted; null where it answers uncorrected or no fit of it is stored. */
  readonly answering: Correction | null;
}

/** The latest word on its correction, and what stands behind the digest that it answers with. */
export async function correctionOf(
  db: Db,
  model: string,
  number: number,
  digest: string,
): Promise<FittedCorrection | null> {
  const isOf = and(eq(evidence.model, model), sql`${evidence.kind} = 'correction'`, isOfVersion(number));
  const newest = async (more: SQL | undefined) => {
    const [row] = await db
      .select({ at: evidence.createdAt, body: evidence.body })
      .from(evidence)
      .where(and(isOf, more))
      // By time: by number the planner would walk the evidence of all models backwards.
      .orderBy(desc(evidence.createdAt))
      .limit(1);
    return row ?? null;
  };
  const latest = await newest(undefined);
  if (latest === null) return null;
  // Uncorrected is what most evidence of a version may say, and nothing stands behind it.
  const fitted =
    digest === identityCorrection
      ? null
      : await newest(
          sql`${evidence.body} ->> 'digest' = ${digest} and jsonb_typeof(${evidence.body} -> 'correction') = 'object'`,
        );
  return {
    at: latest.at,
    text: String(latest.body['text'] ?? ''),
    // The stored document is what a fit once wrote.
    answering: (fitted?.body['correction'] ?? null) as Correction | null,
  };
}
