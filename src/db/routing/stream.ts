import { eq } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { modelStream } from '../schema/index.ts';

/** How far a model's traffic has come: its last position, and the labels that were stored. */
export async function streamOf(db: Db, model: string): Promise<{ readonly lastSeq: number; readonly labels: number }> {
  const [row] = await db
    .select({ lastSeq: modelStream.lastSeq, labels: modelStream.labels })
    .from(modelStream)
    .where(eq(modelStream.model, model));
  return row ?? { lastSeq: 0, labels: 0 };
}
