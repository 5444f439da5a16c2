import { readCorrection } from '../../../src/answering/read-correction.ts';
import type { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import type { Db } from '../../../src/db/base/connect.ts';
import { shadowFits } from '../../../src/db/routing/shadow-fits.ts';
import type { ScoredRow } from '../../../src/db/traffic/read/recent-scores.ts';
import type { Correction } from '../../../src/domain/rollout/correction.ts';
import { covariatesOf } from '../../../src/domain/rollout/covariates.ts';
import { shadowAnswers } from '../../../src/domain/rollout/shadow-answers.ts';
import type { CalibrationRows } from '../../../src/domain/tasks/task.ts';

/** Corrections that only look: what is on among them, and what rows would have been answered with. */
export interface Shadow {
  /** The digest that the next fit goes on from; null where nothing was fitted yet. */
  readonly current: string | null;
  answered(
    rows: readonly ScoredRow[],
    numbersOf: (feature: string) => ArrayLike<number>,
  ): Promise<CalibrationRows['raw']>;
}

/** Of a version, as it stood before the rows after `beforeSeq`. */
export async function shadowOf(
  db: Db,
  store: Pick<ArtifactStore, 'readBytes'>,
  of: { readonly model: string; readonly version: number; readonly beforeSeq: number },
): Promise<Shadow> {
  const stored = await shadowFits(db, of);
  // Only the stretch that goes on until now: what came before another mode was answered as it was.
  const end = stored.findIndex(({ isShadow }) => !isShadow);
  const fits = end < 0 ? stored : stored.slice(0, end);

  async function answered(
    rows: readonly ScoredRow[],
    numbersOf: (feature: string) => ArrayLike<number>,
  ): Promise<CalibrationRows['raw']> {
    const read = new Map<string, Correction | null>();
    for (const { digest } of fits)
      // oxlint-disable-next-line no-await-in-loop -- at most 64, most of them the same
      if (!read.has(digest)) read.set(digest, await readCorrection(digest, (name) => store.readBytes(name)));
    return shadowAnswers(
      {
        seqs: rows.map(({ seq }) => seq),
        raw: rows.map(({ rawScores }) => rawScores),
        answered: rows.map(({ scores }) => scores),
      },
      fits.map(({ throughSeq, digest }) => ({ throughSeq, correction: read.get(digest) ?? null })),
      ({ covariates }) => (covariates === undefined ? undefined : covariatesOf(covariates, rows.length, numbersOf)),
    );
  }

  return { current: stored[0]?.digest ?? null, answered };
}
