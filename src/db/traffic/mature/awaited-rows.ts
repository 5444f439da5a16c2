import { sql } from 'drizzle-orm';
import type { AwaitedRow } from '../../../domain/watch/mature-through.ts';
import type { Db } from '../../base/connect.ts';
import type { KnownCut } from './arrived-labels.ts';
import { leftJoinCurrentLabel } from '../read/current-label.ts';

/** The newest answered rows through a position, labelled or not, oldest first. Law: at most `rowsMax` positions. */
export async function awaitedRows(
  db: Db,
  model: string,
  { throughSeq, throughWindow }: KnownCut,
  rowsMax: number,
): Promise<readonly AwaitedRow[]> {
  const known = throughWindow === undefined ? { seq: throughSeq } : { window: throughWindow };
  const result = await db.execute<{ rows: [number, string | null][] | null }>(sql`
    select json_agg(json_build_array(p.seq, current.label) order by p.seq) as rows from (
      select * from prediction where model = ${model} and seq > ${throughSeq - rowsMax} and seq <= ${throughSeq}
        and scores <> '{}' and not failed
    ) p ${leftJoinCurrentLabel(known)}`);
  return (result.rows[0]?.rows ?? []).map(([seq, label]) => ({ seq, label }));
}
