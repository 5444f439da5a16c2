import { and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { CandidateOutcome, ExperimentResult } from '../../domain/training/experiment/experiment.ts';
import { candidatesMax } from '../../domain/training/experiment/experiment.ts';
import type { ExperimentInput } from '../../domain/record/experiment/experiment-start.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { experiment, experimentCandidate } from '../schema/index.ts';

export type ExperimentRow = typeof experiment.$inferSelect;
export type CandidateRow = typeof experimentCandidate.$inferSelect;

/** One candidate of an experiment, by its place from 1. */
export interface CandidateKey extends ExperimentInput {
  readonly candidate: number;
}

type NewCandidate = Pick<CandidateRow, 'name' | 'spec' | 'specDigest'>;

/** Writes down what is to be compared. To be called inside a transaction that holds the model. */
export async function putExperiment(
  tx: Db,
  row: Omit<ExperimentRow, 'result' | 'createdAt'>,
  candidates: readonly NewCandidate[],
): Promise<void> {
  const { model, number } = row;
  await tx.insert(experiment).values(row);
  await tx
    .insert(experimentCandidate)
    .values(candidates.map((candidate, at) => ({ ...candidate, model, number, candidate: at + 1 })));
}

/** Null for a number that the model has none of, or whose rows have reached their end. */
export async function findExperiment(db: Db, { model, number }: ExperimentInput): Promise<ExperimentRow | null> {
  const [row] = await db
    .select()
    .from(experiment)
    .where(and(eq(experiment.model, model), eq(experiment.number, number)));
  return row ?? null;
}

/** Throws `not_found`. */
export async function readExperiment(db: Db, key: ExperimentInput): Promise<ExperimentRow> {
  const row = await findExperiment(db, key);
  if (row !== null) return row;
  throw new PerennialError('not_found', `"${key.model}" has no experiment ${key.number}.`, {
    path: 'number',
    hint: `\`perennial experiment list ${key.model}\` shows those that there are.`,
  });
}

/** Experiments of a model, the latest first: those before a number, or null for the latest. */
export async function experimentsOf(
  db: Db,
  model: string,
  { before, rowsMax }: { readonly before: number | null; readonly rowsMax: number },
): Promise<readonly ExperimentRow[]> {
  return db
    .select()
    .from(experiment)
    .where(and(eq(experiment.model, model), before === null ? undefined : lt(experiment.number, before)))
    .orderBy(desc(experiment.number))
    .limit(rowsMax);
}

/** In the order in which they were named. */
export async function candidatesOf(db: Db, { model, number }: ExperimentInput): Promise<readonly CandidateRow[]> {
  return db
    .select()
    .from(experimentCandidate)
    .where(and(eq(experimentCandidate.model, model), eq(experimentCandidate.number, number)))
    .orderBy(asc(experimentCandidate.candidate))
    .limit(candidatesMax);
}

/** Throws `not_found`. */
export async function readCandidate(db: Db, key: CandidateKey): Promise<CandidateRow> {
  const [row] = await db.select().from(experimentCandidate).where(isCandidate(key));
  if (row !== undefined) return row;
  throw new PerennialError(
    'not_found',
    `Experiment ${key.number} of "${key.model}" has no candidate ${key.candidate}.`,
  );
}

/** What it came to; the first word stays, since whoever was told that it failed says it again. */
export async function putOutcome(
  db: Db,
  key: CandidateKey,
  outcome: CandidateOutcome,
  scoresDigest: string,
): Promise<void> {
  await db
    .update(experimentCandidate)
    .set({ outcome, scoresDigest })
    .where(and(isCandidate(key), isNull(experimentCandidate.outcome), isNull(experimentCandidate.reason)));
}

/** That it came to nothing, and why; one that was judged stays so. */
export async function putReason(db: Db, key: CandidateKey, reason: string): Promise<void> {
  await db
    .update(experimentCandidate)
    .set({ reason })
    .where(and(isCandidate(key), isNull(experimentCandidate.outcome), isNull(experimentCandidate.reason)));
}

/** What the comparison says, once; to be called inside a transaction. Scores of rows are not kept beyond it. */
export async function putResult(tx: Db, { model, number }: ExperimentInput, result: ExperimentResult): Promise<void> {
  await tx
    .update(experiment)
    .set({ result })
    .where(and(eq(experiment.model, model), eq(experiment.number, number), isNull(experiment.result)));
  await forgetScores(tx, { model, number });
}

/** The files in which its scores lie are needed by nobody any more. */
export async function forgetScores(db: Db, { model, number }: ExperimentInput): Promise<void> {
  await db
    .update(experimentCandidate)
    .set({ scoresDigest: null })
    .where(
      and(
        eq(experimentCandidate.model, model),
        eq(experimentCandidate.number, number),
        sql`${experimentCandidate.scoresDigest} is not null`,
      ),
    );
}

function isCandidate({ model, number, candidate }: CandidateKey) {
  return and(
    eq(experimentCandidate.model, model),
    eq(experimentCandidate.number, number),
    eq(experimentCandidate.candidate, candidate),
  );
}
