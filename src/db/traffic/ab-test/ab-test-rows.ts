import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { joinCurrentLabel } from '../read/current-label.ts';

/** A stretch of the rows of one A/B test. */
export interface AbTestRange {
  readonly model: string;
  readonly number: number;
  readonly controlVersion: number;
  /** Rows of tests before carry lower revisions. */
  readonly revisionMin: number;
  readonly afterSeq: number;
  readonly throughSeq: number;
}

export interface ArmCounts {
  readonly version: number;
  readonly assigned: number;
  readonly failures: number;
}

/** Which failures are seen without a label; `slowUs` null: slow answers are none. */
export interface SeenFailures {
  readonly hasErrors: boolean;
  readonly slowUs: number | null;
}

/**
 * The arm that a row was given to: where the control answered in the place of another, the record names that one. It
 * did so without a failure where the arm had been stopped.
 */
const givenTo = (control: number): SQL =>
  sql`case when p.version = ${control} and p.other_version is not null then p.other_version else p.version end`;
const isOfStopped = (control: number): SQL => sql`(p.version = ${control} and p.other_version is not null
  and not p.failed)`;
const entityOf = sql`coalesce(p.entity_hash, 'request:' || p.prediction_id)`;

const rowsOf = ({ model, revisionMin, afterSeq, throughSeq }: AbTestRange): SQL =>
  sql`(select * from prediction where model = ${model} and seq > ${afterSeq} and seq <= ${throughSeq}
    and arm = 'ab-test' and routing_revision >= ${revisionMin} offset 0) p`;

/**
 * Takes down who came for the first time, and whose first failure it was; answers how many of each. To be called in the
 * transaction that moves the position on. Law: linear in the rows of the stretch.
 */
export async function exposeAbTest(
  tx: Db,
  range: AbTestRange,
  { hasErrors, slowUs }: SeenFailures,
): Promise<readonly ArmCounts[]> {
  const { model, number, controlVersion: control } = range;
  const assigned = await tx.execute<{ version: number }>(sql`
    insert into ab_test_entity (model, number, entity, version, first_seq)
    select ${model}, ${number}, entity, version, seq from (
      select distinct on (${entityOf}) ${entityOf} as entity, ${givenTo(control)} as version, p.seq
      from ${rowsOf(range)} order by ${entityOf}, p.seq
    ) firsts order by entity on conflict do nothing returning version`);
  const failed = await tx.execute<{ version: number }>(sql`
    update ab_test_entity e set failed_seq = f.seq from (
      select distinct on (${entityOf}) ${entityOf} as entity, ${givenTo(control)} as version, p.seq
      from ${rowsOf(range)}
      where not ${isOfStopped(control)}
        and ((${hasErrors}::boolean and p.failed) or p.latency_us > ${slowUs}::int)
      order by ${entityOf}, p.seq
    ) f
    where e.model = ${model} and e.number = ${number} and e.entity = f.entity and e.version = f.version
      and e.failed_seq is null returning e.version`);
  const counts = new Map<number, { assigned: number; failures: number }>();
  const of = (version: number) => {
    const known = counts.get(version) ?? { assigned: 0, failures: 0 };
    counts.set(version, known);
    return known;
  };
  for (const { version } of assigned.rows) of(version).assigned++;
  for (const { version } of failed.rows) of(version).failures++;
  return [...counts].map(([version, count]) => ({ version, ...count }));
}

/** The first row of a unit that has a label, and what of it an outcome is made of. */
export interface AbTestUnitRow {
  readonly seq: number;
  readonly entity: string;
  readonly version: number;
  readonly label: string;
  readonly scores: readonly number[];
  readonly decision: string | null;
  readonly controlScores: readonly number[] | null;
  readonly numbers: readonly number[];
  readonly specRevision: number;
}

/**
 * Units of the stretch that have no outcome yet, by their first row there that was answered and has a label by
 * `knownSeq`, in the order of their rows. An arm answers for what the control said in its place, where it failed or was
 * stopped: a unit that was left out for what its arm did would bend the shares of all. Law: linear in the rows of the
 * stretch.
 */
export async function unitsOfAbTest(
  tx: Db,
  range: AbTestRange & { readonly knownSeq: number },
): Promise<readonly AbTestUnitRow[]> {
  const { model, number, controlVersion: control } = range;
  const { rows } = await tx.execute<{
    seq: number;
    entity: string;
    version: number;
    label: string;
    scores: number[];
    decision: string | null;
    control_scores: number[] | null;
    numbers: number[];
    spec_revision: number;
  }>(sql`
    select * from (
      select distinct on (e.entity) e.entity, e.version, p.seq::float8 as seq, current.label, p.scores, p.decision,
        case when p.version = ${control} then p.scores else p.other_scores end as control_scores,
        p.numbers, p.spec_revision
      from ${rowsOf(range)}
      join ab_test_entity e on e.model = ${model} and e.number = ${number} and e.entity = ${entityOf}
        and e.version = ${givenTo(control)} and e.counted_seq is null
      ${joinCurrentLabel({ seq: range.knownSeq })}
      where p.scores <> '{}'
      order by e.entity, p.seq
    ) units order by seq`);
  return rows.map((row) => ({
    seq: row.seq,
    entity: row.entity,
    version: row.version,
    label: row.label,
    scores: row.scores,
    decision: row.decision,
    controlScores: row.control_scores,
    numbers: row.numbers,
    specRevision: row.spec_revision,
  }));
}

/** These units have their outcome. */
export async function markCounted(
  tx: Db,
  { model, number }: Pick<AbTestRange, 'model' | 'number'>,
  units: readonly Pick<AbTestUnitRow, 'entity' | 'seq'>[],
): Promise<void> {
  if (units.length === 0) return;
  await tx.execute(sql`
    update ab_test_entity e set counted_seq = u.seq
    from unnest(${sql.param(units.map(({ entity }) => entity))}::text[],
      ${sql.param(units.map(({ seq }) => seq))}::bigint[]) as u (entity, seq)
    where e.model = ${model} and e.number = ${number} and e.entity = u.entity`);
}
