import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { RolloutKey } from '../../domain/words/ids.ts';
import { fullWeight } from '../../domain/rollout/routing.ts';
import type { AssignedCounts } from '../../statistics/sequential/e-process.ts';
import type { Db } from '../base/connect.ts';
import { rollout, rolloutEntity } from '../schema/index.ts';
import { countAssigned } from '../traffic/read/count-assigned.ts';
import { countByArm, noRows, type ArmRows } from '../traffic/read/count-by-arm.ts';
import { pairedPage, type PairedRow, type RolloutRange } from '../traffic/read/paired-page.ts';

export interface FailuresAtWeight {
  /** Share of entities that the challenger answered when the failure happened, 0..1. */
  readonly weight: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
}

/** First failures of entities that were seen at once. Law: linear in those of this one rollout. */
export async function failuresByWeight(
  db: Db,
  key: RolloutKey,
  throughSeq: number,
): Promise<readonly FailuresAtWeight[]> {
  return byWeight(
    db,
    sql`select failed_arm as arm, failed_weight as weight from rollout_entity
      where ${ofRollout(key)} and failed_seq <= ${throughSeq} and failure_kind <> 'wrong'`,
  );
}

/**
 * First failures of any kind among rows through a mature one: an entity enters at the first of its rows that failed, at
 * once or by its label. Law: linear in those of this one rollout.
 */
export async function maturedFailuresByWeight(
  db: Db,
  key: RolloutKey,
  matureSeq: number,
): Promise<readonly FailuresAtWeight[]> {
  return byWeight(
    db,
    sql`select wrong_arm as arm, wrong_weight as weight from rollout_entity
      where ${ofRollout(key)} and wrong_seq <= ${matureSeq}
        and (failed_seq is null or failure_kind = 'wrong' or failed_seq > wrong_seq)
      union all
      select failed_arm, failed_weight from rollout_entity
      where ${ofRollout(key)} and failed_seq <= ${matureSeq} and failure_kind <> 'wrong'
        and (wrong_seq is null or wrong_seq >= failed_seq)`,
  );
}

async function byWeight(db: Db, failures: SQL): Promise<readonly FailuresAtWeight[]> {
  const result = await db.execute<{ weight: string; champion: number; challenger: number }>(sql`
    select weight::text as weight,
      count(*) filter (where arm = 'champion')::int as champion,
      count(*) filter (where arm = 'challenger')::int as challenger
    from (${failures}) f group by weight order by weight`);
  return result.rows.map((row) => ({
    weight: Number(row.weight) / fullWeight,
    championFailures: row.champion,
    challengerFailures: row.challenger,
  }));
}

function ofRollout({ model, version, attempt }: RolloutKey): SQL {
  return sql`model = ${model} and version = ${version} and attempt = ${attempt}`;
}

export interface Exposure extends ArmRows {
  readonly entities: number;
  readonly assigned: readonly AssignedCounts[];
}

/** What an earlier look had counted, and through which position. */
export interface CountedExposure {
  readonly throughSeq: number;
  readonly arms: ArmRows;
  /** Null in evidence from before they were counted: they are counted from the beginning then. */
  readonly assigned: readonly AssignedCounts[] | null;
}

/**
 * Rows of this rollout up to `throughSeq`, by arm: only those that carry its routing revisions. An entity is a unit
 * once in each stretch of rows that it comes in. Law: linear in the rows
 * since the look that `counted` them (null: since it began), and in the entities of this one rollout.
 */
export async function exposureOf(
  db: Db,
  key: RolloutKey,
  throughSeq: number,
  counted: CountedExposure | null,
): Promise<Exposure> {
  const range = await rangeOf(db, key, throughSeq);
  const before = counted?.arms ?? noRows;
  const afterSeq = Math.max(range?.afterSeq ?? 0, counted?.throughSeq ?? 0);
  const since =
    range === null ? noRows : await countByArm(db, key.model, { ...range, startedSeq: range.afterSeq, afterSeq });
  const arms: ArmRows = {
    challengerRows: before.challengerRows + since.challengerRows,
    challengerErrors: before.challengerErrors + since.challengerErrors,
    championRows: before.championRows + since.championRows,
    challengerUnits: before.challengerUnits + since.challengerUnits,
    challengerUnitFailures: before.challengerUnitFailures + since.challengerUnitFailures,
  };
  const entities = await db.$count(rolloutEntity, isOf(rolloutEntity, key));
  const assignedBefore = counted?.assigned ?? null;
  const assigned = await countAssigned(db, key, {
    afterSeq: assignedBefore === null ? (range?.afterSeq ?? 0) : afterSeq,
    throughSeq,
  });
  return { ...arms, entities, assigned: together([...(assignedBefore ?? []), ...assigned]) };
}

/** One entry per weight, in their order. */
function together(counts: readonly AssignedCounts[]): readonly AssignedCounts[] {
  const byWeight = new Map<number, AssignedCounts>();
  for (const { weight, champion, challenger } of counts) {
    const before = byWeight.get(weight);
    byWeight.set(weight, {
      weight,
      champion: champion + (before?.champion ?? 0),
      challenger: challenger + (before?.challenger ?? 0),
    });
  }
  return [...byWeight.values()].toSorted((a, b) => a.weight - b.weight);
}

const pairedRowsMax = 20_000;

export interface Pairs {
  readonly rows: readonly PairedRow[];
  /** There are more: these are not all that the looks before have seen, so bounds over all looks do not hold. */
  readonly isCut: boolean;
}

/**
 * Mature rows that both versions have scored and whose label is known by `throughSeq`; the most recent 20,000, oldest
 * first.
 */
export async function pairedRows(
  db: Db,
  key: RolloutKey,
  { throughSeq, matureSeq }: { readonly throughSeq: number; readonly matureSeq: number },
): Promise<Pairs> {
  const range = await rangeOf(db, key, throughSeq);
  const rows = range === null ? [] : await pairedPage(db, key.model, { ...range, matureSeq }, pairedRowsMax + 1);
  return { rows: rows.slice(-pairedRowsMax), isCut: rows.length > pairedRowsMax };
}

/** The part of the traffic that belongs to a rollout; null before it has changed the routing. */
async function rangeOf(db: Db, key: RolloutKey, throughSeq: number): Promise<RolloutRange | null> {
  const [row] = await db.select().from(rollout).where(isOf(rollout, key));
  return row === undefined || row.firstRevision === null
    ? null
    : { afterSeq: row.startedSeq, throughSeq, revisionMin: row.firstRevision };
}

function isOf(table: typeof rollout | typeof rolloutEntity, { model, version, attempt }: RolloutKey): SQL | undefined {
  return and(eq(table.model, model), eq(table.version, version), eq(table.attempt, attempt));
}
