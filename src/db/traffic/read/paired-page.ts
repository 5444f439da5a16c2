import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { joinCurrentLabel } from './current-label.ts';
import { latestLabelled } from './latest-labelled.ts';
import { notInAbTest } from './prediction-of.ts';

/** Rows of one rollout: above a position, through another, and routed by a revision that it made. */
export interface RolloutRange {
  readonly afterSeq: number;
  readonly throughSeq: number;
  readonly revisionMin: number;
}

export interface PairedRow {
  readonly seq: number;
  /** Its hash; null for a row without one. */
  readonly entity: string | null;
  readonly label: string;
  readonly championScores: readonly number[];
  readonly challengerScores: readonly number[];
  /** Before their corrections. */
  readonly championRaw: readonly number[];
  readonly challengerRaw: readonly number[];
  readonly numbers: readonly number[];
  readonly specRevision: number;
}

/**
 * The most recent rows through `matureSeq` that both arms have scored and whose label is known by `throughSeq`, oldest
 * first. Law: at most 2 × `rowsMax` labels with their rows, however long the rollout lasts and however many of its rows
 * wait for a label.
 */
export async function pairedPage(
  db: Db,
  model: string,
  { afterSeq, throughSeq, matureSeq, revisionMin }: RolloutRange & { readonly matureSeq: number },
  rowsMax: number,
): Promise<readonly PairedRow[]> {
  const result = await db.execute<Raw>(sql`
    select * from (
      select p.seq::text as seq, current.label, p.arm, p.scores, p.other_scores, p.raw_scores, p.other_raw_scores,
        p.numbers, p.spec_revision, p.entity_hash
      from ${latestLabelled(model, { afterSeq, matureSeq, throughSeq }, rowsMax)}
      ${joinCurrentLabel({ seq: throughSeq })}
      where p.seq > ${afterSeq} and p.seq <= ${matureSeq}
        and p.routing_revision >= ${revisionMin} and p.other_scores is not null and not p.failed
        and ${notInAbTest}
      order by p.seq desc limit ${rowsMax}
    ) recent order by seq::bigint`);
  return result.rows.map(byArm);
}

type Raw = {
  seq: string;
  label: string;
  arm: string;
  scores: number[];
  other_scores: number[];
  raw_scores: number[] | null;
  other_raw_scores: number[] | null;
  numbers: number[];
  spec_revision: number;
  entity_hash: string | null;
};

function byArm(row: Raw): PairedRow {
  const own = { scores: row.scores, raw: row.raw_scores ?? row.scores };
  const other = { scores: row.other_scores, raw: row.other_raw_scores ?? row.other_scores };
  const [champion, challenger] = row.arm === 'champion' ? [own, other] : [other, own];
  return {
    seq: Number(row.seq),
    entity: row.entity_hash,
    label: row.label,
    championScores: champion.scores,
    challengerScores: challenger.scores,
    championRaw: champion.raw,
    challengerRaw: challenger.raw,
    numbers: row.numbers,
    specRevision: row.spec_revision,
  };
}
