import { and, eq } from 'drizzle-orm';
import type { Db } from '../db/base/connect.ts';
import { answeredPage, type AnsweredRow } from '../db/traffic/read/answered-page.ts';
import { findVersion } from '../db/models/versions.ts';
import { rollout } from '../db/schema/index.ts';
import { scoreCountOf } from '../domain/tasks/task-of.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import type { Served } from '../replay/yardsticks.ts';

export interface ServedRows extends Served {
  readonly storedRows: number;
  /** Scores of the version that was later promoted, on rows where it only stood by; NaN elsewhere. */
  readonly promotedScores: Float64Array;
}

/** What the loop answered, read back from Postgres by row, so that a resumed replay measures all of it. */
export async function readServed(db: Db, spec: ModelSpec, liveRows: number): Promise<ServedRows> {
  const width = scoreCountOf(spec.target);
  const scores = new Float64Array(liveRows * width).fill(Number.NaN);
  const promotedScores = new Float64Array(liveRows * width).fill(Number.NaN);
  const thresholds = new Float64Array(liveRows).fill(Number.NaN);
  const thresholdOf = new Map<number, number>();
  const promoted = new Set(
    (
      await db
        .select({ version: rollout.version })
        .from(rollout)
        .where(and(eq(rollout.model, spec.name), eq(rollout.status, 'promoted')))
    ).map((row) => row.version),
  );
  let storedRows = 0;
  for (let afterSeq = 0; ;) {
    const page: readonly AnsweredRow[] = await answeredPage(db, spec.name, afterSeq);
    for (const row of page) {
      const index = Number(row.predictionId.slice('row-'.length));
      if (!Number.isInteger(index) || index < 0 || index >= liveRows) continue;
      if (!thresholdOf.has(row.version))
        thresholdOf.set(row.version, (await findVersion(db, spec.name, row.version))?.threshold ?? Number.NaN);
      scores.set(row.scores, index * width);
      thresholds[index] = thresholdOf.get(row.version) ?? Number.NaN;
      if (row.arm === 'champion' && row.otherScores !== null && promoted.has(row.otherVersion ?? -1))
        promotedScores.set(row.otherScores, index * width);
      storedRows += 1;
    }
    const last = page.at(-1);
    if (last === undefined) break;
    afterSeq = last.seq;
  }
  return { scores, thresholds, storedRows, promotedScores };
}
